import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import { pagesOf, unpackRows } from '../../../test/support/store-samples.ts';
import { medianTime } from '../../core/consensus/median-time.ts';
import { regtest } from '../../core/params/regtest.ts';
import type { BlockHeader } from '../../core/primitives/block.ts';
import { makeHeader } from '../../core/primitives/block.ts';
import type { MerkleRoot } from '../../core/primitives/ids.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import { createMemoryHeaderStore } from '../../platform/store/memory-header-store.ts';
import { ActiveChain } from './active-chain.ts';
import { BlockIndex } from './block-index.ts';
import type { HeaderNode } from './header-node.ts';
import { isFailed, isLinked, STATUS } from './header-node.ts';
import { ancestorOf, findFork, isAncestorOf } from './header-tree.ts';

/** A header and its block as a plain object, the slow way: what the packed index is held to. */
interface Model {
  readonly header: BlockHeader;
  readonly height: number;
  readonly parent: Model | undefined;
  readonly children: Model[];
  readonly work: bigint;
  /** Order in which it came. */
  readonly place: number;
  failed: boolean;
  stored: boolean;
  sequence: number;
  precedence: number;
}

/** Work of regtest's bits; 0x2000ffff is 256 times as hard, nearly. */
const WORK: Readonly<Record<number, bigint>> = { 545259519: 2n, 536936447: 256n };

function path(model: Model): Model[] {
  const nodes: Model[] = [];
  for (let at: Model | undefined = model; at !== undefined; at = at.parent) nodes.push(at);
  return nodes;
}

function isOnAll(model: Model, holds: (each: Model) => boolean): boolean {
  for (let at: Model | undefined = model; at !== undefined; at = at.parent) if (!holds(at)) return false;
  return true;
}

const hasFailed = (model: Model): boolean => !isOnAll(model, ({ failed }) => !failed);
const hasLinks = (model: Model): boolean => isOnAll(model, ({ stored }) => stored);

/** The index and its model, changed together by chance. */
class Twins {
  readonly index = new BlockIndex(regtest.genesis.header, new SeededRandom(77));
  readonly store = createMemoryHeaderStore();
  readonly models: Model[] = [];
  readonly random: SeededRandom;
  #sequence = 0;
  #precedence = 0;
  /** The block that a chain would be at. */
  tip: HeaderNode = this.index.tree.genesis;

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
    this.#adopt(regtest.genesis.header, undefined);
    this.setStored(this.models[0]!);
  }

  node(model: Model): HeaderNode {
    return this.index.tree.get(model.header.hash) ?? assert.fail('a header that was added is found');
  }

  any(): Model {
    return this.models[this.random.below(this.models.length)]!;
  }

  #adopt(header: BlockHeader, parent: Model | undefined): Model {
    const height = parent === undefined ? 0 : parent.height + 1;
    const work = (parent?.work ?? 0n) + WORK[header.bits]!;
    const place = this.models.length;
    const model = { header, height, parent, children: [], work, place, failed: false, stored: false, sequence: 0, precedence: 0 };
    parent?.children.push(model);
    this.models.push(model);
    return model;
  }

  /** Adds a header on a block, or where that has failed on the last block before it that has not. */
  add(onto: Model): Model {
    let parent = onto;
    while (hasFailed(parent)) parent = parent.parent!;
    const merkleRoot = this.random.bytes(32) as MerkleRoot;
    const timeSeconds = parent.header.timeSeconds + this.random.below(1_200) - 300;
    const bits = this.random.below(4) === 0 ? 0x2000ffff : 0x207fffff;
    const version = this.random.below(2 ** 32) | 0;
    const nonce = this.random.below(2 ** 32);
    const header = makeHeader({ version, prevBlockHash: parent.header.hash, merkleRoot, timeSeconds, bits, nonce });
    this.index.addHeader(header, this.node(parent));
    return this.#adopt(header, parent);
  }

  setStored(model: Model): void {
    if (model.stored) return;
    this.index.setStored(this.node(model), 1 + (model.place % 7), positionOf(model));
    model.stored = true;
    if (!hasLinks(model)) return;
    const queue = [model];
    for (const each of queue) {
      if (each.height > 0) each.sequence = each.precedence = ++this.#sequence;
      // Those that waited are numbered in the order in which they came, which is told by nothing else here.
      queue.push(...this.#arrived.filter((other) => other.parent === each));
    }
    this.#arrived = this.#arrived.filter((other) => !queue.includes(other));
  }

  #arrived: Model[] = [];

  /** Stores a block whose parents may not be here. */
  arrive(model: Model): void {
    if (!model.stored && !(model.parent === undefined || hasLinks(model.parent))) this.#arrived.push(model);
    this.setStored(model);
  }

  setFailed(model: Model): void {
    if (model.height === 0) return;
    this.index.setFailed(this.node(model));
    model.failed = true;
  }

  clearFailed(model: Model): void {
    this.index.clearFailed(this.node(model));
    for (const each of path(model)) each.failed = false;
    const below = [model];
    for (const each of below) {
      each.failed = false;
      below.push(...each.children);
    }
  }

  setPrecious(model: Model): void {
    if (!hasLinks(model) || this.node(model).chainWork < this.tip.chainWork) return;
    this.index.setPrecious(this.node(model));
    model.precedence = --this.#precedence;
  }

  /** Moves to the best block as a chain does, and holds it to the model's. */
  settle(): void {
    if (isFailed(this.tip)) this.index.refreshCandidates();
    const best = this.models.filter((each) => hasLinks(each) && !hasFailed(each)).reduce(better);
    this.tip = this.index.bestCandidate();
    assert.equal(this.tip, this.node(best), 'the tip');
    this.index.dropWorse(this.tip);
  }

  async write(): Promise<void> {
    const { pages, restore } = this.index.takeDirty();
    if (this.random.below(4) === 0) return restore();
    await this.store.put(pages);
  }
}

