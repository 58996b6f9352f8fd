/**
 * The scripts of a transaction's inputs, one or all.
 *
 * @module
 */

import { assert } from '../base/assert.ts';
import type { Secp256k1 } from '../crypto/secp256k1.ts';
import type { TransactionFields, TxOutput } from '../primitives/transaction.ts';
import { type PrecomputedSighash, precomputeSighash } from './precomputed-sighash.ts';
import type { ScriptError } from './script-error.ts';
import { verifySpend } from './spend.ts';
import type { TraceHook } from './trace.ts';
import { TransactionChecker } from './transaction-checker.ts';

/** One input to verify. */
export interface ScriptVerification {
  readonly tx: TransactionFields;
  readonly inputIndex: number;
  /** What each input spends, in their order; all of them. */
  readonly spentOutputs: readonly TxOutput[];
  /** Rules to hold it to; see `FLAG`. */
  readonly flags: number;
  readonly secp256k1: Secp256k1;
  /** Shared by the inputs of the transaction; made for this call unless given. */
  readonly precomputed?: PrecomputedSighash | undefined;
  /** Told of each operation. */
  readonly trace?: TraceHook | undefined;
}

/** Which input is refused, and why. */
export interface InputScriptError {
  readonly inputIndex: number;
  readonly error: ScriptError;
}

/**
 * Whether an input of a transaction may spend its output.
 *
 * @returns why not, or undefined where it may
 */
export function verifyScript(verification: ScriptVerification): ScriptError | undefined {
  const { tx, inputIndex, spentOutputs, flags, secp256k1, trace } = verification;
  const input = tx.inputs[inputIndex];
  const spent = spentOutputs[inputIndex];
  assert(input !== undefined && spent !== undefined && spentOutputs.length === tx.inputs.length, 'one spent output for each input');
  const precomputed = verification.precomputed ?? precomputeSighash(tx, spentOutputs);
  const checker = new TransactionChecker(precomputed, inputIndex, secp256k1);
  const { scriptSig, witness } = input;
  return verifySpend({ scriptSig, scriptPubKey: spent.scriptPubKey, witness, flags, checker, secp256k1, trace });
}

/**
 * Whether all inputs of a transaction may spend their outputs.
 *
 * @param spentOutputs - what each input spends, in their order
 * @returns the first input that may not, and why, or undefined
 */
export function verifyTransactionScripts(
  tx: TransactionFields,
  spentOutputs: readonly TxOutput[],
  flags: number,
  secp256k1: Secp256k1,
): InputScriptError | undefined {
  const precomputed = precomputeSighash(tx, spentOutputs);
  for (let inputIndex = 0; inputIndex < tx.inputs.length; inputIndex++) {
    const error = verifyScript({ tx, inputIndex, spentOutputs, flags, secp256k1, precomputed, trace: undefined });
    if (error !== undefined) return { inputIndex, error };
  }
  return undefined;
}
