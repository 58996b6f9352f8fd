import { checkTransaction } from '../../core/consensus/check-transaction.ts';
import { type Rejection, reject } from '../../core/consensus/rejection.ts';
import { isFilteredOutput } from '../../core/filters/basic-filter.ts';
import type { ConsensusParams } from '../../core/params/types.ts';
import { isCoinbase, type Transaction } from '../../core/primitives/transaction.ts';
import { spentScriptOf } from './spent-script.ts';

/**
 * A script by which the filter of a block shows that a transaction may be in it: of an output, else of what an input shows that it spends.
 * Undefined where there is none: outputs that are all OP_RETURN or empty, and inputs that show nothing.
 */
export function signOf({ inputs, outputs }: Transaction): Uint8Array | undefined {
  const paid = outputs.find(({ scriptPubKey }) => isFilteredOutput(scriptPubKey));
  if (paid !== undefined) return paid.scriptPubKey;
  for (const input of inputs) {
    const script = spentScriptOf(input);
    if (script !== undefined && isFilteredOutput(script)) return script;
  }
  return undefined;
}

/**
 * Why a transaction is not sent, as far as it tells by itself: it breaks a rule, or is a coinbase. Scripts and coins are not looked at.
 */
export function checkSendable(tx: Transaction, consensus: ConsensusParams): Rejection | undefined {
  return checkTransaction(tx, consensus) ?? (isCoinbase(tx) ? reject('consensus', 'coinbase') : undefined);
}
