/**
 * BIP-340 verification out of elementary steps, for engines whose own verification does not take every case.
 *
 * @module
 */

import { isZero, negateScalar, reduceScalar } from './scalar.ts';
import { taggedHash } from './sha256.ts';

/** Steps on points of 33 bytes and scalars of 32 bytes that are not 0 and less than n. Undefined stands for infinity. */
export interface PointSteps {
  /** Whether 33 bytes are a point. */
  isPoint(point: Uint8Array): boolean;
  /** scalar·point. */
  multiply(point: Uint8Array, scalar: Uint8Array): Uint8Array | undefined;
  /** point + scalar·G. */
  addBase(point: Uint8Array, scalar: Uint8Array): Uint8Array | undefined;
  /** scalar·G. */
  multiplyBase(scalar: Uint8Array): Uint8Array | undefined;
}

/** BIP-340's e: the tagged hash over r, the key and the message, modulo n: 32 bytes. */
export function schnorrChallenge(xOnlyPublicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Uint8Array {
  return reduceScalar(taggedHash('BIP0340/challenge', signature.subarray(0, 32), xOnlyPublicKey, message));
}

/** The point with this x and an even y, compressed; whether there is one is not looked at. */
export function evenPoint(x: Uint8Array): Uint8Array {
  const point = new Uint8Array(33);
  point[0] = 2;
  point.set(x, 1);
  return point;
}

/** Whether `point`, sG − eP of a signature, is the nonce's point: not infinity, an even y, and x equal to r. */
export function isNoncePoint(point: Uint8Array | undefined, signature: Uint8Array): boolean {
  if (point === undefined || point[0] !== 2) return false;
  for (let i = 0; i < 32; i++) if (point[i + 1] !== signature[i]) return false;
  return true;
}

/**
 * sG − eP for the P with this x and an even y, compressed; undefined where it is infinity or no point has this x.
 *
 * Every case is taken: e = 0, s = 0 and x from n on. Costs two multiplications, where an engine's own verification needs little more
 * than one.
 *
 * @param e - the challenge, 32 bytes, less than n
 * @param s - the second half of the signature, 32 bytes, less than n
 */
export function schnorrPointBySteps(steps: PointSteps, x: Uint8Array, e: Uint8Array, s: Uint8Array): Uint8Array | undefined {
  let point: Uint8Array | undefined = evenPoint(x);
  if (!steps.isPoint(point)) return undefined;
  if (isZero(e)) return isZero(s) ? undefined : steps.multiplyBase(s);
  point = steps.multiply(point, negateScalar(e));
  return isZero(s) || point === undefined ? point : steps.addBase(point, s);
}
