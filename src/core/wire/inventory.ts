/**
 * Inventory: how peers name transactions and blocks that they have or want.
 *
 * @module
 */

import type { ByteReader } from '../primitives/byte-reader.ts';
import type { ByteWriter } from '../primitives/byte-writer.ts';

/** Most entries in one `inv`, `getdata` or `notfound`. Core's MAX_INV_SZ; more is a breach. */
export const INVENTORY_MAX = 50_000;

/** Bytes of an entry. */
const ITEM_SIZE_BYTES = 36;

/** Kinds of entries. The witness flag of BIP-144 stands only in `getdata`. */
export const INVENTORY = {
  tx: 1,
  block: 2,
  filteredBlock: 3,
  compactBlock: 4,
  /** A transaction by its wtxid (BIP-339). */
  wtx: 5,
  witnessTx: 0x40000001,
  witnessBlock: 0x40000002,
} as const;

/** One entry. Other kinds than those of `INVENTORY` can come and mean nothing. */
export interface InventoryItem {
  /** Unsigned 32 bits. */
  readonly kind: number;
  /** Txid, wtxid or block hash, by the kind. 32 bytes, wire order. */
  readonly hash: Uint8Array;
}

/** Writes the entries with their count. */
export function writeInventory(writer: ByteWriter, items: readonly InventoryItem[]): void {
  writer.compactSize(items.length);
  for (const { kind, hash } of items) writer.u32(kind).raw(hash);
}

/** Reads the entries; hashes are views. @throws DecodeError also over `INVENTORY_MAX` */
export function readInventory(reader: ByteReader): readonly InventoryItem[] {
  const count = reader.compactSize({ what: 'inventory', max: INVENTORY_MAX, itemSizeMin: ITEM_SIZE_BYTES });
  const items: InventoryItem[] = [];
  for (let i = 0; i < count; i++) items.push({ kind: reader.u32('inventory kind'), hash: reader.take(32, 'inventory hash') });
  return items;
}
