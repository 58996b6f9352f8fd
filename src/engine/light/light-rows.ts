/**
 * The rows in which a client keeps what it knows. Headers are in a `HeaderStore` of their own, and are written before the rows that name them.
 *
 * @module
 */

import { utf8ToBytes } from '../../core/base/bytes.ts';
import { DESCRIPTOR_LENGTH_MAX } from '../../core/descriptors/parse.ts';
import { ByteReader } from '../../core/primitives/byte-reader.ts';
import { ByteWriter } from '../../core/primitives/byte-writer.ts';
import { type BlockHash, toDisplayHex, zeroHash } from '../../core/primitives/ids.ts';
import { encodeTransaction, readTransaction, type Transaction } from '../../core/primitives/transaction.ts';
import { FILTER_PAGE_HEADERS } from './filter-headers.ts';
import type { LightPayment } from './light-event.ts';
import type { LedgerEntry } from './light-ledger.ts';

const PAGE_DIGITS = 8;

/** A row: its key and its bytes. */
export type LightRow = readonly [key: string, value: Uint8Array];

/** How far a client had come. */
export interface StoredState {
  /** Up to where filter headers were agreed on. */
  readonly agreed: BlockHash | undefined;
  readonly scanned: BlockHash | undefined;
  readonly birthday: number;
}

/** Everything that was kept. */
export interface StoredClient {
  readonly state: StoredState | undefined;
  readonly filterPages: readonly (readonly [page: number, bytes: Uint8Array])[];
  readonly watched: readonly { readonly text: string; readonly used: number }[];
  readonly transactions: readonly { readonly tx: Transaction; readonly place: LightPayment['place'] }[];
  readonly unsettled: readonly BlockHash[];
  readonly bans: ReadonlyMap<string, number>;
}

function encodeHash(writer: ByteWriter, hash: BlockHash | undefined): void {
  writer.u8(hash === undefined ? 0 : 1).raw(hash ?? zeroHash());
}

function decodeHash(reader: ByteReader): BlockHash | undefined {
  const isThere = reader.u8('whether there is a hash') === 1;
  const hash = reader.copy(32, 'hash') as BlockHash;
  return isThere ? hash : undefined;
}

/** The row of how far it has come. */
export function stateRow({ agreed, scanned, birthday }: StoredState): LightRow {
  const writer = new ByteWriter(70);
  encodeHash(writer, agreed);
  encodeHash(writer, scanned);
  return ['state', writer.u32(birthday).finish()];
}

/** The row of a page of filter headers. */
export function filterPageRow(page: number, bytes: Uint8Array): LightRow {
  return [`filter/${String(page).padStart(PAGE_DIGITS, '0')}`, bytes];
}

/** The row of something that is watched, by its number. */
export function watchedRow(number: number, text: string, used: number): LightRow {
  const writer = new ByteWriter(text.length + 16).varBytes(utf8ToBytes(text)).u32(used);
  return [`watch/${String(number).padStart(PAGE_DIGITS, '0')}`, writer.finish()];
}

/** The key of a transaction's row. */
export function transactionKey(txid: Uint8Array): string {
  return `tx/${toDisplayHex(txid)}`;
}

/** The row of a transaction. */
export function transactionRow({ tx, place }: LedgerEntry): LightRow {
  const writer = new ByteWriter();
  encodeHash(writer, place?.hash);
  writer.u32(place?.height ?? 0).u32(place?.timeSeconds ?? 0);
  return [transactionKey(tx.txid), writer.raw(encodeTransaction(tx)).finish()];
}

/** The row of a block that is looked through whatever its filter says. */
export function unsettledRow(hash: BlockHash): LightRow {
  return [`unsettled/${toDisplayHex(hash)}`, hash];
}

/** The key of a ban's row. */
export function banKey(address: string): string {
  return `ban/${address}`;
}

/** The row of a ban: the address as text, and until when, in seconds since 1970. */
export function banRow(address: string, untilSeconds: number): LightRow {
  return [banKey(address), new ByteWriter(8).u32(untilSeconds).finish()];
}

/** Takes rows apart. Keys that mean nothing here are passed over. @throws DecodeError */
export async function readLightRows(rows: AsyncIterable<LightRow>): Promise<StoredClient> {
  let state: StoredState | undefined;
  const filterPages: (readonly [number, Uint8Array])[] = [];
  const watched: { text: string; used: number }[] = [];
  const transactions: { tx: Transaction; place: LightPayment['place'] }[] = [];
  const unsettled: BlockHash[] = [];
  const bans = new Map<string, number>();
  for await (const [key, value] of rows) {
    const reader = new ByteReader(value);
    const [kind, name = ''] = splitKey(key);
    if (kind === 'state') {
      state = { agreed: decodeHash(reader), scanned: decodeHash(reader), birthday: reader.u32('birthday') };
    } else if (kind === 'filter') {
      if (value.length <= FILTER_PAGE_HEADERS * 32) filterPages.push([Number(name), value]);
    } else if (kind === 'watch') {
      const text = textOf(reader.varBytes({ what: 'what is watched', max: DESCRIPTOR_LENGTH_MAX }));
      watched.push({ text, used: reader.u32('last used place') | 0 });
    } else if (kind === 'tx') {
      const hash = decodeHash(reader);
      const at = { height: reader.u32('height'), timeSeconds: reader.u32('time') };
      transactions.push({ tx: readTransaction(reader), place: hash === undefined ? undefined : { hash, ...at } });
    } else if (kind === 'unsettled') {
      unsettled.push(reader.copy(32, 'hash') as BlockHash);
    } else if (kind === 'ban') {
      bans.set(name, reader.u32('end of a ban'));
    }
  }
  return { state, filterPages, watched, transactions, unsettled, bans };
}

/** Texts of addresses and descriptors are ASCII. */
function textOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

function splitKey(key: string): readonly [string, string?] {
  const at = key.indexOf('/');
  return at < 0 ? [key] : [key.slice(0, at), key.slice(at + 1)];
}
