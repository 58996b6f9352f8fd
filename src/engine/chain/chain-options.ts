import type { NetworkParams } from '../../core/params/types.ts';
import type { BlockStore, FilePosition } from '../ports/block-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { CoinStore } from '../ports/coin-store.ts';
import type { HeaderStore } from '../ports/header-store.ts';
import type { Log } from '../ports/log.ts';
import type { NodeError } from '../ports/node-error.ts';
import type { Random } from '../ports/random.ts';
import type { ScriptVerifier } from '../ports/script-verifier.ts';
import type { SnapshotStore } from '../ports/snapshot-store.ts';
import type { PruneOptions } from './pruner.ts';

/** Memory for coins before they are written. */
export const COIN_CACHE_BYTES_DEFAULT = 67_108_864;

/** What a chain is made of. The stores and the verifier stay the caller's: it closes them after `close`. */
export interface ChainOptions {
  readonly params: NetworkParams;
  readonly blocks: BlockStore;
  readonly headers: HeaderStore;
  readonly coins: CoinStore;
  /** Where coins lie that were loaded from a file; none can be loaded unless given. */
  readonly snapshots?: SnapshotStore;
  readonly verifier: ScriptVerifier;
  readonly clock: Clock;
  readonly log: Log;
  /** Makes places in memory unpredictable to peers; without it they are the same each time. */
  readonly random?: Random;
  /** `COIN_CACHE_BYTES_DEFAULT` unless given. */
  readonly dbCacheBytes?: number;
  /** Blocks are stored that are not indexed yet: nothing is pruned until `indexed` is called. */
  readonly indexing?: boolean;
  /** Deletes old block files; undefined keeps everything. */
  readonly prune?: PruneOptions;
  /** Where the block store has the genesis block, for a new index of blocks that are there; it is appended unless given. */
  readonly genesisAt?: FilePosition;
  /** Told at the start, while stored blocks are connected that were not flushed: the height reached and the one aimed at. */
  readonly onProgress?: (height: number, target: number) => void;
  /** Told when a store fails while the chain changes, whoever asked for the change: what comes after it could not be kept. */
  readonly onFailure?: (error: NodeError) => void;
}
