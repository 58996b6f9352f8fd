import type { Satoshis } from '../../core/primitives/transaction.ts';

/** How far back the counts go that an estimate rests on: for hours, for about a day, for about a week. Core's horizons. */
export type FeeHorizon = 'short' | 'medium' | 'long';

/** All of them, the shortest first. */
export const FEE_HORIZONS: readonly FeeHorizon[] = ['short', 'medium', 'long'];

/** What was counted of the transactions whose fee rate lies in a range. Averages that fade with each block, so they are no whole numbers. */
export interface FeeRangeCounts {
  /** Base units per 1,000 virtual bytes; above the first, up to the second. -1 where there is no range. */
  readonly startRate: number;
  readonly endRate: number;
  /** Confirmed within the target, and confirmed at all. */
  readonly withinTarget: number;
  readonly totalConfirmed: number;
  /** Waiting now for as many blocks as the target or more. */
  readonly inMempool: number;
  /** Gone without a block after they had waited so long. */
  readonly leftMempool: number;
}

/** What one horizon says of a target. */
export interface HorizonEstimate {
  /** Base units per 1,000 virtual bytes; 0 where the counts do not tell. */
  readonly feeRateSatPerKvb: Satoshis;
  /** What is left of a count with each block. */
  readonly decay: number;
  /** Blocks that are counted as one. */
  readonly scaleBlocks: number;
  /** The lowest range that was confirmed often enough. */
  readonly pass: FeeRangeCounts;
  /** The highest one below it that was not. */
  readonly fail: FeeRangeCounts;
}

/** A fee rate with which a transaction should be confirmed in time. */
export interface FeeEstimate {
  /** Base units per 1,000 virtual bytes, at least what gets into the mempool now; undefined where the counts do not tell. */
  readonly feeRateSatPerKvb: Satoshis | undefined;
  /** The target that it holds for: the one asked for, or the nearest that there are counts for. */
  readonly targetBlocks: number;
}

/** Fee rates out of how long transactions have waited. */
export interface FeeService {
  /** The largest target that an estimate can be asked for, in blocks. */
  readonly targetBlocksMax: number;
  /**
   * Core's `estimateSmartFee`.
   *
   * @param targetBlocks - 1 to `targetBlocksMax`
   * @param conservative - whether a rate must have held over the longer horizons, too
   */
  estimate(targetBlocks: number, conservative: boolean): FeeEstimate;
  /**
   * Core's `estimateRawFee`: what one horizon says, with what it counted. Undefined where it does not look so far.
   *
   * @param threshold - part of the transactions that must have been confirmed in time, 0 to 1
   */
  estimateOn(horizon: FeeHorizon, targetBlocks: number, threshold: number): HorizonEstimate | undefined;
}
