/**
 * Which input spends an output. Row: txid (32), output index (4, big-endian) → txid of the spending transaction (32), number of its input
 * (4), height of its block (4), integers little-endian.
 *
 * @module
 */

import { ByteReader } from '../../core/primitives/byte-reader.ts';
import { ByteWriter } from '../../core/primitives/byte-writer.ts';
import type { Txid } from '../../core/primitives/ids.ts';
import type { OutPoint } from '../../core/primitives/transaction.ts';
import type { IndexStore } from '../ports/index-store.ts';
import type { Spender } from '../ports/node-port.ts';
import type { IndexKind } from './index-kind.ts';
import { outPointBytes } from './keys.ts';

const VALUE_SIZE_BYTES = 40;

/** Spenders of all outputs that the chain spends. */
export const spentIndex: IndexKind = {
  name: 'spent',
  connect: async ({ block, height }, rows, pause) => {
    for (const { txid, inputs } of block.transactions.slice(1)) {
      for (const [inputIndex, { prevout }] of inputs.entries()) {
        rows.put(outPointBytes(prevout), new ByteWriter(VALUE_SIZE_BYTES).raw(txid).u32(inputIndex).u32(height).finish());
        await pause();
      }
    }
  },
  disconnect: async ({ block }, rows, pause) => {
    for (const { inputs } of block.transactions.slice(1)) {
      for (const { prevout } of inputs) {
        rows.delete(outPointBytes(prevout));
        await pause();
      }
    }
  },
};

/** What spends an output in the chain; undefined where nothing does. */
export async function findSpender(store: IndexStore, outPoint: OutPoint): Promise<Spender | undefined> {
  const [value] = await store.load([outPointBytes(outPoint)]);
  if (value === undefined) return undefined;
  const reader = new ByteReader(value);
  const txid = reader.copy(32, 'txid') as Uint8Array as Txid;
  return { txid, inputIndex: reader.u32('input index'), height: reader.u32('height') };
}
