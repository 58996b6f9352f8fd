/**
 * The engine `noble`: `@noble/curves`, plain bigint arithmetic in a few kilobytes. Some forty times slower than the others, so it is for places
 * where a key is tweaked or something signed now and then and 1.2 MB of WebAssembly are too much: a light client in a browser. It is the
 * reference of the differential test of all engines, too.
 *
 * @module
 */

import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js';
import { assert } from '../base/assert.ts';
import { bytesEqual, fromHex, toHex } from '../base/bytes.ts';
import type { Secp256k1, TweakedKey } from './secp256k1.ts';

const { Point } = secp256k1;
type CurvePoint = InstanceType<typeof Point>;

const FIELD = Point.CURVE().p;
const ORDER = Point.CURVE().n;

const toNumber = (bytes: Uint8Array): bigint => BigInt(`0x${toHex(bytes)}`);
const toBytes = (value: bigint): Uint8Array => fromHex(value.toString(16).padStart(64, '0'))!;

/** The result, or undefined where noble throws: it reports everything malformed so. */
function attempt<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}

/** A public key as libsecp256k1 parses it. Noble knows no hybrid form, so that is taken apart here. */
function parsePoint(key: Uint8Array): CurvePoint | undefined {
  if (key.length === 33 && (key[0] === 2 || key[0] === 3)) return attempt(() => Point.fromBytes(key));
  if (key.length !== 65 || ![4, 6, 7].includes(key[0]!)) return undefined;
  if (key[0] !== 4 && (key[64]! & 1) !== key[0]! - 6) return undefined;
  const plain = key.slice();
  plain[0] = 4;
  return attempt(() => Point.fromBytes(plain));
}

function liftX(key: Uint8Array): CurvePoint | undefined {
  return key.length === 32 && toNumber(key) < FIELD ? attempt(() => schnorr.utils.lift_x(toNumber(key))) : undefined;
}

function privateNumber(key: Uint8Array): bigint | undefined {
  const value = key.length === 32 ? toNumber(key) : 0n;
  return value > 0n && value < ORDER ? value : undefined;
}

function tweakXOnly(internalKey: Uint8Array, tweak: Uint8Array): TweakedKey | undefined {
  const point = liftX(internalKey);
  if (point === undefined || tweak.length !== 32 || toNumber(tweak) >= ORDER) return undefined;
  const sum = toNumber(tweak) === 0n ? point : point.add(Point.BASE.multiply(toNumber(tweak)));
  if (sum.is0()) return undefined;
  const { x, y } = sum.toAffine();
  return { key: toBytes(x), parity: y % 2n === 0n ? 0 : 1 };
}

function verifyEcdsa(publicKey: Uint8Array, messageHash: Uint8Array, signature: Uint8Array): boolean {
  const point = parsePoint(publicKey);
  if (point === undefined || messageHash.length !== 32 || signature.length !== 64) return false;
  return attempt(() => secp256k1.verify(signature, messageHash, point.toBytes(), { prehash: false, lowS: false })) ?? false;
}

function signEcdsa(messageHash: Uint8Array, privateKey: Uint8Array): Uint8Array {
  for (let counter = 0; ; counter++) {
    const extra = new Uint8Array(32);
    new DataView(extra.buffer).setUint32(0, counter, true);
    const entropy = counter === 0 ? {} : { extraEntropy: extra };
    const signature = secp256k1.sign(messageHash, privateKey, { prehash: false, lowS: true, ...entropy });
    if (signature[0]! < 0x80) return signature;
  }
}

/** The engine `noble`. It reports nothing by throwing, as the others: what noble throws at is undefined or false. */
export function createNobleSecp256k1(): Secp256k1 {
  return {
    name: 'noble',
    anyMessageLength: true,
    isPublicKey: (key) => parsePoint(key) !== undefined,
    isXOnlyPublicKey: (key) => liftX(key) !== undefined,
    verifyEcdsa,
    verifySchnorr: (key, message, signature) => key.length === 32 && signature.length === 64 && schnorr.verify(signature, message, key),
    checkTweak: (internalKey, tweak, tweakedKey, parity) => {
      const tweaked = tweakXOnly(internalKey, tweak);
      return tweaked !== undefined && tweaked.parity === parity && bytesEqual(tweaked.key, tweakedKey);
    },
    tweakXOnly,
    publicKeyOf: (privateKey, compressed = true) => {
      const value = privateNumber(privateKey);
      return value === undefined ? undefined : Point.BASE.multiply(value).toBytes(compressed);
    },
    tweakPrivate: (privateKey, tweak) => {
      const value = privateNumber(privateKey);
      if (value === undefined || tweak.length !== 32 || toNumber(tweak) >= ORDER) return undefined;
      const sum = (value + toNumber(tweak)) % ORDER;
      return sum === 0n ? undefined : toBytes(sum);
    },
    negatePrivate: (privateKey) => {
      const value = privateNumber(privateKey);
      assert(value !== undefined, 'a private key is 1 to n - 1');
      return toBytes(ORDER - value);
    },
    signEcdsa: (messageHash, privateKey) => {
      assert(messageHash.length === 32 && privateNumber(privateKey) !== undefined, 'a hash of 32 bytes and a private key');
      return signEcdsa(messageHash, privateKey);
    },
    signSchnorr: (message, privateKey, auxRand) => {
      assert(message.length === 32 && auxRand.length === 32, 'a message and randomness of 32 bytes');
      assert(privateNumber(privateKey) !== undefined, 'a private key');
      return schnorr.sign(message, privateKey, auxRand);
    },
  };
}
