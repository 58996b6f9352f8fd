/**
 * The engine of npm's `secp256k1`: libsecp256k1 as native code, prebuilt inside the package. Node only; four times the speed of
 * WebAssembly. What its version lacks, signing by BIP-340, comes from another engine.
 *
 * @module
 */

import { createRequire } from 'node:module';
import { assert } from '../../base/assert.ts';
import { isAboveHalfOrder, isBelowOrder, isPrivateKey, isZero, negatedProducts, negateScalar, reduceScalar } from '../scalar.ts';
import { evenPoint, isNoncePoint, type PointSteps, schnorrChallenge, schnorrPointBySteps } from '../schnorr-equation.ts';
import type { Secp256k1, TweakedKey } from '../secp256k1.ts';
import { signLowR } from '../sign-low-r.ts';

/** What we use of the binding. Points and keys that it cannot parse, and results that do not exist, it reports by throwing. */
export interface PrebuiltBinding {
  publicKeyVerify(publicKey: Uint8Array): boolean;
  publicKeyCreate(privateKey: Uint8Array, compressed?: boolean): Uint8Array;
  publicKeyTweakAdd(publicKey: Uint8Array, tweak: Uint8Array, compressed?: boolean): Uint8Array;
  publicKeyTweakMul(publicKey: Uint8Array, tweak: Uint8Array, compressed?: boolean): Uint8Array;
  /** Writes into its argument. */
  privateKeyTweakAdd(privateKey: Uint8Array, tweak: Uint8Array): Uint8Array;
  ecdsaSign(hash: Uint8Array, privateKey: Uint8Array, options: { readonly data?: Uint8Array }): { readonly signature: Uint8Array };
  ecdsaVerify(signature: Uint8Array, hash: Uint8Array, publicKey: Uint8Array): boolean;
  ecdsaRecover(signature: Uint8Array, recoveryId: number, hash: Uint8Array, compressed?: boolean): Uint8Array;
}

/**
 * Loads the native code. The package's main entry would fall back to plain JavaScript without a word; this one throws where there is
 * none for this machine.
 */
export function loadPrebuiltBinding(): PrebuiltBinding {
  return createRequire(import.meta.url)('secp256k1/bindings') as PrebuiltBinding;
}

/** Texts with which the binding refuses what it was given. Any other error is the machine's or ours, and goes on. */
const REFUSALS: ReadonlySet<string> = new Set([
  'Public Key could not be parsed',
  'Public key could not be recover',
  'The tweak was out of range or the resulted private key is invalid',
]);

/** The result of a call, or undefined where the binding refuses the arguments. */
function unlessRefused<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (error instanceof Error && REFUSALS.has(error.message)) return undefined;
    throw error;
  }
}

/**
 * The engine `prebuilt`.
 *
 * @param schnorrSigner - gives the engine that signs by BIP-340; asked at the first such signature, not before
 */
export function secp256k1FromPrebuilt(binding: PrebuiltBinding, schnorrSigner: () => Pick<Secp256k1, 'signSchnorr'>): Secp256k1 {
  return {
    name: 'prebuilt',
    anyMessageLength: true,
    isPublicKey: (key) => (key.length === 33 || key.length === 65) && binding.publicKeyVerify(key),
    isXOnlyPublicKey: (key) => key.length === 32 && binding.publicKeyVerify(evenPoint(key)),
    verifyEcdsa: (publicKey, messageHash, signature) => verifyEcdsa(binding, publicKey, messageHash, signature),
    verifySchnorr: (key, message, signature) => verifySchnorr(binding, key, message, signature),
    checkTweak: (internalKey, tweak, tweakedKey, parity) => {
      const point = tweakedPoint(binding, internalKey, tweak);
      if (point === undefined || tweakedKey.length !== 32 || point[0] !== 2 + parity) return false;
      for (let i = 0; i < 32; i++) if (point[i + 1] !== tweakedKey[i]) return false;
      return true;
    },
    tweakXOnly: (internalKey, tweak) => {
      const point = tweakedPoint(binding, internalKey, tweak);
      return point === undefined ? undefined : ({ key: point.slice(1), parity: point[0] === 3 ? 1 : 0 } satisfies TweakedKey);
    },
    publicKeyOf: (privateKey, compressed = true) =>
      isPrivateKey(privateKey) ? binding.publicKeyCreate(privateKey, compressed) : undefined,
    tweakPrivate: (privateKey, tweak) => {
      if (!isPrivateKey(privateKey) || tweak.length !== 32) return undefined;
      return unlessRefused(() => binding.privateKeyTweakAdd(privateKey.slice(), tweak));
    },
    negatePrivate: (privateKey) => {
      assert(isPrivateKey(privateKey), 'a private key is 1 to n - 1');
      return negateScalar(privateKey);
    },
    signEcdsa: (messageHash, privateKey) => {
      assert(messageHash.length === 32 && isPrivateKey(privateKey), 'a hash of 32 bytes and a private key');
      // The signature is of the hash modulo n anyhow, and RFC 6979 makes the nonce of that too; this old libsecp256k1 would make it of the
      // bytes as they are, and so sign otherwise than the other engines (a case of one in 2^128).
      const hash = reduceScalar(messageHash);
      return signLowR((data) => binding.ecdsaSign(hash, privateKey, data === undefined ? {} : { data }).signature);
    },
    signSchnorr: (message, privateKey, auxRand) => schnorrSigner().signSchnorr(message, privateKey, auxRand),
  };
}

