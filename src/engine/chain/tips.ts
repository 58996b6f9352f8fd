import type { ChainTip, TipStatus } from '../ports/chain-service.ts';
import type { ActiveChain } from './active-chain.ts';
import type { HeaderNode } from './header-node.ts';
import { isFailed, isLinked, STATUS } from './header-node.ts';
import type { HeaderTree } from './header-tree.ts';

/** Core's word for a branch that ends here. */
function statusOf(node: HeaderNode, active: ActiveChain): TipStatus {
  if (active.contains(node)) return 'active';
  if (isFailed(node)) return 'invalid';
  if (!isLinked(node)) return 'headers-only';
  return (node.status & STATUS.VALID) !== 0 ? 'valid-fork' : 'valid-headers';
}

/** The ends of all branches, the highest first: every leaf, and the tip even where headers go on above it. Core's `getchaintips`. */
export function chainTips(tree: HeaderTree, active: ActiveChain): ChainTip[] {
  const ends = new Set<HeaderNode>([active.tip, ...tree.leaves()]);
  return [...ends]
    .sort((a, b) => b.height - a.height)
    .map((node) => ({
      height: node.height,
      hash: node.hash,
      branchLength: node.height - active.fork(node).height,
      status: statusOf(node, active),
    }));
}
