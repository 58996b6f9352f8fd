import type { NetworkParams } from '../../core/params/types.ts';
import type { Clock } from '../ports/clock.ts';
import type { HeaderStore } from '../ports/header-store.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import { BlockIndex } from './block-index.ts';

/** While headers are loaded a line is logged this often. */
export const LOADING_TOLD_MS = 5_000;

/** Headers that are given their places in the index of hashes at a time: some 20 ms. */
const PLACED_AT_ONCE = 100_000;

/** What is loaded, and how. */
export interface LoadIndexOptions {
  readonly params: NetworkParams;
  readonly headers: HeaderStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Makes places in memory unpredictable to peers. */
  readonly random?: Random;
}

/** The block index of the headers that are stored. Everything else has its turn meanwhile. @throws NodeError `database-damaged`, `data-dir-network` */
export async function loadIndex({ params, headers, clock, log, random }: LoadIndexOptions): Promise<BlockIndex> {
  const index = new BlockIndex(params.genesis.header, random);
  let toldMs = clock.monotonicMs();
  for await (const rows of headers.load()) {
    index.restore(rows);
    if (clock.monotonicMs() - toldMs < LOADING_TOLD_MS) continue;
    toldMs = clock.monotonicMs();
    log.info('headers-loading', { headers: index.tree.size });
  }
  while (index.tree.placeSome(PLACED_AT_ONCE)) await clock.yield();
  index.restored();
  return index;
}
