/**
 * The checksum at the end of each row's value. LevelDB has checksums of its own and does not look at them when it reads, nor when it
 * merges tables, which gives a flipped bit a new and right one; classic-level has no option for either.
 */
import { crc32 } from 'node:zlib';
import { bytesEqual } from '../../core/base/bytes.ts';

/** Bytes that a seal adds to a value. */
export const SEAL_SIZE_BYTES = 4;

/** CRC-32 (ISO-HDLC, as in zlib) of key and value, little-endian: sees every burst of 32 bits, and so every flipped bit. */
function sealOf(key: Uint8Array, value: Uint8Array): Uint8Array {
  const seal = new Uint8Array(SEAL_SIZE_BYTES);
  // Of no bytes zlib makes 0, whatever came before.
  new DataView(seal.buffer).setUint32(0, value.length === 0 ? crc32(key) : crc32(value, crc32(key)), true);
  return seal;
}

/** A value as it is stored under its key: with its seal behind it. */
export function sealRow(key: Uint8Array, value: Uint8Array): Uint8Array {
  const row = new Uint8Array(value.length + SEAL_SIZE_BYTES);
  row.set(value);
  row.set(sealOf(key, value), value.length);
  return row;
}

/** The value of a stored row, as a view; undefined where key or value are not what was written. */
export function openRow(key: Uint8Array, row: Uint8Array): Uint8Array | undefined {
  const size = row.length - SEAL_SIZE_BYTES;
  if (size < 0) return undefined;
  const value = row.subarray(0, size);
  return bytesEqual(row.subarray(size), sealOf(key, value)) ? value : undefined;
}
