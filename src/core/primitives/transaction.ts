/**
 * Transactions and their exact bytes, with witnesses (BIP-144) or without.
 *
 * A transaction is immutable and carries its ids and sizes, each computed once when it is made.
 *
 * @module
 */

import { sha256d } from '../crypto/sha256.ts';
import { TransactionSpans, transactionIds } from '../crypto/transaction-ids.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter, compactSizeLength } from './byte-writer.ts';
import { DecodeError } from './decode-error.ts';
import type { HashKey, Txid, Wtxid } from './ids.ts';
import { hashKeyWithIndex } from './ids.ts';

/** Base units, 10^8 a coin. Kept to the wire's signed 64 bits, so that invalid amounts re-encode exactly. */
export type Satoshis = bigint;

/** One output of one transaction. */
export interface OutPoint {
  readonly txid: Txid;
  /** Index of the output, unsigned 32 bits; 0xffffffff in a coinbase. */
  readonly vout: number;
}

/** What a transaction spends, and by which right. */
export interface TxInput {
  readonly prevout: OutPoint;
  readonly scriptSig: Uint8Array;
  /** Unsigned 32 bits. */
  readonly sequence: number;
  /** Stack of BIP-141; empty where the input has none. */
  readonly witness: readonly Uint8Array[];
}

/** An amount, and the script that must be satisfied to spend it. */
export interface TxOutput {
  readonly value: Satoshis;
  readonly scriptPubKey: Uint8Array;
}

/** What a transaction says; the rest follows from it. */
export interface TransactionFields {
  /** Signed 32 bits on the wire; kept as Core keeps it since 28, unsigned. Scripts compare it so too (BIP-68). */
  readonly version: number;
  readonly inputs: readonly TxInput[];
  readonly outputs: readonly TxOutput[];
  /** Unsigned 32 bits. */
  readonly lockTime: number;
}

/** A transaction with its ids and sizes; made by `makeTransaction` or `readTransaction`. */
export interface Transaction extends TransactionFields {
  readonly txid: Txid;
  readonly wtxid: Wtxid;
  /** Size without witnesses, marker and flag. */
  readonly strippedSizeBytes: number;
  readonly sizeBytes: number;
}

/** `vout` of a coinbase's only input. */
export const NULL_VOUT = 0xffffffff;

/** Bytes of the shortest input (empty script) and output; what a count is held against before anything is read. */
const INPUT_SIZE_MIN = 41;
const OUTPUT_SIZE_MIN = 9;

/** Key of an outpoint for a Map. */
export function outPointKey({ txid, vout }: OutPoint): HashKey {
  return hashKeyWithIndex(txid, vout);
}

/** Whether any input has a witness; then the wire form has marker and flag. */
export function hasWitness(tx: TransactionFields): boolean {
  return tx.inputs.some((input) => input.witness.length > 0);
}

/** Whether it has the shape of a coinbase: one input that spends nothing. Core's `IsCoinBase`. */
export function isCoinbase(tx: TransactionFields): boolean {
  const first = tx.inputs[0];
  return tx.inputs.length === 1 && first !== undefined && isNullOutPoint(first.prevout);
}

/** Whether it points nowhere, as a coinbase's input does. */
export function isNullOutPoint(outPoint: OutPoint): boolean {
  return outPoint.vout === NULL_VOUT && outPoint.txid.every((byte) => byte === 0);
}

/** Weight of BIP-141: three times the stripped size plus the whole size. */
export function transactionWeightWu(tx: Transaction): number {
  return tx.strippedSizeBytes * 3 + tx.sizeBytes;
}

/** Bytes of a transaction without its witnesses. */
export function strippedSizeOf(tx: TransactionFields): number {
  let size = 8 + compactSizeLength(tx.inputs.length) + compactSizeLength(tx.outputs.length);
  for (const { scriptSig } of tx.inputs) size += 40 + compactSizeLength(scriptSig.length) + scriptSig.length;
  for (const { scriptPubKey } of tx.outputs) size += 8 + compactSizeLength(scriptPubKey.length) + scriptPubKey.length;
  return size;
}

/** Bytes of a transaction's witnesses with marker and flag, 0 where there is none. */
function witnessSizeOf(tx: TransactionFields): number {
  if (!hasWitness(tx)) return 0;
  let size = 2;
  for (const { witness } of tx.inputs) {
    size += compactSizeLength(witness.length);
    for (const item of witness) size += compactSizeLength(item.length) + item.length;
  }
  return size;
}

/** Writes the inputs with their count. */
function writeInputs(writer: ByteWriter, inputs: readonly TxInput[]): void {
  writer.compactSize(inputs.length);
  for (const { prevout, scriptSig, sequence } of inputs) {
    writer.raw(prevout.txid).u32(prevout.vout).varBytes(scriptSig).u32(sequence);
  }
}

