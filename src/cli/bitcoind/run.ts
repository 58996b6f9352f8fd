/**
 * `quoin bitcoind`: this node behind bitcoind's options, files and words, so that programs that start and drive a bitcoind find one.
 *
 * Owns what is bitcoind's alone: its options (catalog.ts), how they are read (arguments.ts, conf-text.ts, read-arguments.ts), what they mean
 * here (plan.ts), and its life as others know it. Does not own the node, nor its doors. Begin with `runBitcoind`.
 *
 * @module
 */

import { rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { NodeError } from '../../engine/ports/node-error.ts';
import type { NodeEvent } from '../../engine/ports/node-port.ts';
import type { OpeningProgress } from '../../node/options.ts';
import { type SystemNode, startNode } from '../../node/system.ts';
import { toNodeError } from '../../platform/store/system-error.ts';
import { createSystemClock } from '../../platform/system/clock.ts';
import { returnFreedMemory } from '../../platform/system/freed-memory.ts';
import { keepHeapSmall } from '../../platform/system/heap-growth.ts';
import { type FileLog, openLog } from '../../platform/system/log.ts';
import { packageVersion } from '../../platform/system/version.ts';
import { removeNodeNote, writeNodeNote } from '../client/node-note.ts';
import { type Doors, openDoors } from '../commands/node-doors.ts';
import { NodeStopper } from '../commands/node-stopper.ts';
import { CommandError } from '../failure.ts';
import { formatSocketAddress } from '../options/values.ts';
import { NodeConsole } from '../output/console.ts';
import { ArgumentError, type Arguments } from './arguments.ts';
import { BITCOIND_OPTIONS } from './catalog.ts';
import { helpText, versionText } from './help-text.ts';
import { runCommand } from './notify.ts';
import { type BitcoindPlan, planBitcoind } from './plan.ts';
import { readArguments } from './read-arguments.ts';

/** What Core's clients read while a node opens. */
const DOING: Readonly<Record<OpeningProgress['stage'], string>> = {
  opening: 'Loading block index…',
  reindexing: 'Reindexing blocks from disk…',
  replaying: 'Replaying blocks…',
  'rescanning-wallet': 'Rescanning…',
};

/** The end of a start that failed, in bitcoind's form: one line. */
function startError(error: unknown, plan: BitcoindPlan | undefined): CommandError {
  return new CommandError(`Error: ${wordsOf(error, plan)}`, { verbatim: true, cause: error });
}

function wordsOf(error: unknown, plan: BitcoindPlan | undefined): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof NodeError) || plan === undefined) return error.message;
  const { listen } = plan.node;
  if (error.code === 'data-dir-locked') return `Cannot obtain a lock on directory ${plan.folder}. quoin is probably already running.`;
  if (error.code === 'port-in-use' && listen !== undefined) {
    return `Unable to bind to ${formatSocketAddress(listen)} on this computer. quoin is probably already running.`;
  }
  return error.message;
}

/** What is there beside the node while it runs. */
class Surroundings {
  readonly #plan: BitcoindPlan;
  readonly #log: FileLog;
  readonly #stopper: NodeStopper;
  #doors: Doors | undefined;
  #doing = DOING.opening;

  constructor(plan: BitcoindPlan, log: FileLog, stopper: NodeStopper) {
    this.#plan = plan;
    this.#log = log;
    this.#stopper = stopper;
  }

