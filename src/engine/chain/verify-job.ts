import { rememberSignatures } from '../../core/crypto/remember-signatures.ts';
import type { Secp256k1 } from '../../core/crypto/secp256k1.ts';
import type { TransactionFields } from '../../core/primitives/transaction.ts';
import { precomputeSighash } from '../../core/script/precomputed-sighash.ts';
import type { ScriptError } from '../../core/script/script-error.ts';
import { verifyScript } from '../../core/script/verify-script.ts';
import type { ScriptJob } from '../ports/script-verifier.ts';

/** A job as far as verifying needs it. */
export type PlainJob = Omit<ScriptJob, 'tx'> & { readonly tx: TransactionFields };

/** What was found at an input. */
export interface CheckedInput {
  readonly inputIndex: number;
  readonly error: ScriptError | undefined;
}

/** Inputs of a transaction, from `from` up to and without `to`. */
export interface InputRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Verifies a job, or a range of its inputs, one input at each step, so that the caller may pause in between: under its flags and then, if it
 * has some, the block's.
 */
export function* verifyJob(
  { tx, spentOutputs, flags, blockFlags }: PlainJob,
  secp256k1: Secp256k1,
  { from, to }: InputRange = { from: 0, to: tx.inputs.length },
): Generator<CheckedInput, void, void> {
  const precomputed = precomputeSighash(tx, spentOutputs);
  const engine = blockFlags === undefined ? secp256k1 : rememberSignatures(secp256k1);
  for (const each of blockFlags === undefined ? [flags] : [flags, blockFlags]) {
    for (let inputIndex = from; inputIndex < to; inputIndex++) {
      yield { inputIndex, error: verifyScript({ tx, inputIndex, spentOutputs, flags: each, secp256k1: engine, precomputed }) };
    }
  }
}
