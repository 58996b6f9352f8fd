/**
 * The inputs of a transaction, signed one after another: a caller may let others have their turn between them.
 *
 * @module
 */

import type { Secp256k1 } from '../crypto/secp256k1.ts';
import type { TransactionFields, TxInput, TxOutput } from '../primitives/transaction.ts';
import { type PrecomputedSighash, precomputeSighash, type ScriptError, SIGHASH } from '../script/index.ts';
import { checkAnswer, InputChecker, type SignedInput } from './input-checker.ts';
import { KeyRing } from './key-ring.ts';
import { produceSignature } from './produce-signature.ts';
import { mergeSignatureData, NO_SIGNATURE_DATA, signatureDataOf } from './signature-data.ts';

/** Stands in for an output that is not known; only taproot's hash would see it, and that is not taken then. */
const UNKNOWN_OUTPUT: TxOutput = { value: 0n, scriptPubKey: new Uint8Array(0) };

/** What each input of a transaction spends, in their order; undefined where it is not known. */
export type SpentOutputs = readonly (TxOutput | undefined)[];

/** Why an input has no answer: its output is not known, or what is wrong with the answer. */
export type InputProblem = 'unknown-output' | ScriptError;

/** What is signed, and with what. */
export interface SigningRequest {
  readonly tx: TransactionFields;
  readonly spentOutputs: SpentOutputs;
  readonly keys: KeyRing;
  /** DEFAULT signs all: taproot in its short form, others as ALL. */
  readonly hashType: number;
  readonly secp256k1: Secp256k1;
}

function precomputeOf(tx: TransactionFields, spentOutputs: SpentOutputs): PrecomputedSighash {
  return precomputeSighash(
    tx,
    tx.inputs.map((_, index) => spentOutputs[index] ?? UNKNOWN_OUTPUT),
  );
}

/** Whether a signature of this kind has nothing to sign: SINGLE without an output beside the input. */
function signsNothing(hashType: number, index: number, { outputs }: TransactionFields): boolean {
  return (hashType & ~SIGHASH.ANYONECANPAY) === SIGHASH.SINGLE && index >= outputs.length;
}

/**
 * Makes what signs the inputs of a transaction: an input as far as it can be answered, what it has already counted in, and what is wrong
 * with it. Core's `SignTransaction`.
 */
export function inputSigner(request: SigningRequest): (index: number) => { readonly input: TxInput; readonly problem?: InputProblem } {
  const { hashType, keys, secp256k1, spentOutputs, tx } = request;
  const precomputed = precomputeOf(tx, spentOutputs);
  const knowsAll = spentOutputs.every((output) => output !== undefined);
  return (index) => {
    const unsigned = tx.inputs[index] as TxInput;
    const spent = spentOutputs[index];
    if (spent === undefined) return { input: unsigned, problem: 'unknown-output' };
    const input: SignedInput = { index, spent, precomputed, knowsAll, secp256k1 };
    const before = signatureDataOf(input, unsigned);
    const after = signsNothing(hashType, index, tx) ? before : produceSignature({ input, keys, hashType }, before);
    const { complete, scriptSig, witness } = after;
    const signed = { ...unsigned, scriptSig, witness };
    const problem = complete ? undefined : checkAnswer(input, after, new InputChecker(input));
    return problem === undefined ? { input: signed } : { input: signed, problem };
  };
}

/**
 * Makes what puts the signatures of several transactions together: an input of the first with what those of the others have at the same
 * place. Core's `combinerawtransaction`; as there, signatures of taproot are not taken over.
 *
 * @param spentOutputs - what each input of the first spends, all of it
 */
export function inputMerger(
  transactions: readonly TransactionFields[],
  spentOutputs: readonly TxOutput[],
  secp256k1: Secp256k1,
): (index: number) => TxInput {
  const keys = new KeyRing();
  const variants = transactions.map((tx) => ({ tx, precomputed: precomputeOf(tx, spentOutputs) }));
  return (index) => {
    const inputs = variants.flatMap(({ precomputed, tx }) => {
      const answer = tx.inputs[index];
      const input: SignedInput = { index, spent: spentOutputs[index] as TxOutput, precomputed, knowsAll: true, secp256k1 };
      return answer === undefined ? [] : [{ input, answer }];
    });
    const data = inputs.reduce(
      (merged, { answer, input }) => mergeSignatureData(merged, signatureDataOf(input, answer)),
      NO_SIGNATURE_DATA,
    );
    const { answer, input } = inputs[0] as (typeof inputs)[number];
    const { scriptSig, witness } = produceSignature({ input, keys, hashType: SIGHASH.ALL }, data);
    return { ...answer, scriptSig, witness };
  };
}
