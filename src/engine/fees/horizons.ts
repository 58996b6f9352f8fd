import type { FeeHorizon } from '../ports/fee-service.ts';

/** How one horizon counts. */
export interface HorizonPlan {
  /** What is left of each count with each block. */
  readonly decay: number;
  /** Blocks that are counted as one period. */
  readonly scaleBlocks: number;
  /** Periods that are told apart; what takes longer counts as not confirmed in time. */
  readonly periods: number;
  /** Transactions that a range of buckets must have a block, on the average, before it says anything. */
  readonly sufficientTxs: number;
}

/** Core's three horizons, with half-lives of 18, 144 and 1,008 blocks: targets up to 12, 48 and 1,008 blocks. */
export const HORIZON_PLANS: Readonly<Record<FeeHorizon, HorizonPlan>> = {
  short: { decay: 0.962, scaleBlocks: 1, periods: 12, sufficientTxs: 0.5 },
  medium: { decay: 0.9952, scaleBlocks: 2, periods: 24, sufficientTxs: 0.1 },
  long: { decay: 0.99931, scaleBlocks: 24, periods: 42, sufficientTxs: 0.1 },
};

/** The largest target that a horizon tells of, in blocks. */
export function targetBlocksMaxOf({ scaleBlocks, periods }: HorizonPlan): number {
  return scaleBlocks * periods;
}
