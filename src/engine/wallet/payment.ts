/**
 * Building a payment: which coins, how much change, which fee. Signing is apart, in sign.ts.
 *
 * @module
 */

import type { Rejection } from '../../core/consensus/rejection.ts';
import { reject } from '../../core/consensus/rejection.ts';
import { compactSizeLength } from '../../core/primitives/byte-writer.ts';
import type { Satoshis, TransactionFields, TxOutput } from '../../core/primitives/transaction.ts';
import type { Candidate } from './coin-selection.ts';
import { feeOf, selectCoins } from './coin-selection.ts';
import type { ScriptKind } from './keychain.ts';
import type { OwnCoin } from './ledger.ts';

/** Inputs say that the payment may be replaced (BIP-125) and that its lock time counts. */
const SEQUENCE = 0xfffffffd;

/** Weight of an input with its witness: 41 bytes at four units, then a signature of 71 bytes and a key, or a Schnorr signature alone. */
const INPUT_WEIGHT_WU: Readonly<Record<ScriptKind, number>> = { wpkh: 4 * 41 + 107, tr: 4 * 41 + 66 };

/** Version, lock time, an input count of up to three bytes and an output count, then marker and flag. */
const OVERHEAD_WEIGHT_WU = 4 * (8 + 3 + 1) + 2;

/** Most weight of a transaction that others relay (Core's `MAX_STANDARD_TX_WEIGHT`), less room for the outputs. */
const INPUTS_WEIGHT_WU_MAX = 390_000;

/** Most of a payment's own output scripts' weight stays far below that room. */
const SCRIPT_SIZE_MAX = 2_000;

/** What is to be paid and with what. */
export interface PaymentRequest {
  readonly script: Uint8Array;
  readonly amount: Satoshis;
  readonly feeRateSatPerKvb: Satoshis;
  readonly coins: readonly OwnCoin[];
  /** Where change goes. */
  readonly changeScript: Uint8Array;
  /** The lock time: the tip's height, so that a miner gains nothing by mining it into an older block. */
  readonly tipHeight: number;
  readonly maxMoney: Satoshis;
  /** Chooses where change stands among the outputs: 0 or 1. */
  readonly changePosition: number;
}

/** A payment that still has to be signed. */
export interface Payment {
  readonly fields: TransactionFields;
  /** The coins that its inputs spend, in their order. */
  readonly coins: readonly OwnCoin[];
  readonly fee: Satoshis;
}

/** Weight of an output. */
function outputWeightWu(script: Uint8Array): number {
  return 4 * (8 + compactSizeLength(script.length) + script.length);
}

/** Plans a payment; a rejection names what is wrong with it. */
export function planPayment(request: PaymentRequest): Payment | Rejection {
  const { script, amount, feeRateSatPerKvb, changeScript } = request;
  if (amount <= 0n || amount > request.maxMoney) return reject('policy', 'amount-out-of-range', { amount });
  if (script.length > SCRIPT_SIZE_MAX) return reject('policy', 'script-too-large', { sizeBytes: script.length });
  const candidates: Candidate<OwnCoin>[] = request.coins.map((coin) => ({
    coin,
    value: coin.output.value,
    inputWeightWu: INPUT_WEIGHT_WU[coin.path.kind],
  }));
  const selection = selectCoins(candidates, {
    amount,
    feeRateSatPerKvb,
    baseWeightWu: OVERHEAD_WEIGHT_WU + outputWeightWu(script),
    changeWeightWu: outputWeightWu(changeScript),
    // Change that would cost more to spend than a third of it is not worth making; far above the dust limit at usual rates.
    changeMin: maxOf(600n, 3n * feeOf(INPUT_WEIGHT_WU.wpkh, feeRateSatPerKvb)),
    inputsWeightWuMax: INPUTS_WEIGHT_WU_MAX,
  });
  if (selection === undefined) {
    const available = candidates.reduce((sum, each) => sum + each.value, 0n);
    return reject('policy', 'insufficient-funds', { available, amount });
  }
  const outputs: TxOutput[] = [{ value: amount, scriptPubKey: script }];
  if (selection.change > 0n) outputs.splice(request.changePosition, 0, { value: selection.change, scriptPubKey: changeScript });
  const inputs = selection.coins.map((coin) => ({
    prevout: coin.outPoint,
    scriptSig: new Uint8Array(0),
    sequence: SEQUENCE,
    witness: [],
  }));
  return { fields: { version: 2, inputs, outputs, lockTime: request.tipHeight }, coins: selection.coins, fee: selection.fee };
}

function maxOf(a: Satoshis, b: Satoshis): Satoshis {
  return a > b ? a : b;
}
