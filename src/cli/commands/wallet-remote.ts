/**
 * `quoin wallet` with a running node: asks its HTTP interface and shows the answers.
 *
 * @module
 */

import { text as readAll } from 'node:stream/consumers';
import { formatCoins, parseCoins } from '../../doors/rpc/amount.ts';
import { findNode } from '../client/node-client.ts';
import { UsageError } from '../failure.ts';
import type { CLIENT_OPTIONS } from '../options/node-options.ts';
import type { Settings } from '../options/settings.ts';
import { parseWhole, parseWord } from '../options/values.ts';

type Said = Settings<typeof CLIENT_OPTIONS>;

const ADDRESS_KINDS = ['wpkh', 'tr'] as const;
const HISTORY = { min: 1, max: 1_000, default: 20 };

/** `GET /api/v1/wallet`; amounts are decimal text in base units. */
interface WalletFacts {
  readonly address: string;
  readonly balance: { readonly confirmed: string; readonly unconfirmed: string; readonly immature: string };
}

/** One of `GET /api/v1/wallet/history`; amounts are base units. */
export interface HistoryEntry {
  readonly txid: string;
  readonly amount: number;
  readonly fee?: number;
  readonly confirmations: number;
  readonly conflicted: boolean;
  readonly coinbase: boolean;
  /** Seconds since 1970. */
  readonly time: number;
}

function print(json: boolean | undefined, answer: unknown, lines: readonly string[]): void {
  console.log(json === true ? JSON.stringify(answer) : lines.join('\n'));
}

/** `quoin wallet address`. */
export async function showAddress(
  said: Said,
  own: { readonly new?: boolean; readonly kind?: string; readonly json?: boolean },
): Promise<void> {
  const kind = own.kind === undefined ? undefined : parseWord(own.kind, ADDRESS_KINDS);
  if (own.kind !== undefined && kind === undefined) throw new UsageError(`--kind "${own.kind}": takes one of ${ADDRESS_KINDS.join(', ')}`);
  const node = await findNode(said);
  const isNew = own.new === true || kind !== undefined;
  const { address } = (isNew ? await node.post('wallet/address', { kind: kind ?? 'wpkh' }) : await node.get('wallet')) as {
    address: string;
  };
  print(own.json, { address }, [address]);
}

/** `quoin wallet balance`. */
export async function showBalance(said: Said, own: { readonly json?: boolean }): Promise<void> {
  const { balance } = (await (await findNode(said)).get('wallet')) as WalletFacts;
  const row = (name: string, units: string): string => `${name.padEnd(12)}${formatCoins(BigInt(units)).padStart(20)}`;
  const rows = [row('confirmed', balance.confirmed), row('unconfirmed', balance.unconfirmed), row('immature', balance.immature)];
  print(own.json, balance, rows);
}

/** Base units of an amount in coins. */
function amountOf(text: string): number {
  const units = parseCoins(text);
  const isSound = units !== undefined && units > 0n && units <= BigInt(Number.MAX_SAFE_INTEGER);
  if (!isSound) throw new UsageError(`"${text}": takes an amount in coins with at most 8 decimals, for instance 2.5`);
  return Number(units);
}

/** `quoin wallet send`. */
export async function send(
  said: Said,
  args: readonly string[],
  own: { readonly feeRate?: string; readonly json?: boolean },
): Promise<void> {
  const [address = '', coins = ''] = args;
  const amount = amountOf(coins);
  const { feeRate } = own;
  if (feeRate !== undefined && !/^\d{1,7}(\.\d{1,3})?$/.test(feeRate)) {
    throw new UsageError(`--fee-rate "${feeRate}": takes base units per virtual byte with at most 3 decimals, for instance 1.5`);
  }
  const node = await findNode(said);
  const rate = feeRate === undefined ? {} : { feeRate: Number(feeRate) };
  const sent = (await node.post('wallet/send', { address, amount, ...rate })) as { readonly txid: string; readonly fee: number };
  print(own.json, sent, [sent.txid, `fee ${formatCoins(BigInt(sent.fee))}`]);
}

/** How far an entry is. */
function stateOf({ confirmations, conflicted, coinbase }: HistoryEntry): string {
  if (conflicted) return 'conflicted';
  const state = confirmations === 0 ? 'waiting' : `${confirmations} deep`;
  return coinbase ? `${state}, mined` : state;
}

/** One line about a transaction; times are UTC. */
export function historyLine(entry: HistoryEntry): string {
  const when = new Date(entry.time * 1_000).toISOString().slice(0, 19).replace('T', ' ');
  const fee = entry.fee === undefined ? '' : `  fee ${formatCoins(BigInt(entry.fee))}`;
  return `${when}  ${formatCoins(BigInt(entry.amount)).padStart(18)}  ${entry.txid}  ${stateOf(entry)}${fee}`;
}

/** `quoin wallet history`. */
export async function showHistory(said: Said, own: { readonly limit?: string; readonly json?: boolean }): Promise<void> {
  const limit = own.limit === undefined ? HISTORY.default : parseWhole(own.limit, HISTORY);
  if (limit === undefined) throw new UsageError(`--limit "${own.limit}": takes a whole number, ${HISTORY.min} to ${HISTORY.max}`);
  const entries = (await (await findNode(said)).get(`wallet/history?limit=${limit}`)) as readonly HistoryEntry[];
  print(own.json, entries, entries.length === 0 ? ['no transactions yet'] : entries.map(historyLine));
}

/** `quoin wallet sign`. */
export async function sign(said: Said, args: readonly string[], own: { readonly json?: boolean }): Promise<void> {
  const [given = ''] = args;
  const hex = (given === '-' ? await readAll(process.stdin) : given).trim();
  if (!/^([0-9a-fA-F]{2})+$/.test(hex)) throw new UsageError('takes a transaction in hexadecimal');
  const signed = (await (await findNode(said)).post('wallet/sign', { hex })) as { readonly hex: string; readonly complete: boolean };
  print(own.json, signed, [signed.hex, signed.complete ? 'complete' : 'not complete: other signatures are missing']);
}
