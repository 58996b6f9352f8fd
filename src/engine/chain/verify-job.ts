import { PutOffChecks } from '../../core/crypto/put-off-checks.ts';
import { rememberSignatures } from '../../core/crypto/remember-signatures.ts';
import type { Secp256k1 } from '../../core/crypto/secp256k1.ts';
import { trustSignatures } from '../../core/crypto/trust-signatures.ts';
import type { TransactionFields, TxInput, TxOutput } from '../../core/primitives/transaction.ts';
import { FLAG } from '../../core/script/flags.ts';
import { witnessProgramOf } from '../../core/script/output-template.ts';
import { precomputeSighash } from '../../core/script/precomputed-sighash.ts';
import type { ScriptError } from '../../core/script/script-error.ts';
import { type ScriptVerification, verifyScript } from '../../core/script/verify-script.ts';
import type { ScriptJob } from '../ports/script-verifier.ts';

/** A job as far as verifying needs it. */
export type PlainJob = Omit<ScriptJob, 'tx'> & { readonly tx: TransactionFields };

/** What was found at an input. */
export interface CheckedInput {
  /** Place of its job, or of the part of it, among those that were given. */
  readonly jobIndex: number;
  readonly inputIndex: number;
  readonly error: ScriptError | undefined;
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

/** A job, and which of its inputs are meant: all, unless told. */
export interface PartOfJob<Job> {
  readonly job: Job;
  readonly from: number;
  readonly to: number;
}

/** The inputs of a job, from `from` up to and without `to`. */
function* inputsOf({ job, from, to }: PartOfJob<PlainJob>, secp256k1: Secp256k1): Generator<ScriptVerification, void, void> {
  const { tx, spentOutputs, flags, blockFlags, heldUnder } = job;
  const precomputed = precomputeSighash(tx, spentOutputs);
  const isOnce = blockFlags === undefined || blockFlags === heldUnder;
  const checking = isOnce ? secp256k1 : rememberSignatures(secp256k1.atOnce ?? secp256k1);
  const trusting = heldUnder === undefined ? undefined : trustSignatures(secp256k1);
  for (const each of isOnce ? [flags] : [flags, blockFlags]) {
    for (let inputIndex = from; inputIndex < to; inputIndex++) {
      const isTrusted = trusting !== undefined && isOneSignature(tx.inputs[inputIndex]!, spentOutputs[inputIndex]!, heldUnder!);
      const engine = isTrusted ? trusting : checking;
      yield { tx, inputIndex, spentOutputs, flags: each, secp256k1: engine, precomputed };
    }
  }
}

/** An input that was run as if its signatures were good. */
interface OpenInput {
  readonly verification: ScriptVerification;
  readonly jobIndex: number;
  readonly error: ScriptError | undefined;
}

/** Inputs whose checks wait, at most: one that has none waits with the others, so that the first failure is named first. */
const OPEN_INPUTS_MAX = 256;

/**
 * Verifies jobs, or ranges of their inputs, in their order: under their flags and then, if a job has some that it is not known to hold
 * under, the block's.
 *
 * One input is run at each step, so that the caller may pause in between. Where the engine makes many checks in less time than one after
 * another, answers come late: a script is run as if its signatures were good, and run again by the engine alone if one of them is not known
 * to be.
 *
 * @returns at each step what is known of an input, in their order and no further than to the first that fails; or nothing yet
 */
export function* verifyJobs(parts: Iterable<PartOfJob<PlainJob>>, secp256k1: Secp256k1): Generator<CheckedInput | undefined, void, void> {
  const putOff = secp256k1.togetherFrom === undefined ? undefined : new PutOffChecks(secp256k1);
  let open: OpenInput[] = [];
  let jobIndex = 0;
  for (const part of parts) {
    for (const verification of inputsOf(part, putOff?.engine ?? secp256k1)) {
      if (putOff !== undefined) putOff.owner = open.length;
      const error = verifyScript(verification);
      open.push({ verification, jobIndex, error });
      const isKnown = putOff === undefined || putOff.count === 0;
      if (!isKnown && error === undefined && open.length < OPEN_INPUTS_MAX) {
        yield undefined;
        continue;
      }
      yield* settle(open, putOff, secp256k1);
      open = [];
    }
    jobIndex++;
  }
  yield* settle(open, putOff, secp256k1);
}

/** What is known of inputs once their checks are made: as it was found, or else as the engine alone finds it. */
function* settle(open: readonly OpenInput[], putOff: PutOffChecks | undefined, secp256k1: Secp256k1): Generator<CheckedInput, void, void> {
  const failed = putOff?.settle();
  for (const [owner, { verification, jobIndex, error }] of open.entries()) {
    const isCertain = failed?.has(owner) !== true;
    const certain = isCertain ? error : verifyScript({ ...verification, secp256k1 });
    yield { jobIndex, inputIndex: verification.inputIndex, error: certain };
    if (certain !== undefined) return;
  }
}
