/**
 * What is known of each block beside its header: where it is stored, whether it failed, and which blocks could be the tip.
 *
 * Owns the status of nodes, the order of arrival, the candidates and which rows must be written. Does not own coins, nor the rules. What is
 * noted of single blocks is kept by their rows; no step looks through all headers but those of the pruner.
 *
 * @module
 */

import { assert } from '../../core/base/assert.ts';
import type { BlockHeader } from '../../core/primitives/block.ts';
import type { FilePosition } from '../ports/block-store.ts';
import type { HeaderPage, HeaderRows } from '../ports/header-store.ts';
import { HEADER_PAGE_ROWS, HEADER_ROW, HEADER_ROW_SIZE_BYTES, NO_FILE } from '../ports/header-store.ts';
import { NodeError } from '../ports/node-error.ts';
import type { Random } from '../ports/random.ts';
import type { HeaderNode } from './header-node.ts';
import { isPruned, isStored, STATUS, STATUS_FAILED, STATUS_STORED } from './header-node.ts';
import type { HeaderTable } from './header-table.ts';
import { HeaderTree } from './header-tree.ts';

/** The header tree with the state of its blocks. */
export class BlockIndex {
  readonly tree: HeaderTree;
  readonly #table: HeaderTable;
  /**
   * Rows of linked blocks that have not failed. For each such block that is not worse than the tip, it or one that builds on it is here; worse
   * ones are dropped now and then.
   */
  readonly #candidates = new Set<number>();
  /** Rows of stored blocks that wait for the one before them, by that one's. */
  readonly #waiting = new Map<number, number[]>();
  /** Rows that failed themselves; what builds on them is marked, and named nowhere else. */
  readonly #failed = new Set<number>();
  /** Numbers of pages with rows that changed. */
  readonly #dirty = new Set<number>();
  #lastSequence = 0;
  #lastPrecedence = 0;

  /** @param random - makes places in memory unpredictable to peers */
  constructor(genesis: BlockHeader, random?: Random) {
    this.tree = new HeaderTree(genesis, random);
    this.#table = this.tree.table;
  }

