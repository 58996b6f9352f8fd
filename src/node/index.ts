/**
 * A whole node in your program.
 *
 * `startNode` runs one on this machine, with its files, sockets and threads, as the command `quoin node` does. `createNode` takes every
 * port as an argument: a clock of your own, stores in memory, a network that is none.
 *
 * @module
 */

export type { NodeClock, NodeParts, NodeSettings, NodeStores, RunningNode, StoredBlocks, WalletSeed } from './create-node.ts';
export { createNode } from './create-node.ts';
export { type ImportOptions, importBlocks } from './import-blocks.ts';
export type { LoadOutcome, LoadProgress } from './load-blocks.ts';
export type { NodeOptions, OpeningProgress } from './options.ts';
export { DB_CACHE_BYTES_DEFAULT, DB_CACHE_BYTES_MAX, DB_CACHE_BYTES_MIN, MINING_WORKERS_MAX } from './options.ts';
export type { SystemNode } from './system.ts';
export { startNode } from './system.ts';
export type { ByteFile } from './waiting-file.ts';
