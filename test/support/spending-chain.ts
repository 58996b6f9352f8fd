/**
 * A chain in whose every block coins of each usual kind are spent: what another node must agree with, block by block.
 *
 * @module
 */

import type { Secp256k1 } from '../../src/core/crypto/secp256k1.ts';
import type { NetworkParams } from '../../src/core/params/types.ts';
import type { Block } from '../../src/core/primitives/block.ts';
import type { Transaction } from '../../src/core/primitives/transaction.ts';
import type { BuildParent } from './chain-builder.ts';
import { buildBlock, childOf, genesisParent } from './chain-builder.ts';
import type { KeyCoin } from './key-spends.ts';
import { KEY_OUTPUT_KINDS, TestKey } from './key-spends.ts';

const FEE = 5_000n;

/** The first outputs of a transaction as coins: it has one output of each kind, in their order. */
function coinsOf(tx: Transaction): KeyCoin[] {
  return KEY_OUTPUT_KINDS.map((kind, vout) => ({ outPoint: { txid: tx.txid, vout }, value: tx.outputs[vout]!.value, kind }));
}

/**
 * Blocks after a network's first. Coinbases pay P2WPKH, P2TR and P2PKH in turn; as soon as one is mature it is cut into an output of each
 * kind, and the next block spends all three together.
 */
export function spendingChain(options: {
  readonly params: NetworkParams;
  readonly secp256k1: Secp256k1;
  readonly count: number;
  /** Tells one chain from another: its key and its coinbases. 1 to 254. */
  readonly mark?: number;
}): Block[] {
  const { params, count, mark = 1 } = options;
  const { coinbaseMaturity } = params.consensus;
  const key = new TestKey(options.secp256k1, mark);
  const blocks: Block[] = [];
  let parent: BuildParent = genesisParent(params);
  let cut: Transaction | undefined;
  for (let height = 1; height <= count; height++) {
    const transactions: Transaction[] = [];
    if (cut !== undefined) {
      const coins = coinsOf(cut);
      const value = coins.reduce((sum, coin) => sum + coin.value, -FEE);
      transactions.push(key.spend(coins, [key.output('tr', value)]));
    }
    const coinbase = blocks[height - coinbaseMaturity - 1]?.transactions[0];
    if (coinbase !== undefined) {
      const kind = KEY_OUTPUT_KINDS[(height - coinbaseMaturity) % 3]!;
      const { value } = coinbase.outputs[0]!;
      const share = (value - FEE) / 3n;
      const outputs = KEY_OUTPUT_KINDS.map((each) => key.output(each, share));
      cut = key.spend([{ outPoint: { txid: coinbase.txid, vout: 0 }, value, kind }], outputs);
      transactions.push(cut);
    }
    const coinbaseScript = key.scripts[KEY_OUTPUT_KINDS[height % 3]!];
    const block = buildBlock({ parent, params, transactions, coinbaseScript, extra: Uint8Array.of(mark) });
    blocks.push(block);
    parent = childOf(parent, block);
  }
  return blocks;
}
