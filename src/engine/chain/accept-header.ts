import { checkHeader, checkHeaderInContext } from '../../core/consensus/check-header.ts';
import type { RetargetBlock } from '../../core/consensus/next-bits.ts';
import type { HeaderReason } from '../../core/consensus/reasons.ts';
import type { Rejection } from '../../core/consensus/rejection.ts';
import { reject } from '../../core/consensus/rejection.ts';
import type { ConsensusParams } from '../../core/params/types.ts';
import type { BlockHeader } from '../../core/primitives/block.ts';
import type { HeaderNode } from './header-node.ts';
import { isFailed } from './header-node.ts';
import { ancestorOf } from './header-tree.ts';

function toRetargetBlock({ height, header }: HeaderNode): RetargetBlock {
  return { height, timeSeconds: header.timeSeconds, bits: header.bits };
}

/** What the rules of a header see of the branch that it is added to. */
export function headerContext(parent: HeaderNode, nowSeconds: number): Parameters<typeof checkHeaderInContext>[1] {
  return {
    prev: toRetargetBlock(parent),
    ancestor: (height) => toRetargetBlock(ancestorOf(parent, height)),
    medianTimeSeconds: parent.medianTimeSeconds,
    nowSeconds,
  };
}

/** Why a header that is known already cannot be built on, if so. */
export function knownFailure(node: HeaderNode): Rejection<HeaderReason> | undefined {
  return isFailed(node) ? reject('consensus', 'duplicate-invalid', { height: node.height }) : undefined;
}

/** Every rule of a header that is not in the tree yet, in Core's order. `parent` is what the tree has for its `prevBlockHash`. */
export function checkNewHeader(
  header: BlockHeader,
  parent: HeaderNode | undefined,
  nowSeconds: number,
  params: ConsensusParams,
): Rejection<HeaderReason> | undefined {
  const why = checkHeader(header, params);
  if (why !== undefined) return why;
  if (parent === undefined) return reject('missing-prev', 'prev-blk-not-found');
  if (isFailed(parent)) return reject('invalid-prev', 'bad-prevblk', { height: parent.height + 1 });
  return checkHeaderInContext(header, headerContext(parent, nowSeconds), params);
}
