/**
 * Numbers modulo the order n of secp256k1, as 32 bytes big-endian.
 *
 * Only for public values: comparing and multiplying here takes a time that depends on them.
 *
 * @module
 */

import { compareBytes, fromHex } from '../base/bytes.ts';
import { hashKernel } from './hash-kernel.ts';

/** n, the number of points of the curve. */
const ORDER_BYTES: Uint8Array = fromHex('fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141')!;
const HALF_ORDER_BYTES: Uint8Array = fromHex('7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0')!;

/** Whether the 32 bytes at `offset` are less than n. An offset, because a view of them would cost more than the answer. */
export function isBelowOrder(bytes: Uint8Array, offset: number = 0): boolean {
  // All but one in 256 numbers differ from n in the first byte.
  return bytes[offset]! < 255 || compareBytes(bytes.subarray(offset, offset + 32), ORDER_BYTES) < 0;
}

/** Whether the 32 bytes at `offset` are more than half of n: the s that BIP-62 calls high. */
export function isAboveHalfOrder(bytes: Uint8Array, offset: number = 0): boolean {
  const first = bytes[offset]!;
  return first > 127 || (first === 127 && compareBytes(bytes.subarray(offset, offset + 32), HALF_ORDER_BYTES) > 0);
}

/** Whether 32 bytes are all zero. */
export function isZero(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== 0) return false;
  return true;
}

/** Whether it is a private key: 32 bytes, not zero, less than n. */
export function isPrivateKey(bytes: Uint8Array): boolean {
  return bytes.length === 32 && isBelowOrder(bytes) && !isZero(bytes);
}

/** n minus 32 bytes that are less than n and not zero. */
export function negateScalar(bytes: Uint8Array): Uint8Array {
  const result = new Uint8Array(32);
  let borrow = 0;
  for (let i = 31; i >= 0; i--) {
    const difference = ORDER_BYTES[i]! - bytes[i]! - borrow;
    result[i] = difference & 255;
    borrow = difference < 0 ? 1 : 0;
  }
  return result;
}

/** 32 bytes modulo n: the same array where they are less, and a new one where not. */
export function reduceScalar(bytes: Uint8Array): Uint8Array {
  if (isBelowOrder(bytes)) return bytes;
  const result = new Uint8Array(32);
  let borrow = 0;
  for (let i = 31; i >= 0; i--) {
    const difference = bytes[i]! - ORDER_BYTES[i]! - borrow;
    result[i] = difference & 255;
    borrow = difference < 0 ? 1 : 0;
  }
  return result;
}

/**
 * -a·c and -b·c modulo n, 32 bytes each after one another, of any numbers of 32 bytes. In the kernel, which takes a quarter of the time
 * that numbers of the language do.
 */
export function negatedProducts(a: Uint8Array, b: Uint8Array, c: Uint8Array): Uint8Array {
  const kernel = hashKernel();
  kernel.put(a, 0);
  kernel.put(b, 32);
  kernel.put(c, 64);
  kernel.exports.negatedProducts();
  return kernel.output(64);
}