function better(a: Model, b: Model): Model {
  if (a.work !== b.work) return a.work > b.work ? a : b;
  return b.precedence < a.precedence ? b : a;
}

function positionOf({ place }: Model): { file: number; offset: number; sizeBytes: number } {
  return { file: place >>> 4, offset: 8 + place * 1_000, sizeBytes: 300 + place };
}

/** Holds everything that the index says of single headers to the model. */
function compare(index: BlockIndex, models: readonly Model[], samples: number, random: SeededRandom): void {
  const { tree } = index;
  assert.equal(tree.size, models.length);
  const nodeOf = (model: Model): HeaderNode => tree.get(model.header.hash) ?? assert.fail('not found');
  const leaves = new Set(models.filter(({ children }) => children.length === 0).map(nodeOf));
  assert.deepEqual(new Set(tree.leaves()), leaves);
  const headers = models.filter((each) => !hasFailed(each));
  assert.equal(tree.best.chainWork, headers.reduce((most, each) => (most.work < each.work ? each : most)).work);
  assert.ok(!isFailed(tree.best));
  for (let i = 0; i < samples; i++) {
    const model = models[random.below(models.length)]!;
    const other = models[random.below(models.length)]!;
    const node = nodeOf(model);
    assert.equal(node, nodeOf(model), 'one header is one object');
    assert.deepEqual(node.header, model.header);
    assert.equal(node.height, model.height);
    assert.equal(node.parent, model.parent === undefined ? undefined : nodeOf(model.parent));
    assert.equal(node.chainWork, model.work);
    assert.equal(
      node.medianTimeSeconds,
      medianTime(
        path(model)
          .slice(0, 11)
          .map(({ header }) => header.timeSeconds),
      ),
    );
    assert.equal((node.status & STATUS.FAILED) !== 0, model.failed);
    assert.equal(isFailed(node), hasFailed(model));
    assert.equal(isLinked(node), hasLinks(model));
    assert.equal(node.txCount, model.stored ? 1 + (model.place % 7) : 0);
    assert.deepEqual(node.block, model.stored ? positionOf(model) : undefined);
    const branch = path(model);
    const height = random.below(model.height + 1);
    assert.equal(ancestorOf(node, height), nodeOf(branch[model.height - height]!));
    const others = new Set(path(other));
    const fork = branch.find((each) => others.has(each))!;
    assert.equal(findFork(node, nodeOf(other)), nodeOf(fork));
    assert.equal(isAncestorOf(node, nodeOf(other)), fork === model);
  }
}

