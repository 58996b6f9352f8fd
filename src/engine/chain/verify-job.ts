import { PutOffChecks } from '../../core/crypto/put-off-checks.ts';
import { rememberSignatures } from '../../core/crypto/remember-signatures.ts';
import type { Secp256k1 } from '../../core/crypto/secp256k1.ts';
import { trustSignatures } from '../../core/crypto/trust-signatures.ts';
import type { TransactionFields, TxInput, TxOutput } from '../../core/primitives/transaction.ts';
import { FLAG } from '../../core/script/flags.ts';
import { witnessProgramOf } from '../../core/script/output-template.ts';
import { type PrecomputedSighash, precomputeSighash } from '../../core/script/precomputed-sighash.ts';
import type { ScriptError } from '../../core/script/script-error.ts';
import { type ScriptVerification, verifyScript } from '../../core/script/verify-script.ts';
import type { ScriptFailure, ScriptJob } from '../ports/script-verifier.ts';

/** A job as far as verifying needs it. */
export type PlainJob = Omit<ScriptJob, 'tx'> & { readonly tx: TransactionFields };

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

/** How the inputs of a job are run: so often, under these flags, and what they have in common. */
interface Runs {
  readonly flags: readonly number[];
  readonly precomputed: PrecomputedSighash;
  engineOf(inputIndex: number): Secp256k1;
}

function runsOf({ tx, spentOutputs, flags, blockFlags, heldUnder }: PlainJob, secp256k1: Secp256k1): Runs {
  const precomputed = precomputeSighash(tx, spentOutputs);
  const isOnce = blockFlags === undefined || blockFlags === heldUnder;
  const checking = isOnce ? secp256k1 : rememberSignatures(secp256k1.atOnce ?? secp256k1);
  const all = isOnce ? [flags] : [flags, blockFlags];
  if (heldUnder === undefined) return { flags: all, precomputed, engineOf: () => checking };
  const trusting = trustSignatures(secp256k1);
  const isTrusted = (inputIndex: number): boolean => isOneSignature(tx.inputs[inputIndex]!, spentOutputs[inputIndex]!, heldUnder);
  return { flags: all, precomputed, engineOf: (inputIndex) => (isTrusted(inputIndex) ? trusting : checking) };
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
 * Verifies jobs, or ranges of their inputs, in their order, up to the first that fails: under their flags and then, if a job has some that
 * it is not known to hold under, the block's.
 *
 * One input is run at each step, so that the caller may pause in between. Where the engine makes many checks in less time than one after
 * another, answers come late: a script is run as if its signatures were good, and run again by the engine alone if one of them is not known
 * to be.
 *
 * @returns at each step nothing, but the failure at the last; jobs are named by their places among the parts
 */
export function* verifyJobs(parts: Iterable<PartOfJob<PlainJob>>, secp256k1: Secp256k1): Generator<ScriptFailure | undefined, void, void> {
  const putOff = secp256k1.togetherFrom === undefined ? undefined : new PutOffChecks(secp256k1);
  let open: OpenInput[] = [];
  let jobIndex = 0;
  for (const { job, from, to } of parts) {
    const { tx, spentOutputs } = job;
    const { flags, precomputed, engineOf } = runsOf(job, putOff?.engine ?? secp256k1);
    for (const each of flags) {
      for (let inputIndex = from; inputIndex < to; inputIndex++) {
        if (putOff !== undefined) putOff.owner = open.length;
        const verification = { tx, inputIndex, spentOutputs, flags: each, secp256k1: engineOf(inputIndex), precomputed };
        const error = verifyScript(verification);
        open.push({ verification, jobIndex, error });
        const isKnown = putOff === undefined || putOff.count === 0;
        if (!isKnown && error === undefined && open.length < OPEN_INPUTS_MAX) {
          yield undefined;
          continue;
        }
        const failure = yield* settle(open, putOff, secp256k1);
        yield failure;
        if (failure !== undefined) return;
        open = [];
      }
    }
    jobIndex++;
  }
  yield yield* settle(open, putOff, secp256k1);
}

/** The first failure of some inputs, once their checks are made: as it was found, or else as the engine alone finds it, an input at a step. */
function* settle(
  open: readonly OpenInput[],
  putOff: PutOffChecks | undefined,
  secp256k1: Secp256k1,
): Generator<undefined, ScriptFailure | undefined, void> {
  const failed = putOff?.settle();
  for (let owner = 0; owner < open.length; owner++) {
    const { verification, jobIndex, error } = open[owner]!;
    const isCertain = failed?.has(owner) !== true;
    const certain = isCertain ? error : verifyScript({ ...verification, secp256k1 });
    if (certain !== undefined) return { jobIndex, inputIndex: verification.inputIndex, error: certain };
    if (!isCertain) yield undefined;
  }
  return undefined;
}
