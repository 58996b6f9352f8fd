/**
 * Numbers modulo the p of secp256k1, for what no engine does: ElligatorSwift.
 *
 * Only for public values: all of it takes a time that depends on them.
 *
 * @module
 */

import { assert } from '../base/assert.ts';
import { toHex } from '../base/bytes.ts';

/** p, the size of the field that coordinates are in. */
export const FIELD_SIZE: bigint = (1n << 256n) - (1n << 32n) - 977n;

/** The curve is y² = x³ + 7. */
const CURVE_B = 7n;

/** A number as one from 0 to p − 1. */
export function reduced(value: bigint): bigint {
  const rest = value % FIELD_SIZE;
  return rest < 0n ? rest + FIELD_SIZE : rest;
}

/** 32 bytes, big-endian, modulo p. */
export function fieldFromBytes(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes)}`) % FIELD_SIZE;
}

/** Writes a number from 0 to p − 1 into the 32 bytes at `offset`, big-endian. */
export function writeField(value: bigint, target: Uint8Array, offset: number): void {
  const view = new DataView(target.buffer, target.byteOffset + offset, 32);
  for (let word = 0; word < 4; word++) view.setBigUint64(8 * word, BigInt.asUintN(64, value >> BigInt(192 - 64 * word)));
}

/** What times `value` is 1, by the extended algorithm of Euclid. The value is not 0. */
export function inverseOf(value: bigint): bigint {
  assert(value > 0n && value < FIELD_SIZE, 'only numbers from 1 to p - 1 have an inverse');
  let [low, high] = [value, FIELD_SIZE];
  let [x, before] = [1n, 0n];
  while (low > 1n) {
    const quotient = high / low;
    [low, high] = [high - quotient * low, low];
    [x, before] = [before - quotient * x, x];
  }
  return reduced(x);
}

/** Squares so many times. */
function squared(value: bigint, times: number): bigint {
  let result = value;
  for (let i = 0; i < times; i++) result = (result * result) % FIELD_SIZE;
  return result;
}

const times = (a: bigint, b: bigint): bigint => (a * b) % FIELD_SIZE;

/**
 * A square root of a number from 0 to p − 1; undefined where there is none. p is 3 modulo 4, so it is the power by (p + 1) / 4, which in
 * binary is 223 ones, a zero, 22 ones, four zeros, two ones, two zeros: so the powers by runs of ones are made and put together.
 */
export function squareRootOf(value: bigint): bigint | undefined {
  const run2 = times(squared(value, 1), value);
  const run3 = times(squared(run2, 1), value);
  const run6 = times(squared(run3, 3), run3);
  const run11 = times(squared(times(squared(run6, 3), run3), 2), run2);
  const run22 = times(squared(run11, 11), run11);
  const run44 = times(squared(run22, 22), run22);
  const run88 = times(squared(run44, 44), run44);
  const run220 = times(squared(times(squared(run88, 88), run88), 44), run44);
  const run223 = times(squared(run220, 3), run3);
  const root = squared(times(squared(times(squared(run223, 23), run22), 6), run2), 2);
  return times(root, root) === value ? root : undefined;
}

/** x³ + 7 of any number. */
export function curveRight(x: bigint): bigint {
  const small = reduced(x);
  return (small * small * small + CURVE_B) % FIELD_SIZE;
}

/** Whether a point of the curve has this x. */
export function isCurveX(x: bigint): boolean {
  return squareRootOf(curveRight(x)) !== undefined;
}
