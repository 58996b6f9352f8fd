/**
 * MuHash3072: one hash of a set, whatever the order in which its elements come and go. Core's `MuHash3072`.
 *
 * Each element becomes a number of 3072 bits; the set is their product modulo a prime. Taking an element out divides by it. Unlike a sum,
 * the product is as hard to forge as discrete logarithms modulo the prime.
 *
 * Source: Bellare and Micciancio 1997, "A New Paradigm for Collision-Free Hashing"; Core's crypto/muhash.h.
 *
 * @module
 */

import { chacha20Keystream } from './chacha20.ts';
import { sha256 } from './sha256.ts';

const ELEMENT_SIZE_BYTES = 384;

/** 2^3072 - 1103717, the largest safe prime of 3072 bits. */
const MODULUS: bigint = (1n << 3072n) - 1_103_717n;

const NONCE: Uint8Array = new Uint8Array(12);

/** A set under way. An element put in twice counts twice, and one taken out before it is put in is no error. */
export class MuHash3072 {
  #numerator = 1n;
  #denominator = 1n;
  readonly #element = new Uint8Array(ELEMENT_SIZE_BYTES);

  /** Puts an element in: any bytes. About 25 microseconds. */
  insert(data: Uint8Array): void {
    this.#numerator = (this.#numerator * this.#numberOf(data)) % MODULUS;
  }

  /** Takes an element out. As dear as putting one in: the division itself is done once, by `digest`. */
  remove(data: Uint8Array): void {
    this.#denominator = (this.#denominator * this.#numberOf(data)) % MODULUS;
  }

  /** SHA-256 of the product's 384 bytes, the least significant first. The set may change and be asked again. */
  digest(): Uint8Array {
    const product = this.#denominator === 1n ? this.#numerator : (this.#numerator * inverse(this.#denominator)) % MODULUS;
    const bytes = new Uint8Array(ELEMENT_SIZE_BYTES);
    const view = new DataView(bytes.buffer);
    let rest = product;
    for (let at = 0; at < ELEMENT_SIZE_BYTES; at += 8, rest >>= 64n) view.setBigUint64(at, BigInt.asUintN(64, rest), true);
    return sha256(bytes);
  }

  /** The number that stands for an element: ChaCha20's stream under the element's SHA-256, the least significant byte first. */
  #numberOf(data: Uint8Array): bigint {
    chacha20Keystream(sha256(data), NONCE, this.#element);
    const view = new DataView(this.#element.buffer);
    const parts: bigint[] = [];
    for (let at = 0; at < ELEMENT_SIZE_BYTES; at += 8) parts.push(view.getBigUint64(at, true));
    return joined(parts);
  }
}

/** Words of 64 bits as one number, the least significant first. Joined in pairs: one after another would take three times as long. */
function joined(parts: bigint[]): bigint {
  let shift = 64n;
  for (let count = parts.length; count > 1; count = (count + 1) >> 1, shift *= 2n) {
    for (let i = 0; i < count; i += 2) parts[i >> 1] = i + 1 < count ? parts[i]! | (parts[i + 1]! << shift) : parts[i]!;
  }
  return parts[0]!;
}

/** What times `a` is 1 modulo the prime, by the extended algorithm of Euclid: a few milliseconds. `a` is from 1 to the prime less 1. */
function inverse(a: bigint): bigint {
  let [low, high] = [a, MODULUS];
  let [x, before] = [1n, 0n];
  while (low > 1n) {
    const quotient = high / low;
    [low, high] = [high - quotient * low, low];
    [x, before] = [before - quotient * x, x];
  }
  return ((x % MODULUS) + MODULUS) % MODULUS;
}
