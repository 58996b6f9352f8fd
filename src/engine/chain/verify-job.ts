import { rememberSignatures } from '../../core/crypto/remember-signatures.ts';
import type { Secp256k1 } from '../../core/crypto/secp256k1.ts';
import { trustSignatures } from '../../core/crypto/trust-signatures.ts';
import type { TransactionFields, TxInput, TxOutput } from '../../core/primitives/transaction.ts';
import { FLAG } from '../../core/script/flags.ts';
import { witnessProgramOf } from '../../core/script/output-template.ts';
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
 * Whether an input that holds under some flags cannot but have had its one signature found good: its script is fixed and does nothing but
 * check it. That of a key's hash (BIP-141), and that of taproot by its key (BIP-341).
 */
function isOneSignature({ scriptSig, witness }: TxInput, { scriptPubKey }: TxOutput, heldUnder: number): boolean {
  if (scriptSig.length > 0 || (heldUnder & FLAG.WITNESS) === 0) return false;
  const spent = witnessProgramOf(scriptPubKey);
  if (spent === undefined) return false;
  const { version, program } = spent;
  if (version === 0) return program.length === 20 && witness.length === 2;
  return version === 1 && program.length === 32 && witness.length === 1 && (heldUnder & FLAG.TAPROOT) !== 0;
}

/**
 * Verifies a job, or a range of its inputs, one input at each step, so that the caller may pause in between: under its flags and then, if it
 * has some that it is not known to hold under, the block's.
 */
export function* verifyJob(
  { tx, spentOutputs, flags, blockFlags, heldUnder }: PlainJob,
  secp256k1: Secp256k1,
  { from, to }: InputRange = { from: 0, to: tx.inputs.length },
): Generator<CheckedInput, void, void> {
  const precomputed = precomputeSighash(tx, spentOutputs);
  const isOnce = blockFlags === undefined || blockFlags === heldUnder;
  const checking = isOnce ? secp256k1 : rememberSignatures(secp256k1);
  const trusting = heldUnder === undefined ? undefined : trustSignatures(secp256k1);
  for (const each of isOnce ? [flags] : [flags, blockFlags]) {
    for (let inputIndex = from; inputIndex < to; inputIndex++) {
      const isTrusted = trusting !== undefined && isOneSignature(tx.inputs[inputIndex]!, spentOutputs[inputIndex]!, heldUnder!);
      const engine = isTrusted ? trusting : checking;
      yield { inputIndex, error: verifyScript({ tx, inputIndex, spentOutputs, flags: each, secp256k1: engine, precomputed }) };
    }
  }
}
