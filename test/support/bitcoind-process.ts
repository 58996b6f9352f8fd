/**
 * `quoin bitcoind` as a process of its own, as programs that drive a bitcoind start it: ports chosen by them, its cookie read from its folder.
 *
 * @module
 */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { eventually } from './eventually.ts';
import { callRpc } from './json-rpc.ts';
import { RunningCommand } from './quoin-command.ts';

/** So many ports that are free: all are held before any is given up. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

/** A node that was started. */
export interface BitcoindProcess {
  readonly command: RunningCommand;
  /** The folder of all networks. */
  readonly dataDir: string;
  readonly p2p: string;
  readonly rpcPort: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads fields of answers whose shape is what it tests.
  rpc(method: string, ...params: unknown[]): Promise<any>;
}

/** Starts one on regtest; `ready` waits for it. */
export async function startBitcoind(
  t: TestContext,
  options: {
    readonly dataDir: string;
    readonly ports?: readonly number[];
    readonly args?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    /** `user:password` that the arguments set; else the cookie is read. */
    readonly login?: string;
  },
): Promise<BitcoindProcess> {
  const { dataDir, args = [], env = {} } = options;
  const [port = 0, rpcPort = 0] = options.ports ?? (await freePorts(2));
  const where = ['-regtest', `-datadir=${dataDir}`, `-port=${port}`, `-rpcport=${rpcPort}`];
  const command = new RunningCommand(t, ['bitcoind', ...where, ...args], { env });
  const login = (): string => options.login ?? readFileSync(join(dataDir, 'regtest', '.cookie'), 'utf8');
  const rpc = (method: string, ...params: unknown[]) => callRpc(`http://127.0.0.1:${rpcPort}`, login(), method, params);
  return { command, dataDir, p2p: `127.0.0.1:${port}`, rpcPort, rpc };
}

/** Waits as test frameworks do: until it answers, and what waited over a restart is back. */
export async function ready(node: BitcoindProcess): Promise<void> {
  await eventually('bitcoind answers', async () => (await node.rpc('getblockcount')) !== undefined);
  await eventually('the mempool is loaded', async () => (await node.rpc('getmempoolinfo')).loaded === true);
}
