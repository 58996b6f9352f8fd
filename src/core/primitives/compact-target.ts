/**
 * A target in 32 bits: one byte of exponent, three of mantissa. Core's `arith_uint256::SetCompact` and `GetCompact`.
 *
 * @module
 */

import type { Brand } from '../base/brand.ts';
import { reversedBytes, toHex } from '../base/bytes.ts';

/** A block hash, read as a little-endian number, must not exceed it. */
export type Target = Brand<bigint, 'Target'>;

/** Number of hashes that a chain took on average: the sum of 2^256 / (target + 1) over its blocks. */
export type ChainWork = Brand<bigint, 'ChainWork'>;

/** A compact form read: `negative` and `overflow` as Core reports them; such bits are never valid. */
export interface DecodedBits {
  readonly target: Target;
  readonly negative: boolean;
  readonly overflow: boolean;
}

/** Reads compact bits. */
export function decodeBits(bits: number): DecodedBits {
  const exponent = bits >>> 24;
  let mantissa = BigInt(bits & 0x007fffff);
  if (exponent <= 3) mantissa >>= BigInt(8 * (3 - exponent));
  const target = exponent <= 3 ? mantissa : mantissa << BigInt(8 * (exponent - 3));
  const negative = mantissa !== 0n && (bits & 0x00800000) !== 0;
  const overflow = mantissa !== 0n && (exponent > 34 || (mantissa > 0xffn && exponent > 33) || (mantissa > 0xffffn && exponent > 32));
  return { target: (overflow ? BigInt.asUintN(256, target) : target) as Target, negative, overflow };
}

/** Compact bits of a target, rounded down to what they can say. */
export function encodeBits(target: bigint): number {
  let exponent = 0;
  for (let rest = target; rest > 0n; rest >>= 8n) exponent++;
  let mantissa = Number(exponent <= 3 ? target << BigInt(8 * (3 - exponent)) : target >> BigInt(8 * (exponent - 3)));
  // The mantissa's top bit is a sign: a number that would set it moves one byte down.
  if ((mantissa & 0x00800000) !== 0) {
    mantissa >>= 8;
    exponent++;
  }
  return ((exponent << 24) | mantissa) >>> 0;
}

/** A hash as the number that is held against a target: its bytes in wire order, the least significant first. */
export function hashToNumber(hash: Uint8Array): bigint {
  return BigInt(`0x${toHex(reversedBytes(hash))}`);
}
