import type { MessagePort } from 'node:worker_threads';
import type { SearchJob, SearchResult } from '../../engine/ports/block-search.ts';

/** What a mining worker is given when it starts. */
export interface MiningWorkerData {
  readonly port: MessagePort;
  /** One Int32: a number that rises with each order, so that a worker in the middle of hashing sees it without asking its port. */
  readonly orders: SharedArrayBuffer;
  /** One BigInt64: the worker's hashes. */
  readonly hashes: SharedArrayBuffer;
  readonly index: number;
  readonly of: number;
}

/** What a worker is told. The latest order holds. */
export type MiningOrder = { readonly kind: 'search'; readonly job: SearchJob } | { readonly kind: 'pause' } | { readonly kind: 'end' };

/** What a worker says: only what it found. */
export type MiningReport = SearchResult;
