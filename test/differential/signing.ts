/**
 * Keys, signatures of every hash type, and the ways in which a signature is wrong.
 *
 * The signature hashes are the product's own: where they were wrong the C++ node would refuse what ours takes, and that is what is looked for.
 *
 * @module
 */

import { concatBytes } from '../../src/core/base/bytes.ts';
import { encodeDer } from '../../src/core/crypto/der.ts';
import type { Secp256k1 } from '../../src/core/crypto/secp256k1.ts';
import type { TransactionFields } from '../../src/core/primitives/transaction.ts';
import type { PrecomputedSighash } from '../../src/core/script/precomputed-sighash.ts';
import { sighashLegacy } from '../../src/core/script/sighash-legacy.ts';
import { sighashTaproot } from '../../src/core/script/sighash-taproot.ts';
import { SIGHASH } from '../../src/core/script/sighash-type.ts';
import { sighashV0 } from '../../src/core/script/sighash-v0.ts';
import type { ScriptVersion, TaprootContext } from '../../src/core/script/signature-checker.ts';
import type { Chance } from './chance.ts';

/** n of secp256k1. */
const GROUP_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

const HASH_TYPES: readonly number[] = [1, 1, 1, 2, 3, 0x81, 0x82, 0x83];

/** A private key with the forms of its public key. */
export interface TestKeys {
  readonly privateKey: Uint8Array;
  readonly compressed: Uint8Array;
  readonly uncompressed: Uint8Array;
  readonly xOnly: Uint8Array;
}

/** Keys of a run: a few, used again and again. */
export function makeKeys(secp256k1: Secp256k1, count: number): TestKeys[] {
  return Array.from({ length: count }, (_, i) => {
    const privateKey = new Uint8Array(32).fill(i + 1);
    const compressed = secp256k1.publicKeyOf(privateKey);
    const uncompressed = secp256k1.publicKeyOf(privateKey, false);
    if (compressed === undefined || uncompressed === undefined) throw new Error('no private key');
    return { privateKey, compressed, uncompressed, xOnly: compressed.subarray(1) };
  });
}

