/**
 * How long `submitblock` takes to answer, of a block with nothing but a coinbase and of one of 1,000 inputs that nobody has seen before,
 * one block at a time on each node in turn. Less is better; what connecting costs by CPU time stands in `connect`.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { rowOf, withRatio } from './beside.ts';
import type { BenchOptions, BenchRow } from './harness.ts';
import { DENSE_BLOCKS, DENSE_INPUTS, denseBlocks } from './kept-blocks.ts';
import { bodyOf, callBytes, RpcConnection } from './rpc-connection.ts';
import type { Side } from './sides.ts';
import { assertAgree, NO_INDEXES, startBoth, stopAll } from './sides.ts';

/** What has been measured on one node. */
interface Asked {
  readonly side: Side;
  readonly connection: RpcConnection;
}

/** The time of each block in milliseconds, by node; the first `unmeasured` only warm up. */
async function submitInTurns(nodes: readonly Asked[], blocks: readonly Uint8Array[], unmeasured: number): Promise<number[][]> {
  const timesMs: number[][] = nodes.map(() => []);
  for (const [height, block] of blocks.entries()) {
    for (const [index, { side, connection }] of nodes.entries()) {
      const request = callBytes(side, 'submitblock', Buffer.from(block).toString('hex'));
      const from = performance.now();
      const answer = await connection.ask(request);
      const tookMs = performance.now() - from;
      assert.equal((bodyOf(answer) as { result: unknown }).result, null);
      if (height >= unmeasured) timesMs[index]!.push(tookMs);
    }
  }
  return timesMs;
}

function rowsOf(name: string, [ours, theirs]: readonly number[][]): BenchRow[] {
  return withRatio(rowOf(name, 'ms', ours!), theirs === undefined ? undefined : rowOf(name, 'ms', theirs));
}

/** All rows. */
export async function run({ smoke }: BenchOptions): Promise<BenchRow[]> {
  const inputs = smoke ? 60 : DENSE_INPUTS;
  const { base, dense } = denseBlocks(smoke ? 5 : DENSE_BLOCKS, inputs);
  const sides = await startBoth(...NO_INDEXES);
  const nodes = await Promise.all(sides.map(async (side) => ({ side, connection: await RpcConnection.open(side) })));
  // The last of the base makes the coins.
  const empty = await submitInTurns(nodes, base.slice(0, -1), base.length >> 1);
  await submitInTurns(nodes, base.slice(-1), 1);
  const full = await submitInTurns(nodes, dense.slice(0, 60), smoke ? 1 : 20);
  await assertAgree(sides);
  for (const { connection } of nodes) connection.close();
  await stopAll(sides);
  return [...rowsOf('a block without payments', empty), ...rowsOf(`a block of ${inputs} inputs`, full)];
}
