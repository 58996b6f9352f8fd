/**
 * Memory of a node as its chain grows by empty blocks, beside the C++ node. Less is better. The memory of a sync stands in `sync`.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { memoryMibOf, rowOf, withRatio } from './beside.ts';
import type { BenchOptions, BenchRow } from './harness.ts';
import type { Side } from './sides.ts';
import { startBoth, stopAll } from './sides.ts';

const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';

/** Blocks of one call: as many as the answer should name. */
const CALL_BLOCKS_MAX = 1_000;

/** Memory in MiB at each height, as far as the system tells. */
async function grow(side: Side, heights: readonly number[]): Promise<(number | undefined)[]> {
  const sizes: (number | undefined)[] = [];
  let height = 0;
  for (const until of heights) {
    while (height < until) {
      const count = Math.min(CALL_BLOCKS_MAX, until - height);
      assert.equal((await side.rpc('generatetoaddress', count, ADDRESS)).length, count);
      height += count;
    }
    assert.equal(await side.rpc('getblockcount'), until);
    sizes.push(memoryMibOf(side.pid));
  }
  return sizes;
}

/** All rows. */
export async function run({ smoke }: BenchOptions): Promise<BenchRow[]> {
  const heights = smoke ? [0, 10, 30] : [0, 1_000, 10_000, 100_000];
  const sides = await startBoth();
  const [ours = [], theirs] = await Promise.all(sides.map((side) => grow(side, heights)));
  await stopAll(sides);
  return heights.flatMap((height, index): BenchRow[] => {
    const [mine, peers] = [ours[index], theirs?.[index]];
    const name = height === 0 ? 'after the start' : `at ${height.toLocaleString('en-US')} empty blocks`;
    if (mine === undefined) return [];
    return withRatio(rowOf(name, 'MiB', [mine]), peers === undefined ? undefined : rowOf(name, 'MiB', [peers]));
  });
}
