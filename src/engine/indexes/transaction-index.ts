/**
 * Where each confirmed transaction is. Row: txid (32) → block hash (32), offset of the transaction in the block (4), its size (4),
 * its place among the block's transactions (4), integers little-endian.
 *
 * The first block's coinbase is left out, as in Core's `txindex`: its output cannot be spent. Of two coinbases with one txid (BIP-30
 * tells of two such pairs on `main`) the later one is kept.
 *
 * @module
 */

import { HEADER_SIZE_BYTES } from '../../core/primitives/block.ts';
import { ByteReader } from '../../core/primitives/byte-reader.ts';
import { compactSizeLength } from '../../core/primitives/byte-writer.ts';
import type { BlockHash, Txid } from '../../core/primitives/ids.ts';
import type { IndexStore } from '../ports/index-store.ts';
import type { IndexKind } from './index-kind.ts';

const VALUE_SIZE_BYTES = 44;

/** Where a transaction lies in a block's bytes. */
export interface TransactionPlace {
  readonly blockHash: BlockHash;
  readonly offset: number;
  readonly sizeBytes: number;
  /** Its place among the block's transactions. */
  readonly position: number;
}

/** Places of all confirmed transactions. */
export const transactionIndex: IndexKind = {
  name: 'tx',
  connect: async ({ block, height }, rows, pause) => {
    if (height === 0) return;
    const value = new Uint8Array(VALUE_SIZE_BYTES);
    const numbers = new DataView(value.buffer);
    value.set(block.header.hash);
    let offset = HEADER_SIZE_BYTES + compactSizeLength(block.transactions.length);
    for (let position = 0; position < block.transactions.length; position++) {
      const { txid, sizeBytes } = block.transactions[position]!;
      numbers.setUint32(32, offset, true);
      numbers.setUint32(36, sizeBytes, true);
      numbers.setUint32(40, position, true);
      rows.put(txid, value);
      offset += sizeBytes;
      const turn = pause();
      if (turn !== undefined) await turn;
    }
  },
  disconnect: async ({ block }, rows, pause) => {
    for (const { txid } of block.transactions) {
      rows.delete(txid);
      const turn = pause();
      if (turn !== undefined) await turn;
    }
  },
};

/** Where a confirmed transaction is; undefined where none has this id. */
export async function findTransactionPlace(store: IndexStore, txid: Txid): Promise<TransactionPlace | undefined> {
  const [value] = await store.load([txid]);
  if (value === undefined) return undefined;
  const reader = new ByteReader(value);
  const blockHash = reader.copy(32, 'block hash') as Uint8Array as BlockHash;
  return { blockHash, offset: reader.u32('offset'), sizeBytes: reader.u32('size'), position: reader.u32('position') };
}
