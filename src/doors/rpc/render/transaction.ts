/**
 * Transactions as `getrawtransaction`, `getblock` and `decoderawtransaction` show them. Core's `TxToUniv`.
 *
 * @module
 */

import type { Coin } from '../../../core/consensus/coin.ts';
import { toDisplayHex } from '../../../core/primitives/ids.ts';
import {
  encodeTransaction,
  isCoinbase,
  type Transaction,
  type TxInput,
  transactionWeightWu,
} from '../../../core/primitives/transaction.ts';
import { Type } from '../../schema.ts';
import { coins } from '../amount.ts';
import { JsonHex } from '../json-number.ts';
import type { JsonOutput } from '../json-write.ts';
import { hexOf } from './numbers.ts';
import { SCRIPT_PUB_KEY, type ScriptContext, scriptPubKeyText, scriptSigAsm } from './script.ts';

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

/** Bytes in hexadecimal, in which nothing is to be escaped. */
function hexJson(bytes: Uint8Array): JsonHex {
  return new JsonHex(hexOf(bytes));
}

/** What is shown besides the transaction itself. */
export interface TransactionDetail {
  /** The coins its inputs spend, in their order: adds the fee. */
  readonly spent?: readonly Coin[] | undefined;
  /** Adds each of them to its input. */
  readonly prevouts?: boolean;
}

function prevoutJson(coin: Coin, context: ScriptContext): JsonOutput {
  return {
    generated: coin.coinbase,
    height: coin.height,
    value: coins(coin.value),
    scriptPubKey: scriptPubKeyText(coin.scriptPubKey, context),
  };
}

/** Members that are undefined are left out when it is written. */
function inputJson(input: TxInput, coinbase: boolean, coin: Coin | undefined, context: ScriptContext): JsonOutput {
  const txinwitness = input.witness.length > 0 ? input.witness.map(hexJson) : undefined;
  const { scriptSig, sequence } = input;
  if (coinbase) return { coinbase: hexJson(scriptSig), txinwitness, sequence };
  return {
    txid: new JsonHex(toDisplayHex(input.prevout.txid)),
    vout: input.prevout.vout,
    scriptSig: { asm: scriptSigAsm(scriptSig), hex: hexJson(scriptSig) },
    txinwitness,
    prevout: coin === undefined ? undefined : prevoutJson(coin, context),
    sequence,
  };
}

/** What the inputs have more than the outputs. */
export function feeOf(tx: Transaction, spent: readonly Coin[]): bigint {
  let fee = 0n;
  for (const coin of spent) fee += coin.value;
  for (const output of tx.outputs) fee -= output.value;
  return fee;
}

/** A transaction without its hexadecimal form. */
export function transactionJson(tx: Transaction, context: ScriptContext, detail: TransactionDetail = {}): Record<string, JsonOutput> {
  const coinbase = isCoinbase(tx);
  const weight = transactionWeightWu(tx);
  const spent = coinbase ? undefined : detail.spent;
  const prevouts = detail.prevouts === true ? spent : undefined;
  return {
    txid: new JsonHex(toDisplayHex(tx.txid)),
    hash: new JsonHex(toDisplayHex(tx.wtxid)),
    version: tx.version,
    size: tx.sizeBytes,
    vsize: Math.ceil(weight / 4),
    weight,
    locktime: tx.lockTime,
    vin: tx.inputs.map((input, index) => inputJson(input, coinbase, prevouts?.[index], context)),
    vout: tx.outputs.map((output, n) => ({ value: coins(output.value), n, scriptPubKey: scriptPubKeyText(output.scriptPubKey, context) })),
    fee: spent === undefined ? undefined : coins(feeOf(tx, spent)),
  };
}

/** Its bytes in hexadecimal, with witnesses. */
export function transactionHex(tx: Transaction): JsonHex {
  return hexJson(encodeTransaction(tx));
}
