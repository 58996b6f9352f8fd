/**
 * How the wallet is stored: one row a transaction, one for the keys used, one for the block it has seen.
 *
 * Format 1. `version`: u8. `keys`: JSON of the keychain's state. `scanned`: block hash (32), height u32. `tx` and the txid in
 * hexadecimal: state u8, block hash (32, zeros for none), height u32, time u32, sequence u32, the transaction in wire form.
 * Numbers are little-endian.
 *
 * @module
 */

import { toHex } from '../../core/base/bytes.ts';
import { ByteReader } from '../../core/primitives/byte-reader.ts';
import { ByteWriter } from '../../core/primitives/byte-writer.ts';
import { DecodeError } from '../../core/primitives/decode-error.ts';
import type { BlockHash, Txid } from '../../core/primitives/ids.ts';
import { zeroHash } from '../../core/primitives/ids.ts';
import type { Transaction } from '../../core/primitives/transaction.ts';
import { decodeTransaction, encodeTransaction } from '../../core/primitives/transaction.ts';
import type { BlockPlace, LedgerState, LedgerTransaction } from './ledger.ts';

/** The format that this code writes. */
export const WALLET_FORMAT_VERSION = 1;

/** Keys of the rows that are not transactions. */
export const WALLET_ROWS = { version: 'version', keys: 'keys', scanned: 'scanned' } as const;

const TX_PREFIX = 'tx';
const STATES: readonly LedgerState[] = ['confirmed', 'pending', 'inactive', 'conflicted'];

/** A transaction's row, read. */
export interface StoredTransaction {
  readonly tx: Transaction;
  readonly state: LedgerState;
  readonly block: BlockPlace | undefined;
  readonly timeSeconds: number;
  readonly sequence: number;
}

/** Row key of a transaction. */
export function transactionRowKey(txid: Txid): string {
  return TX_PREFIX + toHex(txid);
}

/** Whether a row holds a transaction. */
export function isTransactionRow(key: string): boolean {
  return key.length === TX_PREFIX.length + 64 && key.startsWith(TX_PREFIX);
}

/** A transaction's row. */
export function encodeTransactionRow(entry: LedgerTransaction): Uint8Array {
  const raw = encodeTransaction(entry.tx);
  return new ByteWriter(45 + raw.length)
    .u8(STATES.indexOf(entry.state))
    .raw(entry.block?.hash ?? zeroHash<BlockHash>())
    .u32(entry.block?.height ?? 0)
    .u32(entry.timeSeconds)
    .u32(entry.sequence)
    .raw(raw)
    .finish();
}

/** Reads a transaction's row. @throws DecodeError */
export function decodeTransactionRow(bytes: Uint8Array): StoredTransaction {
  const reader = new ByteReader(bytes);
  const state = STATES[reader.u8('state')];
  if (state === undefined) throw new DecodeError('state', 0, 'unknown state');
  const hash = reader.copy(32, 'block') as BlockHash;
  const height = reader.u32('height');
  const timeSeconds = reader.u32('time');
  const sequence = reader.u32('sequence');
  const tx = decodeTransaction(reader.take(reader.remaining, 'transaction'));
  const inBlock = state === 'confirmed' || state === 'conflicted';
  return { tx, state, block: inBlock ? { hash, height } : undefined, timeSeconds, sequence };
}

/** The row of the last block that the wallet has seen. */
export function encodeScannedRow(place: BlockPlace): Uint8Array {
  return new ByteWriter(36).raw(place.hash).u32(place.height).finish();
}

/** Reads that row. @throws DecodeError */
export function decodeScannedRow(bytes: Uint8Array): BlockPlace {
  const reader = new ByteReader(bytes);
  const place = { hash: reader.copy(32, 'block') as BlockHash, height: reader.u32('height') };
  reader.end('scanned row');
  return place;
}