  /** Takes stored rows; parents must come before their children. @throws NodeError `database-damaged`, `data-dir-network` */
  restore({ bytes, count }: HeaderRows): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < count * HEADER_ROW_SIZE_BYTES; at += HEADER_ROW_SIZE_BYTES) {
      this.#restoreState(this.#restoreRow(bytes, view, at), view.getUint32(at + HEADER_ROW.status, true));
    }
  }

  #restoreRow(bytes: Uint8Array, view: DataView, at: number): number {
    const table = this.#table;
    const height = view.getUint32(at + HEADER_ROW.height, true);
    if (height === 0) {
      if (this.tree.rowOf(bytes, at + HEADER_ROW.hash) !== 0)
        throw new NodeError('data-dir-network', 'the stored headers begin with another genesis block');
      table.setPackedState(0, view, at);
      return 0;
    }
    const parent = this.tree.rowOf(bytes, at + HEADER_ROW.header + 4);
    if (parent < 0 || table.height(parent) !== height - 1)
      throw new NodeError('database-damaged', 'the stored headers are no tree: start with --reindex');
    return this.tree.addPacked(bytes, view, at, parent);
  }

  #restoreState(row: number, stored: number): void {
    const table = this.#table;
    const parentFailed = row !== 0 && this.#isFailed(table.parent(row));
    table.setStatus(row, (stored & STATUS_STORED) | (parentFailed ? STATUS.FAILED_PARENT : 0));
    if ((stored & STATUS.FAILED) !== 0) this.#failed.add(row);
    this.#lastSequence = Math.max(this.#lastSequence, table.sequence(row));
    // A pruned block counts too: it was connected, or could have been.
    if (table.txCount(row) > 0) this.#link(row);
  }

  /** Ends the restoring. */
  restored(): void {
    this.tree.restored();
    this.refreshCandidates();
  }

  /** Adds a header that was checked, on one that has not failed. */
  addHeader(header: BlockHeader, parent: HeaderNode): HeaderNode {
    assert(!this.#isFailed(parent.row), 'nothing is built on what failed');
    const node = this.tree.add(header, parent);
    this.#changed(node.row);
    return node;
  }

  /** Notes that a block is stored. With it, those that waited for it may be connected too. */
  setStored(node: HeaderNode, txCount: number, position: FilePosition): void {
    assert(!isStored(node), 'a block is stored once');
    const wasPruned = isPruned(node);
    this.#table.setBlock(node.row, position);
    this.#table.setTxCount(node.row, txCount);
    this.#changed(node.row);
    for (const row of this.#link(node.row)) if (!this.#isFailed(row)) this.#candidates.add(row);
    // Branches that were given up for want of it may be taken now.
    if (wasPruned) this.refreshCandidates();
  }

  /** Links a stored row if the one before it is, and those that waited for it. @returns the rows that are linked now */
  #link(stored: number): readonly number[] {
    const parent = this.#table.parent(stored);
    if (stored !== 0 && !this.#isLinked(parent)) {
      const others = this.#waiting.get(parent);
      if (others === undefined) this.#waiting.set(parent, [stored]);
      else others.push(stored);
      return [];
    }
    // Those that came first are numbered first, level by level.
    const queue = [stored];
    for (const row of queue) {
      this.#table.setStatus(row, this.#table.status(row) | STATUS.LINKED);
      if (row !== 0 && this.#table.sequence(row) === 0) {
        this.#table.setSequence(row, ++this.#lastSequence);
        this.#changed(row);
      }
      queue.push(...(this.#waiting.get(row) ?? []));
      this.#waiting.delete(row);
    }
    return queue;
  }

  #isLinked(row: number): boolean {
    return (this.#table.status(row) & STATUS.LINKED) !== 0;
  }

  #isFailed(row: number): boolean {
    return (this.#table.status(row) & STATUS_FAILED) !== 0;
  }

  #canBeTip(row: number): boolean {
    return this.#isLinked(row) && !this.#isFailed(row);
  }

  /** Notes where a block's undo record is. */
  setUndo(node: HeaderNode, position: FilePosition): void {
    this.#table.setUndo(node.row, position);
    this.#changed(node.row);
  }

  /** Whether any block was stored once and is not now. */
  hasPruned(): boolean {
    for (let row = 0; row < this.#table.count; row++) if (this.#table.txCount(row) > 0 && !this.#table.isStored(row)) return true;
    return false;
  }

  /** The files that blocks are in, each with the height of the highest of them. */
  blockFiles(): Map<number, number> {
    const highest = new Map<number, number>();
    for (let row = 0; row < this.#table.count; row++) {
      const file = this.#table.blockFile(row);
      if (file !== NO_FILE && this.#table.height(row) >= (highest.get(file) ?? 0)) highest.set(file, this.#table.height(row));
    }
    return highest;
  }

  /** Notes that the blocks in some files and their undo records are there no more. @returns how many */
  setFilesPruned(files: ReadonlySet<number>): number {
    let count = 0;
    for (let row = 0; row < this.#table.count; row++) {
      if (!files.has(this.#table.blockFile(row))) continue;
      this.#table.setBlock(row, undefined);
      this.#table.setUndo(row, undefined);
      this.#changed(row);
      count++;
    }
    return count;
  }

  /** Notes that a block that is stored lies elsewhere now. */
  setMoved(node: HeaderNode, position: FilePosition): void {
    assert(isStored(node), 'what moves is there');
    this.#table.setBlock(node.row, position);
    this.#changed(node.row);
  }

  /** Every block and undo record that is stored, by where it lies. */
  *positions(): Generator<{ readonly row: number; readonly block: FilePosition; readonly undo: FilePosition | undefined }> {
    for (let row = 0; row < this.#table.count; row++) {
      const block = this.#table.block(row);
      if (block !== undefined) yield { row, block, undo: this.#table.undo(row) };
    }
  }

  /**
   * Takes all blocks up to one for stored as far as those above it are concerned, which can be connected on the coins that are known of it.
   */
  assume(base: HeaderNode): void {
    const assumed: number[] = [];
    for (let { row } = base; !this.#isLinked(row); row = this.#table.parent(row)) assumed.push(row);
    for (const row of assumed.reverse()) {
      this.#table.setStatus(row, this.#table.status(row) | STATUS.LINKED);
      const stored = this.#waiting.get(row) ?? [];
      this.#waiting.delete(row);
      for (const each of stored) this.#link(each);
    }
    this.refreshCandidates();
  }

  /** Forgets what was found out about the blocks that build on one, and which coins they spent: it was found with coins that are not to be trusted. */
  forgetAbove(base: HeaderNode): void {
    const table = this.#table;
    for (const row of this.tree.descendants(base.row)) {
      table.setStatus(row, table.status(row) & ~(STATUS.VALID | STATUS.FAILED));
      table.setUndo(row, undefined);
      this.#failed.delete(row);
      this.#changed(row);
      this.#refreshParentFailed(row);
    }
    this.tree.refreshBest();
    this.refreshCandidates();
  }

  /** Takes a block off the list of what could be the tip, until something changes about it. The one before it may still be. */
  dropCandidate(node: HeaderNode): void {
    this.#candidates.delete(node.row);
    if (node.row !== 0) this.#candidates.add(this.#table.parent(node.row));
  }

  /** Notes that a block's scripts hold. */
  setValid(node: HeaderNode): void {
    if ((node.status & STATUS.VALID) !== 0) return;
    this.#table.setStatus(node.row, node.status | STATUS.VALID);
    this.#changed(node.row);
  }

  /** Marks a block invalid, and with it all that build on it. */
  setFailed(node: HeaderNode): void {
    const table = this.#table;
    const parent = table.parent(node.row);
    if (!this.#failed.has(node.row)) {
      this.#failed.add(node.row);
      this.#changed(node.row);
      table.setStatus(node.row, node.status | STATUS.FAILED);
    }
    for (const row of this.tree.descendants(node.row)) table.setStatus(row, table.status(row) | STATUS.FAILED_PARENT);
    for (const row of this.#candidates) if (this.#isFailed(row)) this.#candidates.delete(row);
    if (this.#canBeTip(parent)) this.#candidates.add(parent);
    if (this.#isFailed(this.tree.best.row)) this.tree.refreshBest();
  }

  /** Forgets that a block, any before it and any that build on it failed. */
  clearFailed(node: HeaderNode): void {
    const table = this.#table;
    const cleared = [...this.#failed].filter((row) => table.isAncestor(row, node.row) || table.isAncestor(node.row, row));
    for (const row of cleared) {
      this.#failed.delete(row);
      this.#changed(row);
      table.setStatus(row, table.status(row) & ~STATUS.FAILED);
    }
    const isBelowAnother = (row: number): boolean => cleared.some((other) => other !== row && table.isAncestor(other, row));
    for (const row of cleared) {
      if (isBelowAnother(row)) continue;
      this.#refreshParentFailed(row);
      for (const below of this.tree.descendants(row)) this.#refreshParentFailed(below);
    }
    this.tree.refreshBest();
    this.refreshCandidates();
  }

  #refreshParentFailed(row: number): void {
    const others = this.#table.status(row) & ~STATUS.FAILED_PARENT;
    this.#table.setStatus(row, this.#isFailed(this.#table.parent(row)) ? others | STATUS.FAILED_PARENT : others);
  }

  /** Puts a block before all others of its work until the node is started again. */
  setPrecious(node: HeaderNode): void {
    this.#table.setPrecedence(node.row, --this.#lastPrecedence);
  }

  /** Makes the last block of each branch a candidate again that may be one, after the tip's own branch failed. */
  refreshCandidates(): void {
    for (const row of this.tree.lastOfBranches((each) => this.#canBeTip(each))) this.#candidates.add(row);
  }

  /** The block that should be the tip. */
  bestCandidate(): HeaderNode {
    let best = 0;
    for (const row of this.#candidates) if (this.tree.isBetter(row, best)) best = row;
    return this.tree.nodes.of(best);
  }

  /** Drops the candidates that are worse than the tip. */
  dropWorse(tip: HeaderNode): void {
    for (const row of this.#candidates) if (this.#table.compareWork(row, tip.row) < 0) this.#candidates.delete(row);
  }

  #changed(row: number): void {
    this.#dirty.add(Math.floor(row / HEADER_PAGE_ROWS));
  }

  /** How many pages of rows wait to be written. */
  get dirtyPages(): number {
    return this.#dirty.size;
  }

  /** The pages whose rows changed, the lowest first, so many at most. They count as written unless `restore` is called, after writing them failed. */
  takeDirty(countMax: number = Number.POSITIVE_INFINITY): { readonly pages: readonly HeaderPage[]; restore(): void } {
    const numbers = [...this.#dirty].sort((a, b) => a - b).slice(0, countMax);
    for (const number of numbers) this.#dirty.delete(number);
    return {
      pages: numbers.map((number) => ({ number, rows: this.#packed(number) })),
      restore: () => {
        for (const number of numbers) this.#dirty.add(number);
      },
    };
  }

  #packed(page: number): HeaderRows {
    const table = this.#table;
    const from = page * HEADER_PAGE_ROWS;
    const count = Math.min(HEADER_PAGE_ROWS, table.count - from);
    const bytes = new Uint8Array(count * HEADER_ROW_SIZE_BYTES);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < count; i++) {
      table.pack(from + i, table.status(from + i) & STATUS_STORED, bytes, view, i * HEADER_ROW_SIZE_BYTES);
    }
    return { count, bytes };
  }
}
