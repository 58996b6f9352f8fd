/**
 * Rejections as sentences: Core's reason, and after a comma what it adds for people.
 *
 * @module
 */

import type { Rejection } from '../../../core/consensus/rejection.ts';
import { toDisplayHex } from '../../../core/primitives/ids.ts';
import type { Transaction } from '../../../core/primitives/transaction.ts';
import { formatCoins } from '../amount.ts';

type Detail = NonNullable<Rejection['detail']>;

/** Coins with at least two decimals and no zeros after them. Core's `FormatMoney`. */
function shortCoins(value: Detail[string] | undefined): string {
  return formatCoins(BigInt(value ?? 0)).replace(/(\.\d\d\d*?)0+$/, '$1');
}

function feeBelow(detail: Detail): string {
  return `${detail.fee} < ${detail.required}`;
}

function scriptFailure(detail: Detail, tx: Transaction): string {
  const index = Number(detail.inputIndex);
  const prevout = tx.inputs[index]?.prevout;
  const spending = prevout === undefined ? '' : `, spending ${toDisplayHex(prevout.txid)}:${prevout.vout}`;
  return `input ${index} of ${toDisplayHex(tx.txid)} (wtxid ${toDisplayHex(tx.wtxid)})${spending}`;
}

/** Core's words for the details of some reasons. */
const SENTENCES: ReadonlyMap<string, (detail: Detail, tx: Transaction) => string> = new Map([
  ['min relay fee not met', feeBelow],
  ['mempool min fee not met', feeBelow],
  ['mempool-script-verify-flag-failed', scriptFailure],
  ['bad-txns-in-belowout', (detail) => `value in (${shortCoins(detail.valueIn)}) < value out (${shortCoins(detail.valueOut)})`],
  ['bad-txns-premature-spend-of-coinbase', (detail) => `tried to spend coinbase at depth ${detail.depth}`],
]);

/** What a transaction was refused for, in one line. */
export function rejectionText(rejection: Rejection, tx: Transaction): string {
  const { reason, detail } = rejection;
  if (detail === undefined) return reason;
  const sentence = SENTENCES.get(reason.replace(/ \(.*\)$/, ''));
  if (sentence !== undefined) return `${reason}, ${sentence(detail, tx)}`;
  const facts = Object.entries(detail).map(([name, value]) => `${name} ${value}`);
  return [reason, ...facts].join(', ');
}
