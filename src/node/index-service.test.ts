import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildChain, genesisParent } from '../../test/support/chain-builder.ts';
import { checkIndexes } from '../../test/support/index-model.ts';
import { MemoryChain } from '../../test/support/memory-chain.ts';
import { silentLog } from '../../test/support/mempool-world.ts';
import { RandomTree } from '../../test/support/random-tree.ts';
import { SeededRandom } from '../../test/support/seeded-random.ts';
import { regtest } from '../core/params/regtest.ts';
import type { NetworkParams } from '../core/params/types.ts';
import type { Clock } from '../engine/ports/clock.ts';
import type { IndexName } from '../engine/ports/index-service.ts';
import { INDEX_NAMES } from '../engine/ports/index-service.ts';
import type { IndexStore } from '../engine/ports/index-store.ts';
import { NodeError } from '../engine/ports/node-error.ts';
import { createMemoryIndexStore } from '../platform/store/memory-index-store.ts';
import { Indexes } from './index-service.ts';

/** Coins of a block can be spent in the next one. */
const params: NetworkParams = { ...regtest, consensus: { ...regtest.consensus, coinbaseMaturity: 1 } };

/** Rows that outlive those who use them. */
class Folder {
  readonly stores = new Map<IndexName, IndexStore>();
  /** Batches that may still be written; then the disk is gone. */
  writesLeft = Number.POSITIVE_INFINITY;
  applied = 0;
  /** Reads that meet a damaged row. */
  damagedReads = 0;
  cleared = 0;

  readonly open = async (name: IndexName): Promise<IndexStore> => {
    const store = this.stores.get(name) ?? createMemoryIndexStore();
    this.stores.set(name, store);
    return {
      tip: () => store.tip(),
      load: async (keys) => {
        if (this.damagedReads > 0 && this.damagedReads-- > 0) throw new NodeError('database-damaged', 'a row fails its checksum');
        return store.load(keys);
      },
      entries: (range) => store.entries(range),
      clear: () => {
        this.cleared++;
        return store.clear();
      },
      close: () => store.close(),
      apply: async (batch) => {
        if (this.writesLeft-- <= 0) throw new Error('the disk is gone');
        this.applied++;
        await store.apply(batch);
      },
    };
  };
}

interface Opened {
  readonly indexes: Indexes;
  readonly failures: unknown[];
}

function openIndexes(world: MemoryChain, folder: Folder, names: readonly IndexName[] = INDEX_NAMES, clock: Clock = world.clock): Opened {
  const failures: unknown[] = [];
  const { chain } = world;
  const onFailure = (error: unknown): void => void failures.push(error);
  return {
    indexes: new Indexes({ names, open: folder.open, chain, clock, random: new SeededRandom(1), log: silentLog, onFailure }),
    failures,
  };
}

async function untilReady(indexes: Indexes, name: IndexName): Promise<void> {
  while (!(await indexes.ready(name))) await new Promise((resolve) => setImmediate(resolve));
}

async function allReady({ indexes }: Opened): Promise<void> {
  for (const { name } of indexes.states()) await untilReady(indexes, name);
}

