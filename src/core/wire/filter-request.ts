/**
 * What the three questions for compact filters have in common (BIP-157).
 *
 * @module
 */

import type { ByteReader } from '../primitives/byte-reader.ts';
import type { ByteWriter } from '../primitives/byte-writer.ts';
import type { BlockHash } from '../primitives/ids.ts';

/** Blocks of one branch whose filters are meant: from a height up to a block. */
export interface FilterRange {
  /** Kind of filter; 0 is the basic one of BIP-158. */
  readonly filterType: number;
  readonly startHeight: number;
  /** The last block. */
  readonly stop: BlockHash;
}

/** Writes a range. */
export function writeFilterRange(writer: ByteWriter, { filterType, startHeight, stop }: FilterRange): void {
  writer.u8(filterType).u32(startHeight).raw(stop);
}

/** Reads a range; the hash is a view. @throws DecodeError */
export function readFilterRange(reader: ByteReader): FilterRange {
  return { filterType: reader.u8('filter type'), startHeight: reader.u32('start height'), stop: reader.take(32, 'stop hash') as BlockHash };
}

/** Reads hashes with their count; they are views. @throws DecodeError */
export function readFilterHashes(reader: ByteReader, what: string, max: number): readonly Uint8Array[] {
  const count = reader.compactSize({ what, max, itemSizeMin: 32 });
  return Array.from({ length: count }, () => reader.take(32, what));
}

/** Writes hashes with their count. */
export function writeFilterHashes(writer: ByteWriter, hashes: readonly Uint8Array[]): void {
  writer.compactSize(hashes.length);
  for (const hash of hashes) writer.raw(hash);
}
