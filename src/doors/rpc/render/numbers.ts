/**
 * Numbers as JSON-RPC shows them.
 *
 * @module
 */

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

/** Both digits of each byte, in the order in which they are written. */
const DIGIT_PAIRS = new Uint16Array(
  Uint8Array.from(Buffer.from(hexOf(Uint8Array.from({ length: 256 }, (_, byte) => byte)), 'latin1')).buffer,
);

/** Bytes in hexadecimal between two texts, in UTF-8: two digits at a time where they are sent from, for the largest answers there are. */
export function encodeHex(before: string, bytes: Uint8Array, after: string): Buffer {
  const beforeBytes = Buffer.byteLength(before);
  // Pairs of digits must begin at an even place.
  const start = beforeBytes % 2;
  const at = start + beforeBytes;
  const end = at + 2 * bytes.length;
  const whole = Buffer.allocUnsafeSlow(end + Buffer.byteLength(after));
  whole.write(before, start);
  const pairs = new Uint16Array(whole.buffer, at, bytes.length);
  for (let i = 0; i < bytes.length; i++) pairs[i] = DIGIT_PAIRS[bytes[i] as number] as number;
  whole.write(after, end);
  return whole.subarray(start);
}