describe('indexes', () => {
  for (const seed of [1, 2, 3, 4]) {
    it(`answer as a naive model does after every block of a random tree with reorganisations (seed ${seed})`, async () => {
      const random = new SeededRandom(seed);
      const tree = new RandomTree(params, random);
      const world = await MemoryChain.open(params);
      const folder = new Folder();
      let opened = openIndexes(world, folder);
      await allReady(opened);
      let reorganisations = 0;
      world.chain.subscribe((event) => {
        if (event.kind === 'block-disconnected') reorganisations++;
      });
      for (let step = 0; step < 50; step++) {
        assert.equal(await world.take(tree.next()), undefined);
        await checkIndexes(opened.indexes, world.chain, tree);
        if (random.below(10) > 0) continue;
        // A restart, with blocks that come in between.
        await opened.indexes.close();
        for (let missed = random.below(4); missed > 0; missed--) assert.equal(await world.take(tree.next()), undefined);
        opened = openIndexes(world, folder);
        await allReady(opened);
      }
      assert.ok(reorganisations > 5, `${reorganisations} blocks were undone`);
      await opened.indexes.close();
      assert.deepEqual(opened.failures, []);
    });
  }

  it('go on from any batch at which they were cut off, also when the branch they stand on was left meanwhile', async () => {
    for (let cut = 0; ; cut++) {
      const tree = new RandomTree(params, new SeededRandom(9));
      const world = await MemoryChain.open(params);
      const folder = new Folder();
      folder.writesLeft = cut;
      const first = openIndexes(world, folder);
      for (let step = 0; step < 12; step++) {
        assert.equal(await world.take(tree.next()), undefined);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await first.indexes.close();
      const wasCut = first.failures.length > 0;
      folder.writesLeft = Number.POSITIVE_INFINITY;
      for (let step = 0; step < 6; step++) assert.equal(await world.take(tree.next()), undefined);
      const second = openIndexes(world, folder);
      await allReady(second);
      await checkIndexes(second.indexes, world.chain, tree);
      await second.indexes.close();
      assert.deepEqual(second.failures, []);
      if (!wasCut) return assert.ok(cut > 10, `${cut} batches were cut`);
    }
  });

  it('can be turned on later, each by itself, and build what they have missed', async () => {
    const tree = new RandomTree(params, new SeededRandom(5));
    const world = await MemoryChain.open(params);
    for (let step = 0; step < 20; step++) await world.take(tree.next());
    const folder = new Folder();
    const some = openIndexes(world, folder, ['spent']);
    await allReady(some);
    assert.deepEqual(some.indexes.states(), [{ name: 'spent', synced: true, height: world.tip.height }]);
    assert.deepEqual([some.indexes.has('spent'), some.indexes.has('tx')], [true, false]);
    await assert.rejects(some.indexes.transaction(world.tip.hash as never), { code: 'option-invalid', message: /--index tx/ });
    await some.indexes.close();
    const all = openIndexes(world, folder);
    await allReady(all);
    await checkIndexes(all.indexes, world.chain, tree);
    await all.indexes.close();
  });

  it('are built anew where the chain does not know the block that they end with', async () => {
    const folder = new Folder();
    const lost = await MemoryChain.open(params);
    for (const block of buildChain({ parent: genesisParent(params), params, count: 5, extra: Uint8Array.of(77) })) await lost.take(block);
    const before = openIndexes(lost, folder);
    await allReady(before);
    await before.indexes.close();
    const world = await MemoryChain.open(params);
    const tree = new RandomTree(params, new SeededRandom(6));
    for (let step = 0; step < 10; step++) await world.take(tree.next());
    const after = openIndexes(world, folder);
    await allReady(after);
    await checkIndexes(after.indexes, world.chain, { txids: tree.txids, scripts: [...tree.scripts, Uint8Array.of(0x51)] });
    await after.indexes.close();
  });

  it('write a long chain in few batches, and give way after every few milliseconds', async () => {
    const world = await MemoryChain.open(params);
    for (const block of buildChain({ parent: genesisParent(params), params, count: 300 })) await world.take(block);
    const folder = new Folder();
    let nowMs = 0;
    let yields = 0;
    // Each look at the clock takes a millisecond.
    const clock: Clock = {
      nowSeconds: () => 0,
      monotonicMs: () => nowMs++,
      after: () => ({ id: 0 }),
      cancel: () => {},
      yield: async () => void yields++,
    };
    const opened = openIndexes(world, folder, ['tx'], clock);
    await allReady(opened);
    assert.ok(folder.applied <= 2, `${folder.applied} batches`);
    assert.ok(yields >= 300, `${yields} turns`);
    await opened.indexes.close();
  });

  it('tell a failure of the disk once, and those who wait hear that nothing comes', async () => {
    const world = await MemoryChain.open(params);
    const folder = new Folder();
    folder.writesLeft = 0;
    const { failures, indexes } = openIndexes(world, folder, ['tx']);
    assert.equal(await indexes.ready('tx'), false);
    await indexes.close();
    assert.match(String(failures), /^Error: the disk is gone$/);
  });

  it('begin anew where their rows are damaged, whoever reads them, but not for ever', async () => {
    const tree = new RandomTree(params, new SeededRandom(8));
    const world = await MemoryChain.open(params);
    for (let step = 0; step < 20; step++) await world.take(tree.next());
    const folder = new Folder();
    const opened = openIndexes(world, folder);
    await allReady(opened);
    const { cleared } = folder;
    folder.damagedReads = 1;
    await assert.rejects(opened.indexes.transaction(world.tip.hash as never), { code: 'database-damaged' });
    while (folder.cleared === cleared) await new Promise((resolve) => setImmediate(resolve));
    await allReady(opened);
    await checkIndexes(opened.indexes, world.chain, tree);
    assert.deepEqual([folder.cleared, opened.failures], [cleared + 1, []]);
    folder.damagedReads = Number.POSITIVE_INFINITY;
    await assert.rejects(opened.indexes.transaction(world.tip.hash as never), { code: 'database-damaged' });
    await world.take(tree.next());
    while (opened.failures.length === 0) {
      await opened.indexes.spender({ txid: world.tip.hash as never, vout: 0 }).catch(() => undefined);
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.match(String(opened.failures[0]), /a row fails its checksum/);
    await opened.indexes.close();
  });
});
