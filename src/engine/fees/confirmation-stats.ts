import { bucketOf } from './buckets.ts';
import type { HorizonPlan } from './horizons.ts';
import { targetBlocksMaxOf } from './horizons.ts';

/** What is kept of a horizon over a restart. Rows of buckets one after another, a row a period. */
export interface SavedStats {
  /** Fee rates of confirmed transactions, summed, and how many they were, by bucket. */
  readonly rateSums: Float64Array;
  readonly txCounts: Float64Array;
  /** Those that were confirmed within so many periods, and those that left after so many without a block. */
  readonly confirmed: Float64Array;
  readonly failed: Float64Array;
}

/** Where a tracked transaction is counted. */
export interface TrackedTx {
  /** Height of the tip when it came. */
  readonly height: number;
  readonly bucket: number;
}

/** No counts yet. */
function emptyStats(buckets: number, periods: number): SavedStats {
  return {
    rateSums: new Float64Array(buckets),
    txCounts: new Float64Array(buckets),
    confirmed: new Float64Array(buckets * periods),
    failed: new Float64Array(buckets * periods),
  };
}

/**
 * Counts of one horizon: of confirmed transactions, as averages that fade from block to block, and of those that wait, by the block they came
 * after. Core's `TxConfirmStats`. The arithmetic is Core's, operation by operation, so that the same history gives the same bits.
 */
export class ConfirmationStats {
  readonly plan: HorizonPlan;
  readonly bounds: Float64Array;
  readonly counts: SavedStats;
  readonly targetBlocksMax: number;
  /** How many wait that came after a block, by its height modulo the number of rows; and of those that wait longer than that. */
  readonly #waiting: Int32Array;
  readonly #waitingLong: Int32Array;
  /** Buckets that anything was counted in: a block changes nothing in the others, which are most. */
  readonly #used = new Set<number>();

  /** @param saved - of the same number of buckets; nothing counted unless given */
  constructor(plan: HorizonPlan, bounds: Float64Array, saved?: SavedStats) {
    this.plan = plan;
    this.bounds = bounds;
    this.counts = saved ?? emptyStats(bounds.length, plan.periods);
    this.targetBlocksMax = targetBlocksMaxOf(plan);
    this.#waiting = new Int32Array(bounds.length * this.targetBlocksMax);
    this.#waitingLong = new Int32Array(bounds.length);
    // What was confirmed within some time is among all that was confirmed, what failed later among what failed within the first period.
    for (let bucket = 0; bucket < bounds.length; bucket++) {
      if (this.counts.txCounts[bucket]! > 0 || this.counts.failed[bucket]! > 0) this.#used.add(bucket);
    }
  }

  /** A transaction begins to wait. */
  added({ height, bucket }: TrackedTx): void {
    this.#used.add(bucket);
    this.#waiting[this.#rowOf(height) + bucket]!++;
  }

  /** It waits no longer. Without a block it counts as failed for each whole period that it has waited. */
  removed({ height, bucket }: TrackedTx, bestHeight: number, inBlock: boolean): void {
    // Before the first block nobody knows how long it was.
    const waitedBlocks = bestHeight === 0 ? 0 : bestHeight - height;
    const [counts, at] = waitedBlocks >= this.targetBlocksMax ? [this.#waitingLong, bucket] : [this.#waiting, this.#rowOf(height) + bucket];
    if (counts[at]! > 0) counts[at]!--;
    if (inBlock) return;
    const { scaleBlocks, periods } = this.plan;
    const failedPeriods = Math.min(Math.floor(waitedBlocks / scaleBlocks), periods);
    for (let i = 0; i < failedPeriods; i++) this.counts.failed[i * this.bounds.length + bucket]!++;
  }

  /** A block comes: what came so long ago that its row is used again has waited longer than is told apart, and all averages fade. */
  nextBlock(height: number): void {
    const row = this.#rowOf(height);
    const { decay } = this.plan;
    const { rateSums, txCounts, confirmed, failed } = this.counts;
    const stride = this.bounds.length;
    for (const bucket of this.#used) {
      this.#waitingLong[bucket]! += this.#waiting[row + bucket]!;
      this.#waiting[row + bucket] = 0;
      rateSums[bucket]! *= decay;
      txCounts[bucket]! *= decay;
      for (let i = bucket; i < confirmed.length; i += stride) {
        confirmed[i]! *= decay;
        failed[i]! *= decay;
      }
    }
  }

  /** A transaction was confirmed that many blocks after it came, 1 at least. */
  confirmed(afterBlocks: number, rate: number): void {
    const { scaleBlocks, periods } = this.plan;
    const bucket = bucketOf(this.bounds, rate);
    this.#used.add(bucket);
    for (let i = Math.ceil(afterBlocks / scaleBlocks) - 1; i < periods; i++) this.counts.confirmed[i * this.bounds.length + bucket]!++;
    this.counts.txCounts[bucket]!++;
    this.counts.rateSums[bucket]! += rate;
  }

  /** How many of a bucket wait for `targetBlocks` or longer. */
  waitingFor(bucket: number, targetBlocks: number, bestHeight: number): number {
    let count = this.#waitingLong[bucket]!;
    for (let blocks = targetBlocks; blocks < this.targetBlocksMax; blocks++) {
      // Core counts in unsigned 32 bits, so that below the height of 1,008 some rows are looked at twice. The answers are to be the same.
      count += this.#waiting[this.#rowOf((bestHeight - blocks) >>> 0) + bucket]!;
    }
    return count;
  }

  /** Where the counts of a height begin. */
  #rowOf(height: number): number {
    return (height % this.targetBlocksMax) * this.bounds.length;
  }
}