/** The library's own verification, which takes low s only; a high one is turned round first, as Core does. */
function verifyEcdsa(binding: PrebuiltBinding, publicKey: Uint8Array, messageHash: Uint8Array, signature: Uint8Array): boolean {
  if (messageHash.length !== 32 || signature.length !== 64) return false;
  if (publicKey.length !== 33 && publicKey.length !== 65) return false;
  if (!isBelowOrder(signature) || !isBelowOrder(signature, 32)) return false;
  let low = signature;
  if (isAboveHalfOrder(signature, 32)) {
    low = signature.slice();
    low.set(negateScalar(signature.subarray(32)), 32);
  }
  return unlessRefused(() => binding.ecdsaVerify(low, messageHash, publicKey)) ?? false;
}

/** The point internalKey + tweak·G, compressed. */
function tweakedPoint(binding: PrebuiltBinding, internalKey: Uint8Array, tweak: Uint8Array): Uint8Array | undefined {
  if (internalKey.length !== 32 || tweak.length !== 32) return undefined;
  return unlessRefused(() => binding.publicKeyTweakAdd(evenPoint(internalKey), tweak, true));
}

/** BIP-340: sG − eP must be the point whose x is r and whose y is even. */
function verifySchnorr(binding: PrebuiltBinding, key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (key.length !== 32 || signature.length !== 64 || !isBelowOrder(signature, 32)) return false;
  const e = schnorrChallenge(key, message, signature);
  return isNoncePoint(schnorrPoint(binding, key, e, signature.slice(32)), signature);
}

/**
 * sG − eP by way of ECDSA's key recovery, which the binding has, although it lacks BIP-340: one double multiplication instead of the
 * two of `schnorrPointBySteps`, and three times the speed of WebAssembly.
 *
 * Recovery from (r', s') and the hash m gives r'⁻¹·(s'·R − m·G) for the R with x = r' and, by recovery id 0, an even y. With r' = P.x
 * that R is P itself, and s' = −e·P.x and m = −s·P.x give P.x⁻¹·(−e·P.x·P + s·P.x·G) = sG − eP. It needs r' to be P.x itself, so
 * P.x < n (else the steps), and s' ≠ 0, so e ≠ 0 (else the steps). P.x = 0 is no point's. The library refuses an x without a point
 * and a result at infinity; both are false in BIP-340 too. m = 0, so s = 0, would do as well, and goes to the steps to stay within
 * what signatures are made for.
 */
export function schnorrPoint(binding: PrebuiltBinding, x: Uint8Array, e: Uint8Array, s: Uint8Array): Uint8Array | undefined {
  if (isZero(e) || isZero(s) || !isBelowOrder(x)) return schnorrPointBySteps(prebuiltSteps(binding), x, e, s);
  if (isZero(x)) return undefined;
  const products = negatedProducts(e, s, x);
  const signature = new Uint8Array(64);
  signature.set(x);
  for (let i = 0; i < 32; i++) signature[32 + i] = products[i]!;
  return unlessRefused(() => binding.ecdsaRecover(signature, 0, products.slice(32), true));
}

/** The binding's elementary steps. */
export function prebuiltSteps(binding: PrebuiltBinding): PointSteps {
  return {
    isPoint: (point) => binding.publicKeyVerify(point),
    multiply: (point, scalar) => binding.publicKeyTweakMul(point, scalar, true),
    addBase: (point, scalar) => unlessRefused(() => binding.publicKeyTweakAdd(point, scalar, true)),
    multiplyBase: (scalar) => binding.publicKeyCreate(scalar, true),
  };
}
