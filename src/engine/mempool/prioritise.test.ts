import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settle } from '../../../test/support/fake-clock.ts';
import { from, MempoolWorld, makeGate } from '../../../test/support/mempool-world.ts';
import type { Transaction } from '../../core/primitives/transaction.ts';

/** Transactions in the order of mining. */
function order(world: MempoolWorld): Transaction['txid'][] {
  return [...world.pool.chunks()].flatMap(({ entries }) => entries.map(({ tx }) => tx.txid));
}

describe('what the operator adds to a fee', () => {
  it('counts in the order of mining, up and down, and is not paid', async () => {
    const world = new MempoolWorld();
    const [poor, rich] = [world.payment(1_000n), world.payment(2_000n)];
    for (const tx of [poor, rich]) await world.add(tx);
    assert.deepEqual(order(world), [rich.txid, poor.txid]);
    world.pool.prioritise(poor.txid, 1_001n);
    assert.deepEqual(order(world), [poor.txid, rich.txid]);
    const entry = world.pool.get(poor.txid);
    assert.deepEqual([entry?.feeSat, entry?.modifiedFeeSat, world.pool.totalFeeSat], [1_000n, 2_001n, 3_000n]);
    world.pool.prioritise(poor.txid, -1_002n);
    assert.deepEqual(order(world), [rich.txid, poor.txid]);
    world.pool.prioritise(poor.txid, 1n);
    assert.deepEqual([...world.pool.feeDeltas()], [], 'a sum of 0 is forgotten');
  });

  it('lets a child that counts more bring its parent along', async () => {
    const world = new MempoolWorld();
    const parent = await world.add(world.payment(1_000n));
    const other = await world.add(world.payment(5_000n));
    const child = await world.add(world.payment(1_000n, from(parent.tx), 999_000n));
    world.pool.prioritise(child.tx.txid, 20_000n);
    assert.deepEqual(order(world), [parent.tx.txid, child.tx.txid, other.tx.txid]);
  });

  it('is kept for a transaction that comes later, which may so pay less than the minimum', async () => {
    const world = new MempoolWorld();
    const tx = world.payment(0n);
    assert.equal(await world.reason(tx), 'min relay fee not met');
    world.pool.prioritise(tx.txid, 1_000n);
    assert.equal((await world.add(tx)).modifiedFeeSat, 1_000n);
    const lowered = world.payment(1_000n);
    world.pool.prioritise(lowered.txid, -1_000n);
    assert.equal(await world.reason(lowered), 'min relay fee not met');
  });

  it('counts for a transaction whose scripts run just then', async () => {
    const world = new MempoolWorld();
    const gate = makeGate();
    world.verifier.gate = gate.closed;
    const [raised, lowered] = [world.payment(1_000n), world.payment(1_000n)];
    const answers = [world.pool.accept(raised), world.pool.accept(lowered)];
    await settle();
    world.pool.prioritise(raised.txid, 500n);
    world.pool.prioritise(lowered.txid, -1_000n);
    gate.open();
    const [first, second] = await Promise.all(answers);
    assert.equal(first?.entry?.modifiedFeeSat, 1_500n);
    assert.equal(second?.rejection?.reason, 'min relay fee not met');
  });

  it('keeps it in a full pool, from which what counts less must go', async () => {
    const sizing = new MempoolWorld();
    const { usageBytes } = await sizing.add(sizing.payment(1_000n));
    const world = new MempoolWorld({ usageBytesMax: 2 * usageBytes });
    const [first, second] = [world.payment(1_000n), world.payment(2_000n)];
    for (const tx of [first, second]) await world.add(tx);
    world.pool.prioritise(first.txid, 50_000n);
    await world.add(world.payment(10_000n));
    assert.deepEqual(
      world.removals().map(({ txid, reason }) => [txid, reason]),
      [[second.txid, 'sizelimit']],
    );
  });

  it('must be beaten by a replacement', async () => {
    const world = new MempoolWorld();
    const coin = world.coin();
    const first = await world.add(world.payment(1_000n, coin));
    world.pool.prioritise(first.tx.txid, 10_000n);
    assert.equal(await world.reason(world.payment(5_000n, coin)), 'insufficient fee');
    assert.equal(await world.reason(world.payment(12_000n, coin)), undefined);
  });

  it('is forgotten when a block has the transaction, and stays within 64 bits', async () => {
    const world = new MempoolWorld();
    const tx = world.payment(1_000n);
    await world.add(tx);
    world.pool.prioritise(tx.txid, 5n);
    const unknown = world.payment(2_000n).txid;
    for (const delta of [2n ** 62n, 2n ** 62n, 2n ** 62n]) world.pool.prioritise(unknown, delta);
    assert.equal(world.pool.feeDeltaOf(unknown), 2n ** 63n - 1n);
    world.chain.connect([tx]);
    assert.deepEqual([...world.pool.feeDeltas()], [{ txid: unknown, deltaSat: 2n ** 63n - 1n }]);
    for (let i = 0; i < 4; i++) world.pool.prioritise(unknown, -(2n ** 62n));
    world.pool.prioritise(unknown, -(2n ** 63n));
    assert.equal(world.pool.feeDeltaOf(unknown), -(2n ** 63n));
  });

  it('makes another block the best one', async () => {
    const world = new MempoolWorld();
    const before = world.pool.revision;
    world.pool.prioritise(world.payment(1_000n).txid, 1n);
    assert.ok(world.pool.revision > before);
  });
});
