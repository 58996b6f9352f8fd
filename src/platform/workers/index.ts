/**
 * Threads: searching nonces on all cores.
 *
 * Owns threads, how they are told and how they end. Does not own what they compute (`core/crypto`, `engine/mining`). Begin with mining-pool.ts;
 * mining-worker.ts is what a thread runs.
 *
 * @module
 */

export type { MiningPoolOptions } from './mining-pool.ts';
export { MiningPool } from './mining-pool.ts';