/** Writes one output; also how signature hashes and coin-set hashes take it. */
export function writeTxOutput(writer: ByteWriter, output: TxOutput): void {
  writer.u64(output.value).varBytes(output.scriptPubKey);
}

/** Appends a transaction; without witnesses if told so. */
export function writeTransaction(writer: ByteWriter, tx: TransactionFields, options: { readonly witness: boolean }): void {
  const witness = options.witness && hasWitness(tx);
  writer.u32(tx.version);
  if (witness) writer.u8(0).u8(1);
  writeInputs(writer, tx.inputs);
  writer.compactSize(tx.outputs.length);
  for (const output of tx.outputs) writeTxOutput(writer, output);
  if (witness) {
    for (const input of tx.inputs) {
      writer.compactSize(input.witness.length);
      for (const item of input.witness) writer.varBytes(item);
    }
  }
  writer.u32(tx.lockTime);
}

/** Wire form with witnesses where it has any. */
export function encodeTransaction(tx: TransactionFields): Uint8Array {
  const writer = new ByteWriter(strippedSizeOf(tx) + witnessSizeOf(tx));
  writeTransaction(writer, tx, { witness: true });
  return writer.finish();
}

/** Wire form without witnesses, over which the txid is taken. */
export function encodeTransactionStripped(tx: TransactionFields): Uint8Array {
  const writer = new ByteWriter(strippedSizeOf(tx));
  writeTransaction(writer, tx, { witness: false });
  return writer.finish();
}

/** A transaction of its fields: computes ids and sizes. The fields are kept, not copied. */
export function makeTransaction(fields: TransactionFields): Transaction {
  const { version, inputs, outputs, lockTime } = fields;
  const stripped = encodeTransactionStripped(fields);
  const txid = sha256d(stripped) as Txid;
  const witness = hasWitness(fields);
  const wtxid = (witness ? sha256d(encodeTransaction(fields)) : txid) as Uint8Array as Wtxid;
  const sizeBytes = stripped.length + (witness ? witnessSizeOf(fields) : 0);
  return { version: version >>> 0, inputs, outputs, lockTime, txid, wtxid, strippedSizeBytes: stripped.length, sizeBytes };
}

const NO_WITNESS: readonly Uint8Array[] = Object.freeze([]);

/** An input while it is read: its witness comes after all outputs. */
type UnfinishedInput = Omit<TxInput, 'witness'> & { witness: readonly Uint8Array[] };

const INPUT_COUNT = { what: 'input count', itemSizeMin: INPUT_SIZE_MIN };
const OUTPUT_COUNT = { what: 'output count', itemSizeMin: OUTPUT_SIZE_MIN };
const WITNESS_ITEM_COUNT = { what: 'witness item count', itemSizeMin: 1 };
const INPUT_SCRIPT = { what: 'input script' };
const OUTPUT_SCRIPT = { what: 'output script' };
const WITNESS_ITEM = { what: 'witness item' };

/** Reads `count` inputs without their witnesses. */
function readInputs(reader: ByteReader, count: number): UnfinishedInput[] {
  const inputs: UnfinishedInput[] = [];
  for (let i = 0; i < count; i++) {
    const txid = reader.take(32, 'input transaction') as Txid;
    const vout = reader.u32('input index');
    const scriptSig = reader.varBytes(INPUT_SCRIPT);
    inputs.push({ prevout: { txid, vout }, scriptSig, sequence: reader.u32('input sequence'), witness: NO_WITNESS });
  }
  return inputs;
}

function readOutputs(reader: ByteReader): TxOutput[] {
  const count = reader.compactSize(OUTPUT_COUNT);
  const outputs: TxOutput[] = [];
  for (let i = 0; i < count; i++) {
    outputs.push({ value: reader.i64('output value'), scriptPubKey: reader.varBytes(OUTPUT_SCRIPT) });
  }
  return outputs;
}

function readWitness(reader: ByteReader): readonly Uint8Array[] {
  const count = reader.compactSize(WITNESS_ITEM_COUNT);
  const items: Uint8Array[] = [];
  for (let i = 0; i < count; i++) items.push(reader.varBytes(WITNESS_ITEM));
  return items;
}

/** Where a transaction was read, as `TransactionSpans` says it. */
interface ReadSpan {
  readonly start: number;
  readonly inputsStart: number;
  readonly outputsEnd: number;
  readonly end: number;
}

/** A transaction that was read, while its ids are still to be worked out. */
interface ReadTransaction {
  readonly fields: TransactionFields;
  readonly span: ReadSpan;
}

