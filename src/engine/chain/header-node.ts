import type { BlockHeader } from '../../core/primitives/block.ts';
import type { ChainWork } from '../../core/primitives/compact-target.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';
import type { FilePosition } from '../ports/block-store.ts';

/** Bits of a node's status, as they are stored. */
export const STATUS = {
  /** Its scripts were run and hold, or were assumed to; they need not be run again on the same branch. */
  VALID: 1,
  /** A rule is broken here, or someone said so by `invalidateBlock`. */
  FAILED: 2,
  /** A block before it failed. */
  FAILED_PARENT: 4,
} as const;

/** Either way of being invalid. */
export const STATUS_FAILED: number = STATUS.FAILED | STATUS.FAILED_PARENT;

/** One header in the tree, with what is known of its block. Only the chain writes the fields that change. */
export interface HeaderNode {
  readonly header: BlockHeader;
  readonly hash: BlockHash;
  readonly height: number;
  /** Undefined for the genesis block alone. */
  readonly parent: HeaderNode | undefined;
  /** Some block far below: makes `ancestorOf` take a number of steps that grows with the logarithm of the height. */
  readonly skip: HeaderNode | undefined;
  /** Work of the whole branch up to here. */
  readonly chainWork: ChainWork;
  /** Median time past: of this block and the ten before it. */
  readonly medianTimeSeconds: number;
  /** Bits of `STATUS`. */
  status: number;
  /** Transactions in the block; 0 until the block was here. */
  txCount: number;
  /** Transactions up to here; 0 while any block on the way is missing. */
  chainTxCount: number;
  /** Order in which blocks could first be connected; decides between branches of equal work. 0 before. */
  sequence: number;
  /** Set by `preciousBlock` to come before everything that was seen in the ordinary way; else the sequence. */
  precedence: number;
  block: FilePosition | undefined;
  undo: FilePosition | undefined;
}

/** Whether it or a block before it is known to be invalid. */
export function isFailed(node: HeaderNode): boolean {
  return (node.status & STATUS_FAILED) !== 0;
}

/** Whether the block itself is stored. */
export function isStored(node: HeaderNode): boolean {
  return node.block !== undefined;
}

/** Whether it and every block before it are stored, so that it could be connected. Core's `HaveNumChainTxs`. */
export function isLinked(node: HeaderNode): boolean {
  return node.chainTxCount > 0;
}

/** Whether the block was stored once and has been pruned since. Core: it has transactions but no data. */
export function isPruned(node: HeaderNode): boolean {
  return node.txCount > 0 && node.block === undefined;
}
