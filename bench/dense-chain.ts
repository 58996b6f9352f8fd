/**
 * Blocks full of ordinary spends, for measuring what connecting them takes.
 *
 * @module
 */

import type { Secp256k1 } from '../src/core/crypto/secp256k1.ts';
import { regtest } from '../src/core/params/regtest.ts';
import type { Block } from '../src/core/primitives/block.ts';
import type { Transaction } from '../src/core/primitives/transaction.ts';
import type { BuildParent } from '../test/support/chain-builder.ts';
import { buildBlock, buildChain, childOf, genesisParent } from '../test/support/chain-builder.ts';
import type { KeyCoin } from '../test/support/key-spends.ts';
import { KEY_OUTPUT_KINDS, TestKey } from '../test/support/key-spends.ts';

/** Inputs of one transaction, as many as outputs. */
const INPUTS_PER_TRANSACTION = 2;

/** Base units of each coin: nothing pays a fee, so they stay the same. */
const VALUE = 1_000_000n;

const kindOf = (index: number) => KEY_OUTPUT_KINDS[index % KEY_OUTPUT_KINDS.length]!;

/** A chain on regtest in two parts. */
export interface DenseChain {
  /** What makes the first coins: to be connected before anything is measured. */
  readonly base: readonly Block[];
  /** Each spends as many P2WPKH, P2TR and P2PKH outputs, in turn, and makes as many new ones. */
  readonly dense: readonly Block[];
}

/** @param inputsPerBlock - even */
export function denseChain(options: {
  readonly secp256k1: Secp256k1;
  readonly blocks: number;
  readonly inputsPerBlock: number;
}): DenseChain {
  const { inputsPerBlock } = options;
  const key = new TestKey(options.secp256k1, 21);
  const params = regtest;
  const base = buildChain({ parent: genesisParent(params), params, count: 101, coinbaseScript: key.scripts.tr });
  let parent: BuildParent = base.reduce(childOf, genesisParent(params));
  const [coinbase] = base[0]!.transactions as [Transaction];
  const coin = { outPoint: { txid: coinbase.txid, vout: 0 }, value: coinbase.outputs[0]!.value, kind: 'tr' } as const;
  const funding = key.spend(
    [coin],
    Array.from({ length: inputsPerBlock }, (_, i) => key.output(kindOf(i), VALUE)),
  );
  const first = buildBlock({ parent, params, transactions: [funding] });
  base.push(first);
  parent = childOf(parent, first);
  let coins = funding.outputs.map((_, vout): KeyCoin => ({ outPoint: { txid: funding.txid, vout }, value: VALUE, kind: kindOf(vout) }));
  const dense: Block[] = [];
  while (dense.length < options.blocks) {
    const transactions: Transaction[] = [];
    const next: KeyCoin[] = [];
    for (let at = 0; at < coins.length; at += INPUTS_PER_TRANSACTION) {
      const spent = coins.slice(at, at + INPUTS_PER_TRANSACTION);
      const tx = key.spend(
        spent,
        spent.map((_, i) => key.output(kindOf(at + i), VALUE)),
      );
      transactions.push(tx);
      for (let vout = 0; vout < spent.length; vout++)
        next.push({ outPoint: { txid: tx.txid, vout }, value: VALUE, kind: kindOf(at + vout) });
    }
    const block = buildBlock({ parent, params, transactions });
    dense.push(block);
    parent = childOf(parent, block);
    coins = next;
  }
  return { base, dense };
}
