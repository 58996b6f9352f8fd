import { assert } from '../../core/base/assert.ts';
import type { BlockHeader } from '../../core/primitives/block.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';
import type { HeaderNode, HeaderNodes } from './header-node.ts';
import type { HeaderTree } from './header-tree.ts';
import { findFork } from './header-tree.ts';

/** Room is made for a sixteenth more than is needed, and for some blocks at least: 4.25 bytes a block. */
const SPARE_SHARE = 1 / 16;
const SPARE_BLOCKS_MIN = 1_024;

/** Blocks that are looked at together on the way up a branch. */
const PIECE_BLOCKS = 128;

/** The branch whose coins are held, by height. */
export class ActiveChain {
  readonly #nodes: HeaderNodes;
  /** Rows by height. */
  #rows: Uint32Array;
  #tip: HeaderNode;

  /** @param tip - the branch's last block */
  constructor(tip: HeaderNode) {
    this.#nodes = tip.nodes;
    this.#tip = tip;
    this.#rows = this.#rowsTo(tip);
  }

  #rowsTo(tip: HeaderNode): Uint32Array {
    const rows = new Uint32Array(roomFor(tip.height + 1));
    for (let { row, height } = tip; height >= 0; height--) {
      rows[height] = row;
      row = this.#nodes.table.parent(row);
    }
    return rows;
  }

  get tip(): HeaderNode {
    return this.#tip;
  }

  get height(): number {
    return this.#tip.height;
  }

  /** Memory it takes. */
  get sizeBytes(): number {
    return this.#rows.byteLength;
  }

  /** The block at a height, undefined above the tip and below 0. */
  at(height: number): HeaderNode | undefined {
    return height >= 0 && height <= this.height ? this.#nodes.of(this.#rows[height]!) : undefined;
  }

  /** The header at a height from 0 to the tip's. Makes no node of it, for those who serve thousands. */
  headerAt(height: number): BlockHeader {
    assert(height >= 0 && height <= this.height, 'there is a header up to the tip');
    return this.#nodes.header(this.#rows[height]!);
  }

  contains(node: HeaderNode): boolean {
    return node.height <= this.height && this.#rows[node.height] === node.row;
  }

  /** The block after one on this branch. */
  next(node: HeaderNode): HeaderNode | undefined {
    return this.contains(node) ? this.at(node.height + 1) : undefined;
  }

  /** The last block that this branch and another have in common. */
  fork(node: HeaderNode): HeaderNode {
    return findFork(this.#tip, node);
  }

  /** The first block of a locator that is on this branch, else the genesis block. Core's `FindForkInGlobalIndex`. */
  locate(locator: readonly BlockHash[], tree: HeaderTree): HeaderNode {
    for (const hash of locator) {
      const node = tree.get(hash);
      if (node === undefined) continue;
      if (this.contains(node)) return node;
      // A branch that goes on above our tip has it below: whoever sent this is ahead of us.
      if (node.height > this.height && this.fork(node) === this.#tip) return this.#tip;
    }
    return tree.genesis;
  }

  /** The blocks after `from` on the branch of `to`, upwards to a height at most, that are neither stored nor on this branch. */
  *lackingOn(from: HeaderNode, to: HeaderNode, heightMax: number): Generator<HeaderNode> {
    const { table } = this.#nodes;
    const end = Math.min(to.height, heightMax);
    // Taken in pieces, since parents are only found downwards.
    for (let height = from.height; height < end; ) {
      const top = Math.min(height + PIECE_BLOCKS, end);
      const rows: number[] = [];
      for (let row = table.ancestor(to.row, top), at = top; at > height; at--) {
        if (!table.isStored(row) && !(at <= this.height && this.#rows[at] === row)) rows.push(row);
        row = table.parent(row);
      }
      for (const row of rows.reverse()) yield this.#nodes.of(row);
      height = top;
    }
  }

  /** The highest block above a height that something holds for, undefined where there is none. Looked for by rows: there may be millions. */
  highestAbove(height: number, holds: (row: number) => boolean): HeaderNode | undefined {
    for (let at = this.height; at > height; at--) {
      const row = this.#rows[at]!;
      if (holds(row)) return this.#nodes.of(row);
    }
    return undefined;
  }

  /** Goes to any block of the tree at once. */
  moveTo(tip: HeaderNode): void {
    this.#rows = this.#rowsTo(tip);
    this.#tip = tip;
  }

  /** Goes one block on. */
  push(node: HeaderNode): void {
    if (node.height >= this.#rows.length) {
      const rows = new Uint32Array(roomFor(node.height + 1));
      rows.set(this.#rows);
      this.#rows = rows;
    }
    this.#rows[node.height] = node.row;
    this.#tip = node;
  }

  /** Goes one block back. */
  pop(): void {
    this.#tip = this.#nodes.of(this.#nodes.table.parent(this.#tip.row));
  }
}

function roomFor(blocks: number): number {
  return blocks + Math.max(SPARE_BLOCKS_MIN, Math.ceil(blocks * SPARE_SHARE));
}
