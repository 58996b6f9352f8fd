/**
 * The door of the waiting transactions. Begin with mempool.ts.
 *
 * @module
 */

export { MEMPOOL_COIN_HEIGHT } from './acceptance.ts';
export type { ChainMove, ChainPoint, MempoolChain } from './chain-view.ts';
export type { Chunk, Cluster } from './cluster.ts';
export { CLUSTER_COUNT_MAX, CLUSTER_WEIGHT_WU_MAX } from './cluster.ts';
export type { MempoolEntry } from './entry.ts';
export type { FeeDelta } from './fee-deltas.ts';
export type { AcceptOptions, AcceptResult, MempoolEvent, MempoolOptions, RemovalReason } from './mempool.ts';
export { EXPIRY_SECONDS, Mempool, USAGE_BYTES_MAX } from './mempool.ts';
export type { SavedMempool, SavedTransaction } from './mempool-file.ts';
export { decodeMempoolFile, encodeMempoolFile } from './mempool-file.ts';