/** How a signature is made wrong, or unusual. */
export interface SignatureFlaw {
  readonly name: string;
  /** Hash type that is signed and written. */
  readonly hashType?: number;
  /** Only for signatures before taproot: 64 bytes to DER. */
  readonly encode?: (compact: Uint8Array, chance: Chance) => Uint8Array;
  /** The signature with its hash type, last of all. */
  readonly change?: (signature: Uint8Array, chance: Chance) => Uint8Array;
  readonly otherKey?: boolean;
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function bytesOf(value: bigint): Uint8Array {
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
}

function withHighS(compact: Uint8Array): Uint8Array {
  return encodeDer(concatBytes(compact.subarray(0, 32), bytesOf(GROUP_ORDER - numberOf(compact.subarray(32)))));
}

/** A byte of zero before r that DER forbids. */
function padded(compact: Uint8Array): Uint8Array {
  const der = encodeDer(compact);
  const copy = concatBytes(der.subarray(0, 4), Uint8Array.of(0), der.subarray(4));
  copy[1] = (copy[1] as number) + 1;
  copy[3] = (copy[3] as number) + 1;
  return copy;
}

const lastByte =
  (value: number) =>
  (signature: Uint8Array): Uint8Array =>
    concatBytes(signature.subarray(0, -1), Uint8Array.of(value));

/** Every way to sign wrongly or unusually; not all of them are against the rules of every kind of output. */
export const SIGNATURE_FLAWS: readonly SignatureFlaw[] = [
  { name: 'bit', change: (signature, chance) => chance.bitFlipped(signature) },
  { name: 'other key', otherKey: true },
  { name: 'none', change: () => new Uint8Array() },
  { name: 'cut', change: (signature) => signature.subarray(0, -1) },
  { name: 'byte more', change: (signature) => concatBytes(signature, Uint8Array.of(1)) },
  { name: 'hash type 0', hashType: 0 },
  { name: 'hash type 0 written', change: (signature) => concatBytes(signature.subarray(0, 64), Uint8Array.of(0)) },
  { name: 'hash type 4', hashType: 4 },
  { name: 'hash type 0x41', hashType: 0x41 },
  { name: 'hash type 0x80', hashType: 0x80 },
  { name: 'hash type 0xff', hashType: 0xff },
  { name: 'another hash type than signed', hashType: SIGHASH.ALL, change: lastByte(SIGHASH.NONE) },
  { name: 'SINGLE', hashType: SIGHASH.SINGLE },
  { name: 'high s', hashType: SIGHASH.ALL, encode: withHighS },
  { name: 'padded r', hashType: SIGHASH.ALL, encode: padded },
  { name: 'r of 0', encode: (compact) => encodeDer(concatBytes(new Uint8Array(32), compact.subarray(32))) },
  { name: 's of n', encode: (compact) => encodeDer(concatBytes(compact.subarray(0, 32), bytesOf(GROUP_ORDER))) },
  { name: 'another sequence tag', encode: (compact) => concatBytes(Uint8Array.of(0x31), encodeDer(compact).subarray(1)) },
  { name: 'length one more', encode: (compact) => encodeDer(compact).map((byte, i) => (i === 1 ? byte + 1 : byte)) },
];

/** One input that is being signed. */
export interface SpendSite {
  readonly tx: TransactionFields;
  readonly inputIndex: number;
  readonly precomputed: PrecomputedSighash;
  readonly chance: Chance;
  readonly secp256k1: Secp256k1;
  readonly flaw: SignatureFlaw | undefined;
}

/** Signs for one script of one input. */
export interface Signer {
  /** @param from - where the script begins that is signed: bytes and operations up to the last OP_CODESEPARATOR */
  sign(keys: TestKeys, from?: { readonly offset: number; readonly position: number }): Uint8Array;
}

function privateKeyOf(keys: TestKeys, { flaw }: SpendSite): Uint8Array {
  return flaw?.otherKey === true ? new Uint8Array(32).fill(0x77) : keys.privateKey;
}

function ecdsa(site: SpendSite, keys: TestKeys, hashOf: (hashType: number) => Uint8Array): Uint8Array {
  const { flaw, chance } = site;
  const hashType = flaw?.hashType ?? chance.pick(HASH_TYPES);
  const compact = site.secp256k1.signEcdsa(hashOf(hashType), privateKeyOf(keys, site));
  const signature = concatBytes(flaw?.encode?.(compact, chance) ?? encodeDer(compact), Uint8Array.of(hashType));
  return flaw?.change?.(signature, chance) ?? signature;
}

/** A Schnorr signature for a taproot output by a private key, or undefined where the hash type cannot be signed. */
export function schnorr(site: SpendSite, privateKey: Uint8Array, context: TaprootContext): Uint8Array {
  const { flaw, chance, precomputed, inputIndex } = site;
  const said = flaw?.hashType ?? (chance.oneIn(2) ? SIGHASH.DEFAULT : chance.pick(HASH_TYPES));
  let hashType = said;
  let hash = sighashTaproot(precomputed, inputIndex, hashType, context);
  if (hash === undefined) {
    // No such hash: an honest signer takes another type, a false one writes the type that it was told.
    hashType = SIGHASH.ALL;
    hash = sighashTaproot(precomputed, inputIndex, hashType, context) as Uint8Array;
    if (flaw !== undefined) hashType = said;
  }
  const bare = site.secp256k1.signSchnorr(hash, privateKey, new Uint8Array(32));
  const signature = hashType === SIGHASH.DEFAULT ? bare : concatBytes(bare, Uint8Array.of(hashType));
  return flaw?.change?.(signature, chance) ?? signature;
}

/** The signer of a script of before taproot. */
export function ecdsaSigner(site: SpendSite, version: Exclude<ScriptVersion, 'tapscript'>, script: Uint8Array): Signer {
  const sighash = version === 'base' ? sighashLegacy : sighashV0;
  return {
    sign: (keys, from) =>
      ecdsa(site, keys, (hashType) => sighash(site.precomputed, site.inputIndex, script.subarray(from?.offset ?? 0), hashType)),
  };
}

/** The signer of a tapscript. */
export function tapscriptSigner(
  site: SpendSite,
  leaf: { readonly tapleafHash: Uint8Array; readonly annexHash: Uint8Array | undefined },
): Signer {
  return {
    sign: (keys, from) =>
      schnorr(site, privateKeyOf(keys, site), { ...leaf, codeSeparatorPosition: from === undefined ? 0xffffffff : from.position }),
  };
}
