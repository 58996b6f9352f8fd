/**
 * `quoin node`: starts a node and its doors, says how it goes, and stops all of it in order.
 *
 * @module
 */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chooseSecp256k1 } from '../../core/crypto/node/choose-secp256k1.ts';
import { engineTitle } from '../../core/crypto/secp256k1.ts';
import { type SystemNode, startNode } from '../../node/system.ts';
import { toNodeError } from '../../platform/store/system-error.ts';
import { returnFreedMemory } from '../../platform/system/freed-memory.ts';
import { keepHeapSmall } from '../../platform/system/heap-growth.ts';
import { type FileLog, openLog } from '../../platform/system/log.ts';
import { packageVersion } from '../../platform/system/version.ts';
import { removeNodeNote, writeNodeNote } from '../client/node-note.ts';
import { loadNetwork } from '../options/place.ts';
import { NodeConsole } from '../output/console.ts';
import { isLive } from '../output/terminal.ts';
import { NodeActivity, openingReporter } from './node-activity.ts';
import { type Doors, openDoors } from './node-doors.ts';
import { type NodePlan, type NodeSaid, planNode } from './node-settings.ts';
import { NodeStopper } from './node-stopper.ts';

/** The log of a node, into its folder and onto the console. */
async function openNodeLog(said: NodeSaid, folder: string | undefined, console: NodeConsole): Promise<FileLog> {
  const options = { level: said.logLevel ?? 'info', json: said.logJson === true, print: console.logLine, nowMs: Date.now } as const;
  if (folder === undefined) return openLog(options);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return openLog({ ...options, folder });
  } catch (error) {
    throw toNodeError(error, folder);
  }
}

/** Tells where the wallet's words are, the one time that they were made. */
function announceSeed(path: string, console: NodeConsole, log: FileLog, isJson: boolean): void {
  const facts = { file: path, note: 'whoever has this file has the coins: keep a copy of it in a safe place' };
  if (isJson) {
    log.info('wallet-made', facts);
    return;
  }
  console.silently(() => log.info('wallet-made', facts));
  console.line(`a wallet was made: its secret words are in ${path}`);
  console.line(`  ${facts.note}`);
}

/** The line that tells scripts and people that the node serves. It is printed whatever the log's level is. */
function announceReady(node: SystemNode, doors: Doors, console: NodeConsole, isJson: boolean): void {
  const { p2pWs } = doors;
  const fields = {
    network: node.params.name,
    p2p: node.network.listenAddress() ?? 'off',
    http: doors.url ?? 'off',
    ...(p2pWs === undefined ? {} : { p2pWs }),
  };
  console.silently(() => node.log.info('ready', fields));
  const text = `ready network=${fields.network} p2p=${fields.p2p} http=${fields.http}${p2pWs === undefined ? '' : ` p2p-ws=${p2pWs}`}`;
  console.line(isJson ? JSON.stringify({ time: new Date().toISOString(), level: 'info', event: 'ready', ...fields }) : text);
  if (doors.link === undefined) return;
  // The link is a login: it is shown, not kept.
  console.line(
    isJson ? JSON.stringify({ time: new Date().toISOString(), level: 'info', event: 'link', url: doors.link }) : `open ${doors.link}`,
  );
}

/** Starts what the plan says; the node is stopped again where a door does not open. */
async function start(plan: NodePlan, parts: { readonly log: FileLog; readonly console: NodeConsole; readonly stopper: NodeStopper }) {
  const { log, console, stopper } = parts;
  const report = openingReporter({ console, monotonicMs: () => performance.now(), log: (fields) => log.info('opening', fields) });
  const node = await startNode({ ...plan.node, log, onProgress: report });
  stopper.attach(node);
  console.status(undefined);
  try {
    const doors = await openDoors(plan, { clock: node.clock, log, secp256k1: plan.node.secp256k1, doing: () => '' });
    doors.serve(node);
    node.beforeStop(() => doors.close());
    const { dataDir } = plan.node;
    if (dataDir !== undefined) {
      const note = { pid: process.pid, version: node.version, network: node.params.name };
      stopper.owns(join(dataDir, 'node.json'));
      await writeNodeNote(dataDir, { ...note, p2p: node.network.listenAddress() ?? null, http: doors.url ?? null });
    }
    return { node, doors };
  } catch (error) {
    await node.stop();
    throw error;
  }
}

/** Runs a node until it is asked to stop. @throws NodeError where the world does not let it */
export async function runNode(said: NodeSaid): Promise<void> {
  const network = await loadNetwork(said.network);
  const plan = await planNode(said, network);
  const { dataDir } = plan.node;
  const isJson = said.logJson === true;
  const console = new NodeConsole(process.stdout, { isLive: isLive(process.stdout, process.env) && !isJson });
  process.stdout.removeAllListeners('error').on('error', () => console.fallSilent());
  const log = await openNodeLog(said, dataDir, console);
  process.prependListener('uncaughtException', (error) => log.error('fault', { stack: error.stack ?? error.message }));
  process.on('warning', (warning) => log.warn('runtime-warning', { what: warning.stack ?? warning.message }));
  const stopper = new NodeStopper(log);
  keepHeapSmall();
  returnFreedMemory();
  const secp256k1 = engineTitle(chooseSecp256k1(plan.node.secp256k1));
  log.info('starting', { version: packageVersion(), network: network.name, folder: dataDir ?? 'memory', secp256k1 });
  // Nothing else may keep the process alive: a node without any port waits for its peers.
  const alive = setInterval(() => undefined, 0x7fffffff);
  try {
    const { node, doors } = await start(plan, { log, console, stopper });
    if (node.seedCreatedAt !== undefined) announceSeed(node.seedCreatedAt, console, log, isJson);
    announceReady(node, doors, console, isJson);
    doors.warm();
    const activity = new NodeActivity(node, console, node.clock);
    node.beforeStop(async () => activity.end());
    try {
      await node.stopped;
    } finally {
      if (dataDir !== undefined) await removeNodeNote(dataDir);
    }
  } catch (error) {
    console.status(undefined);
    log.error('failed', { why: error instanceof Error ? error.message : String(error) });
    throw error;
  } finally {
    clearInterval(alive);
    log.close();
  }
  process.exit(0);
}
