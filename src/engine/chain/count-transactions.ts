import type { SnapshotBase } from '../../core/params/types.ts';
import type { ActiveChain } from './active-chain.ts';
import type { HeaderNode } from './header-node.ts';
import { ancestorOf, isAncestorOf } from './header-tree.ts';

/** Rows between two pauses: about a millisecond's. */
const ROWS_PER_TURN = 50_000;

/** A branch of which the lowest blocks are not here, but for some at its beginning. `History` fits. */
interface KnownHistory {
  readonly base: HeaderNode;
  readonly active: Pick<ActiveChain, 'contains'>;
  readonly known: Pick<SnapshotBase, 'chainTxCount'>;
}

/**
 * The same as `countTransactions` where blocks below a snapshot may be missing: up to its base their transactions are known all together.
 *
 * @param missing - undefined where none is
 * @returns undefined where that does not help
 */
export async function countKnownTransactions(
  node: HeaderNode,
  blocks: number,
  missing: KnownHistory | undefined,
  pause: () => Promise<void>,
): Promise<number | undefined> {
  const above = node.height - (missing?.base.height ?? -1);
  if (missing === undefined || missing.active.contains(node) || (above >= blocks && isAncestorOf(missing.base, node)))
    return countTransactions(node, blocks, pause);
  if (!isAncestorOf(missing.base, node)) return undefined;
  const sinceGenesis = missing.known.chainTxCount + (await countTransactions(node, above, pause));
  if (blocks > node.height) return sinceGenesis;
  const first = ancestorOf(node, node.height - blocks);
  return missing.active.contains(first) ? sinceGenesis - (await countTransactions(first, first.height + 1, pause)) : undefined;
}

/**
 * Transactions in so many blocks up to a node, itself the last. Goes down by rows: no number of all transactions before a block is kept
 * with it, and a million rows are gone through in some ten milliseconds.
 *
 * @param blocks - at most as many as the branch has
 * @param pause - called now and then, so that others have their turn; rows stay what they are meanwhile
 */
export async function countTransactions(node: HeaderNode, blocks: number, pause: () => Promise<void>): Promise<number> {
  const { table } = node.nodes;
  let count = 0;
  for (let left = Math.min(blocks, node.height + 1), { row } = node; left > 0; left--) {
    count += table.txCount(row);
    row = table.parent(row);
    if (left % ROWS_PER_TURN === 0) await pause();
  }
  return count;
}
