/**
 * Keys in a tree, BIP-32: keys, each with a chain code, and the children of each. The points are worked out by the engine that
 * checks signatures, so that nothing but HMAC-SHA512 is brought in for them.
 *
 * @module
 */

import { decodeBase58Check, encodeBase58Check } from '../address/base58.ts';
import { assert } from '../base/assert.ts';
import { concatBytes, utf8ToBytes } from '../base/bytes.ts';
import { hmacSha512 } from '../crypto/hmac-sha512.ts';
import { isZero, negateScalar } from '../crypto/scalar.ts';
import type { Secp256k1 } from '../crypto/secp256k1.ts';
import { hash160 } from '../crypto/sha256.ts';
import type { Bip32Versions } from '../params/types.ts';

/** The first index whose child follows from the private key alone; in paths this and 84 are written 84'. */
export const HARDENED = 0x8000_0000;

/** Steps from the root that the text of a key can tell of. */
export const DEPTH_MAX = 255;

/** What keys ask of the curve. */
export type KeyCurve = Pick<Secp256k1, 'isPublicKey' | 'isXOnlyPublicKey' | 'publicKeyOf' | 'tweakPrivate' | 'tweakXOnly'>;

/** Where a key stands in its tree. */
export interface KeyPlace {
  /** Steps from the root. */
  readonly depth: number;
  /** First 4 bytes of its parent's hash160; zeros for the root. */
  readonly parentFingerprint: Uint8Array;
  /** Which child of its parent it is; 0 for the root. */
  readonly index: number;
}

const ROOT_PLACE: KeyPlace = { depth: 0, parentFingerprint: new Uint8Array(4), index: 0 };
const TEXT_SIZE_BYTES = 78;

/** First 4 bytes of the hash160 of a public key, as origins and the texts of children name it. */
export function keyFingerprint(publicKey: Uint8Array): Uint8Array {
  return hash160(publicKey).subarray(0, 4);
}

function childPlace(parent: { readonly place: KeyPlace; readonly publicKey: Uint8Array }, index: number): KeyPlace {
  return { depth: parent.place.depth + 1, parentFingerprint: keyFingerprint(parent.publicKey), index };
}

function childHash(chainCode: Uint8Array, key: Uint8Array, index: number): Uint8Array {
  const data = new Uint8Array(37);
  data.set(key, 33 - key.length);
  new DataView(data.buffer).setUint32(33, index);
  return hmacSha512(chainCode, data);
}

/** A private key of the tree. */
export class ExtendedKey {
  /** 32 bytes. */
  readonly privateKey: Uint8Array;
  readonly chainCode: Uint8Array;
  readonly place: KeyPlace;
  readonly #curve: KeyCurve;
  #publicKey: Uint8Array | undefined;

  /** The caller holds a sound private key. */
  constructor(privateKey: Uint8Array, chainCode: Uint8Array, place: KeyPlace, curve: KeyCurve) {
    this.privateKey = privateKey;
    this.chainCode = chainCode;
    this.place = place;
    this.#curve = curve;
  }

  /** The root of the tree that a seed of 16 to 64 bytes has. Throws an AssertionError for the seed in 2^127 that has none. */
  static root(seed: Uint8Array, curve: KeyCurve): ExtendedKey {
    assert(seed.length >= 16 && seed.length <= 64, 'a seed has 16 to 64 bytes');
    const node = hmacSha512(utf8ToBytes('Bitcoin seed'), seed);
    const key = new ExtendedKey(node.subarray(0, 32), node.subarray(32), ROOT_PLACE, curve);
    // Asked for, so that a number which is no key shows here.
    assert(key.publicKey.length === 33, 'a point is 33 bytes');
    return key;
  }

