/**
 * Transactions as `getrawtransaction`, `getblock` and `decoderawtransaction` show them. Core's `TxToUniv`.
 *
 * @module
 */

import type { Coin } from '../../../core/consensus/coin.ts';
import {
  encodeTransaction,
  isCoinbase,
  type Transaction,
  type TxInput,
  type TxOutput,
  transactionWeightWu,
} from '../../../core/primitives/transaction.ts';
import { Type } from '../../schema.ts';
import { JsonBytes, JsonEncoded } from '../json-number.ts';
import { JsonPen } from '../json-pen.ts';
import type { JsonOutput } from '../json-write.ts';
import { SCRIPT_PUB_KEY, type ScriptContext, scriptPubKeyEncoded, scriptSigAsm } from './script.ts';

const INPUT = Type.Object({
  coinbase: Type.Optional(Type.String({ description: 'Script of a coinbase; then txid, vout and scriptSig are absent.' })),
  txid: Type.Optional(Type.String()),
  vout: Type.Optional(Type.Integer()),
  scriptSig: Type.Optional(Type.Object({ asm: Type.String(), hex: Type.String() })),
  txinwitness: Type.Optional(Type.Array(Type.String())),
  prevout: Type.Optional(
    Type.Object(
      { generated: Type.Boolean(), height: Type.Integer(), value: Type.Number(), scriptPubKey: SCRIPT_PUB_KEY },
      { description: 'The output that is spent.' },
    ),
  ),
  sequence: Type.Integer(),
});

/** Members of a transaction, in Core's order. */
export const TRANSACTION_PROPERTIES = {
  txid: Type.String(),
  hash: Type.String({ description: 'The wtxid.' }),
  version: Type.Integer(),
  size: Type.Integer(),
  vsize: Type.Integer(),
  weight: Type.Integer(),
  locktime: Type.Integer(),
  vin: Type.Array(INPUT),
  vout: Type.Array(Type.Object({ value: Type.Number({ description: 'Coins.' }), n: Type.Integer(), scriptPubKey: SCRIPT_PUB_KEY })),
  fee: Type.Optional(Type.Number({ description: 'Coins; where the spent outputs are known.' })),
};

/** What is shown besides the transaction itself. */
export interface TransactionDetail {
  /** The coins its inputs spend, in their order: adds the fee. */
  readonly spent?: readonly Coin[] | undefined;
  /** Adds each of them to its input. */
  readonly prevouts?: boolean;
  /** Members that stand before its own, one at least, and behind them. */
  readonly before?: { readonly [name: string]: JsonOutput };
  readonly after?: { readonly [name: string]: JsonOutput };
  /** Adds its own bytes as `hex` behind all else. */
  readonly bytes?: Uint8Array;
}

function writePrevout(pen: JsonPen, coin: Coin, context: ScriptContext): void {
  pen.raw(coin.coinbase ? ',"prevout":{"generated":true,"height":' : ',"prevout":{"generated":false,"height":');
  pen.integer(coin.height);
  pen.raw(',"value":');
  pen.coins(coin.value);
  pen.raw(',"scriptPubKey":');
  pen.encoded(scriptPubKeyEncoded(coin.scriptPubKey, context).bytes);
  pen.raw('}');
}

function writeOutput(pen: JsonPen, { value, scriptPubKey }: TxOutput, n: number, context: ScriptContext): void {
  pen.raw('{"value":');
  pen.coins(value);
  pen.raw(',"n":');
  pen.integer(n);
  pen.raw(',"scriptPubKey":');
  pen.encoded(scriptPubKeyEncoded(scriptPubKey, context).bytes);
  pen.raw('}');
}

function writeInput(pen: JsonPen, input: TxInput, context: ScriptContext, shown: { coinbase: boolean; coin: Coin | undefined }): void {
  const { prevout, scriptSig, sequence, witness } = input;
  if (shown.coinbase) {
    pen.raw('{"coinbase":');
    pen.hex(scriptSig);
  } else {
    pen.raw('{"txid":');
    pen.hash(prevout.txid);
    pen.raw(',"vout":');
    pen.integer(prevout.vout);
    pen.raw(',"scriptSig":{"asm":"');
    pen.raw(scriptSigAsm(scriptSig));
    pen.raw('","hex":');
    pen.hex(scriptSig);
    pen.raw('}');
  }
  for (let i = 0; i < witness.length; i++) {
    pen.raw(i === 0 ? ',"txinwitness":[' : ',');
    pen.hex(witness[i] as Uint8Array);
  }
  if (witness.length > 0) pen.raw(']');
  if (shown.coin !== undefined) writePrevout(pen, shown.coin, context);
  pen.raw(',"sequence":');
  pen.integer(sequence);
  pen.raw('}');
}

function writeHead(pen: JsonPen, tx: Transaction): void {
  const weight = transactionWeightWu(tx);
  pen.raw('"txid":');
  pen.hash(tx.txid);
  pen.raw(',"hash":');
  pen.hash(tx.wtxid);
  pen.raw(',"version":');
  pen.integer(tx.version);
  pen.raw(',"size":');
  pen.integer(tx.sizeBytes);
  pen.raw(',"vsize":');
  pen.integer(Math.ceil(weight / 4));
  pen.raw(',"weight":');
  pen.integer(weight);
  pen.raw(',"locktime":');
  pen.integer(tx.lockTime);
}

/** What the inputs have more than the outputs. */
export function feeOf(tx: Transaction, spent: readonly Coin[]): bigint {
  let fee = 0n;
  for (const coin of spent) fee += coin.value;
  for (const output of tx.outputs) fee -= output.value;
  return fee;
}

/** Writes a transaction. */
export function writeTransaction(pen: JsonPen, tx: Transaction, context: ScriptContext, detail: TransactionDetail): void {
  const coinbase = isCoinbase(tx);
  const spent = coinbase ? undefined : detail.spent;
  const { before, after, bytes, prevouts } = detail;
  pen.raw('{');
  if (before !== undefined) {
    pen.members(before, true);
    pen.raw(',');
  }
  writeHead(pen, tx);
  pen.raw(',"vin":[');
  for (const [index, input] of tx.inputs.entries()) {
    if (index > 0) pen.raw(',');
    writeInput(pen, input, context, { coinbase, coin: prevouts === true ? spent?.[index] : undefined });
  }
  pen.raw('],"vout":[');
  for (const [n, output] of tx.outputs.entries()) {
    if (n > 0) pen.raw(',');
    writeOutput(pen, output, n, context);
  }
  pen.raw(']');
  if (spent !== undefined) {
    pen.raw(',"fee":');
    pen.coins(feeOf(tx, spent));
  }
  if (after !== undefined) pen.members(after, false);
  if (bytes !== undefined) {
    pen.raw(',"hex":');
    pen.hex(bytes);
  }
  pen.raw('}');
}

/** Bytes of JSON that a byte of a transaction becomes, with room to spare in all but rare ones. */
export const JSON_BYTES_PER_BYTE = 10;

/** A transaction without its hexadecimal form. */
export function transactionJson(tx: Transaction, context: ScriptContext, detail: TransactionDetail = {}): JsonEncoded {
  const pen = new JsonPen(JSON_BYTES_PER_BYTE * tx.sizeBytes);
  writeTransaction(pen, tx, context, detail);
  return new JsonEncoded(pen.written());
}

/** Its bytes in hexadecimal, with witnesses. */
export function transactionHex(tx: Transaction): JsonBytes {
  return new JsonBytes(encodeTransaction(tx));
}
