/**
 * The compact filter of each block (BIP-158) and its header (BIP-157). Row: block hash (32) → filter header (32), filter.
 *
 * Filters of blocks that left the active chain stay, as in Core: they are found by hash and still right.
 *
 * @module
 */

import { assert } from '../../core/base/assert.ts';
import { concatBytes } from '../../core/base/bytes.ts';
import { BasicFilterBuilder, filterHeader } from '../../core/filters/basic-filter.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';
import type { BlockFilter } from '../ports/index-service.ts';
import type { IndexStore } from '../ports/index-store.ts';
import type { IndexKind } from './index-kind.ts';

const HEADER_SIZE_BYTES = 32;

/** Filters of all blocks. */
export const filterIndex: IndexKind = {
  name: 'filter',
  connect: async ({ block, height, spentCoins }, rows, pause) => {
    const builder = new BasicFilterBuilder(block.header.hash);
    for (const { outputs } of block.transactions) {
      for (const { scriptPubKey } of outputs) {
        builder.addOutput(scriptPubKey);
        const turn = pause();
        if (turn !== undefined) await turn;
      }
    }
    for (const coins of spentCoins) {
      for (const { scriptPubKey } of coins) {
        builder.addSpent(scriptPubKey);
        const turn = pause();
        if (turn !== undefined) await turn;
      }
    }
    const filter = builder.finish();
    const [parent] = height === 0 ? [new Uint8Array(HEADER_SIZE_BYTES)] : await rows.load([block.header.prevBlockHash]);
    assert(parent !== undefined, 'the block before has its filter');
    rows.put(block.header.hash, concatBytes(filterHeader(filter, parent.subarray(0, HEADER_SIZE_BYTES)), filter));
  },
  disconnect: async () => {},
};

/** A block's filter; undefined where the block was never on the active chain, or the index has not come to it. */
export async function findFilter(store: IndexStore, hash: BlockHash): Promise<BlockFilter | undefined> {
  const [value] = await store.load([hash]);
  if (value === undefined) return undefined;
  return { header: value.subarray(0, HEADER_SIZE_BYTES), filter: value.subarray(HEADER_SIZE_BYTES) };
}
