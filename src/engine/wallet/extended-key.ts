/**
 * Keys in a tree, BIP-32: private keys, each with a chain code, and the children of each. The points are worked out by the engine that
 * checks signatures, so that nothing but HMAC-SHA512 is brought in for them.
 *
 * @module
 */

import { assert } from '../../core/base/assert.ts';
import { utf8ToBytes } from '../../core/base/bytes.ts';
import { hmacSha512 } from '../../core/crypto/hmac-sha512.ts';
import type { Secp256k1 } from '../../core/crypto/secp256k1.ts';

/** The first index whose child follows from the private key alone; in paths this and 84 are written 84'. */
export const HARDENED = 0x8000_0000;

/** A private key of the tree. */
export class ExtendedKey {
  /** 32 bytes. */
  readonly privateKey: Uint8Array;
  readonly #chainCode: Uint8Array;
  readonly #secp256k1: Secp256k1;
  #publicKey: Uint8Array | undefined;

  private constructor(privateKey: Uint8Array, chainCode: Uint8Array, secp256k1: Secp256k1) {
    this.privateKey = privateKey;
    this.#chainCode = chainCode;
    this.#secp256k1 = secp256k1;
  }

  /** The root of the tree that a seed of 16 to 64 bytes has. Throws an AssertionError for the seed in 2^127 that has none. */
  static root(seed: Uint8Array, secp256k1: Secp256k1): ExtendedKey {
    assert(seed.length >= 16 && seed.length <= 64, 'a seed has 16 to 64 bytes');
    const node = hmacSha512(utf8ToBytes('Bitcoin seed'), seed);
    const key = new ExtendedKey(node.subarray(0, 32), node.subarray(32), secp256k1);
    // Asked for, so that a number which is no key shows here.
    assert(key.publicKey.length === 33, 'a point is 33 bytes');
    return key;
  }

  /** The point of the key, compressed. */
  get publicKey(): Uint8Array {
    if (this.#publicKey === undefined) {
      this.#publicKey = this.#secp256k1.publicKeyOf(this.privateKey);
      assert(this.#publicKey !== undefined, 'a key of the tree is 1 to n - 1');
    }
    return this.#publicKey;
  }

  /** A child by its index, less than 2^32; from `HARDENED` on it follows from the private key alone, else from the point too. */
  child(index: number): ExtendedKey {
    const data = new Uint8Array(37);
    if (index >= HARDENED) data.set(this.privateKey, 1);
    else data.set(this.publicKey);
    new DataView(data.buffer).setUint32(33, index);
    const node = hmacSha512(this.#chainCode, data);
    const privateKey = this.#secp256k1.tweakPrivate(this.privateKey, node.subarray(0, 32));
    // One index in 2^127, which BIP-32 would have passed over.
    assert(privateKey !== undefined, 'a hash is no inverse of a key and less than n');
    return new ExtendedKey(privateKey, node.subarray(32), this.#secp256k1);
  }

  /** The key at the end of a path. */
  descendant(path: readonly number[]): ExtendedKey {
    return path.reduce<ExtendedKey>((key, index) => key.child(index), this);
  }
}