  /** The point of the key, compressed. */
  get publicKey(): Uint8Array {
    if (this.#publicKey === undefined) {
      this.#publicKey = this.#curve.publicKeyOf(this.privateKey);
      assert(this.#publicKey !== undefined, 'a key of the tree is 1 to n - 1');
    }
    return this.#publicKey;
  }

  /** A child by its index, less than 2^32; from `HARDENED` on it follows from the private key alone, else from the point too. */
  child(index: number): ExtendedKey {
    const node = childHash(this.chainCode, index >= HARDENED ? this.privateKey : this.publicKey, index);
    const privateKey = this.#curve.tweakPrivate(this.privateKey, node.subarray(0, 32));
    // One index in 2^127, which BIP-32 would have passed over.
    assert(privateKey !== undefined, 'a hash is no inverse of a key and less than n');
    return new ExtendedKey(privateKey, node.subarray(32), childPlace(this, index), this.#curve);
  }

  /** The key at the end of a path. */
  descendant(path: readonly number[]): ExtendedKey {
    return path.reduce<ExtendedKey>((key, index) => key.child(index), this);
  }

  /** The same place of the tree without the private key. */
  neutered(): ExtendedPublicKey {
    return new ExtendedPublicKey(this.publicKey, this.chainCode, this.place, this.#curve);
  }
}

/** A public key of the tree: the way to those of its children that are not hardened. */
export class ExtendedPublicKey {
  /** 33 bytes. */
  readonly publicKey: Uint8Array;
  readonly chainCode: Uint8Array;
  readonly place: KeyPlace;
  readonly #curve: KeyCurve;

  /** The caller holds a point. */
  constructor(publicKey: Uint8Array, chainCode: Uint8Array, place: KeyPlace, curve: KeyCurve) {
    this.publicKey = publicKey;
    this.chainCode = chainCode;
    this.place = place;
    this.#curve = curve;
  }

  /** A child by its index, less than `HARDENED`. */
  child(index: number): ExtendedPublicKey {
    assert(index < HARDENED, 'only a private key has hardened children');
    const node = childHash(this.chainCode, this.publicKey, index);
    const publicKey = addBase(this.#curve, this.publicKey, node.subarray(0, 32));
    return new ExtendedPublicKey(publicKey, node.subarray(32), childPlace(this, index), this.#curve);
  }

  /** The key at the end of a path. */
  descendant(path: readonly number[]): ExtendedPublicKey {
    return path.reduce<ExtendedPublicKey>((key, index) => key.child(index), this);
  }
}

/**
 * A point and a multiple of the base. The engines tweak points with an even y: for an odd one, P + tG is the negative of -P - tG.
 * A tweak of zero, n or more, or an infinite sum is one hash in 2^127.
 */
function addBase(curve: KeyCurve, publicKey: Uint8Array, tweak: Uint8Array): Uint8Array {
  assert(!isZero(tweak), 'a hash is not zero');
  const isOdd = publicKey[0] === 3;
  const sum = curve.tweakXOnly(publicKey.subarray(1), isOdd ? negateScalar(tweak) : tweak);
  assert(sum !== undefined, 'a hash is no inverse of a key and less than n');
  return concatBytes(Uint8Array.of((sum.parity === 1) === isOdd ? 2 : 3), sum.key);
}

/**
 * The key of a text of this network such as `xprv...` or `xpub...`, or undefined where it is none. Core's `DecodeExtKey` and
 * `DecodeExtPubKey`.
 */
export function decodeExtendedKey(text: string, versions: Bip32Versions, curve: KeyCurve): ExtendedKey | ExtendedPublicKey | undefined {
  const payload = decodeBase58Check(text, TEXT_SIZE_BYTES);
  if (payload?.length !== TEXT_SIZE_BYTES) return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset, TEXT_SIZE_BYTES);
  const version = view.getUint32(0);
  const place = { depth: view.getUint8(4), parentFingerprint: payload.slice(5, 9), index: view.getUint32(9) };
  if (place.depth === 0 && (place.index !== 0 || !isZero(place.parentFingerprint))) return undefined;
  const chainCode = payload.slice(13, 45);
  const key = payload.slice(45);
  if (version === versions.private && key[0] === 0) {
    const privateKey = key.subarray(1);
    return curve.publicKeyOf(privateKey) === undefined ? undefined : new ExtendedKey(privateKey, chainCode, place, curve);
  }
  return version === versions.public && curve.isPublicKey(key) ? new ExtendedPublicKey(key, chainCode, place, curve) : undefined;
}

/** Text of a key: `xprv...` with its private key, `xpub...` without, with the prefixes of a network. */
export function encodeExtendedKey(key: ExtendedKey | ExtendedPublicKey, versions: Bip32Versions): string {
  const { chainCode, place } = key;
  const isPrivate = key instanceof ExtendedKey;
  const head = new Uint8Array(13);
  const view = new DataView(head.buffer);
  view.setUint32(0, isPrivate ? versions.private : versions.public);
  view.setUint8(4, place.depth);
  head.set(place.parentFingerprint, 5);
  view.setUint32(9, place.index);
  return encodeBase58Check(concatBytes(head, chainCode, isPrivate ? concatBytes(Uint8Array.of(0), key.privateKey) : key.publicKey));
}
