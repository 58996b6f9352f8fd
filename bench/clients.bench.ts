/**
 * How long 50 clients wait for `getblockcount` while the node they ask syncs dense blocks and checks every script, beside the C++ node
 * under the same load: once where each rests between its questions, once where each asks again at once. Less is better, but for the counts.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { rowOf, withRatio } from './beside.ts';
import type { BenchOptions, BenchRow } from './harness.ts';
import { DENSE_BLOCKS, DENSE_INPUTS, denseBlocks } from './kept-blocks.ts';
import { bodyOf, callBytes, RpcConnection } from './rpc-connection.ts';
import type { Side } from './sides.ts';
import { assertAgree, startOurs, startTheirs } from './sides.ts';
import { startServer, syncFrom } from './sync-run.ts';

const CLIENTS = 50;

/** How long a client that rests does so after each answer. */
const REST_MS = 20;

/** Clients that never rest slow the sync down, so it is a part of the blocks. */
const RESTLESS_SHARE = 5;

/** What the clients of one node saw. */
interface Seen {
  /** Sorted. */
  readonly waitsMs: readonly number[];
  readonly syncSeconds: number;
}

/** One client: asks until told to stop. @returns its waits in milliseconds */
async function askUntil(ended: () => boolean, side: Side, restMs: number): Promise<number[]> {
  const connection = await RpcConnection.open(side);
  const request = callBytes(side, 'getblockcount');
  const waitsMs: number[] = [];
  let height = 0;
  while (!ended()) {
    const from = performance.now();
    const answer = await connection.ask(request);
    waitsMs.push(performance.now() - from);
    const { result } = bodyOf(answer) as { result: number };
    assert.ok(result >= height);
    height = result;
    if (restMs > 0) await pause(restMs);
  }
  connection.close();
  return waitsMs;
}

/** What is synced and how the clients behave meanwhile. */
interface Load {
  readonly server: Side;
  readonly height: number;
  readonly restMs: number;
}

async function measure(side: Side, { server, height, restMs }: Load): Promise<Seen> {
  let ended = false;
  const clients = Array.from({ length: CLIENTS }, () => askUntil(() => ended, side, restMs));
  const { clockSeconds } = await syncFrom(side, server, height);
  ended = true;
  const waitsMs = (await Promise.all(clients)).flat().sort((a, b) => a - b);
  if (height === (await server.rpc('getblockcount'))) await assertAgree([side, server]);
  await side.stop();
  return { waitsMs, syncSeconds: clockSeconds };
}

const atShare = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;

/** The figures of one node by what they are called. */
function figuresOf({ waitsMs, syncSeconds }: Seen): readonly (readonly [name: string, unit: string, value: number])[] {
  return [
    ['half of the waits are shorter', 'ms', atShare(waitsMs, 0.5)],
    ['99 of 100 waits are shorter', 'ms', atShare(waitsMs, 0.99)],
    ['the longest wait', 'ms', waitsMs.at(-1)!],
    ['answers', '', waitsMs.length],
    ['answers a second', '/s', waitsMs.length / syncSeconds],
    ['the sync', 's', syncSeconds],
  ];
}

async function rowsOf(load: Load): Promise<BenchRow[]> {
  const what = `${CLIENTS} clients ${load.restMs > 0 ? `that rest ${load.restMs} ms` : 'without a rest'}`;
  const ours = figuresOf(await measure(await startOurs('ours'), load));
  const peer = await startTheirs();
  const theirs = peer === undefined ? undefined : figuresOf(await measure(peer, load));
  return ours.flatMap(([name, unit, value], index) => {
    const other = theirs?.[index]?.[2];
    return withRatio(rowOf(`${what}: ${name}`, unit, [value]), other === undefined ? undefined : rowOf(name, unit, [other]));
  });
}

/** All rows. */
export async function run({ smoke }: BenchOptions): Promise<BenchRow[]> {
  const chain = smoke ? denseBlocks(5, 60) : denseBlocks(DENSE_BLOCKS, DENSE_INPUTS);
  const server = await startServer(chain);
  const [base, dense] = [chain.base.length, chain.dense.length];
  const rows = await rowsOf({ server, height: base + dense, restMs: REST_MS });
  rows.push(...(await rowsOf({ server, height: base + Math.ceil(dense / RESTLESS_SHARE), restMs: 0 })));
  await server.stop();
  return rows;
}
