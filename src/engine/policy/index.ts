/**
 * The door of relay policy. Begin with options.ts and check-standard.ts.
 *
 * @module
 */

export { dustThreshold, isDust } from './check-standard.ts';
export { feeAtRate, sigopsAdjustedWeight, virtualSizeOf } from './fee-rate.ts';
export type { PolicyOptions } from './options.ts';
export { DEFAULT_POLICY } from './options.ts';
