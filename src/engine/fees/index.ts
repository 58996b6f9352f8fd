/**
 * The door of the fee estimates. Begin with fee-estimator.ts.
 *
 * @module
 */

export { decodeFeeEstimates, encodeFeeEstimates, FEE_ESTIMATES_BYTES_MAX } from './fee-estimates-file.ts';
export type { FeeSample, SavedEstimates } from './fee-estimator.ts';
export { FeeEstimator, TARGET_BLOCKS_MAX } from './fee-estimator.ts';
