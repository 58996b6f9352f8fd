/**
 * The engine of WebAssembly: libsecp256k1 as npm's `tiny-secp256k1` ships it, which runs wherever WebAssembly does.
 *
 * The library is handed in, so that Node may load it late and a browser's bundle may hold it.
 *
 * @module
 */

import type * as tinyModule from 'tiny-secp256k1';
import { assert } from '../base/assert.ts';
import { bytesEqual } from '../base/bytes.ts';
import { isBelowOrder, isPrivateKey } from './scalar.ts';
import { isNoncePoint, type PointSteps, schnorrChallenge, schnorrPointBySteps } from './schnorr-equation.ts';
import type { Secp256k1, TweakedKey } from './secp256k1.ts';
import { signLowR } from './sign-low-r.ts';

/** What `tiny-secp256k1` exports. */
export type TinySecp256k1 = typeof tinyModule;

/**
 * The engine `wasm` over that library.
 *
 * Every argument is judged before the library sees it. It reports what it cannot parse by throwing from inside its WebAssembly,
 * which leaves its stack where it was: after some 3,400 malformed keys it would trap for good ("memory access out of bounds"), and
 * a peer could stop a node so. A test feeds it far more than that. The check of a key costs a tenth of a verification.
 */
export function secp256k1FromTiny(tiny: TinySecp256k1): Secp256k1 {
  return {
    name: 'wasm',
    anyMessageLength: true,
    isPublicKey: (key) => isPublicKey(tiny, key),
    isXOnlyPublicKey: (key) => isXOnlyPublicKey(tiny, key),
    verifyEcdsa: (publicKey, messageHash, signature) =>
      messageHash.length === 32 && isSignature(signature) && isPublicKey(tiny, publicKey) && tiny.verify(messageHash, publicKey, signature),
    verifySchnorr: (key, message, signature) => verifySchnorr(tiny, key, message, signature),
    checkTweak: (internalKey, tweak, tweakedKey, parity) => {
      const tweaked = tweakXOnly(tiny, internalKey, tweak);
      return tweaked !== undefined && tweaked.parity === parity && bytesEqual(tweaked.key, tweakedKey);
    },
    tweakXOnly: (internalKey, tweak) => tweakXOnly(tiny, internalKey, tweak),
    publicKeyOf: (privateKey, compressed = true) =>
      isPrivateKey(privateKey) ? (tiny.pointFromScalar(privateKey, compressed) ?? undefined) : undefined,
    tweakPrivate: (privateKey, tweak) =>
      isPrivateKey(privateKey) && isTweak(tweak) ? (tiny.privateAdd(privateKey, tweak) ?? undefined) : undefined,
    negatePrivate: (privateKey) => {
      assert(isPrivateKey(privateKey), 'a private key is 1 to n - 1');
      return tiny.privateNegate(privateKey);
    },
    signEcdsa: (messageHash, privateKey) => {
      assert(messageHash.length === 32 && isPrivateKey(privateKey), 'a hash of 32 bytes and a private key');
      return signLowR((extraData) => tiny.sign(messageHash, privateKey, extraData));
    },
    signSchnorr: (message, privateKey, auxRand) => {
      assert(
        message.length === 32 && auxRand.length === 32 && isPrivateKey(privateKey),
        'a message and randomness of 32 bytes, a private key',
      );
      return tiny.signSchnorr(message, privateKey, auxRand);
    },
  };
}

function isPublicKey(tiny: TinySecp256k1, key: Uint8Array): boolean {
  return (key.length === 33 || key.length === 65) && tiny.isPoint(key);
}

function isXOnlyPublicKey(tiny: TinySecp256k1, key: Uint8Array): boolean {
  return key.length === 32 && tiny.isXOnlyPoint(key);
}

function isTweak(tweak: Uint8Array): boolean {
  return tweak.length === 32 && isBelowOrder(tweak);
}

/** Whether r and s of an ECDSA signature are less than n; zero is left to the library, which says false. */
function isSignature(signature: Uint8Array): boolean {
  return signature.length === 64 && isBelowOrder(signature) && isBelowOrder(signature, 32);
}

/**
 * The library wants a message of 32 bytes, and r below n although BIP-340 only asks for r below p. The rest is worked out in steps:
 * messages of other lengths, and r from n on (one in 2^128, and no one knows how to make one).
 */
function verifySchnorr(tiny: TinySecp256k1, key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64 || !isBelowOrder(signature, 32) || !isXOnlyPublicKey(tiny, key)) return false;
  if (message.length === 32 && isBelowOrder(signature)) return tiny.verifySchnorr(message, key, signature);
  const e = schnorrChallenge(key, message, signature);
  return isNoncePoint(schnorrPointBySteps(tinySteps(tiny), key, e, signature.slice(32)), signature);
}

/** The library's elementary steps. */
export function tinySteps(tiny: TinySecp256k1): PointSteps {
  return {
    isPoint: (point) => tiny.isPoint(point),
    multiply: (point, scalar) => tiny.pointMultiply(point, scalar, true) ?? undefined,
    addBase: (point, scalar) => tiny.pointAddScalar(point, scalar, true) ?? undefined,
    multiplyBase: (scalar) => tiny.pointFromScalar(scalar, true) ?? undefined,
  };
}

function tweakXOnly(tiny: TinySecp256k1, internalKey: Uint8Array, tweak: Uint8Array): TweakedKey | undefined {
  if (!isTweak(tweak) || !isXOnlyPublicKey(tiny, internalKey)) return undefined;
  const tweaked = tiny.xOnlyPointAddTweak(internalKey, tweak);
  return tweaked === null ? undefined : { key: tweaked.xOnlyPubkey, parity: tweaked.parity };
}
