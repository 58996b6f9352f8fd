import type { HeaderNode } from '../chain/header-node.ts';
import { isFailed } from '../chain/header-node.ts';
import { isAncestorOf } from '../chain/header-tree.ts';
import type { Peer } from './peer.ts';
import type { SyncChain } from './views.ts';

/** What the choice is made with. */
export interface HistoryDownloadParts {
  readonly chain: Pick<SyncChain, 'missing'>;
  /** How far beyond the last block that was checked blocks are asked for. */
  readonly windowBlocks: number;
  /** Whether a block is on its way. */
  readonly isAsked: (node: HeaderNode) => boolean;
}

/**
 * Whether a peer is of no use for blocks while the history below a snapshot is missing: its best chain leaves ours below the base, where no
 * switch of branches is possible. Core's condition.
 */
export function leavesBelowBase(best: HeaderNode, { missing }: Pick<SyncChain, 'missing'>): boolean {
  return missing !== undefined && !isAncestorOf(missing.base, best);
}

/**
 * Blocks below a snapshot that a peer is to be asked for, the lowest first: such as it has and we lack, in a window above those that were
 * checked. Core's `TryDownloadingHistoricalBlocks`.
 *
 * @param serves - whether the peer can be expected to have a block
 */
export function historyWanted(
  peer: Peer,
  count: number,
  serves: (node: HeaderNode) => boolean,
  { chain, windowBlocks, isAsked }: HistoryDownloadParts,
): HeaderNode[] {
  const best = peer.headers.bestKnown;
  const { missing } = chain;
  if (missing === undefined || count <= 0 || best === undefined || isFailed(best) || leavesBelowBase(best, chain)) return [];
  const { active, base } = missing;
  const wanted: HeaderNode[] = [];
  const from = active.fork(base);
  for (const node of active.lackingOn(from, base, from.height + windowBlocks)) {
    if (isAsked(node) || !serves(node)) continue;
    wanted.push(node);
    if (wanted.length === count) break;
  }
  return wanted;
}
