/**
 * How a block comes in: checked for itself and in its place, stored, and connected if that makes the best chain.
 *
 * Only one call may be under way at a time; `Chain` sees to that.
 *
 * @module
 */

import { checkBlock } from '../../core/consensus/check-block.ts';
import { checkBlockInContext } from '../../core/consensus/check-block-in-context.ts';
import type { Rejection } from '../../core/consensus/rejection.ts';
import type { Block } from '../../core/primitives/block.ts';
import { encodeBlock } from '../../core/primitives/block.ts';
import { toDisplayHex } from '../../core/primitives/ids.ts';
import type { FilePosition } from '../ports/block-store.ts';
import type { Clock } from '../ports/clock.ts';
import { type AcceptHeaderParts, acceptHeader, knownFailure } from './accept-header.ts';
import type { ActiveChain } from './active-chain.ts';
import type { BlockAtHand, ChainParts } from './chain-state.ts';
import { checkSignature } from './check-signature.ts';
import type { HeaderNode } from './header-node.ts';
import { isPruned, isStored } from './header-node.ts';
import { contextOf } from './judging.ts';
import { betweenStages } from './stages.ts';

/** Blocks above the tip that are kept without having been asked for. Core's `MIN_BLOCKS_TO_KEEP`. */
export const UNREQUESTED_AHEAD_MAX = 288;

/** What became of a block. */
export interface AcceptOutcome {
  /** Where it stands, if its header could be taken. */
  readonly node?: HeaderNode;
  /** Why it is not valid; a block on a branch that is not the best is judged in full only when it becomes part of it. */
  readonly rejection?: Rejection;
  /** Whether the block was stored now. */
  readonly isNew: boolean;
}

/** How a block came here. */
export interface AcceptBlockOptions {
  /** False: a peer pushed it. Then it is only stored if it could soon be of use. True unless given. */
  readonly requested?: boolean;
  /** The block in wire form, if at hand. */
  readonly raw?: Uint8Array;
  /** Where the block store has it already: it is not appended. */
  readonly storedAt?: FilePosition;
}

/** What blocks are taken into. */
export interface AcceptBlockParts extends AcceptHeaderParts, Pick<ChainParts, 'active' | 'blocks' | 'verifier' | 'log' | 'damage'> {
  readonly clock: Pick<Clock, 'nowSeconds' | 'yield'>;
  /** A damaged block was checked and lies elsewhere now. */
  readonly mended: (node: HeaderNode, position: FilePosition) => void;
  /** A header row changed that is to be written before long. */
  readonly rowChanged: () => void;
  /** Whether a block was found to be what `checkBlock` and `checkBlockInContext` ask for, while it waited. */
  readonly isSound: (block: Block) => boolean;
  /** Moves to the best block there is. @returns why the block at hand is invalid, if it is */
  readonly settle: (atHand: BlockAtHand) => Promise<Rejection | undefined>;
}

/** Takes a block: checks it, stores it, and moves to the best block there then is. @throws NodeError where a store fails */
export async function acceptBlock(
  parts: AcceptBlockParts,
  block: Block,
  { requested = true, raw, storedAt }: AcceptBlockOptions,
): Promise<AcceptOutcome> {
  const { active, blocks, clock, damage, index, verifier } = parts;
  const { consensus } = parts.params;
  const known = index.tree.get(block.header.hash);
  const isDamaged = known !== undefined && damage.hasBlock(known);
  if (known !== undefined && !isDamaged) {
    const rejection = knownFailure(known);
    if (rejection !== undefined) return { node: known, rejection, isNew: false };
    if (isStored(known) || (isPruned(known) && active.contains(known))) return { node: known, isNew: false };
  }
  await betweenStages(block, clock);
  const isSound = parts.isSound(block);
  const wrong = isSound ? undefined : checkBlock(block, consensus);
  // Its header may have come meanwhile.
  if (wrong !== undefined) return refuse(parts, index.tree.get(block.header.hash), wrong);
  await betweenStages(block, clock);
  const unsigned = await checkSignature(block, consensus, verifier);
  if (unsigned !== undefined) return refuse(parts, index.tree.get(block.header.hash), unsigned);
  const { node, rejection } = isDamaged ? { node: known, rejection: undefined } : acceptHeader(parts, block.header);
  if (rejection !== undefined) return node === undefined ? { rejection, isNew: false } : { node, rejection, isNew: false };
  if (!isDamaged && !requested && !isWorthStoring(node, active)) return { node, isNew: false };
  const wrongInContext = isSound ? undefined : checkBlockInContext(block, contextOf(node), consensus);
  if (wrongInContext !== undefined) return refuse(parts, node, wrongInContext);
  if (storedAt === undefined && node.parent === active.tip) parts.emit({ kind: 'block-sound', node, block });
  const position = storedAt ?? (await blocks.append(raw ?? encodeBlock(block)));
  if (isDamaged) parts.mended(node, position);
  else index.setStored(node, block.transactions.length, position);
  const failure = await parts.settle({ node, block });
  return failure === undefined ? { node, isNew: true } : { node, rejection: failure, isNew: true };
}

/** Marks what is invalid for ever; bytes that only may not be the right ones leave no mark. */
function refuse({ index, log, rowChanged }: AcceptBlockParts, node: HeaderNode | undefined, rejection: Rejection): AcceptOutcome {
  if (node === undefined) return { rejection, isNew: false };
  if (rejection.kind === 'consensus') {
    index.setFailed(node);
    rowChanged();
    log.warn('block-invalid', { hash: toDisplayHex(node.hash), height: node.height, reason: rejection.reason });
  }
  return { node, rejection, isNew: false };
}

/** Core's limits on blocks that nobody asked for: not behind the tip in work, and not far above it. */
function isWorthStoring(node: HeaderNode, { tip }: ActiveChain): boolean {
  return node.chainWork >= tip.chainWork && node.height <= tip.height + UNREQUESTED_AHEAD_MAX;
}
