/**
 * Valid blocks that cost more to check than any that miners make: as much of one thing as the rules allow.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { regtest } from '../src/core/params/regtest.ts';
import type { Block } from '../src/core/primitives/block.ts';
import { blockWeightWu } from '../src/core/primitives/block.ts';
import type { Transaction } from '../src/core/primitives/transaction.ts';
import { buildBlock, buildChain, childOf, genesisParent, outputOf, spend } from '../test/support/chain-builder.ts';
import type { WorstCase } from './worst-cases.ts';

/** A block to measure, and what must be connected before. */
export interface WorstBlock {
  readonly name: string;
  /** Makes the coins that it spends. */
  readonly setup: Block;
  readonly block: Block;
}

/** A chain on regtest: blocks that only make coins, then two blocks for each case. */
export interface WorstChain {
  readonly base: readonly Block[];
  readonly worst: readonly WorstBlock[];
}

/** Cuts the coin of a coinbase into coins of the case's scripts. */
function coinsFor(coinbase: Transaction, scripts: readonly Uint8Array[]): Transaction {
  const value = coinbase.outputs[0]!.value / BigInt(scripts.length);
  return spend({ inputs: [outputOf(coinbase)], outputs: scripts.map((scriptPubKey) => ({ value, scriptPubKey })) });
}

/** Blocks for all cases, each as large as `countOf` says. */
export function worstChain(cases: readonly WorstCase[], countOf: (each: WorstCase) => number): WorstChain {
  const params = regtest;
  const count = params.consensus.coinbaseMaturity + cases.length;
  const base = buildChain({ parent: genesisParent(params), params, count });
  let parent = base.reduce(childOf, genesisParent(params));
  const add = (transactions: readonly Transaction[]): Block => {
    const block = buildBlock({ parent, params, transactions });
    assert.ok(blockWeightWu(block) <= params.consensus.maxBlockWeightWu);
    parent = childOf(parent, block);
    return block;
  };
  const worst = cases.map((each, index): WorstBlock => {
    const size = countOf(each);
    const making = coinsFor(base[index]!.transactions[0]!, each.scripts(size));
    const setup = add([making]);
    const coins = making.outputs.map((_, vout) => outputOf(making, vout));
    return { name: `${size.toLocaleString('en-US')} ${each.name}`, setup, block: add(each.spend(coins, size)) };
  });
  return { base, worst };
}
