/**
 * Every header that is known, as a tree by their parents, in memory.
 *
 * Owns the shape: ancestors, forks, work and which leaves there are. What the rules say of a header is checked before it comes here.
 *
 * @module
 */

import { assert } from '../../core/base/assert.ts';
import { MEDIAN_TIME_SPAN, medianTime } from '../../core/consensus/median-time.ts';
import { addWork, blockWork } from '../../core/consensus/proof-of-work.ts';
import type { BlockHeader } from '../../core/primitives/block.ts';
import type { BlockHash, HashKey } from '../../core/primitives/ids.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import type { HeaderNode } from './header-node.ts';
import { isFailed, isLinked } from './header-node.ts';

/** Clears the lowest bit that is set. */
function withoutLowestBit(n: number): number {
  return n & (n - 1);
}

/** Height that a node's skip leads to: far back from most heights, so that a few jumps and steps reach any. Core's `GetSkipHeight`. */
function skipHeight(height: number): number {
  if (height < 2) return 0;
  return (height & 1) !== 0 ? withoutLowestBit(withoutLowestBit(height - 1)) + 1 : withoutLowestBit(height);
}

/** The node's ancestor at a height from 0 to its own (then itself). Core's `GetAncestor`. */
export function ancestorOf(node: HeaderNode, height: number): HeaderNode {
  assert(height >= 0 && height <= node.height, 'an ancestor is no higher than its descendant');
  let walk = node;
  while (walk.height > height) {
    const jump = skipHeight(walk.height);
    const before = skipHeight(walk.height - 1);
    // Of two jumps the longer is taken only where stepping back once does not open a better one.
    const useSkip = jump === height || (jump > height && !(before < jump - 2 && before >= height));
    const next = useSkip ? walk.skip : walk.parent;
    assert(next !== undefined, 'a node above height 0 has a parent');
    walk = next;
  }
  return walk;
}

/** Whether `node` is on the branch that ends in `tip`. */
export function isAncestorOf(node: HeaderNode, tip: HeaderNode): boolean {
  return node.height <= tip.height && ancestorOf(tip, node.height) === node;
}

/** The last block that two branches have in common. */
export function findFork(a: HeaderNode, b: HeaderNode): HeaderNode {
  let left = ancestorOf(a, Math.min(a.height, b.height));
  let right = ancestorOf(b, left.height);
  while (left !== right) {
    // Skips of one height lead to one height: while they differ the fork is below, and all between is passed over.
    const jump = left.skip !== right.skip;
    left = (jump ? left.skip : left.parent)!;
    right = (jump ? right.skip : right.parent)!;
  }
  return left;
}

/** Hashes of a branch from its tip down: the first ten one by one, then ever further apart, genesis last. Core's `LocatorEntries`. */
export function buildLocator(tip: HeaderNode): BlockHash[] {
  const hashes: BlockHash[] = [];
  let step = 1;
  for (let node = tip; ; ) {
    hashes.push(node.hash);
    if (node.height === 0) return hashes;
    node = ancestorOf(node, Math.max(node.height - step, 0));
    if (hashes.length > 10) step *= 2;
  }
}

/** The median time past of a header after its parent. */
function medianTimeAfter(header: BlockHeader, parent: HeaderNode | undefined): number {
  const times = [header.timeSeconds];
  for (let node = parent; node !== undefined && times.length < MEDIAN_TIME_SPAN; node = node.parent) times.push(node.header.timeSeconds);
  return medianTime(times);
}

function createNode(header: BlockHeader, parent: HeaderNode | undefined): HeaderNode {
  const height = parent === undefined ? 0 : parent.height + 1;
  return {
    header,
    hash: header.hash,
    height,
    parent,
    skip: parent === undefined ? undefined : ancestorOf(parent, skipHeight(height)),
    chainWork: parent === undefined ? blockWork(header.bits) : addWork(parent.chainWork, header.bits),
    medianTimeSeconds: medianTimeAfter(header, parent),
    status: 0,
    txCount: 0,
    chainTxCount: 0,
    sequence: 0,
    precedence: 0,
    block: undefined,
    undo: undefined,
  };
}

/** Whether `a` is to be preferred to `b`: more work, or of equal work the block that could be connected first. */
export function isBetterBlock(a: HeaderNode, b: HeaderNode): boolean {
  if (a.chainWork !== b.chainWork) return a.chainWork > b.chainWork;
  return isLinked(a) && (!isLinked(b) || a.precedence < b.precedence);
}

/** The tree. It only grows. */
export class HeaderTree {
  readonly genesis: HeaderNode;
  readonly #nodes = new Map<HashKey, HeaderNode>();
  readonly #leaves = new Set<HeaderNode>();
  #best: HeaderNode;

  constructor(genesis: BlockHeader) {
    this.genesis = createNode(genesis, undefined);
    this.#best = this.genesis;
    this.#nodes.set(hashKey(genesis.hash), this.genesis);
    this.#leaves.add(this.genesis);
  }

  /** Number of headers. */
  get size(): number {
    return this.#nodes.size;
  }

  /** The header of most work that is not known to be invalid; of several the first that came. */
  get best(): HeaderNode {
    return this.#best;
  }

  get(hash: BlockHash): HeaderNode | undefined {
    return this.#nodes.get(hashKey(hash));
  }

  /** Every node, parents before children. */
  nodes(): IterableIterator<HeaderNode> {
    return this.#nodes.values();
  }

  /** The nodes without children. */
  leaves(): IterableIterator<HeaderNode> {
    return this.#leaves.values();
  }

  /** Adds a header that was checked and is not here yet. Its hashes are kept, not copied. */
  add(header: BlockHeader, parent: HeaderNode): HeaderNode {
    const key = hashKey(header.hash);
    assert(!this.#nodes.has(key), 'a header is added once');
    const node = createNode(header, parent);
    this.#nodes.set(key, node);
    this.#leaves.delete(parent);
    this.#leaves.add(node);
    if (node.chainWork > this.#best.chainWork) this.#best = node;
    return node;
  }

  /** Finds the best header anew, after nodes were restored, became invalid or valid. Of equal work, the block that came first. */
  refreshBest(): void {
    let best = this.genesis;
    for (const node of this.#nodes.values()) if (isBetterBlock(node, best) && !isFailed(node)) best = node;
    this.#best = best;
  }

  /** The nodes that build on one, itself not among them; parents before children. */
  *descendants(of: HeaderNode): Generator<HeaderNode> {
    if (this.#leaves.has(of)) return;
    const below = new Set<HeaderNode>([of]);
    for (const node of this.#nodes.values()) {
      if (node.parent === undefined || !below.has(node.parent)) continue;
      below.add(node);
      yield node;
    }
  }
}
