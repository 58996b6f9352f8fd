import type { NetworkParams } from '../../core/params/types.ts';
import { encodeBlock } from '../../core/primitives/block.ts';
import { toDisplayHex } from '../../core/primitives/ids.ts';
import type { BlockStore, FilePosition } from '../ports/block-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { CoinStore } from '../ports/coin-store.ts';
import type { HeaderStore } from '../ports/header-store.ts';
import type { Log } from '../ports/log.ts';
import { NodeError } from '../ports/node-error.ts';
import type { Random } from '../ports/random.ts';
import { BlockIndex } from './block-index.ts';
import type { HeaderNode } from './header-node.ts';
import { isLinked } from './header-node.ts';

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

/** Where the first block goes. */
interface GenesisOptions {
  readonly params: NetworkParams;
  readonly blocks: BlockStore;
  /** Where the block store has it already. */
  readonly genesisAt?: FilePosition;
}

/** Stores the genesis block in a new index: block files begin with it, as other programs that read them expect. */
export async function storeGenesis(index: BlockIndex, { params, blocks, genesisAt }: GenesisOptions): Promise<void> {
  if (index.tree.genesis.txCount !== 0) return;
  const { genesis } = params;
  const position = genesisAt ?? (await blocks.append(encodeBlock(genesis)));
  index.setStored(index.tree.genesis, genesis.transactions.length, position);
}

/** The block whose coins are stored; undefined where there are none yet. @throws NodeError `database-damaged` where the index lacks it */
export async function loadTip(index: BlockIndex, coins: CoinStore): Promise<HeaderNode | undefined> {
  const hash = await coins.tip();
  if (hash === undefined) return undefined;
  const tip = index.tree.get(hash);
  if (tip === undefined || !isLinked(tip)) {
    const what = `the coins belong to block ${toDisplayHex(hash)}, which the block index does not have`;
    throw new NodeError('database-damaged', `${what}: start with --reindex, which makes both anew from the block files`);
  }
  return tip;
}
