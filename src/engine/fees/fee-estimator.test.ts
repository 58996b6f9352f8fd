import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import type { Txid } from '../../core/primitives/ids.ts';
import { bucketOf, defaultBuckets } from './buckets.ts';
import type { FeeSample } from './fee-estimator.ts';
import { FeeEstimator } from './fee-estimator.ts';

const random = new SeededRandom(11);

/** A payment of 200 virtual bytes with a fee rate. */
function payment(rate: number, height: number): FeeSample {
  return { txid: random.bytes(32) as Txid, height, feeSat: BigInt(rate) / 5n, vsizeBytes: 200 };
}

/** An estimator that has seen so many blocks, each with ten payments of 20,000 that came one block before. */
function seen(blocks: number, { rate = 20_000, from = 1_000, waits = 1 } = {}): { estimator: FeeEstimator; height: number } {
  const estimator = new FeeEstimator();
  const waiting: FeeSample[][] = [];
  let height = from;
  estimator.block(height, []);
  for (let i = 0; i < blocks; i++) {
    const samples = Array.from({ length: 10 }, () => payment(rate, height));
    for (const sample of samples) estimator.added(sample);
    waiting.push(samples);
    estimator.block(++height, waiting.length >= waits ? waiting.shift()! : []);
  }
  return { estimator, height };
}

describe('buckets of fee rates', () => {
  it('rise by a twentieth from 100 to ten million, and the last one takes every rate', () => {
    const bounds = defaultBuckets();
    assert.deepEqual([bounds.length, bounds[0], bounds[1], bounds.at(-1)], [237, 100, 105, 1e99]);
    assert.ok(bounds[235]! <= 1e7 && bounds[235]! * 1.05 > 1e7);
    assert.deepEqual(
      [0, 100, 100.5, 105, 105.5, 1e7, 1e15].map((rate) => bucketOf(bounds, rate)),
      [0, 0, 1, 1, 2, 236, 236],
    );
  });
});

