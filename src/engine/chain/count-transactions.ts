import type { HeaderNode } from './header-node.ts';

/** Rows between two pauses: about a millisecond's. */
const ROWS_PER_TURN = 50_000;

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
