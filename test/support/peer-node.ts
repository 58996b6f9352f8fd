/**
 * A real C++ node beside ours, for interoperability: found through `QUOIN_PEER_NODE` or `../shared/tools/peer-node`, which was installed
 * before; where it is not there, its tests are skipped, saying so.
 *
 * @module
 */

import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import { callRpc } from './json-rpc.ts';
import { endAfterTests, temporaryFolder } from './quoin-process.ts';
import { repositoryRoot } from './vectors.ts';

/** Folder with `bitcoind` and its tools, or undefined. */
export function peerNodeFolder(): string | undefined {
  const tool = process.env.QUOIN_PEER_NODE ?? join(repositoryRoot(), '../shared/tools/peer-node');
  if (!existsSync(tool)) return undefined;
  try {
    return execFileSync(tool, ['path'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}

/** Why tests with the peer are skipped; false where they run. For the `skip` option of a test. */
export function peerNodeMissing(): string | false {
  return peerNodeFolder() === undefined ? 'SKIPPED: the peer node is not installed' : false;
}

/** A running C++ node. */
export interface PeerNode {
  /** `127.0.0.1:port`. */
  readonly p2p: string;
  /** Where JSON-RPC is answered. */
  readonly http: string;
  readonly dataDir: string;
  readonly pid: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads fields of answers whose shape is what it tests.
  rpc(method: string, ...params: unknown[]): Promise<any>;
  stop(): Promise<void>;
}

/** A port that was free a moment ago: the peer does not take port 0. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const running = new Set<ChildProcess>();

function killRunning(): void {
  for (const child of running) child.kill('SIGKILL');
}

// Whatever happens to a test file, no peer of it goes on, nor keeps it from ending.
process.on('exit', killRunning);
endAfterTests(killRunning);

/** Starts the peer on regtest with options of bitcoind and waits until it answers. */
export function startPeerNode(...options: readonly string[]): Promise<PeerNode> {
  return startPeerNodeOn('regtest', ...options);
}

const DATA_DIR = '-datadir=';

/**
 * What some releases of the C++ node refuse unless they are told: a lock time of 21, which a wallet comes upon by chance where it sets one
 * near the tip. In a file, since there an option that a release does not know is passed over.
 */
const SETTINGS = 'rejectparasites=0\n';

function settingsFile(): string {
  const path = join(temporaryFolder('peer-settings'), 'bitcoin.conf');
  writeFileSync(path, SETTINGS);
  return path;
}

/** The same on any of its networks; `-datadir=` may name a folder that outlives it. */
export async function startPeerNodeOn(
  network: 'main' | 'testnet4' | 'signet' | 'regtest',
  ...options: readonly string[]
): Promise<PeerNode> {
  const folder = peerNodeFolder();
  if (folder === undefined) throw new Error('the peer node is not installed');
  const dataDir = options.find((option) => option.startsWith(DATA_DIR))?.slice(DATA_DIR.length) ?? temporaryFolder('peer');
  const [p2pPort, rpcPort] = [await freePort(), await freePort()];
  const args = [
    `-chain=${network}`,
    `${DATA_DIR}${dataDir}`,
    `-conf=${settingsFile()}`,
    `-bind=127.0.0.1:${p2pPort}`,
    `-rpcport=${rpcPort}`,
    '-rpcbind=127.0.0.1',
    '-rpcallowip=127.0.0.1',
    ...['-server', '-listenonion=0', '-discover=0', '-dnsseed=0', '-fixedseeds=0', '-fallbackfee=0.0001', '-printtoconsole=0'],
    ...options,
  ];
  const child = spawn(join(folder, 'bitcoind'), args, { stdio: 'ignore' });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const url = `http://127.0.0.1:${rpcPort}`;
  const cookie = () => readFileSync(join(dataDir, network === 'main' ? '' : network, '.cookie'), 'utf8').trim();
  const rpc = (method: string, ...params: unknown[]) => callRpc(url, cookie(), method, params);
  await eventually('the peer node answers', async () => (await rpc('getblockcount')) !== undefined);
  return {
    p2p: `127.0.0.1:${p2pPort}`,
    http: url,
    dataDir,
    pid: child.pid ?? 0,
    rpc,
    stop: async () => {
      child.kill('SIGTERM');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}
