import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildBlock, buildChain, childOf, genesisParent } from '../../test/support/chain-builder.ts';
import { acceptAll, nodeOf, openTestChain, quickRegtest } from '../../test/support/test-chain.ts';
import type { Block } from '../core/primitives/block.ts';
import type { Chain } from '../engine/chain/chain.ts';
import { KEPT_BLOCKS_MAX, RecentBlocks } from './recent-blocks.ts';

const params = quickRegtest;
const BLOCKS = buildChain({ parent: genesisParent(params), params, count: KEPT_BLOCKS_MAX + 1 });

/** Which of some blocks are kept, by their places. */
function keptOf(recent: RecentBlocks, chain: Chain, blocks: readonly Block[]): number[] {
  return [...blocks.keys()].filter((i) => recent.get(nodeOf(chain, blocks[i]!)) !== undefined);
}

describe('the last blocks', () => {
  it('are no more than so many, however small they are', async () => {
    const chain = await openTestChain();
    const recent = new RecentBlocks(chain);
    await acceptAll(chain, BLOCKS.slice(0, -1));
    assert.equal(keptOf(recent, chain, BLOCKS.slice(0, -1)).length, KEPT_BLOCKS_MAX);
    await acceptAll(chain, BLOCKS.slice(-1));
    const kept = keptOf(recent, chain, BLOCKS);
    assert.deepEqual([kept.length, kept[0]], [KEPT_BLOCKS_MAX, 1], 'the one that came first is gone');
  });

  it('are no more than a megabyte, but one whatever its size', async () => {
    const chain = await openTestChain();
    const recent = new RecentBlocks(chain);
    const blocks: Block[] = [];
    let parent = genesisParent(params);
    for (const sizeBytes of [400_000, 400_000, 400_000, 990_000]) {
      blocks.push(buildBlock({ parent, params, coinbaseScript: new Uint8Array(sizeBytes).fill(0x61) }));
      parent = childOf(parent, blocks.at(-1)!);
    }
    const keptAfter: number[][] = [];
    for (const block of blocks) {
      await acceptAll(chain, [block]);
      keptAfter.push(keptOf(recent, chain, blocks.slice(0, keptAfter.length + 1)));
    }
    assert.deepEqual(keptAfter, [[0], [0, 1], [1, 2], [3]]);
  });
});
