import type { WifKey } from '../address/index.ts';
import { assert } from '../base/assert.ts';
import { concatBytes } from '../base/bytes.ts';
import { hash160, ripemd160, sha256 } from '../crypto/index.ts';
import type { Secp256k1 } from '../crypto/secp256k1.ts';
import { type HashKey, hashKey } from '../primitives/ids.ts';
import { p2wshScript } from '../script/index.ts';

/** A private key with its point in the form that it is written in. */
export interface SigningKey extends WifKey {
  readonly publicKey: Uint8Array;
}

/** Private keys by the hash160 of their public keys, and scripts by their own. Core's `FlatSigningProvider`. */
export class KeyRing {
  readonly #keys = new Map<HashKey, SigningKey>();
  readonly #scripts = new Map<HashKey, Uint8Array>();

  /** The caller holds a sound key. */
  addKey(key: WifKey, secp256k1: Pick<Secp256k1, 'publicKeyOf'>): void {
    const publicKey = secp256k1.publicKeyOf(key.privateKey, key.compressed);
    assert(publicKey !== undefined, 'a private key has a point');
    this.#keys.set(hashKey(hash160(publicKey)), { ...key, publicKey });
  }

  /** A script that outputs hold a hash of, and the P2WSH form of it, which P2SH outputs may hold the hash of. */
  addScript(script: Uint8Array): void {
    for (const each of [script, p2wshScript(sha256(script))]) this.#scripts.set(hashKey(hash160(each)), each);
  }

  key(keyHash: Uint8Array): SigningKey | undefined {
    return this.#keys.get(hashKey(keyHash));
  }

  /** The key whose point has this x, whatever its y. */
  keyOfX(x: Uint8Array): SigningKey | undefined {
    return this.key(hash160(concatBytes(Uint8Array.of(2), x))) ?? this.key(hash160(concatBytes(Uint8Array.of(3), x)));
  }

  /** By its hash160. */
  script(scriptHash: Uint8Array): Uint8Array | undefined {
    return this.#scripts.get(hashKey(scriptHash));
  }

  /** By its SHA-256. */
  witnessScript(scriptHash: Uint8Array): Uint8Array | undefined {
    return this.script(ripemd160(scriptHash));
  }
}
