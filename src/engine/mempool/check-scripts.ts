import type { Coin } from '../../core/consensus/coin.ts';
import type { Rejection } from '../../core/consensus/rejection.ts';
import { reject } from '../../core/consensus/rejection.ts';
import type { Transaction } from '../../core/primitives/transaction.ts';
import { hasWitness } from '../../core/primitives/transaction.ts';
import { STANDARD_FLAGS } from '../../core/script/flags.ts';
import type { ScriptError } from '../../core/script/script-error.ts';
import { scriptErrorText } from '../../core/script/script-error.ts';
import { spendsWitnessProgram } from '../policy/check-inputs-standard.ts';
import type { ScriptFailure, ScriptVerifier } from '../ports/script-verifier.ts';

/**
 * Runs the scripts of all inputs under the flags of policy, which hold those of every height, and then under the flags of the next block, as
 * Core's `CheckInputsFromMempoolAndCache`: so the block that has it need not run them again.
 *
 * @param heldUnder - flags of a block that had it, whose scripts this process has run
 *
 * The refusal of a transaction that came without the witnesses it needs is `mutated`: the same txid with them may be good.
 */
export async function checkScripts(
  { entry, spent }: { readonly entry: { readonly tx: Transaction }; readonly spent: readonly Coin[] },
  blockFlags: number,
  verifier: ScriptVerifier,
  heldUnder?: number,
): Promise<Rejection | undefined> {
  const job = { tx: entry.tx, spentOutputs: spent, flags: STANDARD_FLAGS, blockFlags };
  const failure = await verifier.verify([heldUnder === undefined ? job : { ...job, heldUnder }]);
  return failure === undefined ? undefined : scriptRejection(failure, entry.tx, spent);
}

function scriptRejection(failure: ScriptFailure, tx: Transaction, spent: readonly Coin[]): Rejection {
  const { error, inputIndex } = failure;
  const stripped = !hasWitness(tx) && spendsWitnessProgram(tx, spent);
  const text = scriptErrorText(error as ScriptError);
  return reject(stripped ? 'mutated' : 'policy', `mempool-script-verify-flag-failed (${text})`, { error, inputIndex });
}