/**
 * Reads one transaction. Byte strings in it are views into the reader's bytes.
 *
 * @throws DecodeError
 */
export function readTransaction(reader: ByteReader): Transaction {
  return readTransactions(reader, 1)[0]!;
}

/** As `readTransaction`, for who needs no ids. @throws DecodeError */
export function readTransactionFields(reader: ByteReader): TransactionFields {
  return readWithSpan(reader).fields;
}

/**
 * Reads as many transactions as are asked for, as `readTransaction` does. Their ids are worked out together, several at a time in the
 * lanes of a vector, which takes less than half as long: for blocks.
 *
 * @throws DecodeError
 */
export function readTransactions(reader: ByteReader, count: number): Transaction[] {
  const first = reader.offset;
  const spans = new TransactionSpans(count);
  const read: ReadTransaction[] = [];
  for (let i = 0; i < count; i++) {
    const each = readWithSpan(reader);
    const { start, inputsStart, outputsEnd, end } = each.span;
    spans.set(i, start - first, inputsStart - first, outputsEnd - first, end - first);
    read.push(each);
  }
  const ids = transactionIds(reader.bytes.subarray(first, reader.offset), spans);
  const transactions: Transaction[] = [];
  for (let i = 0; i < count; i++) transactions.push(withIds(read[i]!, ids, i * 64));
  return transactions;
}

/** The ids are copied: a transaction may outlive its block, and should not keep the ids of all others. */
function withIds({ fields, span }: ReadTransaction, ids: Uint8Array, at: number): Transaction {
  const { version, inputs, outputs, lockTime } = fields;
  const txid = ids.slice(at, at + 32) as Txid;
  const strippedSizeBytes = span.outputsEnd - span.inputsStart + 8;
  const sizeBytes = span.end - span.start;
  const wtxid = (strippedSizeBytes === sizeBytes ? txid : ids.slice(at + 32, at + 64)) as Uint8Array as Wtxid;
  return { version, inputs, outputs, lockTime, txid, wtxid, strippedSizeBytes, sizeBytes };
}

/**
 * As Core's `UnserializeTransaction`: an input count of zero followed by a flag byte of 1 means witnesses; a flag without any
 * witness is superfluous and refused, an unknown flag too.
 *
 * @throws DecodeError
 */
function readWithSpan(reader: ByteReader): ReadTransaction {
  const start = reader.offset;
  const version = reader.u32('transaction version');
  let inputCount = reader.compactSize(INPUT_COUNT);
  let flag = 0;
  let inputsStart = start + 4;
  if (inputCount === 0) {
    flag = reader.u8('witness flag');
    if (flag !== 0) {
      inputsStart = reader.offset;
      inputCount = reader.compactSize(INPUT_COUNT);
    }
  }
  const inputs = readInputs(reader, inputCount);
  // A zero flag is the output count of a transaction without inputs: there is nothing more to read but the lock time.
  const outputs = inputCount === 0 && flag === 0 ? [] : readOutputs(reader);
  const outputsEnd = reader.offset;
  if ((flag & 1) !== 0 && !readWitnesses(reader, inputs)) throw new DecodeError('witness', reader.offset, 'superfluous witness record');
  if ((flag & ~1) !== 0) throw new DecodeError('witness flag', start + 5, `unknown flag ${flag}`);
  const lockTime = reader.u32('lock time');
  return { fields: { version, inputs, outputs, lockTime }, span: { start, inputsStart, outputsEnd, end: reader.offset } };
}

/** Reads the witness of each input; whether any has one. */
function readWitnesses(reader: ByteReader, inputs: readonly UnfinishedInput[]): boolean {
  let any = false;
  for (let i = 0; i < inputs.length; i++) {
    const witness = readWitness(reader);
    inputs[i]!.witness = witness;
    any ||= witness.length > 0;
  }
  return any;
}

/** The same transaction in bytes of its own, which keep neither the message nor the block in memory that brought it. */
export function ownCopy(tx: Transaction): Transaction {
  const { strippedSizeBytes, sizeBytes } = tx;
  const { version, inputs, outputs, lockTime } = readTransactionFields(new ByteReader(encodeTransaction(tx)));
  const txid = tx.txid.slice() as Txid;
  const wtxid = (strippedSizeBytes === sizeBytes ? txid : tx.wtxid.slice()) as Uint8Array as Wtxid;
  return { version, inputs, outputs, lockTime, txid, wtxid, strippedSizeBytes, sizeBytes };
}

/**
 * One transaction and nothing after it.
 *
 * @throws DecodeError
 */
export function decodeTransaction(bytes: Uint8Array): Transaction {
  const reader = new ByteReader(bytes);
  const tx = readTransaction(reader);
  reader.end('transaction');
  return tx;
}