  progress({ stage, height, target }: OpeningProgress): void {
    if (this.#doing !== DOING[stage]) this.#log.info('opening', { stage, height, target });
    this.#doing = DOING[stage];
  }

  /** The folder is ours: whoever waits for the node finds its login, and is told that it is opening. */
  async open(): Promise<void> {
    const { pidPath, doors: plan, node } = this.#plan;
    if (pidPath !== undefined) {
      writeFileSync(pidPath, `${process.pid}\n`);
      this.#stopper.owns(pidPath);
    }
    if (plan.http !== undefined && plan.cookie !== undefined) this.#stopper.owns(plan.cookie.path);
    try {
      const parts = { clock: createSystemClock(), log: this.#log, secp256k1: node.secp256k1, doing: () => this.#doing };
      this.#doors = await openDoors(plan, parts);
    } catch (error) {
      this.#log.error('http-unusable', { why: error instanceof Error ? error.message : String(error) });
      throw new ArgumentError('Unable to start HTTP server. See debug log for details.');
    }
  }

  /** The node is open: it is served, noted down, and followed. */
  async attach(node: SystemNode): Promise<void> {
    const { folder, notify } = this.#plan;
    const doors = this.#doors;
    this.#doors = undefined;
    if (notify.shutdown.length > 0) {
      node.beforeStop(async () => void (await Promise.all(notify.shutdown.map((command) => runCommand(command, this.#log)))));
    }
    if (doors !== undefined) node.beforeStop(() => doors.close());
    doors?.serve(node);
    doors?.warm();
    const note = { pid: process.pid, version: node.version, network: node.params.name };
    this.#stopper.owns(join(folder, 'node.json'));
    await writeNodeNote(folder, { ...note, p2p: node.network.listenAddress() ?? null, http: doors?.url ?? null });
    node.subscribe((event) => this.#onEvent(node, event));
    this.#stopAt(node, node.chain.tip().height);
    for (const command of notify.startup) void runCommand(command, this.#log);
  }

  #onEvent(node: SystemNode, event: NodeEvent): void {
    if (event.kind !== 'tip-changed') return;
    this.#stopAt(node, event.height);
    if (!node.network.sync().inSync) return;
    const hash = Buffer.from(event.hash).reverse().toString('hex');
    for (const command of this.#plan.notify.block) void runCommand(command.replaceAll('%s', hash), this.#log);
  }

  #stopAt(node: SystemNode, height: number): void {
    const { stopAtHeight } = this.#plan;
    if (stopAtHeight > 0 && height >= stopAtHeight) node.requestStop();
  }

  /** Takes away what only a running node has. */
  async end(): Promise<void> {
    await this.#doors?.close();
    await removeNodeNote(this.#plan.folder);
    if (this.#plan.pidPath !== undefined) rmSync(this.#plan.pidPath, { force: true });
  }
}

/** Runs the node until it is asked to stop. @throws NodeError, ArgumentError */
async function runPlan(plan: BitcoindPlan, args: Arguments, log: FileLog): Promise<void> {
  const stopper = new NodeStopper(log, ['SIGINT', 'SIGTERM']);
  process.on('SIGHUP', () => log.reopen());
  const around = new Surroundings(plan, log, stopper);
  let opened = false;
  const { name } = plan.node.network;
  log.info('starting', { version: packageVersion(), network: name, folder: plan.folder });
  for (const option of args.unknown) log.warn('unknown-option', { name: option, where: 'bitcoin.conf' });
  // Nothing else may keep the process alive: a node without any port waits for its peers.
  const alive = setInterval(() => undefined, 0x7fffffff);
  try {
    const onFolderOpen = async (): Promise<void> => {
      opened = true;
      await around.open();
    };
    keepHeapSmall();
    returnFreedMemory();
    const node = await startNode({ ...plan.node, log, onProgress: (what) => around.progress(what), onFolderOpen });
    stopper.attach(node);
    await around.attach(node);
    log.info('ready', { network: name, p2p: node.network.listenAddress() ?? 'off' });
    await node.stopped;
  } finally {
    clearInterval(alive);
    if (opened) await around.end();
  }
}

/** The log, in its file and on standard output. */
async function openBitcoindLog({ folder, logName, logCategories: categories, printsLog }: BitcoindPlan): Promise<FileLog> {
  const console = new NodeConsole(process.stdout, { isLive: false });
  process.stdout.removeAllListeners('error').on('error', () => console.fallSilent());
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const print = printsLog ? { print: console.logLine } : {};
    const file = logName === undefined ? {} : { folder, fileName: logName };
    return openLog({ level: 'info', categories, json: false, nowMs: Date.now, ...print, ...file });
  } catch (error) {
    throw toNodeError(error, folder);
  }
}

/** `quoin bitcoind`. @throws CommandError with bitcoind's words */
export async function runBitcoind(line: readonly string[]): Promise<void> {
  let plan: BitcoindPlan | undefined;
  let log: FileLog | undefined;
  try {
    const args = await readArguments(BITCOIND_OPTIONS, line);
    const asked = ['help', 'h', '?'].some((name) => args.switch(name, false));
    if (asked || args.switch('version', false)) {
      process.stdout.write(`${asked ? helpText() : versionText()}\n`);
      return;
    }
    const [word] = args.words;
    if (word !== undefined)
      throw new ArgumentError(`Command line contains unexpected token '${word}', see bitcoind -h for a list of options.`);
    plan = planBitcoind(args);
    log = await openBitcoindLog(plan);
    process.prependListener('uncaughtException', (error) => log?.error('fault', { stack: error.stack ?? error.message }));
    process.on('warning', (warning) => log?.warn('runtime-warning', { what: warning.stack ?? warning.message }));
    await runPlan(plan, args, log);
  } catch (error) {
    log?.error('failed', { why: error instanceof Error ? error.message : String(error) });
    throw startError(error, plan);
  } finally {
    log?.close();
  }
  process.exit(0);
}
