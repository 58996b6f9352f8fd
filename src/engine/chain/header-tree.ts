/**
 * Every header that is known, as a tree by their parents, in memory.
 *
 * Owns the shape: ancestors, forks, work and which leaves there are. What the rules say of a header is checked before it comes here. Headers
 * lie in a `HeaderTable`; readers are given `HeaderNode`s, and what walks over many goes by their rows (docs/adr/0016).
 *
 * @module
 */

import { assert } from '../../core/base/assert.ts';
import type { BlockHeader } from '../../core/primitives/block.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';
import type { Random } from '../ports/random.ts';
import { HeaderIndex } from './header-index.ts';
import type { HeaderNode } from './header-node.ts';
import { HeaderNodes, STATUS, STATUS_FAILED } from './header-node.ts';
import { HeaderTable } from './header-table.ts';

/** The node's ancestor at a height from 0 to its own (then itself). Core's `GetAncestor`. */
export function ancestorOf(node: HeaderNode, height: number): HeaderNode {
  assert(height >= 0 && height <= node.height, 'an ancestor is no higher than its descendant');
  return node.nodes.of(node.nodes.table.ancestor(node.row, height));
}

/** Whether `node` is on the branch that ends in `tip`. */
export function isAncestorOf(node: HeaderNode, tip: HeaderNode): boolean {
  return node.nodes.table.isAncestor(node.row, tip.row);
}

/** The last block that two branches have in common. */
export function findFork(a: HeaderNode, b: HeaderNode): HeaderNode {
  return a.nodes.of(a.nodes.table.fork(a.row, b.row));
}

/** Hashes of a branch from its tip down: the first ten one by one, then ever further apart, genesis last. Core's `LocatorEntries`. */
export function buildLocator(tip: HeaderNode): BlockHash[] {
  const { table } = tip.nodes;
  const hashes: BlockHash[] = [];
  let step = 1;
  for (let { row, height } = tip; ; ) {
    hashes.push(table.hash(row));
    if (height === 0) return hashes;
    height = Math.max(height - step, 0);
    row = table.ancestor(row, height);
    if (hashes.length > 10) step *= 2;
  }
}

/** Rows in which the parent of a stored row nearly always is, since they come by their heights. */
const RECENT_ROWS = 4;

/** The tree. It only grows. */
export class HeaderTree {
  /** The rows, for this room. */
  readonly table: HeaderTable;
  /** The views of rows, for this room. */
  readonly nodes: HeaderNodes;
  readonly genesis: HeaderNode;
  readonly #index: HeaderIndex;
  /** Rows without children but the last row, which never has any: while one branch grows nothing is noted here. */
  readonly #leaves = new Set<number>();
  #best: HeaderNode;

  /** @param random - makes places in memory unpredictable to peers */
  constructor(genesis: BlockHeader, random?: Random) {
    this.table = new HeaderTable();
    this.nodes = new HeaderNodes(this.table, genesis);
    this.#index = new HeaderIndex(this.table, random);
    this.#index.add(this.table.add(genesis, 0));
    this.genesis = this.nodes.of(0);
    this.#best = this.genesis;
  }

  /** Number of headers. */
  get size(): number {
    return this.table.count;
  }

  /** Memory of the headers and their index: every typed array, used and spare. */
  get sizeBytes(): number {
    return this.table.sizeBytes + this.#index.sizeBytes;
  }

  /** The header of most work that is not known to be invalid; of several the first that came. */
  get best(): HeaderNode {
    return this.#best;
  }

  get(hash: BlockHash): HeaderNode | undefined {
    const row = this.#index.find(hash);
    return row < 0 ? undefined : this.nodes.of(row);
  }

  /** The row of a hash that stands in a longer array, -1 where there is none. The last rows are looked at first. */
  rowOf(bytes: Uint8Array, at: number): number {
    for (let row = this.size - 1; row >= Math.max(0, this.size - RECENT_ROWS); row--) if (this.table.hasHashAt(row, bytes, at)) return row;
    this.placeSome(Number.POSITIVE_INFINITY);
    return this.#index.findAt(bytes, at);
  }

