/**
 * Rules that need nothing but the transaction. Core's `CheckTransaction`.
 *
 * @module
 */

import { bytesEqual } from '../base/bytes.ts';
import type { ConsensusParams } from '../params/types.ts';
import type { OutPoint, Transaction } from '../primitives/transaction.ts';
import { isCoinbase, isNullOutPoint, outPointKey } from '../primitives/transaction.ts';
import type { TransactionReason } from './reasons.ts';
import type { Rejection } from './rejection.ts';
import { reject } from './rejection.ts';
import { WITNESS_SCALE_FACTOR } from './weight.ts';

/** Fewest bytes of a coinbase's script. */
export const COINBASE_SCRIPT_SIZE_MIN = 2;
/** Most bytes of a coinbase's script: a height and some room for the miner. */
export const COINBASE_SCRIPT_SIZE_MAX = 100;

/** Up to so many inputs are compared each with each, which takes less than making keys of them. */
const INPUTS_FEW = 8;

type Result = Rejection<TransactionReason> | undefined;

/** Every rule that a transaction alone can break; the first one broken, or undefined. Scripts and coins are not looked at. */
export function checkTransaction(tx: Transaction, params: ConsensusParams): Result {
  if (tx.inputs.length === 0) return reject('consensus', 'bad-txns-vin-empty');
  if (tx.outputs.length === 0) return reject('consensus', 'bad-txns-vout-empty');
  if (tx.strippedSizeBytes * WITNESS_SCALE_FACTOR > params.maxBlockWeightWu) {
    return reject('consensus', 'bad-txns-oversize', { strippedSizeBytes: tx.strippedSizeBytes });
  }
  return checkOutputValues(tx, params) ?? checkDuplicateInputs(tx) ?? checkInputShapes(tx);
}

/** Each value and each sum on the way lies in 0 to `maxMoney`, so no sum can run over (CVE-2010-5139). */
function checkOutputValues(tx: Transaction, params: ConsensusParams): Result {
  let total = 0n;
  for (let index = 0; index < tx.outputs.length; index++) {
    const { value } = tx.outputs[index]!;
    if (value < 0n) return reject('consensus', 'bad-txns-vout-negative', { index, value });
    if (value > params.maxMoney) return reject('consensus', 'bad-txns-vout-toolarge', { index, value });
    total += value;
    if (total > params.maxMoney) return reject('consensus', 'bad-txns-txouttotal-toolarge', { index, total });
  }
  return undefined;
}

/** CVE-2018-17144: a coin named twice would count twice. Checked here because later steps count on it. */
function checkDuplicateInputs(tx: Transaction): Result {
  const { inputs } = tx;
  if (inputs.length <= INPUTS_FEW) {
    for (let index = 1; index < inputs.length; index++) {
      for (let before = 0; before < index; before++) {
        if (isSameOutPoint(inputs[index]!.prevout, inputs[before]!.prevout))
          return reject('consensus', 'bad-txns-inputs-duplicate', { index });
      }
    }
    return undefined;
  }
  const seen = new Set<string>();
  for (let index = 0; index < inputs.length; index++) {
    seen.add(outPointKey(inputs[index]!.prevout));
    if (seen.size <= index) return reject('consensus', 'bad-txns-inputs-duplicate', { index });
  }
  return undefined;
}

function isSameOutPoint(a: OutPoint, b: OutPoint): boolean {
  return a.vout === b.vout && bytesEqual(a.txid, b.txid);
}

/** A coinbase has a script of bounded length; anything else names real outputs. */
function checkInputShapes(tx: Transaction): Result {
  if (isCoinbase(tx)) {
    const sizeBytes = tx.inputs[0]!.scriptSig.length;
    const fits = sizeBytes >= COINBASE_SCRIPT_SIZE_MIN && sizeBytes <= COINBASE_SCRIPT_SIZE_MAX;
    return fits ? undefined : reject('consensus', 'bad-cb-length', { sizeBytes });
  }
  const index = tx.inputs.findIndex((input) => isNullOutPoint(input.prevout));
  return index < 0 ? undefined : reject('consensus', 'bad-txns-prevout-null', { index });
}
