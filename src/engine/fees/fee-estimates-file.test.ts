import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DecodeError } from '../../core/primitives/decode-error.ts';
import type { Txid } from '../../core/primitives/ids.ts';
import { decodeFeeEstimates, encodeFeeEstimates } from './fee-estimates-file.ts';
import type { SavedEstimates } from './fee-estimator.ts';
import { FeeEstimator } from './fee-estimator.ts';

/** Counts of a few blocks. */
function counted(): SavedEstimates {
  const estimator = new FeeEstimator();
  estimator.block(7, []);
  for (let height = 7; height < 12; height++) {
    const sample = { txid: new Uint8Array(32).fill(height) as Txid, height, feeSat: 300n * BigInt(height), vsizeBytes: 141 };
    estimator.added(sample);
    estimator.block(height + 1, height % 2 === 0 ? [sample] : []);
  }
  estimator.forgetWaiting();
  return estimator.save();
}

const BUCKETS = 237;
/** Where the list of buckets begins, and where the numbers of the first horizon do. */
const BOUNDS_AT = 20;
const STATS_AT = BOUNDS_AT + 1 + 8 * BUCKETS;

/** A changed copy of the file. */
function damaged(change: (view: DataView, bytes: Uint8Array) => void): Uint8Array {
  const bytes = encodeFeeEstimates(counted()).slice();
  change(new DataView(bytes.buffer), bytes);
  return bytes;
}

function refused(bytes: Uint8Array, message: RegExp): void {
  assert.throws(
    () => decodeFeeEstimates(bytes),
    (error) => error instanceof DecodeError && message.test(error.message),
  );
}

describe('the file of fee estimates', () => {
  it('gives back every number, in as many bytes as the C++ node writes', () => {
    const saved = counted();
    assert.ok(saved.stats.short.txCounts.some((count) => count > 0) && saved.stats.short.failed.some((count) => count > 0));
    const bytes = encodeFeeEstimates(saved);
    const lists = [24, 12, 42].map((periods) => 12 + 2 * (1 + 8 * BUCKETS) + 2 * (1 + periods * (1 + 8 * BUCKETS)));
    assert.equal(
      bytes.length,
      lists.reduce((sum, size) => sum + size, STATS_AT),
    );
    assert.deepEqual(decodeFeeEstimates(bytes), saved);
  });

  it('is refused where it is cut short anywhere, or goes on behind its end', () => {
    const bytes = encodeFeeEstimates(counted());
    for (let length = 0; length < bytes.length; length += 997)
      assert.throws(() => decodeFeeEstimates(bytes.subarray(0, length)), DecodeError);
    refused(bytes.subarray(0, bytes.length - 1), /./);
    const longer = new Uint8Array(bytes.length + 1);
    longer.set(bytes);
    refused(longer, /1 bytes are left over/);
  });

  it('is refused where it is of another version, or its heights contradict each other', () => {
    refused(
      damaged((view) => view.setUint32(0, 149_901, true)),
      /version 149901 is unknown/,
    );
    refused(
      damaged((view) => view.setUint32(8, 0x80000000, true)),
      /heights contradict/,
    );
    assert.equal(decodeFeeEstimates(damaged((view) => view.setUint32(8, 0x7fffffff, true))).bestHeight, 0x7fffffff);
    refused(
      damaged((view) => view.setUint32(12, 1_000, true)),
      /heights contradict/,
    );
    refused(
      damaged((view) => view.setUint32(16, 1_000, true)),
      /heights contradict/,
    );
    assert.doesNotThrow(() => decodeFeeEstimates(damaged((view) => view.setUint32(4, 289_900, true))), 'a number without meaning');
  });

  it('is refused where its buckets are none: too few, not rising, or with an end', () => {
    refused(
      damaged((view) => view.setUint8(BOUNDS_AT, 1)),
      /fee rate buckets.*1 of them/,
    );
    refused(
      damaged((view) => view.setFloat64(BOUNDS_AT + 1, 0, true)),
      /do not rise/,
    );
    refused(
      damaged((view) => view.setFloat64(BOUNDS_AT + 9, 100, true)),
      /do not rise/,
    );
    refused(
      damaged((view) => view.setFloat64(BOUNDS_AT + 9, Number.NaN, true)),
      /do not rise/,
    );
    refused(
      damaged((view) => view.setFloat64(STATS_AT - 8, 1e98, true)),
      /has an end/,
    );
  });

  it('is refused where it was counted in another way, or a number is no count', () => {
    refused(
      damaged((view) => view.setFloat64(STATS_AT, 0.99, true)),
      /counted in another way/,
    );
    refused(
      damaged((view) => view.setUint32(STATS_AT + 8, 0, true)),
      /counted in another way/,
    );
    refused(
      damaged((view) => view.setUint8(STATS_AT + 12, BUCKETS - 1)),
      /236 numbers in place of 237/,
    );
    for (const wrong of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      refused(
        damaged((view) => view.setFloat64(STATS_AT + 13, wrong, true)),
        /a number is no count/,
      );
    }
    const confirmedAt = STATS_AT + 12 + 2 * (1 + 8 * BUCKETS);
    refused(
      damaged((view) => view.setUint8(confirmedAt, 23)),
      /23 periods in place of 24/,
    );
  });

  it('may have other buckets, from 2 to 1,000, as older releases did', () => {
    const { stats, ...rest } = counted();
    const of = (buckets: number): SavedEstimates => {
      const lists = (periods: number) => ({
        rateSums: new Float64Array(buckets),
        txCounts: new Float64Array(buckets),
        confirmed: new Float64Array(buckets * periods),
        failed: new Float64Array(buckets * periods),
      });
      const bounds = Float64Array.from({ length: buckets }, (_, i) => (i === buckets - 1 ? 1e99 : i + 1));
      return { ...rest, bounds, stats: { short: lists(12), medium: lists(24), long: lists(42) } };
    };
    for (const buckets of [2, 1_000]) assert.deepEqual(decodeFeeEstimates(encodeFeeEstimates(of(buckets))), of(buckets));
    for (const buckets of [1, 1_001]) refused(encodeFeeEstimates(of(buckets)), new RegExp(`${buckets} of them`));
    assert.ok(stats.short.txCounts.length === BUCKETS);
  });
});
