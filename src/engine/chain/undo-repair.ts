/**
 * Makes a block's undo record anew: the coins that it spent are outputs of transactions in blocks below it, each found by walking down.
 *
 * @module
 */

import type { Coin } from '../../core/consensus/coin.ts';
import type { Block } from '../../core/primitives/block.ts';
import type { HashKey } from '../../core/primitives/ids.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import type { Transaction } from '../../core/primitives/transaction.ts';
import { outPointKey } from '../../core/primitives/transaction.ts';
import type { HeaderNode } from './header-node.ts';

/** What the walk needs. */
export interface UndoRepairParts {
  /** A block that is whole. @throws NodeError where it is not there */
  readonly read: (node: HeaderNode) => Promise<Block>;
  /** Gives others a turn; throws to end the walk. */
  readonly pause: () => Promise<void>;
}

/**
 * The coins that a block spent, as its undo record had them. Every block down to the oldest of them is read, one at a time: memory is that
 * of one block and of the coins. Of two transactions with one id (BIP-30) the higher one counts, as it did for the block.
 *
 * @returns undefined where an output is nowhere below: then the block is not of this branch
 */
export async function spentCoinsOf(node: HeaderNode, parts: UndoRepairParts): Promise<Coin[][] | undefined> {
  const block = await parts.read(node);
  const spenders = block.transactions.slice(1);
  const wanted = new Map<HashKey, Set<number>>();
  let missing = 0;
  for (const { prevout } of spenders.flatMap((tx) => tx.inputs)) {
    const key = hashKey(prevout.txid);
    const outputs = wanted.get(key) ?? new Set<number>();
    wanted.set(key, outputs.add(prevout.vout));
    missing++;
  }
  const coins = new Map<HashKey, Coin>();
  const take = (tx: Transaction, height: number, coinbase: boolean): void => {
    const outputs = wanted.get(hashKey(tx.txid));
    if (outputs === undefined) return;
    wanted.delete(hashKey(tx.txid));
    for (const vout of outputs) {
      const output = tx.outputs[vout];
      if (output !== undefined) coins.set(outPointKey({ txid: tx.txid, vout }), { ...output, height, coinbase });
    }
  };
  const takeAll = ({ transactions }: Block, height: number): void => {
    for (let index = transactions.length - 1; index >= 0; index--) take(transactions[index]!, height, index === 0);
  };
  takeAll(block, node.height);
  for (let below = node.parent; wanted.size > 0 && below !== undefined; below = below.parent) {
    await parts.pause();
    takeAll(await parts.read(below), below.height);
  }
  if (coins.size < missing) return undefined;
  return spenders.map((tx) => tx.inputs.map(({ prevout }) => coins.get(outPointKey(prevout))!));
}
