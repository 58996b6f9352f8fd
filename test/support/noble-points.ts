/**
 * Points and keys that a test makes as it likes, by `@noble/curves`: arithmetic that is none of the engines' that it judges.
 *
 * @module
 */

import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js';
import { toHex } from '../../src/core/base/bytes.ts';

const { Point } = secp256k1;
type CurvePoint = InstanceType<typeof Point>;

/** p, the size of the field that coordinates are in. */
export const FIELD: bigint = Point.CURVE().p;
const ORDER = Point.CURVE().n;

/** The point with this x and an even y; undefined where there is none. */
function liftX(x: bigint): CurvePoint | undefined {
  try {
    return x < FIELD ? schnorr.utils.lift_x(x) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The public key by which (nonceX mod n, s) is a valid ECDSA signature of a message's number, so that a test may choose r and s as it
 * likes; undefined where no point has this x. The nonce's y is even.
 */
export function recoveredKey(nonceX: bigint, s: bigint, message: bigint): Uint8Array | undefined {
  const nonce = liftX(nonceX);
  const r = nonceX % ORDER;
  if (nonce === undefined || r === 0n) return undefined;
  const inverse = Point.Fn.inv(r);
  const times = (point: CurvePoint, factor: bigint): CurvePoint => (factor === 0n ? Point.ZERO : point.multiply(factor));
  const key = times(nonce, (s * inverse) % ORDER).subtract(times(Point.BASE, (message * inverse) % ORDER));
  return key.toBytes();
}

/** sG − eP for the P with this x and an even y; undefined where it is infinity or there is no such P. */
export function schnorrPointOf(x: Uint8Array, e: bigint, s: bigint): Uint8Array | undefined {
  const point = x.length === 32 ? liftX(BigInt(`0x${toHex(x)}`)) : undefined;
  if (point === undefined) return undefined;
  const left = s === 0n ? Point.ZERO : Point.BASE.multiply(s);
  const right = e === 0n ? Point.ZERO : point.multiply(e);
  const sum = left.subtract(right);
  return sum.is0() ? undefined : sum.toBytes();
}

/** The x-only key that a tweak brings to a point with this x, and whether that point's y is odd; undefined where no point has it. */
export function keyTweakedTo(x: bigint, tweak: bigint): { readonly key: Uint8Array; readonly parity: 0 | 1 } | undefined {
  const even = liftX(x);
  if (even === undefined) return undefined;
  const difference = Point.BASE.multiply(tweak);
  for (const [parity, point] of [even, even.negate()].entries()) {
    const key = point.subtract(difference).toBytes();
    if (key[0] === 2) return { key: key.slice(1), parity: parity as 0 | 1 };
  }
  return undefined;
}
