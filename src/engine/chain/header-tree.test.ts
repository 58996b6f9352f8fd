import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import { regtest } from '../../core/params/regtest.ts';
import { makeHeader } from '../../core/primitives/block.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import { ActiveChain } from './active-chain.ts';
import type { HeaderNode } from './header-node.ts';
import { STATUS } from './header-node.ts';
import { ancestorOf, buildLocator, findFork, HeaderTree, isAncestorOf } from './header-tree.ts';

/** Adds headers after a node; they need no work here. */
function extend(tree: HeaderTree, from: HeaderNode, count: number, nonce = 0): HeaderNode {
  let node = from;
  for (let i = 0; i < count; i++) {
    const timeSeconds = node.header.timeSeconds + 600;
    node = tree.add(makeHeader({ ...regtest.genesis.header, prevBlockHash: node.hash, timeSeconds, nonce }), node);
  }
  return node;
}

const newTree = (): HeaderTree => new HeaderTree(regtest.genesis.header);

/** The slow way to an ancestor. */
function walk(node: HeaderNode, height: number): HeaderNode {
  let at = node;
  while (at.height > height) at = at.parent!;
  return at;
}

describe('HeaderTree', () => {
  it('finds every ancestor by its skips', () => {
    const tree = newTree();
    const tip = extend(tree, tree.genesis, 1_000);
    const random = new SeededRandom(5);
    for (let i = 0; i < 2_000; i++) {
      const from = walk(tip, random.below(1_001));
      const height = random.below(from.height + 1);
      assert.equal(ancestorOf(from, height), walk(from, height));
    }
  });

  it('finds where branches part', () => {
    const tree = newTree();
    const random = new SeededRandom(9);
    const trunk = extend(tree, tree.genesis, 300);
    for (let i = 0; i < 60; i++) {
      const fork = walk(trunk, random.below(300));
      const end = extend(tree, fork, 1 + random.below(40), i + 1);
      assert.equal(findFork(end, trunk), fork);
      assert.equal(findFork(trunk, end), fork);
      assert.equal(isAncestorOf(fork, end), true);
      assert.equal(isAncestorOf(end, trunk), false);
    }
  });

  it('sums the work and keeps the first of the best', () => {
    const tree = newTree();
    const a = extend(tree, tree.genesis, 3, 1);
    const b = extend(tree, tree.genesis, 3, 2);
    assert.equal(a.chainWork, 8n);
    assert.equal(b.chainWork, 8n);
    assert.equal(tree.best, a);
    const c = extend(tree, b, 1, 2);
    assert.equal(tree.best, c);
    tree.table.setStatus(c.row, STATUS.FAILED);
    tree.refreshBest();
    assert.equal(tree.best, a);
    assert.deepEqual(new Set(tree.leaves()), new Set([a, c]));
    assert.deepEqual([...tree.descendants(walk(c, 2).row)], [b.row, c.row]);
  });

  it('takes the median of eleven times', () => {
    const tree = newTree();
    const tip = extend(tree, tree.genesis, 20);
    assert.equal(tip.medianTimeSeconds, tip.header.timeSeconds - 5 * 600);
    assert.equal(tree.genesis.medianTimeSeconds, tree.genesis.header.timeSeconds);
    assert.equal(ancestorOf(tip, 1).medianTimeSeconds, ancestorOf(tip, 1).header.timeSeconds);
  });

  it('builds locators of ten single steps and then ever longer ones', () => {
    const tree = newTree();
    const tip = extend(tree, tree.genesis, 100);
    const heights = buildLocator(tip).map((hash) => tree.get(hash)?.height);
    assert.deepEqual(heights, [100, 99, 98, 97, 96, 95, 94, 93, 92, 91, 90, 89, 87, 83, 75, 59, 27, 0]);
    assert.deepEqual(buildLocator(tree.genesis), [tree.genesis.hash]);
  });
});

describe('ActiveChain', () => {
  it('locates the highest block of a locator that it has', () => {
    const tree = newTree();
    const fork = extend(tree, tree.genesis, 50);
    const ours = extend(tree, fork, 10, 1);
    const theirs = extend(tree, fork, 30, 2);
    const active = new ActiveChain(ours);
    assert.equal(active.height, 60);
    const found = active.locate(buildLocator(theirs), tree);
    assert.ok(found.height <= 50 && active.contains(found));
    assert.equal(active.locate(buildLocator(extend(tree, ours, 3)), tree), ours);
    assert.equal(active.locate([], tree), tree.genesis);
    assert.equal(active.next(fork)?.height, 51);
    assert.equal(active.next(ours), undefined);
    assert.equal(active.next(theirs), undefined);
    assert.equal(active.at(61), undefined);
    assert.equal(hashKey(active.fork(theirs).hash), hashKey(fork.hash));
  });
});
