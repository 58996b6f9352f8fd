/**
 * The waiting transactions on a real chain: what blocks and reorganisations do to them, with every rule in force.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { regtest } from '../../src/core/params/regtest.ts';
import type { NetworkParams } from '../../src/core/params/types.ts';
import type { Transaction } from '../../src/core/primitives/transaction.ts';
import { buildBlock } from '../support/chain-builder.ts';
import { from, output, pay } from '../support/mempool-world.ts';
import type { MiningWorld } from '../support/mining-world.ts';
import { createMiningWorld } from '../support/mining-world.ts';

const params: NetworkParams = { ...regtest, consensus: { ...regtest.consensus, coinbaseMaturity: 3 } };

async function accept({ pool }: MiningWorld, ...transactions: readonly Transaction[]): Promise<void> {
  for (const tx of transactions) assert.equal((await pool.accept(tx)).rejection, undefined);
}

function waiting({ pool }: MiningWorld): Set<string> {
  return new Set(Array.from(pool.entries(), ({ tx }) => tx.txid.join()));
}

const names = (...transactions: readonly Transaction[]): Set<string> => new Set(transactions.map((tx) => tx.txid.join()));

test('transactions of invalidated blocks wait again, in their order, and leave again when the blocks come back', async () => {
  const world = await createMiningWorld(params);
  const [coin] = await world.matureCoins(1);
  const first = pay({ inputs: [coin!], outputs: [output(4_999_990_000n)] });
  const second = pay({ inputs: [from(first)], outputs: [output(4_999_980_000n)] });
  const third = pay({ inputs: [from(second)], outputs: [output(4_999_970_000n)] });
  await accept(world, first);
  await world.generate(1);
  const node = world.chain.tip;
  await accept(world, second);
  await world.generate(1);
  await accept(world, third);
  assert.deepEqual(waiting(world), names(third));
  await world.chain.invalidateBlock(node);
  await world.pool.settled();
  assert.deepEqual(waiting(world), names(first, second, third));
  assert.equal(world.pool.ancestorsOf(world.pool.get(third.txid)!).size, 3);
  await world.chain.reconsiderBlock(node);
  await world.pool.settled();
  assert.deepEqual(waiting(world), names(third));
  await world.generate(1);
  assert.equal(world.pool.size, 0);
});

test('a branch that confirms a double spend takes the other with all that depends on it (S14, T10)', async () => {
  const world = await createMiningWorld(params);
  const [coin] = await world.matureCoins(1);
  const fork = world.chain.tip;
  const ours = pay({ inputs: [coin!], outputs: [output(4_999_990_000n)] });
  const theirs = pay({ inputs: [coin!], outputs: [output(4_000_000_000n)] });
  await accept(world, ours);
  await world.generate(1);
  await accept(world, pay({ inputs: [from(ours)], outputs: [output(4_999_000_000n)] }));
  const one = buildBlock({ parent: fork, params, transactions: [theirs], timeSeconds: fork.header.timeSeconds + 7 });
  const accepted = await world.chain.acceptBlock(one);
  const two = buildBlock({ parent: accepted.node!, params, timeSeconds: fork.header.timeSeconds + 8 });
  assert.equal((await world.chain.acceptBlock(two)).rejection, undefined);
  assert.deepEqual(world.chain.tip.hash, two.header.hash);
  await world.pool.settled();
  assert.equal(world.pool.size, 0);
  assert.equal((await world.pool.accept(ours)).rejection?.reason, 'bad-txns-inputs-missingorspent');
});

test('spends of a coinbase that is immature or gone after a reorganisation do not stay (T12)', async () => {
  const world = await createMiningWorld(params);
  const coins = await world.matureCoins(2);
  const node = world.chain.tip;
  const young = pay({ inputs: [coins[1]!], outputs: [output(4_999_000_000n)] });
  const old = pay({ inputs: [coins[0]!], outputs: [output(4_999_000_000n)] });
  await accept(world, young, old);
  await world.chain.invalidateBlock(node);
  await world.pool.settled();
  assert.deepEqual(waiting(world), names(old));
});

test('a refused branch that leads back to the start leaves the pool as it was', async () => {
  const world = await createMiningWorld(params);
  const coins = await world.matureCoins(2);
  const fork = world.chain.tip;
  const mined = pay({ inputs: [coins[0]!], outputs: [output(4_999_000_000n)] });
  const kept = pay({ inputs: [coins[1]!], outputs: [output(4_999_000_000n)] });
  await accept(world, mined);
  await world.generate(1);
  await accept(world, kept);
  const { tip } = world.chain;
  const one = buildBlock({ parent: fork, params, timeSeconds: fork.header.timeSeconds + 7 });
  const parent = (await world.chain.acceptBlock(one)).node!;
  const greedy = buildBlock({ parent, params, reward: 9_000_000_000n, timeSeconds: fork.header.timeSeconds + 8 });
  assert.equal((await world.chain.acceptBlock(greedy)).rejection?.reason, 'bad-cb-amount');
  assert.equal(world.chain.tip, tip);
  await world.pool.settled();
  assert.deepEqual(waiting(world), names(kept));
});