describe('BlockIndex', () => {
  it('says the same as plain objects after random blocks, failures and second thoughts', async () => {
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const twins = new Twins(seed);
      const { random } = twins;
      let last = twins.models[0]!;
      for (let step = 0; step < 700; step++) {
        const draw = random.below(100);
        if (draw < 55) last = twins.add(random.below(5) === 0 ? twins.any() : last);
        else if (draw < 85) twins.arrive(random.below(3) === 0 ? twins.any() : twins.models[Math.max(0, last.place - random.below(6))]!);
        else if (draw < 89) twins.setFailed(twins.any());
        else if (draw < 94) twins.clearFailed(twins.any());
        else if (draw < 97) twins.setPrecious(twins.any());
        else await twins.write();
        twins.settle();
        if (step % 50 === 0) compare(twins.index, twins.models, 20, random);
      }
      compare(twins.index, twins.models, 500, random);
    }
  });

  it('is the same again after it was written and restored, across the borders of its chunks and with a grown table', async () => {
    const twins = new Twins(11);
    const { random } = twins;
    let last = twins.models[0]!;
    for (let step = 0; step < 9_500; step++) {
      last = twins.add(random.below(30) === 0 ? twins.models[Math.max(0, twins.models.length - 1 - random.below(40))]! : last);
      if (random.below(3) > 0) twins.arrive(last);
      if (step % 1_000 === 999) twins.setFailed(twins.models[twins.models.length - 1 - random.below(20)]!);
    }
    twins.clearFailed(twins.models[twins.models.length - 300]!);
    for (const model of twins.models) twins.arrive(model);
    twins.settle();
    compare(twins.index, twins.models, 300, random);
    await twins.store.put(twins.index.takeDirty().pages);
    const restored = new BlockIndex(regtest.genesis.header, new SeededRandom(3));
    for await (const rows of twins.store.load()) restored.restore(rows);
    restored.restored();
    compare(restored, twins.models, 300, random);
    assert.deepEqual(restored.bestCandidate().hash, twins.tip.hash);
    assert.equal(restored.tree.best.chainWork, twins.index.tree.best.chainWork);
    assert.equal(restored.dirtyPages, 0, 'what was written is as it was');
  });

  it('writes one row where a block with thousands on it is found invalid, and knows them all again', async () => {
    const twins = new Twins(12);
    const trunk: Model[] = [twins.models[0]!];
    for (let height = 1; height <= 5_000; height++) trunk.push(twins.add(trunk[height - 1]!));
    for (const model of trunk) twins.setStored(model);
    twins.settle();
    const store = createMemoryHeaderStore();
    await store.put(twins.index.takeDirty().pages);
    twins.setFailed(trunk[10]!);
    twins.settle();
    assert.equal(twins.tip.height, 9);
    assert.ok(isFailed(twins.node(trunk[5_000]!)));
    assert.equal(twins.index.dirtyPages, 1);
    await store.put(twins.index.takeDirty().pages);
    const restored = new BlockIndex(regtest.genesis.header);
    for await (const rows of store.load()) restored.restore(rows);
    restored.restored();
    assert.ok(isFailed(restored.tree.get(trunk[5_000]!.header.hash)!));
    assert.equal(restored.tree.best.height, 9);
    assert.equal(restored.bestCandidate().height, 9);
    restored.clearFailed(restored.tree.get(trunk[4_000]!.header.hash)!);
    assert.equal(restored.dirtyPages, 1);
    assert.equal(restored.bestCandidate().height, 5_000);
    assert.equal(restored.tree.best.height, 5_000);
  });

  it('tries the block below one that cannot be reached', () => {
    const twins = new Twins(13);
    const trunk: Model[] = [twins.models[0]!];
    for (let height = 1; height <= 5; height++) trunk.push(twins.add(trunk[height - 1]!));
    for (const model of trunk) twins.setStored(model);
    const { index } = twins;
    for (let height = 5; height >= 1; height--) {
      assert.equal(index.bestCandidate(), twins.node(trunk[height]!));
      index.dropCandidate(index.bestCandidate());
    }
    assert.equal(index.bestCandidate(), index.tree.genesis);
    index.refreshCandidates();
    assert.equal(index.bestCandidate().height, 5);
  });

  it('refuses rows of another genesis, and rows without their parent', async () => {
    const twins = new Twins(14);
    const [one, two] = [twins.add(twins.models[0]!), twins.add(twins.models[1]!)];
    const all = twins.index.takeDirty().pages.flatMap(({ rows }) => unpackRows(rows));
    const restore = async (rows: typeof all, genesis = regtest.genesis.header): Promise<void> => {
      const store = createMemoryHeaderStore();
      await store.put(pagesOf(rows));
      const index = new BlockIndex(genesis);
      for await (const loaded of store.load()) index.restore(loaded);
    };
    const without = (left: Model): typeof all => all.filter(({ header }) => hashKey(header.hash) !== hashKey(left.header.hash));
    await restore(all);
    await restore(without(two));
    await assert.rejects(restore(without(one)), { name: 'NodeError', code: 'database-damaged' });
    await assert.rejects(restore(all.map((row) => (row.height === 2 ? { ...row, height: 3 } : row))), { code: 'database-damaged' });
    await assert.rejects(restore(all, one.header), { name: 'NodeError', code: 'data-dir-network' });
  });

  it('keeps a header within 160 bytes, its places in the index and in the active chain included', () => {
    const index = new BlockIndex(regtest.genesis.header, new SeededRandom(1));
    const { tree } = index;
    const active = new ActiveChain(tree.genesis);
    let node = tree.genesis;
    const words = new Uint32Array(8);
    for (let count = 1; count < 300_000; count++) {
      // What is counted does not depend on the hash being the header's.
      words.fill(Math.imul(count, 0x9e3779b1));
      const hash = new Uint8Array(words.buffer) as Uint8Array as typeof node.hash;
      node = index.addHeader({ ...regtest.genesis.header, timeSeconds: count, prevBlockHash: node.hash, hash }, node);
      active.push(node);
      if (count < 150_000 || count % 5_000 !== 0) continue;
      const bytesEach = (tree.sizeBytes + active.sizeBytes) / tree.size;
      assert.ok(bytesEach <= 160, `${bytesEach} bytes at ${count} headers`);
      assert.ok(bytesEach >= 150, 'everything is counted');
      index.takeDirty();
    }
    assert.equal(tree.get(node.hash), node);
  });
});
