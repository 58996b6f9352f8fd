/**
 * Numbers as JSON-RPC shows them.
 *
 * @module
 */

import { writeHexDigits } from '../../../core/crypto/hex-digits.ts';
import { decodeBits } from '../../../core/primitives/compact-target.ts';

/** A 256-bit number as 64 hexadecimal digits: chain work, targets. */
export function hex256(value: bigint): string {
  return value.toString(16).padStart(64, '0');
}

/** 32 bits as 8 hexadecimal digits: `bits`, version bits. */
export function hex32(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}

/** Target of compact bits, in hexadecimal. */
export function targetHex(bits: number): string {
  return hex256(decodeBits(bits).target);
}

/** 16 digits at most, as Core prints its floats. */
export function rounded(value: number): number {
  return Number(value.toPrecision(16));
}

/** How much harder than Bitcoin's easiest target; below 1 on other networks. Core's `GetDifficulty`. */
export function difficultyOf(bits: number): number {
  let difficulty = 0xffff / (bits & 0x00ffffff);
  for (let shift = bits >>> 24; shift < 29; shift++) difficulty *= 256;
  for (let shift = bits >>> 24; shift > 29; shift--) difficulty /= 256;
  return rounded(difficulty);
}

/** Bytes in hexadecimal. Faster than the pure floors' own by far, which counts for whole blocks. */
export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** Both digits of each byte, the first one in the low eight bits. */
const DIGITS = Uint16Array.from({ length: 256 }, (_, byte) => {
  const digits = byte.toString(16).padStart(2, '0');
  return digits.charCodeAt(0) | (digits.charCodeAt(1) << 8);
});

/** Writes bytes in hexadecimal from a place on: four digits at a time, which may begin anywhere. */
export function writeHex(view: DataView, at: number, bytes: Uint8Array): void {
  const even = bytes.length & ~1;
  let to = at;
  for (let i = 0; i < even; i += 2, to += 4) {
    view.setUint32(to, (DIGITS[bytes[i] as number] as number) | ((DIGITS[bytes[i + 1] as number] as number) << 16), true);
  }
  if (even < bytes.length) view.setUint16(to, DIGITS[bytes[even] as number] as number, true);
}

/** The same from the last byte to the first, as hashes are shown. */
export function writeHexReversed(view: DataView, at: number, bytes: Uint8Array): void {
  let to = at;
  let i = bytes.length - 1;
  for (; i > 0; i -= 2, to += 4) {
    view.setUint32(to, (DIGITS[bytes[i] as number] as number) | ((DIGITS[bytes[i - 1] as number] as number) << 16), true);
  }
  if (i === 0) view.setUint16(to, DIGITS[bytes[0] as number] as number, true);
}

/**
 * Bytes in hexadecimal between two texts, in UTF-8: written where they are sent from, for the largest answers there are.
 *
 * @param take - gives room for so many bytes or more
 * @returns the room, and how much of it is written
 */
export function encodeHex(before: string, bytes: Uint8Array, after: string, take: (sizeBytes: number) => Buffer): [Buffer, number] {
  const at = Buffer.byteLength(before);
  const end = at + 2 * bytes.length;
  const sizeBytes = end + Buffer.byteLength(after);
  const room = take(sizeBytes);
  room.write(before);
  writeHexDigits(room, at, bytes);
  room.write(after, end);
  return [room, sizeBytes];
}
