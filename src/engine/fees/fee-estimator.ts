/**
 * Fee rates out of how long transactions have waited: the part that is counted and asked.
 *
 * Owns which transactions are counted, in which buckets and horizons, what a block does to the counts, and the estimates. Does not own which
 * transactions are a fair signal, where events come from and where the counts are kept (node/fee-estimates.ts). Begin with `FeeEstimator`; the
 * counts of one horizon stand in confirmation-stats.ts, the look through them in estimate-median.ts.
 *
 * @module
 */

import type { HashKey, Txid } from '../../core/primitives/ids.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import type { Satoshis } from '../../core/primitives/transaction.ts';
import type { FeeHorizon, HorizonEstimate } from '../ports/fee-service.ts';
import { bucketOf, defaultBuckets } from './buckets.ts';
import type { SavedStats, TrackedTx } from './confirmation-stats.ts';
import { ConfirmationStats } from './confirmation-stats.ts';
import { estimateMedian } from './estimate-median.ts';
import { HORIZON_PLANS, targetBlocksMaxOf } from './horizons.ts';

/** The largest target of all horizons, a week of blocks. */
export const TARGET_BLOCKS_MAX: number = targetBlocksMaxOf(HORIZON_PLANS.long);

/** Parts of the transactions that must have been confirmed within half the target, the target, and twice the target. */
const HALF_THRESHOLD = 0.6;
const THRESHOLD = 0.85;
const DOUBLE_THRESHOLD = 0.95;

/** Counts of an earlier run say nothing once so many blocks were not counted: six weeks. */
const HISTORY_BLOCKS_MAX = 6 * 1_008;

/**
 * Most transactions that are followed at once, some 60 MB of memory: more than a mempool of the default size holds. Core has no limit, and where a
 * reorganisation confirms transactions anew it follows them to its end, as we do.
 */
const TRACKED_MAX = 500_000;

/** What the counts need to know of a transaction. */
export interface FeeSample {
  readonly txid: Txid;
  /** Height of the tip when it came. */
  readonly height: number;
  /** Without what an operator added to it. */
  readonly feeSat: Satoshis;
  readonly vsizeBytes: number;
}

/** All that is kept over a restart; transactions that wait are not. */
export interface SavedEstimates {
  /** Last block that was counted. */
  readonly bestHeight: number;
  /** First and last block of the run that counted most of it; 0 where there was none. */
  readonly historicalFirst: number;
  readonly historicalBest: number;
  readonly bounds: Float64Array;
  readonly stats: Readonly<Record<FeeHorizon, SavedStats>>;
}

function statsOf(bounds: Float64Array, saved?: SavedEstimates['stats']): Readonly<Record<FeeHorizon, ConfirmationStats>> {
  const { short, medium, long } = HORIZON_PLANS;
  return {
    short: new ConfirmationStats(short, bounds, saved?.short),
    medium: new ConfirmationStats(medium, bounds, saved?.medium),
    long: new ConfirmationStats(long, bounds, saved?.long),
  };
}

/** Base units per 1,000 virtual bytes, rounded down as Core's `CFeeRate` does. */
function rateOf({ feeSat, vsizeBytes }: FeeSample): number {
  return Number((feeSat * 1_000n) / BigInt(vsizeBytes));
}

/** A median as a rate; nothing where there is none. */
function wholeRate(rate: number): Satoshis {
  return rate < 0 ? 0n : BigInt(Math.round(rate));
}

/** Counts how long transactions wait, by their fee rate. Core's `CBlockPolicyEstimator`. */
export class FeeEstimator {
  #bounds = defaultBuckets();
  #stats = statsOf(this.#bounds);
  readonly #tracked = new Map<HashKey, TrackedTx>();
  readonly #trackedMax: number;
  #bestHeight = 0;
  /** Block in which this run confirmed the first transaction that it had followed; 0 before. */
  #firstHeight = 0;
  #historicalFirst = 0;
  #historicalBest = 0;

