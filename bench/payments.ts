/**
 * Ordinary payments, each of a confirmed coin of its own, so that they can be mined or relayed in any order.
 *
 * @module
 */

import type { Secp256k1 } from '../src/core/crypto/secp256k1.ts';
import { regtest } from '../src/core/params/regtest.ts';
import type { Block } from '../src/core/primitives/block.ts';
import type { Transaction } from '../src/core/primitives/transaction.ts';
import type { BuildParent } from '../test/support/chain-builder.ts';
import { buildBlock, buildChain, childOf, genesisParent } from '../test/support/chain-builder.ts';
import { TestKey } from '../test/support/key-spends.ts';

const FEE = 1_000n;

/** A chain on regtest whose last block makes the coins. */
export interface Payments {
  readonly base: readonly Block[];
  /** The last of `base`, for blocks to be built on. */
  readonly parent: BuildParent;
  /** Each with one P2WPKH input and two P2WPKH outputs. */
  readonly transactions: readonly Transaction[];
}

/** @param count - up to some 30,000, which one block can make coins for */
export function makePayments(secp256k1: Secp256k1, count: number): Payments {
  const params = regtest;
  const key = new TestKey(secp256k1, 23);
  const start = genesisParent(params);
  const empty = buildChain({ parent: start, params, count: params.consensus.coinbaseMaturity + 1, coinbaseScript: key.scripts.wpkh });
  const [coinbase] = empty[0]!.transactions as [Transaction];
  const whole = { outPoint: { txid: coinbase.txid, vout: 0 }, value: coinbase.outputs[0]!.value, kind: 'wpkh' } as const;
  const value = whole.value / BigInt(count);
  const made = key.spend([whole], new Array(count).fill(key.output('wpkh', value)));
  const tip = empty.reduce(childOf, start);
  const last = buildBlock({ parent: tip, params, transactions: [made] });
  const half = (value - FEE) / 2n;
  const transactions = made.outputs.map((_, vout) =>
    key.spend([{ outPoint: { txid: made.txid, vout }, value, kind: 'wpkh' }], new Array(2).fill(key.output('wpkh', half))),
  );
  return { base: [...empty, last], parent: childOf(tip, last), transactions };
}
