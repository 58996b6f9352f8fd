/**
 * What flags demand of the form of ECDSA signatures and their keys, before any is verified.
 *
 * @module
 */

import { isLowS, isStrictDer, parseLaxDer } from '../crypto/der.ts';
import { FLAG } from './flags.ts';
import type { ScriptError } from './script-error.ts';
import { SIGHASH } from './sighash-type.ts';

const NEEDS_DER = FLAG.DERSIG | FLAG.LOW_S | FLAG.STRICTENC;

/** Whether the last byte is one of the six hash types that have a meaning. */
function hasDefinedHashType(signature: Uint8Array): boolean {
  const type = signature[signature.length - 1]! & ~SIGHASH.ANYONECANPAY;
  return type >= SIGHASH.ALL && type <= SIGHASH.SINGLE;
}

/** Whether the s of a strict DER signature with its hash type is at most half the order. */
function hasLowS(signature: Uint8Array): boolean {
  const compact = parseLaxDer(signature, signature.length - 1);
  return compact !== undefined && isLowS(compact);
}

/**
 * What is wrong with the form of a signature with its hash type. Core's `CheckSignatureEncoding`. An empty one is a short way to give
 * an invalid signature and passes.
 */
export function checkSignatureEncoding(signature: Uint8Array, flags: number): ScriptError | undefined {
  if (signature.length === 0) return undefined;
  if ((flags & NEEDS_DER) !== 0 && !isStrictDer(signature)) return 'SIG_DER';
  if ((flags & FLAG.LOW_S) !== 0 && !hasLowS(signature)) return 'SIG_HIGH_S';
  if ((flags & FLAG.STRICTENC) !== 0 && !hasDefinedHashType(signature)) return 'SIG_HASHTYPE';
  return undefined;
}

/** Whether it has the form of a compressed key, 33 bytes that begin with 2 or 3. */
export function isCompressedKeyForm(key: Uint8Array): boolean {
  return key.length === 33 && (key[0] === 2 || key[0] === 3);
}

/** Whether a key has the length its first byte promises, hybrid keys among them. Core's `CPubKey::ValidSize`; tells nothing of the curve. */
export function isKeyForm(key: Uint8Array): boolean {
  return isCompressedKeyForm(key) || (key.length === 65 && (key[0] === 4 || key[0] === 6 || key[0] === 7));
}

/** What is wrong with the form of a key. Core's `CheckPubKeyEncoding`. */
export function checkKeyEncoding(key: Uint8Array, flags: number, version: 'base' | 'witnessV0'): ScriptError | undefined {
  const compressed = isCompressedKeyForm(key);
  if ((flags & FLAG.STRICTENC) !== 0 && !compressed && !(key.length === 65 && key[0] === 4)) return 'PUBKEYTYPE';
  if ((flags & FLAG.WITNESS_PUBKEYTYPE) !== 0 && version === 'witnessV0' && !compressed) return 'WITNESS_PUBKEYTYPE';
  return undefined;
}