describe('the fee estimator', () => {
  it('says nothing before it has seen anything, for any target', () => {
    const estimator = new FeeEstimator();
    for (const target of [1, 2, 1_008]) {
      assert.deepEqual(estimator.estimate(target, true), { feeRateSatPerKvb: 0n, targetBlocks: 0 });
    }
    const { feeRateSatPerKvb, fail } = estimator.estimateOn('short', 1, 0.95)!;
    assert.deepEqual([feeRateSatPerKvb, fail.startRate, fail.endRate], [0n, 0, 1e99]);
  });

  it('tells what was enough, and for at most half of the blocks that it has seen', () => {
    const { estimator } = seen(21);
    for (const conservative of [false, true]) {
      assert.deepEqual(estimator.estimate(1, conservative), { feeRateSatPerKvb: 20_000n, targetBlocks: 2 });
      assert.deepEqual(estimator.estimate(10, conservative), { feeRateSatPerKvb: 20_000n, targetBlocks: 10 });
      assert.deepEqual(estimator.estimate(11, conservative), { feeRateSatPerKvb: 20_000n, targetBlocks: 10 });
    }
  });

  it('counts its blocks from the first one that confirmed a transaction it had followed', () => {
    assert.equal(seen(4).estimator.estimate(2, false).targetBlocks, 1);
    assert.deepEqual(seen(4).estimator.estimate(2, false).feeRateSatPerKvb, 0n, 'one block is too few');
    assert.equal(seen(5).estimator.estimate(2, false).targetBlocks, 2);
  });

  it('looks as far as each horizon goes, and no further', () => {
    const { estimator } = seen(30);
    const isThere = (target: number) =>
      (['short', 'medium', 'long'] as const).map((each) => estimator.estimateOn(each, target, 0.5) !== undefined);
    assert.deepEqual(isThere(12), [true, true, true]);
    assert.deepEqual(isThere(13), [false, true, true]);
    assert.deepEqual(isThere(48), [false, true, true]);
    assert.deepEqual(isThere(49), [false, false, true]);
    assert.deepEqual(isThere(1_008), [false, false, true]);
    assert.deepEqual(isThere(1_009), [false, false, false]);
  });

  it('passes a range whose part is the threshold, and fails one just below it', () => {
    const { estimator } = seen(60, { waits: 3 });
    const within = (target: number, threshold: number) => estimator.estimateOn('short', target, threshold)!;
    assert.equal(within(2, 0.01).feeRateSatPerKvb, 0n, 'none was confirmed within two blocks');
    const { pass } = within(3, 0.5);
    const part = pass.withinTarget / (pass.totalConfirmed + pass.inMempool + pass.leftMempool);
    assert.ok(part > 0.5);
    assert.equal(within(3, part).feeRateSatPerKvb, 20_000n);
    assert.equal(within(3, part + 1e-9).feeRateSatPerKvb, 0n);
  });

  it('counts a transaction that waits against the targets it has waited for, and one that left for whole periods', () => {
    const { estimator, height } = seen(30);
    const late = Array.from({ length: 4 }, () => payment(20_000, height));
    for (const sample of late) estimator.added(sample);
    for (let i = 1; i <= 3; i++) estimator.block(height + i, []);
    const waiting = (target: number) => estimator.estimateOn('short', target, 0)!.pass.inMempool;
    assert.deepEqual([1, 2, 3, 4].map(waiting), [4, 4, 4, 0]);
    for (const { txid } of late) estimator.removed(txid);
    const left = (horizon: 'short' | 'medium' | 'long', target: number) => estimator.estimateOn(horizon, target, 0)!.pass.leftMempool;
    assert.deepEqual(
      [1, 3, 4].map((target) => left('short', target)),
      [4, 4, 0],
    );
    assert.deepEqual(
      [1, 2, 3].map((target) => left('medium', target)),
      [4, 4, 0],
      'three blocks are one period of two',
    );
    assert.equal(left('long', 1), 0, 'and none of 24');
    assert.deepEqual([1, 4].map(waiting), [0, 0]);
    assert.equal(estimator.trackedCount, 0);
  });

  it('keeps those that wait longer than a horizon tells apart among what waits', () => {
    const { estimator, height } = seen(30);
    const late = payment(20_000, height);
    estimator.added(late);
    for (let i = 1; i <= 13; i++) estimator.block(height + i, []);
    assert.equal(estimator.estimateOn('short', 12, 0)!.fail.inMempool + estimator.estimateOn('short', 12, 0)!.pass.inMempool, 1);
    estimator.removed(late.txid);
    const { pass, fail } = estimator.estimateOn('short', 12, 0)!;
    assert.deepEqual([pass.inMempool + fail.inMempool, pass.leftMempool + fail.leftMempool], [0, 1]);
  });

  it('takes a cheaper rate only where it was enough, and the better of what a longer target allows', () => {
    const estimator = new FeeEstimator();
    let height = 100;
    estimator.block(height, []);
    let cheapBefore: FeeSample[] = [];
    for (let round = 0; round < 40; round++) {
      const cheap = Array.from({ length: 5 }, () => payment(2_000, height));
      for (const sample of cheap) estimator.added(sample);
      for (let i = 0; i < 5; i++) {
        const dear = Array.from({ length: 5 }, () => payment(50_000, height));
        for (const sample of dear) estimator.added(sample);
        estimator.block(++height, i === 4 ? [...dear, ...cheapBefore] : dear);
      }
      cheapBefore = cheap;
    }
    assert.equal(estimator.estimate(2, false).feeRateSatPerKvb, 50_000n);
    assert.equal(estimator.estimate(40, false).feeRateSatPerKvb, 2_000n);
    const { pass, fail } = estimator.estimateOn('short', 2, 0.85)!;
    assert.ok(pass.startRate < 50_000 && pass.endRate > 50_000 && fail.startRate < 2_000);
  });

  it('does not count what came at another height than the last block, what it follows already, or what it never saw', () => {
    const { estimator, height } = seen(10);
    estimator.added(payment(20_000, height - 1));
    estimator.added(payment(20_000, height + 1));
    assert.equal(estimator.trackedCount, 0);
    const sample = payment(20_000, height);
    estimator.added(sample);
    estimator.added(sample);
    assert.equal(estimator.trackedCount, 1);
    const before = estimator.estimateOn('short', 1, 0)!.pass.totalConfirmed;
    estimator.block(height + 1, [payment(20_000, height)]);
    assert.ok(estimator.estimateOn('short', 1, 0)!.pass.totalConfirmed < before, 'it only fades');
    estimator.removed(payment(1, 1).txid);
  });

  it('passes over blocks of a reorganisation until the chain is higher than before', () => {
    const { estimator, height } = seen(10);
    const sample = payment(20_000, height);
    estimator.added(sample);
    const before = estimator.estimateOn('short', 1, 0);
    estimator.block(height, [sample]);
    estimator.block(height - 1, []);
    assert.deepEqual(estimator.estimateOn('short', 1, 0), before);
    assert.equal(estimator.trackedCount, 1, 'as in Core it is followed on');
  });

  it('counts a free transaction that an operator let in, in the lowest bucket', () => {
    const { estimator, height } = seen(60, { rate: 0 });
    assert.ok(height > 0);
    const { feeRateSatPerKvb, pass, fail } = estimator.estimateOn('short', 1, 0.5)!;
    assert.deepEqual([feeRateSatPerKvb, pass.startRate, pass.endRate > 1e7, fail.startRate], [0n, 0, true, -1]);
    assert.equal(estimator.estimate(2, false).feeRateSatPerKvb, 0n);
  });

  it('goes on with what was kept: the same counts, and the span of blocks while it is not too old', () => {
    const { estimator, height } = seen(50);
    const kept = structuredClone(estimator.save());
    const next = new FeeEstimator();
    next.restore(structuredClone(kept));
    assert.deepEqual(next.estimate(1_008, true), { feeRateSatPerKvb: 20_000n, targetBlocks: 24 });
    assert.deepEqual(structuredClone(next.save()), kept);
    next.block(height + 6_048, []);
    assert.equal(next.estimate(1_008, true).targetBlocks, 24);
    next.block(height + 6_049, []);
    assert.equal(next.estimate(1_008, true).targetBlocks, 0);
  });

  it('follows no more transactions than it may, and others once there is room', () => {
    const estimator = new FeeEstimator({ trackedMax: 2 });
    estimator.block(7, []);
    const samples = [1, 2, 3].map(() => payment(20_000, 7));
    for (const sample of samples) estimator.added(sample);
    assert.equal(estimator.trackedCount, 2);
    estimator.removed(samples[2]!.txid);
    assert.equal(estimator.trackedCount, 2, 'the third was not followed');
    estimator.removed(samples[0]!.txid);
    estimator.added(samples[2]!);
    assert.equal(estimator.trackedCount, 2);
  });

  it('lets fade what was kept, also before it counts anything new', () => {
    const { estimator, height } = seen(30);
    const next = new FeeEstimator();
    next.restore(structuredClone(estimator.save()));
    const before = next.estimateOn('short', 1, 0)!.pass.totalConfirmed;
    next.block(height + 1, []);
    assert.ok(Math.abs(next.estimateOn('short', 1, 0)!.pass.totalConfirmed - before * 0.962) < 1e-9);
  });

  it('counts what waits at the end as failed', () => {
    const { estimator, height } = seen(30);
    for (let i = 0; i < 3; i++) estimator.added(payment(20_000, height));
    estimator.block(height + 1, []);
    estimator.forgetWaiting();
    assert.equal(estimator.trackedCount, 0);
    assert.equal(estimator.estimateOn('short', 1, 0)!.pass.leftMempool, 3);
  });
});
