/**
 * Blocks as full of inputs as is asked for: what connecting a chain costs where it costs most.
 *
 * @module
 */

import type { Secp256k1 } from '../../src/core/crypto/secp256k1.ts';
import type { NetworkParams } from '../../src/core/params/types.ts';
import type { Block } from '../../src/core/primitives/block.ts';
import type { Transaction } from '../../src/core/primitives/transaction.ts';
import { buildBlock, childOf, genesisParent } from './chain-builder.ts';
import type { KeyCoin } from './key-spends.ts';
import { KEY_OUTPUT_KINDS, TestKey } from './key-spends.ts';

const FEE = 1_000n;

/** Steps over a list, coprime to its length for all the lengths we use: coins that were made together are not spent together. */
const STRIDE = 7_919;

const kindAt = (index: number): KeyCoin['kind'] => KEY_OUTPUT_KINDS[index % KEY_OUTPUT_KINDS.length]!;

/** All outputs of a transaction as coins, their kinds in turn from `first` on. */
function coinsOf(tx: Transaction, first: number): KeyCoin[] {
  return tx.outputs.map(({ value }, vout) => ({ outPoint: { txid: tx.txid, vout }, value, kind: kindAt(first + vout) }));
}

/** Spends two coins into two, of the kinds that stand at `index` and after it. */
function swap(key: TestKey, coins: readonly KeyCoin[], index: number): Transaction {
  const value = (coins.reduce((sum, coin) => sum + coin.value, 0n) - FEE) / 2n;
  return key.spend(coins, [key.output(kindAt(index), value), key.output(kindAt(index + 1), value)]);
}

/**
 * Blocks after a network's first: empty ones until a coinbase is mature, one that cuts it, then `count` blocks whose transactions spend
 * two coins each, P2WPKH, P2TR and P2PKH in turn. A block of 7,000 inputs is nearly as heavy as Bitcoin's rules let it be.
 *
 * @param inputs - inputs in each of the dense blocks, even
 */
export function denseChain(options: {
  readonly params: NetworkParams;
  readonly secp256k1: Secp256k1;
  readonly count: number;
  readonly inputs: number;
}): Block[] {
  const { params, count, inputs } = options;
  const key = new TestKey(options.secp256k1, 5);
  const blocks: Block[] = [];
  let parent = genesisParent(params);
  const add = (transactions: readonly Transaction[]): void => {
    const block = buildBlock({ parent, params, transactions, coinbaseScript: key.scripts.wpkh });
    blocks.push(block);
    parent = childOf(parent, block);
  };
  for (let i = 0; i < params.consensus.coinbaseMaturity; i++) add([]);
  const coinbase = blocks[0]!.transactions[0]!;
  const whole: KeyCoin = { outPoint: { txid: coinbase.txid, vout: 0 }, value: coinbase.outputs[0]!.value, kind: 'wpkh' };
  const share = (whole.value - FEE * BigInt(inputs)) / BigInt(inputs);
  const cut = key.spend(
    [whole],
    Array.from({ length: inputs }, (_, index) => key.output(kindAt(index), share)),
  );
  add([cut]);
  let coins = coinsOf(cut, 0);
  for (let i = 0; i < count; i++) {
    const transactions = Array.from({ length: inputs / 2 }, (_, at) => swap(key, coins.slice(2 * at, 2 * at + 2), 2 * at));
    add(transactions);
    const made = transactions.flatMap((tx, at) => coinsOf(tx, 2 * at));
    coins = made.map((_, index) => made[(index * STRIDE) % made.length]!);
  }
  return blocks;
}
