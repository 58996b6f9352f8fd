/**
 * The signature checker for an input of a real transaction. Core's `TransactionSignatureChecker`.
 *
 * @module
 */

import { bytesEqual } from '../base/bytes.ts';
import { parseLaxDer } from '../crypto/der.ts';
import type { Secp256k1 } from '../crypto/secp256k1.ts';
import { LOCK_TIME_THRESHOLD } from './limits.ts';
import type { PrecomputedSighash } from './precomputed-sighash.ts';
import type { ScriptError } from './script-error.ts';
import { sighashLegacy } from './sighash-legacy.ts';
import { sighashTaproot } from './sighash-taproot.ts';
import { SIGHASH } from './sighash-type.ts';
import { sighashV0 } from './sighash-v0.ts';
import type { SignatureChecker, TaprootContext } from './signature-checker.ts';
import { isKeyForm } from './signature-encoding.ts';

/** A sequence that makes its input final: lock times do not bind. */
const SEQUENCE_FINAL = 0xffffffff;
/** Bit 31 of a sequence: no relative lock time. */
const SEQUENCE_DISABLE_FLAG = 0x80000000;
/** Bit 22 of a sequence: it counts in units of 512 seconds, not in blocks. */
const SEQUENCE_TYPE_FLAG = 0x00400000;
/** Bits of a sequence that are compared: its type and its low 16 bits. */
const SEQUENCE_MASK = SEQUENCE_TYPE_FLAG | 0x0000ffff;

/** A signature hash that was computed, and what for. */
interface KnownSighash {
  readonly hashType: number;
  readonly version: 'base' | 'witnessV0';
  readonly scriptCode: Uint8Array;
  readonly hash: Uint8Array;
}

/** Answers for one input. Remembers its signature hashes, one a hash type, so that 20 keys against one signature hash only once. */
export class TransactionChecker implements SignatureChecker {
  readonly #precomputed: PrecomputedSighash;
  readonly #inputIndex: number;
  readonly #secp256k1: Secp256k1;
  #known: KnownSighash[] | undefined = undefined;

  constructor(precomputed: PrecomputedSighash, inputIndex: number, secp256k1: Secp256k1) {
    this.#precomputed = precomputed;
    this.#inputIndex = inputIndex;
    this.#secp256k1 = secp256k1;
  }

  /** The hash that an ECDSA signature signs; computed unless the last of its type was for the same script. */
  #ecdsaHash(scriptCode: Uint8Array, hashType: number, version: 'base' | 'witnessV0'): Uint8Array {
    this.#known ??= [];
    const known = this.#known;
    let at = 0;
    for (; at < known.length; at++) {
      const each = known[at]!;
      if (each.hashType !== hashType || each.version !== version) continue;
      if (each.scriptCode === scriptCode || bytesEqual(each.scriptCode, scriptCode)) return each.hash;
      break;
    }
    const sighash = version === 'base' ? sighashLegacy : sighashV0;
    const hash = sighash(this.#precomputed, this.#inputIndex, scriptCode, hashType);
    known[at] = { hashType, version, scriptCode, hash };
    return hash;
  }

  checkEcdsa(
    signature: Uint8Array,
    publicKey: Uint8Array,
    scriptCode: Uint8Array,
    version: 'base' | 'witnessV0',
    isGuess = false,
  ): boolean {
    const hashType = signature[signature.length - 1];
    if (hashType === undefined || !isKeyForm(publicKey)) return false;
    const compact = parseLaxDer(signature, signature.length - 1);
    if (compact === undefined) return false;
    const engine = isGuess ? (this.#secp256k1.atOnce ?? this.#secp256k1) : this.#secp256k1;
    return engine.verifyEcdsa(publicKey, this.#ecdsaHash(scriptCode, hashType, version), compact);
  }

  checkSchnorr(signature: Uint8Array, publicKey: Uint8Array, context: TaprootContext): ScriptError | undefined {
    if (signature.length !== 64 && signature.length !== 65) return 'SCHNORR_SIG_SIZE';
    const hashType = signature[64];
    // A 65th byte of zero would be a second way to write the same signature.
    if (hashType === SIGHASH.DEFAULT) return 'SCHNORR_SIG_HASHTYPE';
    const hash = sighashTaproot(this.#precomputed, this.#inputIndex, hashType ?? SIGHASH.DEFAULT, context);
    if (hash === undefined) return 'SCHNORR_SIG_HASHTYPE';
    const bare = hashType === undefined ? signature : signature.subarray(0, 64);
    return this.#secp256k1.verifySchnorr(publicKey, hash, bare) ? undefined : 'SCHNORR_SIG';
  }

  checkLockTime(lockTime: number): boolean {
    const { tx } = this.#precomputed;
    // Heights are not compared with times.
    if (tx.lockTime < LOCK_TIME_THRESHOLD !== lockTime < LOCK_TIME_THRESHOLD) return false;
    if (lockTime > tx.lockTime) return false;
    // An input that is final makes its transaction's lock time void if all others are; to forbid it for this one is enough.
    return tx.inputs[this.#inputIndex]?.sequence !== SEQUENCE_FINAL;
  }

  checkSequence(sequence: number): boolean {
    const { tx } = this.#precomputed;
    const own = tx.inputs[this.#inputIndex]!.sequence;
    // BIP-68 binds from version 2 on; versions are unsigned.
    if (tx.version >>> 0 < 2 || (own & SEQUENCE_DISABLE_FLAG) !== 0) return false;
    const wanted = sequence & SEQUENCE_MASK;
    const given = own & SEQUENCE_MASK;
    // Blocks are not compared with times.
    if (wanted < SEQUENCE_TYPE_FLAG !== given < SEQUENCE_TYPE_FLAG) return false;
    return wanted <= given;
  }
}
