/**
 * Threads: searching nonces and running scripts on all cores.
 *
 * Owns threads, how they are told and how they end. Does not own what they compute (`core/crypto`, `core/script`, `engine/mining`).
 * Begin with mining-pool.ts and verifier-pool.ts; mining-worker.ts and verify-worker.ts are what their threads run.
 *
 * @module
 */

export type { MiningPoolOptions } from './mining-pool.ts';
export { MiningPool } from './mining-pool.ts';
export type { VerifierPoolOptions } from './verifier-pool.ts';
export { VerifierPool } from './verifier-pool.ts';
