/**
 * What a block changes in the coin set, and what takes it back.
 *
 * @module
 */

import { assert } from '../base/assert.ts';
import type { Block } from '../primitives/block.ts';
import type { HashKey } from '../primitives/ids.ts';
import type { OutPoint, TxOutput } from '../primitives/transaction.ts';
import { outPointKey } from '../primitives/transaction.ts';
import type { Coin } from './coin.ts';

/** A coin and the output that it is. */
export interface PlacedCoin {
  readonly outPoint: OutPoint;
  readonly coin: Coin;
}

/** A change of the coin set. No output is in both lists: what a block makes and spends itself is in neither. */
export interface CoinChanges {
  readonly removed: readonly OutPoint[];
  readonly added: readonly PlacedCoin[];
}

/** What connecting a block does. */
export interface BlockEffect extends CoinChanges {
  /** The undo record: coins that each transaction but the coinbase spent, in the order of its inputs, those of the same block too. */
  readonly spentCoins: readonly (readonly Coin[])[];
}

/** Scripts longer than this never run. Core's `MAX_SCRIPT_SIZE`. */
const SCRIPT_SIZE_MAX = 10_000;

const OP_RETURN = 0x6a;

/** Whether an output can never be spent, and so is no coin. Core's `CScript::IsUnspendable`. */
export function isUnspendable({ scriptPubKey }: TxOutput): boolean {
  return scriptPubKey[0] === OP_RETURN || scriptPubKey.length > SCRIPT_SIZE_MAX;
}

/**
 * What disconnecting a block does: its outputs go, the coins it spent come back. Core's `DisconnectBlock`.
 *
 * @param spentCoins - the block's undo record; that it fits the block is for its checksum to see to
 */
export function disconnectBlock(block: Block, spentCoins: readonly (readonly Coin[])[]): CoinChanges {
  const { transactions } = block;
  assert(spentCoins.length === transactions.length - 1, 'an undo record has an entry for each transaction but the coinbase');
  const removed = new Map<HashKey, OutPoint>();
  for (const { txid, outputs } of transactions) {
    for (let vout = 0; vout < outputs.length; vout++) {
      const outPoint = { txid, vout };
      if (!isUnspendable(outputs[vout]!)) removed.set(outPointKey(outPoint), outPoint);
    }
  }
  const added: PlacedCoin[] = [];
  for (let i = 0; i < spentCoins.length; i++) {
    const { inputs } = transactions[i + 1]!;
    const coins = spentCoins[i]!;
    assert(coins.length === inputs.length, 'an undo entry has a coin for each input');
    for (let j = 0; j < coins.length; j++) {
      const outPoint = inputs[j]!.prevout;
      // A coin of the block itself was spent within it: it was not there before and is not there after.
      if (!removed.delete(outPointKey(outPoint))) added.push({ outPoint, coin: coins[j]! });
    }
  }
  return { removed: [...removed.values()], added };
}
