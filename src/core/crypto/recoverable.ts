/**
 * ECDSA signatures that tell their public key: what signed messages are made of.
 *
 * The numbers of the language compute here, as signed messages are few; points that depend on secrets are the engine's business. Everything
 * else that is computed of a private key blinds nothing: a node signs only what its own user hands in together with the key.
 *
 * @module
 */

import { assert } from '../base/assert.ts';
import { concatBytes, fromHex, toHex } from '../base/bytes.ts';
import { hmacSha256 } from './hmac-sha256.ts';
import { isPrivateKey } from './scalar.ts';
import type { Secp256k1 } from './secp256k1.ts';

/** The field's prime, the order of the curve, and its base point. */
const P = 2n ** 256n - 2n ** 32n - 977n;
const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const BASE: Point = {
  x: 0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n,
  y: 0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8n,
  z: 1n,
};

/** A point (x/z², y/z³); infinity has a z of 0. */
interface Point {
  readonly x: bigint;
  readonly y: bigint;
  readonly z: bigint;
}

const INFINITY: Point = { x: 1n, y: 1n, z: 0n };

/** A compact signature of 64 bytes, and which of up to four keys it is good for is meant. */
export interface RecoverableSignature {
  readonly signature: Uint8Array;
  /** 0 to 3: bit 0 is set where the nonce's point has an odd y, bit 1 where its x is n or more. */
  readonly recoveryId: number;
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes)}`);
}

function bytesOf(value: bigint): Uint8Array {
  return fromHex(value.toString(16).padStart(64, '0')) as Uint8Array;
}

function modulo(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}

/** The inverse of a number that is not 0. Euclid's algorithm. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [low, high] = [modulo(value, modulus), modulus];
  let [factor, last] = [1n, 0n];
  while (low > 1n) {
    const quotient = high / low;
    [high, low] = [low, high - quotient * low];
    [last, factor] = [factor, last - quotient * factor];
  }
  return modulo(factor, modulus);
}

function double({ x, y, z }: Point): Point {
  if (z === 0n) return INFINITY;
  const ySquared = (y * y) % P;
  const s = (4n * x * ySquared) % P;
  const m = (3n * x * x) % P;
  const x3 = modulo(m * m - 2n * s, P);
  return { x: x3, y: modulo(m * (s - x3) - 8n * ySquared * ySquared, P), z: (2n * y * z) % P };
}

function add(a: Point, b: Point): Point {
  if (a.z === 0n) return b;
  if (b.z === 0n) return a;
  const [aSquared, bSquared] = [(a.z * a.z) % P, (b.z * b.z) % P];
  const [u1, u2] = [(a.x * bSquared) % P, (b.x * aSquared) % P];
  const [s1, s2] = [(a.y * bSquared * b.z) % P, (b.y * aSquared * a.z) % P];
  const h = modulo(u2 - u1, P);
  const r = modulo(s2 - s1, P);
  if (h === 0n) return r === 0n ? double(a) : INFINITY;
  const hSquared = (h * h) % P;
  const hCubed = (hSquared * h) % P;
  const v = (u1 * hSquared) % P;
  const x = modulo(r * r - hCubed - 2n * v, P);
  return { x, y: modulo(r * (v - x) - s1 * hCubed, P), z: (h * a.z * b.z) % P };
}

function multiply(point: Point, scalar: bigint): Point {
  let result = INFINITY;
  let doubled = point;
  for (let left = scalar; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = add(result, doubled);
    doubled = double(doubled);
  }
  return result;
}

/** The point with an x, whose y is odd or even; undefined where there is none. */
function liftX(x: bigint, isOdd: boolean): Point | undefined {
  if (x >= P) return undefined;
  const square = (x * x * x + 7n) % P;
  const root = power(square, (P + 1n) / 4n);
  if ((root * root) % P !== square) return undefined;
  return { x, y: ((root & 1n) === 1n) === isOdd ? root : P - root, z: 1n };
}

function encodePoint({ x, y, z }: Point, compressed: boolean): Uint8Array {
  const inverted = inverse(z, P);
  const inverseSquared = (inverted * inverted) % P;
  const xBytes = bytesOf((x * inverseSquared) % P);
  const affineY = (y * inverseSquared * inverted) % P;
  if (compressed) return concatBytes(Uint8Array.of((affineY & 1n) === 1n ? 3 : 2), xBytes);
  return concatBytes(Uint8Array.of(4), xBytes, bytesOf(affineY));
}

/**
 * The public key that an ECDSA signature over a hash of 32 bytes is good for; undefined where there is none.
 *
 * @param recoveryId - 0 to 3
 */
export function recoverPublicKey(
  messageHash: Uint8Array,
  { recoveryId, signature }: RecoverableSignature,
  compressed: boolean,
): Uint8Array | undefined {
  const [r, s] = [numberOf(signature.subarray(0, 32)), numberOf(signature.subarray(32))];
  if (r === 0n || s === 0n || r >= N || s >= N) return undefined;
  const nonce = liftX((recoveryId & 2) === 0 ? r : r + N, (recoveryId & 1) !== 0);
  if (nonce === undefined) return undefined;
  const inverted = inverse(r, N);
  const key = add(multiply(nonce, (s * inverted) % N), multiply(BASE, modulo(-numberOf(messageHash) * inverted, N)));
  return key.z === 0n ? undefined : encodePoint(key, compressed);
}

/** The nonces of RFC 6979 for HMAC-SHA256, one after another, as libsecp256k1 makes them. */
function* nonces(messageHash: Uint8Array, privateKey: Uint8Array): Generator<Uint8Array, never> {
  let key: Uint8Array = new Uint8Array(32);
  let value: Uint8Array = new Uint8Array(32).fill(1);
  for (const tag of [0, 1]) {
    key = hmacSha256(key, concatBytes(value, Uint8Array.of(tag), privateKey, messageHash));
    value = hmacSha256(key, value);
  }
  for (;;) {
    value = hmacSha256(key, value);
    yield value;
    key = hmacSha256(key, concatBytes(value, Uint8Array.of(0)));
    value = hmacSha256(key, value);
  }
}

/** ECDSA over a hash of 32 bytes with the nonce of RFC 6979 and a low s. Core's `CKey::SignCompact`, which makes no effort for a low r. */
export function signRecoverable(
  messageHash: Uint8Array,
  privateKey: Uint8Array,
  secp256k1: Pick<Secp256k1, 'publicKeyOf'>,
): RecoverableSignature {
  assert(messageHash.length === 32 && isPrivateKey(privateKey), 'a hash of 32 bytes and a private key');
  const [e, d] = [numberOf(messageHash), numberOf(privateKey)];
  const candidates = nonces(messageHash, privateKey);
  for (;;) {
    const nonce = candidates.next().value;
    // A nonce that is no scalar has no point.
    const point = secp256k1.publicKeyOf(nonce);
    if (point === undefined) continue;
    const x = numberOf(point.subarray(1));
    const r = x % N;
    const s = (inverse(numberOf(nonce), N) * (e + r * d)) % N;
    if (r === 0n || s === 0n) continue;
    const isHigh = s > N / 2n;
    const recoveryId = ((x >= N ? 2 : 0) | ((point[0] as number) & 1)) ^ (isHigh ? 1 : 0);
    return { signature: concatBytes(bytesOf(r), bytesOf(isHigh ? N - s : s)), recoveryId };
  }
}