  /** @param options - `trackedMax`: most transactions that are followed at once, 500,000 unless given */
  constructor({ trackedMax = TRACKED_MAX }: { readonly trackedMax?: number } = {}) {
    this.#trackedMax = trackedMax;
  }

  /** How many transactions are followed. */
  get trackedCount(): number {
    return this.#tracked.size;
  }

  /** A transaction whose fee is a fair signal begins to wait. It counts where it came after the last block that was counted. */
  added(sample: FeeSample): void {
    const key = hashKey(sample.txid);
    if (sample.height !== this.#bestHeight || this.#tracked.has(key) || this.#tracked.size >= this.#trackedMax) return;
    const tracked = { height: sample.height, bucket: bucketOf(this.#bounds, rateOf(sample)) };
    this.#tracked.set(key, tracked);
    for (const stats of this.#horizons()) stats.added(tracked);
  }

  /** A transaction left without a block. */
  removed(txid: Txid): void {
    this.#forget(hashKey(txid), false);
  }

  /**
   * A block came to the chain. One that is not higher than the last one counted is passed over, as are its transactions: it belongs to a
   * reorganisation, and those happen by chance.
   *
   * @param confirmed - what waited until now, in the block's order
   */
  block(height: number, confirmed: readonly FeeSample[]): void {
    if (height <= this.#bestHeight) return;
    this.#bestHeight = height;
    for (const stats of this.#horizons()) stats.nextBlock(height);
    let counted = false;
    for (const sample of confirmed) {
      if (!this.#forget(hashKey(sample.txid), true)) continue;
      const rate = rateOf(sample);
      for (const stats of this.#horizons()) stats.confirmed(height - sample.height, rate);
      counted = true;
    }
    if (counted && this.#firstHeight === 0) this.#firstHeight = height;
  }

  /** Ends to follow what waits, which counts as never confirmed: at the end of a run. Core's `FlushUnconfirmed`. */
  forgetWaiting(): void {
    for (const key of [...this.#tracked.keys()]) this.#forget(key, false);
  }

  /**
   * The largest of three rates: with which 60 % were confirmed within half the target, 85 % within it, 95 % within twice as long. A
   * conservative one has held the last of them over the longer horizons, too. Core's `estimateSmartFee`.
   *
   * @param targetBlocks - 1 to `TARGET_BLOCKS_MAX`
   * @returns the rate in base units per 1,000 virtual bytes, 0 for none, and the target that it holds for
   */
  estimate(targetBlocks: number, conservative: boolean): { readonly feeRateSatPerKvb: Satoshis; readonly targetBlocks: number } {
    // Nobody can tell what the very next block takes, nor look further than half of what was seen.
    const target = Math.min(Math.max(targetBlocks, 2), this.#usableTargetMax());
    if (target <= 1) return { feeRateSatPerKvb: 0n, targetBlocks: target };
    let rate = Math.max(
      this.#combined(Math.floor(target / 2), HALF_THRESHOLD, true),
      this.#combined(target, THRESHOLD, true),
      this.#combined(2 * target, DOUBLE_THRESHOLD, !conservative),
    );
    if (conservative || rate === -1) rate = Math.max(rate, this.#overLongerHorizons(2 * target));
    return { feeRateSatPerKvb: wholeRate(rate), targetBlocks: target };
  }

  /** What one horizon says, with what it counted; undefined where it does not look so far. Core's `estimateRawFee`. */
  estimateOn(horizon: FeeHorizon, targetBlocks: number, threshold: number): HorizonEstimate | undefined {
    const stats = this.#stats[horizon];
    if (targetBlocks > stats.targetBlocksMax) return undefined;
    const { rate, pass, fail } = estimateMedian(stats, { targetBlocks, threshold, bestHeight: this.#bestHeight });
    const { decay, scaleBlocks } = stats.plan;
    return { feeRateSatPerKvb: wholeRate(rate), decay, scaleBlocks, pass, fail };
  }

  /** What is to be kept. The arrays are the counts themselves: they are to be read at once. */
  save(): SavedEstimates {
    const { short, medium, long } = this.#stats;
    const ofThisRun = this.#spanBlocks() > Math.floor(this.#historicalSpanBlocks() / 2);
    return {
      bestHeight: this.#bestHeight,
      historicalFirst: ofThisRun ? this.#firstHeight : this.#historicalFirst,
      historicalBest: ofThisRun ? this.#bestHeight : this.#historicalBest,
      bounds: this.#bounds,
      stats: { short: short.counts, medium: medium.counts, long: long.counts },
    };
  }

  /** Goes on with what an earlier run has kept, in its buckets. To be called before anything is counted; the arrays are taken over. */
  restore(saved: SavedEstimates): void {
    this.#bounds = saved.bounds;
    this.#stats = statsOf(saved.bounds, saved.stats);
    this.#bestHeight = saved.bestHeight;
    this.#historicalFirst = saved.historicalFirst;
    this.#historicalBest = saved.historicalBest;
  }

  #horizons(): readonly ConfirmationStats[] {
    const { short, medium, long } = this.#stats;
    return [short, medium, long];
  }

  #forget(key: HashKey, inBlock: boolean): boolean {
    const tracked = this.#tracked.get(key);
    if (tracked === undefined) return false;
    this.#tracked.delete(key);
    for (const stats of this.#horizons()) stats.removed(tracked, this.#bestHeight, inBlock);
    return true;
  }

  #spanBlocks(): number {
    return this.#firstHeight === 0 ? 0 : this.#bestHeight - this.#firstHeight;
  }

  #historicalSpanBlocks(): number {
    if (this.#historicalFirst === 0 || this.#bestHeight - this.#historicalBest > HISTORY_BLOCKS_MAX) return 0;
    return this.#historicalBest - this.#historicalFirst;
  }

  /** Half of the blocks that were seen: the other half is needed to see what was not confirmed in time. */
  #usableTargetMax(): number {
    const span = Math.max(this.#spanBlocks(), this.#historicalSpanBlocks());
    return Math.min(TARGET_BLOCKS_MAX, Math.floor(span / 2));
  }

  #rate(horizon: FeeHorizon, targetBlocks: number, threshold: number): number {
    return estimateMedian(this.#stats[horizon], { targetBlocks, threshold, bestHeight: this.#bestHeight }).rate;
  }

  /**
   * The rate of the shortest horizon that looks so far; -1 for none, also where none does.
   *
   * @param checkShorter - whether a shorter horizon's rate for its own largest target, if it is lower, counts instead: what was enough for
   *   fewer blocks is enough for more
   */
  #combined(targetBlocks: number, threshold: number, checkShorter: boolean): number {
    const { short, medium, long } = this.#stats;
    if (targetBlocks > long.targetBlocksMax) return -1;
    const horizon = targetBlocks <= short.targetBlocksMax ? 'short' : targetBlocks <= medium.targetBlocksMax ? 'medium' : 'long';
    let rate = this.#rate(horizon, targetBlocks, threshold);
    if (!checkShorter) return rate;
    for (const shorter of ['medium', 'short'] as const) {
      const { targetBlocksMax } = this.#stats[shorter];
      if (targetBlocks <= targetBlocksMax) continue;
      const other = this.#rate(shorter, targetBlocksMax, threshold);
      if (other > 0 && (rate === -1 || other < rate)) rate = other;
    }
    return rate;
  }

  /** The largest rate of the horizons beyond the shortest one that looks so far. */
  #overLongerHorizons(targetBlocks: number): number {
    const { short, medium } = this.#stats;
    let rate = -1;
    if (targetBlocks <= short.targetBlocksMax) rate = this.#rate('medium', targetBlocks, DOUBLE_THRESHOLD);
    if (targetBlocks <= medium.targetBlocksMax) rate = Math.max(rate, this.#rate('long', targetBlocks, DOUBLE_THRESHOLD));
    return rate;
  }
}
