/**
 * What a light client does, as lines for people and as JSON.
 *
 * @module
 */

import { type Txid, toDisplayHex } from '../../core/primitives/ids.ts';
import type { LightEvent, LightPayment, LightProgress } from '../../engine/light/light-event.ts';
import type { LightBalance } from '../../engine/light/light-ledger.ts';
import { formatBytes, formatCount } from '../output/format.ts';
import { loadingBar } from '../output/progress.ts';

const UNITS_PER_COIN = 100_000_000n;
const DECIMALS = 8;

/** Base units as coins with eight decimals, and a sign. */
function signedCoins(amount: bigint): string {
  return `${amount < 0n ? '-' : '+'}${coins(amount < 0n ? -amount : amount)}`;
}

function coins(amount: bigint): string {
  return `${amount / UNITS_PER_COIN}.${String(amount % UNITS_PER_COIN).padStart(DECIMALS, '0')}`;
}

function paymentLine({ txid, amount, place }: LightPayment): string {
  const where = place === undefined ? 'waits' : `in block ${formatCount(place.height)}`;
  // What was sent may touch nothing that is watched.
  if (amount === 0n) return `transaction ${toDisplayHex(txid)}  ${where}`;
  return `payment ${signedCoins(amount)}  ${toDisplayHex(txid)}  ${where}`;
}

/** One line about how far it is. */
export function progressLine({ headers, filterHeaders, scanned, peers }: LightProgress): string {
  const parts = [
    `${formatCount(headers)} headers checked`,
    `filters agreed on up to ${formatCount(Math.max(0, filterHeaders))}`,
    `looked through up to ${formatCount(Math.max(0, scanned))}`,
    `${peers} ${peers === 1 ? 'peer' : 'peers'}`,
  ];
  return parts.join(' · ');
}

/** One line about headers that are taken from a file. */
export function headersLine({ headers, height, doneBytes, totalBytes }: LightEvent & { readonly kind: 'headers-imported' }): string {
  const words = `${formatCount(headers)} headers of the file checked, height ${formatCount(height)}`;
  return totalBytes === undefined ? words : `${loadingBar({ doneBytes, totalBytes })} ${words}`;
}

/** What became of a transaction that was sent. */
export interface SentOutcome {
  readonly txid: Txid;
  /** Peers that asked for it, and others that named it. */
  readonly asked: number;
  readonly named: number;
  /** Of the block that it is in. */
  readonly height: number | undefined;
}

function relayedLine({ txid, asked, named }: Omit<SentOutcome, 'height'>): string {
  return `transaction ${toDisplayHex(txid)}  asked for by ${asked} ${asked === 1 ? 'peer' : 'peers'}, named by ${named} ${named === 1 ? 'other' : 'others'}`;
}

/** One line about it. */
export function sentLine(outcome: SentOutcome): string {
  const { txid, height } = outcome;
  return height === undefined
    ? `sent: ${relayedLine(outcome)}`
    : `sent: transaction ${toDisplayHex(txid)}  in block ${formatCount(height)}`;
}

/** The same for programs. */
export function sentJson(outcome: SentOutcome): string {
  return toJson({ event: 'sent', ...outcome });
}

/** What is worth a line of its own; undefined for progress, which is shown in place. */
export function eventLine(event: LightEvent): string | undefined {
  switch (event.kind) {
    case 'progress':
    case 'headers-imported':
      return undefined;
    case 'peer-ready':
      return `connected with ${event.address} ${JSON.stringify(event.userAgent)}${event.filters ? '' : ', which offers no filters'}`;
    case 'peer-gone':
      return `${event.address} is gone: ${event.why}`;
    case 'peer-banned':
      return `${event.address} is called no more for a day: ${event.why}`;
    case 'filters-disputed':
      return `peers differ in the filter of block ${formatCount(event.height)}: ${event.claims} of them; fetching the block`;
    case 'filters-judged':
      return `filters of block ${formatCount(event.height)}: ${event.refuted} proved wrong, ${event.open} not`;
    case 'block-fetched':
      return `block ${formatCount(event.height)} fetched and checked: ${event.payments} of its transactions are of interest`;
    case 'payment':
      return paymentLine(event.payment);
    case 'checkpoint-elsewhere':
      return `the chain has another block at height ${formatCount(event.height)} than the checkpoint ${toDisplayHex(event.hash)}, which is not used`;
    case 'reorganised':
      return `the chain was reorganised down to height ${formatCount(event.height)}`;
    case 'transaction-relayed':
      return relayedLine(event);
  }
}

/** What it came to. */
export interface LightSummary {
  readonly progress: LightProgress;
  readonly balance: LightBalance;
  readonly payments: readonly LightPayment[];
  readonly bytesReceived: number;
}

/** One line about it. */
export function summaryLine({ progress, balance, payments, bytesReceived }: LightSummary): string {
  const parts = [`balance ${coins(balance.confirmed)}`];
  if (balance.immature > 0n) parts.push(`${coins(balance.immature)} too young to be spent`);
  if (balance.unconfirmed > 0n) parts.push(`${coins(balance.unconfirmed)} waiting`);
  parts.push(`${formatCount(payments.length)} ${payments.length === 1 ? 'payment' : 'payments'}`, `${formatBytes(bytesReceived)} received`);
  return `caught up at height ${formatCount(progress.headers)}: ${parts.join(', ')}`;
}

/** The same for programs: amounts are texts of base units, hashes as they are shown. */
export function summaryJson({ progress, balance, payments, bytesReceived }: LightSummary): string {
  return toJson({ event: 'caught-up', ...progress, balance, payments, bytesReceived });
}

/** An event for programs, in one line. */
export function eventJson({ kind, ...facts }: LightEvent): string {
  return toJson({ event: kind, ...facts });
}

function toJson(value: object): string {
  return JSON.stringify(value, (_, each: unknown) => {
    if (typeof each === 'bigint') return each.toString();
    return each instanceof Uint8Array ? toDisplayHex(each) : each;
  });
}
