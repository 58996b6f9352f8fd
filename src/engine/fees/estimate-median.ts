import type { FeeRangeCounts } from '../ports/fee-service.ts';
import type { ConfirmationStats } from './confirmation-stats.ts';

/** What is asked of the counts. */
export interface MedianQuestion {
  readonly targetBlocks: number;
  /** Part of the transactions that must have been confirmed in time. */
  readonly threshold: number;
  /** Height of the last block that was counted. */
  readonly bestHeight: number;
}

/** What they answer. */
export interface MedianAnswer {
  /** Fee rate in base units per 1,000 virtual bytes; -1 where they do not tell. */
  readonly rate: number;
  readonly pass: FeeRangeCounts;
  /** No range where every one passed, down to the last bucket. */
  readonly fail: FeeRangeCounts;
}

/** Buckets that are looked at together, from the higher to the lower, and what is counted in them. */
interface BucketRange {
  readonly highest: number;
  lowest: number;
  withinTarget: number;
  totalConfirmed: number;
  inMempool: number;
  leftMempool: number;
}

const NO_RANGE: FeeRangeCounts = { startRate: -1, endRate: -1, withinTarget: 0, totalConfirmed: 0, inMempool: 0, leftMempool: 0 };

function rangeFrom(bucket: number): BucketRange {
  return { highest: bucket, lowest: bucket, withinTarget: 0, totalConfirmed: 0, inMempool: 0, leftMempool: 0 };
}

/** Takes the next lower bucket in. */
function widen(range: BucketRange, bucket: number, stats: ConfirmationStats, { targetBlocks, bestHeight }: MedianQuestion): void {
  const { confirmed, failed, txCounts } = stats.counts;
  const at = (Math.ceil(targetBlocks / stats.plan.scaleBlocks) - 1) * stats.bounds.length + bucket;
  range.lowest = bucket;
  range.withinTarget += confirmed[at]!;
  range.totalConfirmed += txCounts[bucket]!;
  range.leftMempool += failed[at]!;
  range.inMempool += stats.waitingFor(bucket, targetBlocks, bestHeight);
}

function countsOf({ highest, lowest, ...counts }: BucketRange, bounds: Float64Array): FeeRangeCounts {
  return { startRate: lowest === 0 ? 0 : bounds[lowest - 1]!, endRate: bounds[highest]!, ...counts };
}

/** The average rate of the bucket in which the middle one of a range's transactions lies; -1 where there is none. */
function medianRate({ lowest, highest }: BucketRange, { rateSums, txCounts }: ConfirmationStats['counts']): number {
  let total = 0;
  for (let bucket = lowest; bucket <= highest; bucket++) total += txCounts[bucket]!;
  if (total === 0) return -1;
  let left = total / 2;
  for (let bucket = lowest; bucket <= highest; bucket++) {
    if (txCounts[bucket]! >= left) return rateSums[bucket]! / txCounts[bucket]!;
    left -= txCounts[bucket]!;
  }
  return -1;
}

/**
 * The lowest fee rate whose transactions were confirmed in time as often as asked. Core's `TxConfirmStats::EstimateMedianVal`.
 *
 * From the highest bucket down, buckets are put together until they hold enough transactions; such a range passes where enough of them were
 * confirmed in time. One that fails grows on with the next buckets: cheaper ones may still bring it above the threshold.
 */
export function estimateMedian(stats: ConfirmationStats, question: MedianQuestion): MedianAnswer {
  const { bounds, counts, plan } = stats;
  const enough = plan.sufficientTxs / (1 - plan.decay);
  let range: BucketRange | undefined;
  let passed: BucketRange | undefined;
  let fail: FeeRangeCounts | undefined;
  let sinceLastLook = 0;
  for (let bucket = bounds.length - 1; bucket >= 0; bucket--) {
    range ??= rangeFrom(bucket);
    widen(range, bucket, stats, question);
    sinceLastLook += counts.txCounts[bucket]!;
    if (sinceLastLook < enough) continue;
    sinceLastLook = 0;
    const part = range.withinTarget / (range.totalConfirmed + range.leftMempool + range.inMempool);
    if (part < question.threshold) {
      fail ??= countsOf(range, bounds);
    } else {
      passed = range;
      range = undefined;
      fail = undefined;
    }
  }
  // The last buckets had too few to say anything.
  if (range !== undefined) fail ??= countsOf(range, bounds);
  if (passed === undefined) return { rate: -1, pass: NO_RANGE, fail: fail ?? NO_RANGE };
  return { rate: medianRate(passed, counts), pass: countsOf(passed, bounds), fail: fail ?? NO_RANGE };
}
