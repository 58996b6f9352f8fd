import { ByteReader } from '../../core/primitives/byte-reader.ts';
import { ByteWriter } from '../../core/primitives/byte-writer.ts';
import { DecodeError } from '../../core/primitives/decode-error.ts';
import type { Txid } from '../../core/primitives/ids.ts';
import type { Satoshis, Transaction } from '../../core/primitives/transaction.ts';
import { encodeTransaction, readTransaction } from '../../core/primitives/transaction.ts';
import type { FeeDelta } from './fee-deltas.ts';

/** A waiting transaction as it is kept over a restart. */
export interface SavedTransaction {
  readonly tx: Transaction;
  readonly timeSeconds: number;
  /** What the operator added to its fee. */
  readonly feeDeltaSat: Satoshis;
}

/** All that is kept of the waiting transactions. */
export interface SavedMempool {
  readonly transactions: readonly SavedTransaction[];
  /** What the operator added to fees of transactions that do not wait. */
  readonly otherFeeDeltas: readonly FeeDelta[];
}

/** Bitcoin Core's format of `mempool.dat` without obfuscation, which Core 31 reads too. */
const VERSION_PLAIN = 1n;

/** The same, each byte behind the key combined with it by exclusive or. */
const VERSION_OBFUSCATED = 2n;

/** Fewest bytes of one row: the smallest transaction, its time and what was added to its fee. */
const ROW_BYTES_MIN = 10 + 8 + 8;

/** Bytes of a fee difference of a transaction that does not wait: its id and the difference. */
const DELTA_BYTES = 32 + 8;

/**
 * The file `mempool.dat`: version, count, then transaction, time and fee difference each; then the fee differences of others, and an empty list of
 * those that nobody has asked for yet.
 */
export function encodeMempoolFile({ transactions, otherFeeDeltas }: SavedMempool): Uint8Array {
  const writer = new ByteWriter(1_024).u64(VERSION_PLAIN).u64(BigInt(transactions.length));
  for (const { tx, timeSeconds, feeDeltaSat } of transactions)
    writer.raw(encodeTransaction(tx)).u64(BigInt(timeSeconds)).u64(unsigned(feeDeltaSat));
  writer.compactSize(otherFeeDeltas.length);
  for (const { txid, deltaSat } of otherFeeDeltas) writer.raw(txid).u64(unsigned(deltaSat));
  return writer.compactSize(0).finish();
}

/** The same 64 bits, read without a sign. */
function unsigned(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

/** Undoes Core's obfuscation: the key of eight bytes stands before, and is applied by the offset in the file. */
function clarify(bytes: Uint8Array, start: number, key: Uint8Array): Uint8Array {
  const clear = bytes.slice();
  for (let i = start; i < clear.length; i++) clear[i]! ^= key[i % key.length]!;
  return clear;
}

/**
 * Reads a file of ours or of Bitcoin Core. What Core keeps last, the transactions not yet seen elsewhere, is not read.
 *
 * @throws DecodeError where it is cut short, damaged or of an unknown version
 */
export function decodeMempoolFile(bytes: Uint8Array): SavedMempool {
  let reader = new ByteReader(bytes);
  const version = reader.u64('mempool file version');
  if (version === VERSION_OBFUSCATED) {
    const key = reader.varBytes({ what: 'mempool file key', max: 8 });
    if (key.length !== 8) throw new DecodeError('mempool file key', reader.offset, 'is not 8 bytes long');
    const { offset } = reader;
    reader = new ByteReader(clarify(bytes, offset, key));
    reader.take(offset, 'mempool file head');
  } else if (version !== VERSION_PLAIN) {
    throw new DecodeError('mempool file version', 0, `${version} is unknown`);
  }
  const count = Number(reader.u64('mempool transaction count'));
  if (count * ROW_BYTES_MIN > reader.remaining) throw new DecodeError('mempool transaction count', reader.offset, `${count} cannot fit`);
  const transactions: SavedTransaction[] = [];
  for (let i = 0; i < count; i++) {
    const tx = readTransaction(reader);
    const timeSeconds = Number(reader.i64('mempool transaction time'));
    transactions.push({ tx, timeSeconds, feeDeltaSat: reader.i64('mempool fee difference') });
  }
  const otherFeeDeltas: FeeDelta[] = [];
  for (let left = reader.compactSize({ what: 'mempool fee differences', itemSizeMin: DELTA_BYTES }); left > 0; left--) {
    const txid = reader.copy(32, 'mempool fee difference') as Txid;
    otherFeeDeltas.push({ txid, deltaSat: reader.i64('mempool fee difference') });
  }
  return { transactions, otherFeeDeltas };
}
