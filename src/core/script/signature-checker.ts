/**
 * What a script asks about the transaction that runs it. Core's `BaseSignatureChecker`.
 *
 * `transaction-checker.ts` answers for a real transaction. Others may answer differently: a wallet that collects the keys it would
 * need, a policy that remembers signatures it has seen.
 *
 * @module
 */

import type { ScriptError } from './script-error.ts';

/**
 * Which rules a script runs under. `base`: output scripts, input scripts and P2SH. `witnessV0`: BIP-141. `tapscript`: BIP-342.
 */
export type ScriptVersion = 'base' | 'witnessV0' | 'tapscript';

/** What a taproot signature commits to beyond the transaction. Core's `ScriptExecutionData`. */
export interface TaprootContext {
  /** SHA-256 of the annex with its length before it; undefined where the witness has none. */
  readonly annexHash: Uint8Array | undefined;
  /** Hash of the leaf that is run; undefined when the output's key signs. */
  readonly tapleafHash: Uint8Array | undefined;
  /** Position of the last OP_CODESEPARATOR that was executed, counted in operations; 0xffffffff before the first. */
  readonly codeSeparatorPosition: number;
}

/** Answers for one input of one transaction. */
export interface SignatureChecker {
  /**
   * Whether an ECDSA signature, its hash type as last byte, is good for the key. Encodings that flags forbid have been refused before.
   *
   * @param scriptCode - what the signature commits to of the script: from the last OP_CODESEPARATOR on; for `base` without the signature
   * @param isGuess - the script may hold although it is not: there are other keys to try, or other operations to come
   */
  checkEcdsa(
    signature: Uint8Array,
    publicKey: Uint8Array,
    scriptCode: Uint8Array,
    version: 'base' | 'witnessV0',
    isGuess?: boolean,
  ): boolean;

  /**
   * Whether a taproot signature of 64 bytes, or 65 with a hash type, is good for the 32 bytes of an x-only key; other sizes are an
   * error. `context.tapleafHash` tells a script's signature from the output key's.
   */
  checkSchnorr(signature: Uint8Array, publicKey: Uint8Array, context: TaprootContext): ScriptError | undefined;

  /** Whether the transaction cannot be in a chain before this lock time (BIP-65). `lockTime` is from 0 to 2^39 - 1. */
  checkLockTime(lockTime: number): boolean;

  /** Whether the input cannot be in a chain before its coin is so old (BIP-112). `sequence` is from 0 to 2^39 - 1. */
  checkSequence(sequence: number): boolean;
}
