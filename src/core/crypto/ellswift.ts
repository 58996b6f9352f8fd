/**
 * ElligatorSwift: 64 bytes that look like chance and stand for the x of a point, so that nobody on the way can tell a public key
 * (BIP-324, "ElligatorSwift encoding of curve X coordinates").
 *
 * What is computed with here is public: the encoding is sent, and the x follows from it. Private keys stay with the engines.
 *
 * @module
 */

import { assert } from '../base/assert.ts';
import { curveRight, FIELD_SIZE, fieldFromBytes, inverseOf, isCurveX, reduced, squareRootOf, writeField } from './secp-field.ts';

/** Bytes of an encoding: u and t. */
export const ELLSWIFT_SIZE_BYTES = 64;

/** The square root of −3 that BIP-324 means: the power by (p + 1) / 4. */
const ROOT_OF_MINUS_3: bigint = squareRootOf(FIELD_SIZE - 3n)!;

const INVERSE_OF_2: bigint = (FIELD_SIZE + 1n) / 2n;

/** Which x two numbers from 0 to p − 1 stand for: BIP-324's XSwiftEC. Every pair stands for one. */
export function xFromPair(u: bigint, t: bigint): bigint {
  const first = u === 0n ? 1n : u;
  let second = t === 0n ? 1n : t;
  if ((curveRight(first) + second * second) % FIELD_SIZE === 0n) second = (2n * second) % FIELD_SIZE;
  const big = reduced((curveRight(first) - second * second) * inverseOf((2n * second) % FIELD_SIZE));
  const scaled = reduced((big + second) * inverseOf((ROOT_OF_MINUS_3 * first) % FIELD_SIZE));
  const x3 = reduced(first + 4n * scaled * scaled);
  if (isCurveX(x3)) return x3;
  const quotient = big * inverseOf(scaled);
  const x2 = reduced((-quotient - first) * INVERSE_OF_2);
  return isCurveX(x2) ? x2 : reduced((quotient - first) * INVERSE_OF_2);
}

/**
 * The t that makes (u, t) stand for x, by one of eight ways (0 to 7): BIP-324's XSwiftECInv. Undefined where this way has none.
 *
 * @param x - of a point
 */
export function pairOf(x: bigint, u: bigint, way: number): bigint | undefined {
  let v = x;
  let s: bigint;
  if ((way & 2) === 0) {
    // Also where u² + ux + x² is 0: x is then u times a cube root of one, and so is −x − u.
    if (isCurveX(-x - u)) return undefined;
    s = reduced(-curveRight(u) * inverseOf(reduced(u * u + u * x + x * x)));
  } else {
    s = reduced(x - u);
    if (s === 0n) return undefined;
    const root = squareRootOf(reduced(-s * (4n * curveRight(u) + 3n * s * u * u)));
    if (root === undefined || ((way & 1) !== 0 && root === 0n)) return undefined;
    v = reduced((root * inverseOf(s) - u) * INVERSE_OF_2);
  }
  const w = squareRootOf(s);
  if (w === undefined) return undefined;
  const isOdd = (way & 1) !== 0;
  const factor = isOdd ? 1n + ROOT_OF_MINUS_3 : 1n - ROOT_OF_MINUS_3;
  const isNegative = isOdd === ((way & 4) !== 0);
  const t = w * (u * factor * INVERSE_OF_2 + v);
  return reduced(isNegative ? -t : t);
}

/** The x that 64 bytes stand for, 32 bytes; any 64 bytes stand for one. */
export function decodeEllswift(bytes: Uint8Array): Uint8Array {
  assert(bytes.length === ELLSWIFT_SIZE_BYTES, 'an ElligatorSwift encoding has 64 bytes');
  const x = new Uint8Array(32);
  writeField(xFromPair(fieldFromBytes(bytes.subarray(0, 32)), fieldFromBytes(bytes.subarray(32))), x, 0);
  return x;
}

/**
 * 64 bytes that stand for an x, chosen evenly among all that do. Some four pairs are tried, about a millisecond.
 *
 * @param x - of a point, 32 bytes
 * @param random - gives so many random bytes
 */
export function encodeEllswift(x: Uint8Array, random: (count: number) => Uint8Array): Uint8Array {
  const target = fieldFromBytes(x);
  const encoding = new Uint8Array(ELLSWIFT_SIZE_BYTES);
  for (;;) {
    const bytes = random(33);
    const u = fieldFromBytes(bytes.subarray(0, 32));
    const t = u === 0n ? undefined : pairOf(target, u, bytes[32]! & 7);
    if (t === undefined) continue;
    writeField(u, encoding, 0);
    writeField(t, encoding, 32);
    return encoding;
  }
}
