/**
 * What is known of each block beside its header: where it is stored, whether it failed, and which blocks could be the tip.
 *
 * Owns the status of nodes, the order of arrival, the candidates and which rows must be written. Does not own coins, nor the rules.
 *
 * @module
 */

import { assert } from '../../core/base/assert.ts';
import type { BlockHeader } from '../../core/primitives/block.ts';
import type { FilePosition } from '../ports/block-store.ts';
import type { StoredHeader } from '../ports/header-store.ts';
import { NodeError } from '../ports/node-error.ts';
import type { HeaderNode } from './header-node.ts';
import { isFailed, isLinked, isPruned, isStored, STATUS } from './header-node.ts';
import { HeaderTree, isAncestorOf, isBetterBlock } from './header-tree.ts';

function toRow({ header, height, status, txCount, sequence, block, undo }: HeaderNode): StoredHeader {
  return { header, height, status, txCount, sequence, block, undo };
}

/** The header tree with the state of its blocks. */
export class BlockIndex {
  readonly tree: HeaderTree;
  /** Linked blocks that have not failed. Always holds the tip and all that are better; worse ones are dropped now and then. */
  readonly #candidates = new Set<HeaderNode>();
  /** Stored blocks that wait for the one before them, by that one. */
  readonly #waiting = new Map<HeaderNode, HeaderNode[]>();
  readonly #dirty = new Set<HeaderNode>();
  #lastSequence = 0;
  #lastPrecedence = 0;

  constructor(genesis: BlockHeader) {
    this.tree = new HeaderTree(genesis);
  }

  /** Takes a stored row; parents must come before their children. @throws NodeError `database-damaged`, `data-dir-network` */
  restore(row: StoredHeader): void {
    const node = this.#restoreNode(row);
    node.status = row.status;
    node.sequence = row.sequence;
    node.precedence = row.sequence;
    node.txCount = row.txCount;
    node.block = row.block;
    node.undo = row.undo;
    this.#lastSequence = Math.max(this.#lastSequence, row.sequence);
    if (node.parent !== undefined && isFailed(node.parent) && !isFailed(node)) node.status |= STATUS.FAILED_PARENT;
    // A pruned block counts too: it was connected, or could have been.
    if (node.txCount > 0) this.#link(node);
  }

