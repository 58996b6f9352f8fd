import { assert } from '../../core/base/assert.ts';
import { checkHeader, checkHeaderInContext } from '../../core/consensus/check-header.ts';
import type { RetargetBlock } from '../../core/consensus/next-bits.ts';
import type { HeaderReason } from '../../core/consensus/reasons.ts';
import type { Rejection } from '../../core/consensus/rejection.ts';
import { reject } from '../../core/consensus/rejection.ts';
import type { ConsensusParams, NetworkParams } from '../../core/params/types.ts';
import type { BlockHeader } from '../../core/primitives/block.ts';
import type { Clock } from '../ports/clock.ts';
import type { BlockIndex } from './block-index.ts';
import type { ChainListener } from './chain-event.ts';
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

/** What headers are taken into. */
export interface AcceptHeaderParts {
  readonly params: Pick<NetworkParams, 'consensus'>;
  readonly index: BlockIndex;
  readonly clock: Pick<Clock, 'nowSeconds'>;
  readonly emit: ChainListener;
}

/** What became of a header: its node, or why it cannot be built on, with the node of one that is known. */
export type HeaderOutcome =
  | { readonly node: HeaderNode; readonly rejection?: undefined }
  | { readonly node?: HeaderNode; readonly rejection: Rejection };

/** What became of headers. */
export interface HeadersOutcome {
  /** The nodes of the headers that were taken or known already, in order. */
  readonly accepted: readonly HeaderNode[];
  /** Why the one after them was not. */
  readonly rejection?: Rejection;
}

/** Takes a header that keeps to the rules into the tree. A known one counts as taken. */
export function acceptHeader({ params, index, clock, emit }: AcceptHeaderParts, header: BlockHeader): HeaderOutcome {
  const { tree } = index;
  const known = tree.get(header.hash);
  if (known !== undefined) {
    const rejection = knownFailure(known);
    return rejection === undefined ? { node: known } : { node: known, rejection };
  }
  const parent = tree.get(header.prevBlockHash);
  const rejection = checkNewHeader(header, parent, clock.nowSeconds(), params.consensus);
  if (rejection !== undefined) return { rejection };
  assert(parent !== undefined, 'a header without a parent is refused');
  const node = index.addHeader(header, parent);
  emit({ kind: 'header-added', node });
  return { node };
}

/** Takes headers in order and stops at the first that is refused. */
export function acceptHeaders(parts: AcceptHeaderParts, headers: readonly BlockHeader[]): HeadersOutcome {
  const accepted: HeaderNode[] = [];
  for (const header of headers) {
    const { node, rejection } = acceptHeader(parts, header);
    if (rejection !== undefined) return { accepted, rejection };
    accepted.push(node);
  }
  return { accepted };
}
