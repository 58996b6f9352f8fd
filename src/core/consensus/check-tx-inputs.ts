/**
 * A transaction against the coins it spends: ages and amounts. Core's `Consensus::CheckTxInputs`.
 *
 * @module
 */

import type { ConsensusParams } from '../params/types.ts';
import type { Satoshis, Transaction } from '../primitives/transaction.ts';
import type { Coin } from './coin.ts';
import type { InputReason } from './reasons.ts';
import type { Rejection } from './rejection.ts';
import { reject } from './rejection.ts';

/**
 * The fee, or the rule that is broken. `checkTransaction` must have passed; scripts are not looked at.
 *
 * @param coins - the coin of each input in order, undefined where there is none
 * @param spendHeight - of the block it is in or would be in
 */
export function checkTxInputs(
  tx: Transaction,
  coins: readonly (Coin | undefined)[],
  spendHeight: number,
  params: ConsensusParams,
): { readonly fee: Satoshis; readonly rejection?: undefined } | { readonly rejection: Rejection<InputReason> } {
  // Core looks for all coins before it judges any, so a missing one wins over a fault in one that is there.
  const missing = coins.indexOf(undefined);
  if (missing >= 0) return { rejection: reject('missing-inputs', 'bad-txns-inputs-missingorspent', { index: missing }) };
  let valueIn = 0n;
  for (let index = 0; index < coins.length; index++) {
    const coin = coins[index]!;
    const depth = spendHeight - coin.height;
    if (coin.coinbase && depth < params.coinbaseMaturity) {
      return { rejection: reject('premature', 'bad-txns-premature-spend-of-coinbase', { index, depth }) };
    }
    valueIn += coin.value;
    if (coin.value < 0n || coin.value > params.maxMoney || valueIn > params.maxMoney) {
      return { rejection: reject('consensus', 'bad-txns-inputvalues-outofrange', { index, value: coin.value }) };
    }
  }
  let valueOut = 0n;
  for (const { value } of tx.outputs) valueOut += value;
  if (valueIn < valueOut) return { rejection: reject('consensus', 'bad-txns-in-belowout', { valueIn, valueOut }) };
  return { fee: valueIn - valueOut };
}
