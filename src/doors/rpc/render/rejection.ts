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

function replacing(tx: Transaction): string {
  return `rejecting replacement ${toDisplayHex(tx.txid)}`;
}

type Sentence = (detail: Detail, tx: Transaction) => string | undefined;

/** What Core adds to some reasons, in its words; undefined where it adds nothing. */
const SENTENCES: ReadonlyMap<string, Sentence> = new Map<string, Sentence>([
  ['min relay fee not met', feeBelow],
  ['mempool min fee not met', feeBelow],
  ['mempool-script-verify-flag-failed', scriptFailure],
  ['bad-txns-in-belowout', (detail) => `value in (${shortCoins(detail.valueIn)}) < value out (${shortCoins(detail.valueOut)})`],
  ['bad-txns-premature-spend-of-coinbase', (detail) => `tried to spend coinbase at depth ${detail.depth}`],
  ['bad-txns-too-many-sigops', (detail) => `${detail.sigopsCost}`],
  // The same reason is given for too many such outputs, without a sentence.
  ['dust', (detail) => (detail.fee === undefined ? undefined : 'tx with dust output must be 0-fee')],
  ['insufficient fee', (detail, tx) => `${replacing(tx)}, fee too low; ${shortCoins(detail.fee)} < ${shortCoins(detail.required)}`],
  [
    'too many potential replacements',
    (detail, tx) => `${replacing(tx)}; too many conflicting clusters (${detail.clusters} > ${detail.limit})`,
  ],
  ['replacement-failed', () => 'insufficient feerate: does not improve feerate diagram'],
  ['TRUC-violation', (detail) => `rule ${detail.rule}`],
]);

/** What a transaction was refused for, in one line. */
export function rejectionText({ detail = {}, reason }: Rejection, tx: Transaction): string {
  const sentence = SENTENCES.get(reason.replace(/ \(.*\)$/, ''))?.(detail, tx);
  return sentence === undefined ? reason : `${reason}, ${sentence}`;
}