  /** Gives so many packed rows, or as many as there are, the places where `get` looks for them. @returns whether more are left */
  placeSome(count: number): boolean {
    const end = Math.min(this.size, this.#index.count + count);
    this.#index.reserve(this.size);
    for (let row = this.#index.count; row < end; row++) this.#index.add(row);
    return end < this.size;
  }

  /** The nodes without children. */
  *leaves(): Generator<HeaderNode> {
    for (const row of this.#leafRows()) yield this.nodes.of(row);
  }

  *#leafRows(): Generator<number> {
    yield* this.#leaves;
    yield this.size - 1;
  }

  /** Adds a header that was checked and is not here yet. Its hashes are copied. */
  add(header: BlockHeader, parent: HeaderNode): HeaderNode {
    assert(this.#index.find(header.hash) < 0, 'a header is added once');
    const row = this.table.add(header, parent.row);
    this.#index.add(row);
    this.#setLeaf(row);
    const node = this.nodes.of(row);
    if (this.table.compareWork(row, this.#best.row) > 0) this.#best = node;
    return node;
  }

  /** Adds a packed row on another, as `HeaderTable.addPacked`. It is not found by `get`, nor may be the best, before `restored`. */
  addPacked(bytes: Uint8Array, view: DataView, at: number, parent: number): number {
    const row = this.table.addPacked(bytes, view, at, parent);
    this.#setLeaf(row);
    return row;
  }

  /** Notes what a new row makes of the one before it, which was a leaf, and of its parent. */
  #setLeaf(row: number): void {
    const parent = this.table.parent(row);
    if (parent === row - 1) return;
    this.#leaves.add(row - 1);
    this.#leaves.delete(parent);
  }

  /** Ends the adding of packed rows. */
  restored(): void {
    this.placeSome(Number.POSITIVE_INFINITY);
    this.refreshBest();
  }

  /** Whether a row is to be preferred to another: more work, or of equal work the block that could be connected first. */
  isBetter(a: number, b: number): boolean {
    const { table } = this;
    const difference = table.compareWork(a, b);
    if (difference !== 0) return difference > 0;
    if ((table.status(a) & STATUS.LINKED) === 0) return false;
    return (table.status(b) & STATUS.LINKED) === 0 || table.precedence(a) < table.precedence(b);
  }

  /** Finds the best header anew, after nodes were restored, became invalid or valid. Of equal work, the block that came first. */
  refreshBest(): void {
    const { table } = this;
    let best = 0;
    for (const row of this.lastOfBranches((each) => (table.status(each) & STATUS_FAILED) === 0)) {
      // Which leaf is older says nothing of which header is: of equal ones the lower row came first.
      if (this.isBetter(row, best) || (row < best && !this.isBetter(best, row))) best = row;
    }
    this.#best = this.nodes.of(best);
  }

  /**
   * The highest row of each branch for which something holds that, where it holds for a block, holds for all before it. Takes a number of
   * steps that grows with the number of branches, not of headers.
   */
  *lastOfBranches(holds: (row: number) => boolean): Generator<number> {
    const { table } = this;
    for (const leaf of this.#leafRows()) {
      if (holds(leaf)) yield leaf;
      else if (holds(0)) {
        let [low, high] = [0, table.height(leaf)];
        // It holds at `low` and does not at `high`.
        while (high - low > 1) {
          const middle = (low + high) >>> 1;
          if (holds(table.ancestor(leaf, middle))) low = middle;
          else high = middle;
        }
        yield table.ancestor(leaf, low);
      }
    }
  }

  /** The rows that build on one, itself not among them; parents before children. */
  *descendants(of: number): Generator<number> {
    const { table } = this;
    const height = table.height(of);
    /** A bit for each row after it. */
    const below = new Uint8Array(((table.count - of) >>> 3) + 1);
    for (const leaf of this.#leafRows()) {
      if (table.height(leaf) <= height || table.ancestor(leaf, height) !== of) continue;
      for (let row = leaf; row !== of && !hasBit(below, row - of); row = table.parent(row)) setBit(below, row - of);
    }
    for (let byte = 0; byte < below.length; byte++) {
      for (let rest = below[byte]!, bit = 0; rest !== 0; rest >>>= 1, bit++) if ((rest & 1) !== 0) yield of + byte * 8 + bit;
    }
  }
}

function hasBit(bits: Uint8Array, at: number): boolean {
  return (bits[at >>> 3]! & (1 << (at & 7))) !== 0;
}

function setBit(bits: Uint8Array, at: number): void {
  bits[at >>> 3]! |= 1 << (at & 7);
}
