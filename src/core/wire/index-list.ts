/**
 * Ascending places of transactions in a block, each written as its distance from the one before (BIP-152, "differentially encoded").
 *
 * @module
 */

import type { ByteReader } from '../primitives/byte-reader.ts';
import type { ByteWriter } from '../primitives/byte-writer.ts';
import { DecodeError } from '../primitives/decode-error.ts';

/** Most transactions of a block that a compact block can stand for: their places are numbers of 16 bits. Core's limit. */
export const COMPACT_TRANSACTIONS_MAX = 0xffff;

/** Writes a place; `before` is the one written last, -1 at first. */
export function writeIndex(writer: ByteWriter, before: number, index: number): void {
  writer.compactSize(index - before - 1);
}

/** Reads a place; `before` is the one read last, -1 at first. It comes after that one, whatever the bytes are. @throws DecodeError over 16 bits */
export function readIndex(reader: ByteReader, before: number): number {
  const at = reader.offset;
  const index = before + 1 + reader.compactSize({ what: 'transaction index', max: COMPACT_TRANSACTIONS_MAX });
  if (index > COMPACT_TRANSACTIONS_MAX) throw new DecodeError('transaction index', at, `${index} is over the limit of 16 bits`);
  return index;
}
