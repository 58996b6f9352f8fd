/**
 * Which input spends an output. Row: txid (32), output index (4, big-endian) → txid of the spending transaction (32), number of its input
 * (4), height of its block (4), integers little-endian.
 *
 * @module
 */

import { ByteReader } from '../../core/primitives/byte-reader.ts';
import type { Txid } from '../../core/primitives/ids.ts';
import type { OutPoint } from '../../core/primitives/transaction.ts';
import type { Spender } from '../ports/index-service.ts';
import type { IndexStore } from '../ports/index-store.ts';
import type { IndexKind } from './index-kind.ts';
import { outPointBytes, writeOutPoint } from './keys.ts';

const KEY_SIZE_BYTES = 36;
const VALUE_SIZE_BYTES = 40;

/** Spenders of all outputs that the chain spends. */
export const spentIndex: IndexKind = {
  name: 'spent',
  connect: async ({ block, height }, rows, pause) => {
    const key = new Uint8Array(KEY_SIZE_BYTES);
    const value = new Uint8Array(VALUE_SIZE_BYTES);
    const numbers = new DataView(value.buffer);
    numbers.setUint32(36, height, true);
    for (let position = 1; position < block.transactions.length; position++) {
      const { txid, inputs } = block.transactions[position]!;
      value.set(txid);
      for (let inputIndex = 0; inputIndex < inputs.length; inputIndex++) {
        writeOutPoint(key, 0, inputs[inputIndex]!.prevout);
        numbers.setUint32(32, inputIndex, true);
        rows.put(key, value);
        const turn = pause();
        if (turn !== undefined) await turn;
      }
    }
  },
  disconnect: async ({ block }, rows, pause) => {
    for (const { inputs } of block.transactions.slice(1)) {
      for (const { prevout } of inputs) {
        rows.delete(outPointBytes(prevout));
        const turn = pause();
        if (turn !== undefined) await turn;
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
