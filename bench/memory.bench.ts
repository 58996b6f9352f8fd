/**
 * Memory of a node as its chain grows by empty blocks, beside the C++ node. Less is better. The memory of a sync stands in `sync`.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { regtest } from '../src/core/params/regtest.ts';
import { encodeBlock } from '../src/core/primitives/block.ts';
import type { BuildParent } from '../test/support/chain-builder.ts';
import { buildChain, childOf, genesisParent } from '../test/support/chain-builder.ts';
import { memoryMibOf, rowOf, withRatio } from './beside.ts';
import type { BenchOptions, BenchRow } from './harness.ts';
import { bodyOf, RpcConnection, requestBytes } from './rpc-connection.ts';
import type { Side } from './sides.ts';
import { NO_INDEXES, startBoth, stopAll } from './sides.ts';

/** Blocks of one batch of calls. */
const BATCH_BLOCKS = 500;

/** Hands a batch of blocks to a node, each of which it must take. */
async function submitBatch(side: Side, blocks: readonly string[]): Promise<void> {
  const connection = await RpcConnection.open(side);
  const calls = blocks.map((hex, id) => ({ jsonrpc: '1.0', id, method: 'submitblock', params: [hex] }));
  const answers = bodyOf(await connection.ask(requestBytes(side, calls))) as { result: unknown; error: unknown }[];
  for (const { result, error } of answers) assert.deepEqual([result, error], [null, null]);
  connection.close();
}

/** Lets the chain of all nodes grow to each height in turn. @returns their memory in MiB there, as far as the system tells */
async function grow(sides: readonly Side[], heights: readonly number[]): Promise<(number | undefined)[][]> {
  const sizes: (number | undefined)[][] = [];
  let parent: BuildParent = genesisParent(regtest);
  for (const until of heights) {
    while (parent.height < until) {
      const blocks = buildChain({ parent, params: regtest, count: Math.min(BATCH_BLOCKS, until - parent.height) });
      parent = blocks.reduce(childOf, parent);
      const texts = blocks.map((block) => Buffer.from(encodeBlock(block)).toString('hex'));
      await Promise.all(sides.map((side) => submitBatch(side, texts)));
    }
    for (const side of sides) assert.equal(await side.rpc('getblockcount'), until);
    sizes.push(sides.map(({ pid }) => memoryMibOf(pid)));
  }
  return sizes;
}

/** All rows. */
export async function run({ smoke }: BenchOptions): Promise<BenchRow[]> {
  const heights = smoke ? [0, 10, 30] : [0, 1_000, 10_000, 100_000];
  const sides = await startBoth(...NO_INDEXES);
  const sizes = await grow(sides, heights);
  await stopAll(sides);
  return heights.flatMap((height, index): BenchRow[] => {
    const [mine, peers] = sizes[index]!;
    const name = height === 0 ? 'after the start' : `at ${height.toLocaleString('en-US')} empty blocks`;
    if (mine === undefined) return [];
    return withRatio(rowOf(name, 'MiB', [mine]), peers === undefined ? undefined : rowOf(name, 'MiB', [peers]));
  });
}
