import { blockWork } from '../../core/consensus/proof-of-work.ts';
import type { NetworkParams } from '../../core/params/types.ts';
import type { HeaderNode } from './header-node.ts';
import type { HeaderTree } from './header-tree.ts';
import { isAncestorOf } from './header-tree.ts';

/** Work that must lie on top of a block whose scripts are not run, in seconds of the network's rate now: two weeks, as in Core. */
export const ASSUMED_BURIED_SECONDS = 1_209_600;

/** Seconds in which the work from one block to another is done, at the difficulty of the latter. Core's `GetBlockProofEquivalentTime`. */
function equivalentSeconds(from: HeaderNode, to: HeaderNode, spacingSeconds: number): bigint {
  return ((to.chainWork - from.chainWork) * BigInt(spacingSeconds)) / blockWork(to.header.bits);
}

/**
 * Whether the scripts of a block need not be run, because those of the network's `assumeValid` block and of all before it were: as in Core,
 * only where that block is known and builds on this one, where the best headers do so too and have the work that the network is known to
 * have, and where two weeks of work lie on top. So a liar would have to mine for two weeks what everyone else would refuse.
 */
export function isAssumedValid(node: HeaderNode, tree: HeaderTree, { assumeValid, minimumChainWork, consensus }: NetworkParams): boolean {
  const assumed = assumeValid === null ? undefined : tree.get(assumeValid);
  const { best } = tree;
  return (
    assumed !== undefined &&
    isAncestorOf(node, assumed) &&
    isAncestorOf(node, best) &&
    best.chainWork >= minimumChainWork &&
    equivalentSeconds(node, best, consensus.pow.spacingSeconds) > ASSUMED_BURIED_SECONDS
  );
}