  #restoreNode(row: StoredHeader): HeaderNode {
    const { genesis } = this.tree;
    const known = this.tree.get(row.header.hash);
    if (row.height === 0 && known !== genesis)
      throw new NodeError('data-dir-network', 'the stored headers begin with another genesis block');
    if (known === genesis) return genesis;
    const parent = this.tree.get(row.header.prevBlockHash);
    if (known !== undefined || parent?.height !== row.height - 1) throw new NodeError('database-damaged', 'the stored headers are no tree');
    return this.tree.add(row.header, parent);
  }

  /** Ends the restoring. */
  restored(): void {
    this.tree.refreshBest();
  }

  /** Adds a header that was checked. */
  addHeader(header: BlockHeader, parent: HeaderNode): HeaderNode {
    const node = this.tree.add(header, parent);
    this.#dirty.add(node);
    return node;
  }

  /** Notes that a block is stored. With it, those that waited for it may be connected too. */
  setStored(node: HeaderNode, txCount: number, position: FilePosition): void {
    assert(!isStored(node), 'a block is stored once');
    const wasPruned = isPruned(node);
    node.block = position;
    node.txCount = txCount;
    this.#dirty.add(node);
    this.#link(node);
    // Branches that were given up for want of it may be taken now.
    if (wasPruned) this.refreshCandidates();
  }

  #link(stored: HeaderNode): void {
    const { parent } = stored;
    if (parent !== undefined && !isLinked(parent)) {
      const others = this.#waiting.get(parent);
      if (others === undefined) this.#waiting.set(parent, [stored]);
      else others.push(stored);
      return;
    }
    // Those that came first are numbered first, level by level.
    const queue = [stored];
    for (const node of queue) {
      node.chainTxCount = (node.parent?.chainTxCount ?? 0) + node.txCount;
      if (node.sequence === 0 && node.height > 0) this.#setSequence(node);
      if (!isFailed(node)) this.#candidates.add(node);
      queue.push(...(this.#waiting.get(node) ?? []));
      this.#waiting.delete(node);
    }
  }

  #setSequence(node: HeaderNode): void {
    node.sequence = ++this.#lastSequence;
    node.precedence = node.sequence;
    this.#dirty.add(node);
  }

  /** Notes where a block's undo record is. */
  setUndo(node: HeaderNode, position: FilePosition): void {
    node.undo = position;
    this.#dirty.add(node);
  }

  /** Notes that a block and its undo record are there no more. */
  setPruned(node: HeaderNode): void {
    node.block = undefined;
    node.undo = undefined;
    this.#dirty.add(node);
  }

  /** Takes a block off the list of what could be the tip, until something changes about it. */
  dropCandidate(node: HeaderNode): void {
    this.#candidates.delete(node);
  }

  /** Notes that a block's scripts hold. */
  setValid(node: HeaderNode): void {
    if ((node.status & STATUS.VALID) !== 0) return;
    node.status |= STATUS.VALID;
    this.#dirty.add(node);
  }

  /** Marks a block invalid, and with it all that build on it. */
  setFailed(node: HeaderNode): void {
    this.#setStatus(node, node.status | STATUS.FAILED);
    for (const child of this.tree.descendants(node)) this.#setStatus(child, child.status | STATUS.FAILED_PARENT);
    if (isFailed(this.tree.best)) this.tree.refreshBest();
  }

  #setStatus(node: HeaderNode, status: number): void {
    if (node.status === status) return;
    node.status = status;
    this.#dirty.add(node);
    if (isFailed(node)) this.#candidates.delete(node);
    else if (isLinked(node)) this.#candidates.add(node);
  }

  /** Forgets that a block, any before it and any that build on it failed. */
  clearFailed(node: HeaderNode): void {
    for (const other of this.tree.nodes()) {
      const related = isFailed(other) && (isAncestorOf(other, node) || isAncestorOf(node, other));
      const own = related ? other.status & ~STATUS.FAILED : other.status;
      const parentFailed = other.parent !== undefined && isFailed(other.parent);
      this.#setStatus(other, parentFailed ? own | STATUS.FAILED_PARENT : own & ~STATUS.FAILED_PARENT);
    }
    this.tree.refreshBest();
  }

  /** Puts a block before all others of its work until the node is started again. */
  setPrecious(node: HeaderNode): void {
    node.precedence = --this.#lastPrecedence;
  }

  /** Makes every block a candidate again that may be one, after the tip's own branch failed. */
  refreshCandidates(): void {
    for (const node of this.tree.nodes()) if (isLinked(node) && !isFailed(node)) this.#candidates.add(node);
  }

  /** The block that should be the tip. */
  bestCandidate(): HeaderNode {
    let best = this.tree.genesis;
    for (const node of this.#candidates) if (isBetterBlock(node, best)) best = node;
    return best;
  }

  /** Drops the candidates that are worse than the tip. */
  dropWorse(tip: HeaderNode): void {
    for (const node of this.#candidates) if (node.chainWork < tip.chainWork) this.#candidates.delete(node);
  }

  /** How many rows wait to be written. */
  get dirtyCount(): number {
    return this.#dirty.size;
  }

  /** The rows that changed, parents first. They count as written unless `restore` is called, after writing them failed. */
  takeDirty(): { readonly rows: readonly StoredHeader[]; restore(): void } {
    const nodes = [...this.#dirty].sort((a, b) => a.height - b.height);
    this.#dirty.clear();
    return {
      rows: nodes.map(toRow),
      restore: () => {
        for (const node of nodes) this.#dirty.add(node);
      },
    };
  }
}
