import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildChain, childOf, genesisParent } from '../../test/support/chain-builder.ts';
import { MemoryChain } from '../../test/support/memory-chain.ts';
import { silentLog } from '../../test/support/mempool-world.ts';
import { SeededRandom } from '../../test/support/seeded-random.ts';
import { regtest } from '../core/params/regtest.ts';
import type { Block } from '../core/primitives/block.ts';
import { spentIndex } from '../engine/indexes/spent-index.ts';
import { createMemoryIndexStore } from '../platform/store/memory-index-store.ts';
import { IndexRunner } from './index-runner.ts';
import { RecentBlocks } from './recent-blocks.ts';

const OURS = buildChain({ parent: genesisParent(regtest), params: regtest, count: 3 });
const THEIRS = buildChain({
  parent: childOf(genesisParent(regtest), OURS[0]!),
  params: regtest,
  count: 4,
  extra: Uint8Array.of(7),
});

async function takeAll({ chain }: MemoryChain, blocks: readonly Block[]): Promise<void> {
  for (const block of blocks) assert.equal((await chain.acceptBlock(block)).rejection, undefined);
}

describe('an index that has still to read blocks', () => {
  it('needs all of them while it has none, none below its own, and where its branch was left those above the fork', async () => {
    const world = await MemoryChain.open(regtest);
    await takeAll(world, OURS);
    const store = createMemoryIndexStore();
    const { chain, clock } = world;
    const recent = new RecentBlocks(chain);
    const begin = (): IndexRunner =>
      new IndexRunner({
        ...{ kind: spentIndex, open: async () => store, chain, recent, clock, random: new SeededRandom(1), log: silentLog },
        onFailure: (error) => assert.fail(String(error)),
      });
    const first = begin();
    assert.equal(first.doneHeight(), -1, 'also the first block');
    await first.close();
    while ((await store.tip())?.height !== 3) {
      const runner = begin();
      await runner.store();
      await new Promise((resolve) => setImmediate(resolve));
      await runner.close();
      assert.equal(runner.doneHeight(), (await store.tip())?.height ?? -1);
    }
    await takeAll(world, THEIRS);
    const left = begin();
    await left.store();
    assert.deepEqual([left.state().height, left.doneHeight()], [3, 1]);
    await left.close();
    recent.close();
  });

  it('begins anew where the block that it ends with is known by its header alone, as after a reindexing', async () => {
    const world = await MemoryChain.open(regtest);
    const { chain, clock } = world;
    chain.acceptHeaders(OURS.map(({ header }) => header));
    const store = createMemoryIndexStore();
    await store.apply({ puts: [], deletes: [], tip: { hash: OURS[2]!.header.hash, height: 3 } });
    const recent = new RecentBlocks(chain);
    const runner = new IndexRunner({
      ...{ kind: spentIndex, open: async () => store, chain, recent, clock, random: new SeededRandom(1), log: silentLog },
      onFailure: (error) => assert.fail(String(error)),
    });
    await runner.store();
    assert.deepEqual([await store.tip(), runner.doneHeight()], [undefined, -1]);
    await runner.close();
    recent.close();
  });
});

/** A runner, and the heights at which its rows were written, of a chain whose best header is so high. */
async function catchUp(headers: number, blocks: number): Promise<{ runner: IndexRunner; written: number[]; end: () => Promise<void> }> {
  const all = buildChain({ parent: genesisParent(regtest), params: regtest, count: headers });
  const world = await MemoryChain.open(regtest);
  const { chain, clock } = world;
  const recent = new RecentBlocks(chain);
  const store = createMemoryIndexStore();
  const written: number[] = [];
  const apply = store.apply.bind(store);
  store.apply = async (batch) => {
    written.push(batch.tip.height);
    await apply(batch);
  };
  const runner = new IndexRunner({
    ...{ kind: spentIndex, open: async () => store, chain, recent, clock, random: new SeededRandom(1), log: silentLog },
    onFailure: (error) => assert.fail(String(error)),
  });
  await runner.store();
  chain.acceptHeaders(all.map(({ header }) => header));
  for (const block of all.slice(0, blocks)) {
    assert.equal((await chain.acceptBlock(block)).rejection, undefined);
    for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
  }
  const end = async (): Promise<void> => {
    await runner.close();
    recent.close();
  };
  return { runner, written, end };
}

describe('an index of a chain that catches up', () => {
  it('writes for each block from 23 below the best header on, and for none before', async () => {
    const { written, end } = await catchUp(30, 9);
    assert.deepEqual(
      written.filter((height) => height > 0),
      [7, 8, 9],
    );
    await end();
  });

  it('writes at once for whoever waits, and what is left when it ends', async () => {
    const { runner, written, end } = await catchUp(40, 9);
    assert.deepEqual(
      written.filter((height) => height > 0),
      [],
    );
    assert.equal(await runner.ready(), true);
    assert.deepEqual([written.at(-1), runner.state().height], [9, 9]);
    await end();
    const later = await catchUp(40, 5);
    await later.end();
    assert.equal(later.written.at(-1), 5);
  });
});

describe('an index that is asked to settle', () => {
  it('writes what it knows, though the chain is far below its best header, and needs the blocks no more', async () => {
    const { runner, written, end } = await catchUp(40, 9);
    const known = runner.state().height;
    assert.deepEqual([runner.doneHeight() < known, written.includes(known)], [true, false]);
    await runner.settle();
    assert.deepEqual([runner.doneHeight(), written.at(-1)], [known, known]);
    await runner.settle();
    assert.equal(written.at(-1), known, 'there is nothing to write');
    await end();
    await runner.settle();
  });

  it('does not let wait whom it cannot serve any more', async () => {
    const { runner, end } = await catchUp(40, 9);
    const settling = runner.settle();
    await end();
    await settling;
  });
});

describe('an index of a chain that begins', () => {
  it('is waited for from its first block on, as one that was in sync', async () => {
    const world = await MemoryChain.open(regtest);
    const { chain, clock } = world;
    const recent = new RecentBlocks(chain);
    const parts = { kind: spentIndex, chain, recent, clock, random: new SeededRandom(1), log: silentLog };
    const onFailure = (error: unknown): void => assert.fail(String(error));
    const runner = new IndexRunner({ ...parts, open: async () => createMemoryIndexStore(), onFailure });
    await runner.store();
    await takeAll(world, OURS);
    assert.equal(await runner.ready(), true);
    assert.deepEqual(runner.state(), { name: 'spent', synced: true, height: 3 });
    await runner.close();
    const later = new IndexRunner({ ...parts, open: async () => createMemoryIndexStore(), onFailure });
    assert.equal(await later.ready(), false, 'one that is made for a chain that is there is still to be built');
    await later.close();
    recent.close();
  });
});
