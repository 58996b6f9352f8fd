import type { BlockHeader } from '../../core/primitives/block.ts';
import type { ChainWork } from '../../core/primitives/compact-target.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';
import type { FilePosition } from '../ports/block-store.ts';
import type { HeaderTable } from './header-table.ts';

/** Bits of a node's status. */
export const STATUS = {
  /** Its scripts were run and hold, or were assumed to; they need not be run again on the same branch. */
  VALID: 1,
  /** A rule is broken here, or someone said so by `invalidateBlock`. */
  FAILED: 2,
  /** A block before it failed. Follows from the others' status: it is not stored. */
  FAILED_PARENT: 4,
  /** It and every block before it were stored. Follows from the blocks: it is not stored. */
  LINKED: 8,
} as const;

/** Either way of being invalid. */
export const STATUS_FAILED: number = STATUS.FAILED | STATUS.FAILED_PARENT;

/** The bits that are stored. */
export const STATUS_STORED: number = STATUS.VALID | STATUS.FAILED;

/**
 * One header in the tree, with what is known of its block: a view of a row, made when it is asked for. As long as anybody holds it, the same
 * header is always the same object, so nodes are compared by `===` and are keys of a Map or Set.
 */
export class HeaderNode {
  readonly #nodes: HeaderNodes;
  /** Its number in the tree, for this room. */
  readonly row: number;
  readonly height: number;
  #hash: BlockHash | undefined;
  #header: BlockHeader | undefined;
  #chainWork: ChainWork | undefined;

  /** For `HeaderNodes` alone. */
  constructor(nodes: HeaderNodes, row: number) {
    this.#nodes = nodes;
    this.row = row;
    this.height = nodes.table.height(row);
  }

  /** All nodes of its tree, for this room. */
  get nodes(): HeaderNodes {
    return this.#nodes;
  }

  get hash(): BlockHash {
    this.#hash ??= this.#nodes.table.hash(this.row);
    return this.#hash;
  }

  get header(): BlockHeader {
    this.#header ??= this.#nodes.header(this.row);
    return this.#header;
  }

  /** Undefined for the genesis block alone. */
  get parent(): HeaderNode | undefined {
    return this.row === 0 ? undefined : this.#nodes.of(this.#nodes.table.parent(this.row));
  }

  /** Work of the whole branch up to here. */
  get chainWork(): ChainWork {
    this.#chainWork ??= this.#nodes.table.chainWork(this.row);
    return this.#chainWork;
  }

  /** Median time past: of this block and the ten before it. */
  get medianTimeSeconds(): number {
    return this.#nodes.table.medianTimeSeconds(this.row);
  }

  /** Bits of `STATUS`. */
  get status(): number {
    return this.#nodes.table.status(this.row);
  }

  /** Transactions in the block; 0 until the block was here. */
  get txCount(): number {
    return this.#nodes.table.txCount(this.row);
  }

  /** Where the block is, undefined where it is not stored. */
  get block(): FilePosition | undefined {
    return this.#nodes.table.block(this.row);
  }

  /** Where its undo record is. */
  get undo(): FilePosition | undefined {
    return this.#nodes.table.undo(this.row);
  }
}

/** Nodes at which those that nobody holds are looked for. */
const SWEEP_MIN = 1_024;

/** The nodes of one tree that are in use. They are held weakly: what nobody else holds is gone, and made anew when it is asked for. */
export class HeaderNodes {
  readonly table: HeaderTable;
  readonly #genesis: BlockHeader;
  readonly #nodes = new Map<number, WeakRef<HeaderNode>>();
  #sweepAt: number = SWEEP_MIN;

  constructor(table: HeaderTable, genesis: BlockHeader) {
    this.table = table;
    this.#genesis = genesis;
  }

  /** The node of a row. */
  of(row: number): HeaderNode {
    const known = this.#nodes.get(row)?.deref();
    if (known !== undefined) return known;
    const node = new HeaderNode(this, row);
    this.#nodes.set(row, new WeakRef(node));
    if (this.#nodes.size >= this.#sweepAt) this.#sweep();
    return node;
  }

  /** Forgets those that are gone, as often as their number doubles. */
  #sweep(): void {
    for (const [row, ref] of this.#nodes) if (ref.deref() === undefined) this.#nodes.delete(row);
    this.#sweepAt = Math.max(SWEEP_MIN, this.#nodes.size * 2);
  }

  /** The header of a row. */
  header(row: number): BlockHeader {
    if (row === 0) return this.#genesis;
    const { version, merkleRoot, timeSeconds, bits, nonce, hash } = this.table.fields(row);
    return { version, prevBlockHash: this.table.hash(this.table.parent(row)), merkleRoot, timeSeconds, bits, nonce, hash };
  }
}

/** Whether it or a block before it is known to be invalid. */
export function isFailed(node: HeaderNode): boolean {
  return (node.status & STATUS_FAILED) !== 0;
}

/** Whether the block itself is stored. */
export function isStored(node: HeaderNode): boolean {
  return node.nodes.table.isStored(node.row);
}

/** Whether it and every block before it are stored or were, so that it could be connected. Core's `HaveNumChainTxs`. */
export function isLinked(node: HeaderNode): boolean {
  return (node.status & STATUS.LINKED) !== 0;
}

/** Whether the block was stored once and has been pruned since. Core: it has transactions but no data. */
export function isPruned(node: HeaderNode): boolean {
  return node.txCount > 0 && !isStored(node);
}
