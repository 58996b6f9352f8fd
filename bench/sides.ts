/**
 * Our node and the C++ node as processes that are asked, fed and measured alike.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { startQuoin } from '../test/support/quoin-process.ts';
import { cpuSecondsOf, startPeerIfThere } from './beside.ts';

/** A node that runs. */
export interface Side {
  /** Added to the names of its rows. */
  readonly name: string;
  readonly pid: number;
  /** `host:port`. */
  readonly p2p: string;
  readonly http: string;
  /** `user:password` of its HTTP interface. */
  readonly login: string;
  // biome-ignore lint/suspicious/noExplicitAny: a benchmark reads fields of answers whose shape the tests are about.
  rpc(method: string, ...params: unknown[]): Promise<any>;
  stop(): Promise<void>;
}

/** The name of the other side in all tables. */
export const THEIRS = 'the C++ node';

const cookieIn = (folder: string): string => readFileSync(join(folder, '.cookie'), 'utf8').trim();

/** Starts a node of ours on regtest in a fresh folder. */
export async function startOurs(name: string, ...args: readonly string[]): Promise<Side> {
  const node = await startQuoin({ args });
  return {
    ...{ name, pid: node.process.pid ?? 0, p2p: node.p2p, http: node.http, login: cookieIn(node.dataDir), rpc: node.rpc },
    stop: async () => assert.equal(await node.stop(), 0),
  };
}

/** Starts the C++ node on regtest, every script to be checked; undefined where it is not installed. */
export async function startTheirs(...options: readonly string[]): Promise<Side | undefined> {
  const peer = await startPeerIfThere('-assumevalid=0', ...options);
  if (peer === undefined) return undefined;
  const { pid, p2p, http, rpc, stop } = peer;
  return { name: THEIRS, pid, p2p, http, login: cookieIn(join(peer.dataDir, 'regtest')), rpc, stop };
}

/** Both nodes, ours with options of its own; the C++ node where it is installed. */
export async function startBoth(...args: readonly string[]): Promise<Side[]> {
  const theirs = await startTheirs();
  return [await startOurs('ours', ...args), ...(theirs === undefined ? [] : [theirs])];
}

/** For ours where the C++ node, which has no index, would be compared with one that keeps two. */
export const NO_INDEXES: readonly string[] = ['--index', 'none'];

/** Stops nodes, the last first. */
export async function stopAll(sides: readonly Side[]): Promise<void> {
  for (const side of [...sides].reverse()) await side.stop();
}

/** Hands blocks to a node one after another, each of which it must take. */
export async function submitAll(side: Side, blocks: readonly Uint8Array[]): Promise<void> {
  for (const block of blocks) assert.equal(await side.rpc('submitblock', Buffer.from(block).toString('hex')), null);
}

/** What something took. */
export interface Spent<T> {
  readonly value: T;
  readonly clockSeconds: number;
  /** CPU time of the node with all its threads, in steps of 10 ms; undefined where the system does not tell. */
  readonly cpuSeconds: number | undefined;
}

/** Measures what a node takes while something is done with it. */
export async function spentBy<T>(side: Side, doing: () => Promise<T>): Promise<Spent<T>> {
  const [cpu, from] = [cpuSecondsOf(side.pid), performance.now()];
  const value = await doing();
  const clockSeconds = (performance.now() - from) / 1_000;
  const after = cpuSecondsOf(side.pid);
  return { value, clockSeconds, cpuSeconds: cpu === undefined || after === undefined ? undefined : after - cpu };
}

/** Sees that all nodes have one tip and one set of coins. */
export async function assertAgree(sides: readonly Side[]): Promise<void> {
  const coins = await Promise.all(sides.map((side) => side.rpc('gettxoutsetinfo', 'hash_serialized_3')));
  const [first] = coins;
  for (const { bestblock, hash_serialized_3: hash } of coins)
    assert.deepEqual([bestblock, hash], [first.bestblock, first.hash_serialized_3]);
}
