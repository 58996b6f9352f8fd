import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildChain, childOf, genesisParent } from '../../../test/support/chain-builder.ts';
import { settle } from '../../../test/support/fake-clock.ts';
import { BASE_HEIGHT, COUNT, load, type SnapshotWorld, snapshotWorld } from '../../../test/support/snapshot-world.ts';
import { acceptAll, coinsHash, memoryStores, nodeOf, openTestChain } from '../../../test/support/test-chain.ts';
import { createMemorySnapshotStore } from '../../platform/store/memory-snapshot-store.ts';
import type { NodeError } from '../ports/node-error.ts';
import type { Chain } from './chain.ts';
import type { ChainOptions } from './chain-options.ts';
import { SnapshotError } from './read-snapshot.ts';

const world = await snapshotWorld();
const { params, blocks, base, bytes } = world;
const above = blocks.slice(BASE_HEIGHT);
const below = blocks.slice(0, BASE_HEIGHT);

/** A chain that knows all headers and no block but the first, with a place for snapshots. */
async function headersOnly(of: SnapshotWorld = world, options: Partial<ChainOptions> = {}): Promise<Chain> {
  const chain = await openTestChain({ params: of.params, snapshots: createMemorySnapshotStore(), ...options });
  chain.acceptHeaders(of.blocks.map(({ header }) => header));
  return chain;
}

async function loaded(of: SnapshotWorld = world, options: Partial<ChainOptions> = {}): Promise<Chain> {
  const chain = await headersOnly(of, options);
  await load(chain, of.bytes);
  return chain;
}

/** Waits until the history goes on no further by itself. */
async function historyAt(chain: Chain, height: number): Promise<void> {
  for (let turns = 0; turns < 500 && chain.checked.height < height; turns++) await settle();
  assert.equal(chain.checked.height, height);
}

const full = await openTestChain({ params });
await acceptAll(full, blocks);
const finalCoins = await coinsHash(full);

async function refused(promise: Promise<unknown>, why: RegExp): Promise<void> {
  await assert.rejects(promise, (error: Error) => error instanceof SnapshotError && why.test(error.message));
}

describe('a snapshot', () => {
  it('is gone on from at once, whatever the pieces in which its file comes, while the blocks below are missing', async () => {
    for (const pieceBytes of [1, 50, 51, 97, bytes.length]) {
      const chain = await headersOnly();
      const events: string[] = [];
      chain.subscribe(({ kind }) => events.push(kind));
      assert.deepEqual(await load(chain, bytes, { pieceBytes }), { base: nodeOf(chain, base), coinCount: 13 - 5 });
      assert.equal(chain.tip, nodeOf(chain, base));
      assert.deepEqual(
        events.filter((kind) => kind !== 'header-added'),
        ['history-moved', 'tip-changed'],
      );
      assert.deepEqual([chain.checked.height, chain.history?.whole, chain.missing?.base.height], [0, false, BASE_HEIGHT]);
      assert.deepEqual(await acceptAll(chain, above), []);
      assert.equal(chain.tip.height, COUNT);
      assert.equal(await coinsHash(chain), finalCoins);
    }
  });

  it('is found right when the blocks below were checked, in whatever order they come', async () => {
    for (const order of [below, below.toReversed(), [...below.slice(4), ...below.slice(0, 4)]]) {
      const snapshots = createMemorySnapshotStore();
      const chain = await loaded(world, { snapshots });
      assert.deepEqual(await acceptAll(chain, [...above, ...order]), []);
      await historyAt(chain, COUNT);
      assert.deepEqual([chain.history?.whole, chain.missing, snapshots.noted?.state], [true, undefined, 'validated']);
      assert.equal(await coinsHash(chain), finalCoins);
      assert.equal(await chain.verify({ level: 4, depth: 0 }), undefined);
      for (const block of blocks) assert.ok(nodeOf(chain, block).undo !== undefined);
      await chain.close();
    }
  });

  it('goes on after a start at any moment, and is an ordinary chain once it was found right', async () => {
    for (let given = 0; given <= below.length; given++) {
      const stores = memoryStores();
      let snapshots = createMemorySnapshotStore();
      const first = await loaded(world, { ...stores, snapshots });
      await acceptAll(first, [...above.slice(0, given), ...below.slice(0, given)]);
      await first.close();
      snapshots = snapshots.next();
      const isWhole = snapshots.stored === undefined;
      // The store puts the loaded coins into the place of the others.
      const coins = isWhole ? { coins: snapshots.begun! } : {};
      const second = await openTestChain({ params, ...stores, snapshots, ...coins });
      assert.deepEqual(await acceptAll(second, [...above, ...below]), []);
      await historyAt(second, COUNT);
      assert.equal(second.history?.whole, isWhole ? undefined : true);
      assert.equal(await coinsHash(second), finalCoins);
      assert.equal(await second.verify({ level: 4, depth: 0 }), undefined);
      await second.close();
    }
  });

  it('is refused where the chain does not know its block, or should not go on from it', async () => {
    const unknown = bytes.slice();
    unknown[11]! ^= 1;
    const chain = await headersOnly();
    await refused(load(chain, unknown), /^assumeutxo block hash in snapshot metadata not recognized .* available: 8$/);
    await refused(load(await openTestChain({ params, snapshots: createMemorySnapshotStore() }), bytes), /must appear in the headers chain/);
    await refused(load(chain, bytes, { isMempoolEmpty: () => false }), /^Can't activate a snapshot when mempool not empty$/);
    await chain.invalidateBlock(nodeOf(chain, blocks[5]!));
    await refused(load(chain, bytes), /is part of an invalid chain$/);
    await chain.reconsiderBlock(nodeOf(chain, blocks[5]!));
    const others = buildChain({ parent: childOf(genesisParent(params), blocks[0]!), params, count: COUNT, extra: Uint8Array.of(9) });
    chain.acceptHeaders(others.map(({ header }) => header));
    await refused(load(chain, bytes), /^A forked headers-chain with more work/);
    const ahead = await headersOnly();
    await acceptAll(ahead, below.slice(0, -1));
    assert.ok(await load(ahead, bytes));
    await refused(load(ahead, bytes), /^Can't activate a snapshot-based chainstate more than once$/);
    const there = await headersOnly();
    await acceptAll(there, below);
    await refused(load(there, bytes), /Work does not exceed active chainstate$/);
    assert.equal(there.history, undefined);
  });

  it('is refused where transactions or blocks come while it is loaded, and leaves nothing', async () => {
    for (const [at, why] of [
      [1, /mempool not empty/],
      [2, /mempool not empty/],
    ] as const) {
      const snapshots = createMemorySnapshotStore();
      const chain = await headersOnly(world, { snapshots });
      let asked = 0;
      await refused(load(chain, bytes, { isMempoolEmpty: () => asked++ !== at }), why);
      assert.deepEqual([chain.tip.height, snapshots.noted, snapshots.begun, chain.history], [0, undefined, undefined, undefined]);
      assert.deepEqual(await acceptAll(chain, blocks), []);
      assert.equal(await coinsHash(chain), finalCoins);
    }
    const chain = await headersOnly();
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield bytes.subarray(0, 60);
      await acceptAll(chain, blocks);
      yield bytes.subarray(60);
    }
    await refused(load(chain, bytes, { file: { path: 'slow', read: slow, close: async () => {} } }), /Work does not exceed/);
    assert.equal(await coinsHash(chain), finalCoins);
  });

  it('can be given up while it is loaded', async () => {
    const snapshots = createMemorySnapshotStore();
    const chain = await headersOnly(world, { snapshots });
    assert.equal(await load(chain, bytes, { signal: { aborted: true } }), undefined);
    assert.deepEqual([snapshots.begun, chain.tip.height], [undefined, 0]);
    assert.ok(await load(chain, bytes));
  });

  it('of other coins than the blocks leave ends the node, and the next start goes on from what was checked', async () => {
    const lie = await snapshotWorld(true);
    const stores = memoryStores();
    const snapshots = createMemorySnapshotStore();
    const failures: NodeError[] = [];
    const chain = await loaded(lie, { ...stores, snapshots, onFailure: (error) => void failures.push(error) });
    // These spend nothing of what was loaded.
    assert.deepEqual(await acceptAll(chain, below), []);
    for (let turns = 0; turns < 500 && failures.length === 0; turns++) await settle();
    assert.deepEqual(
      failures.map(({ code }) => code),
      ['snapshot-invalid'],
    );
    assert.equal(snapshots.noted?.state, 'invalid');
    // What was connected on false coins is judged anew.
    const wrong = buildChain({
      parent: childOf({ header: below.at(-2)!.header, height: BASE_HEIGHT - 1, medianTimeSeconds: 0 }, base),
      params,
      count: 1,
    });
    await acceptAll(chain, wrong);
    await chain.close();
    const next = snapshots.next();
    const second = await openTestChain({ params: lie.params, ...stores, snapshots: next });
    assert.deepEqual([second.history, next.noted, second.tip.height], [undefined, undefined, BASE_HEIGHT + 1]);
    assert.deepEqual(await acceptAll(second, above), []);
    assert.equal(await coinsHash(second), finalCoins);
    assert.equal(await second.verify({ level: 4, depth: 0 }), undefined);
  });

  it('of a chain in which a block breaks a rule ends the node as well', async () => {
    const failures: NodeError[] = [];
    const broken = { ...params, consensus: { ...params.consensus, coinbaseMaturity: 100 } };
    const other = await loaded(
      { ...world, params: broken },
      { snapshots: createMemorySnapshotStore(), onFailure: (error) => void failures.push(error) },
    );
    await acceptAll(other, below);
    for (let turns = 0; turns < 500 && failures.length === 0; turns++) await settle();
    assert.match(failures[0]!.message, /bad-txns-premature-spend-of-coinbase/);
    assert.equal(other.checked.height, 3);
  });

  it('cannot be gone back behind while its history is missing, and can afterwards', async () => {
    const chain = await loaded();
    await acceptAll(chain, above);
    const fork = childOf(genesisParent(params), blocks[0]!);
    const longer = buildChain({ parent: fork, params, count: COUNT + 3, extra: Uint8Array.of(7) });
    assert.deepEqual(await acceptAll(chain, [blocks[0]!, ...longer]), []);
    assert.equal(chain.tip.height, COUNT);
    assert.equal(chain.refusedAt?.height, 1);
    await assert.rejects(chain.invalidateBlock(nodeOf(chain, base)), /goes on from a snapshot of block 8/);
    assert.match((await chain.verify({ level: 4, depth: 0 })) ?? '', /block 8 and those before it are not checked yet/);
    assert.equal(await chain.verify({ level: 4, depth: COUNT - BASE_HEIGHT }), undefined);
    await acceptAll(chain, below);
    await historyAt(chain, COUNT + 4);
    assert.equal(chain.tip.hash, nodeOf(chain, longer.at(-1)!).hash);
    assert.equal(chain.refusedAt, undefined);
    assert.equal(await chain.verify({ level: 4, depth: 0 }), undefined);
  });

  it('cannot be gone back behind either while its history is here and not checked yet', async () => {
    const chain = await loaded();
    await acceptAll(chain, above);
    const uncheckedAt: boolean[] = [];
    chain.subscribe(({ kind }) => {
      if (kind === 'block-disconnected') uncheckedAt.push(chain.missing !== undefined);
    });
    const fork = childOf(genesisParent(params), blocks[0]!);
    const longer = buildChain({ parent: fork, params, count: COUNT + 3, extra: Uint8Array.of(7) });
    // All at once, so that nothing is checked in between.
    const outcomes = await Promise.all([...below, ...longer].map((block) => chain.acceptBlock(block)));
    assert.ok(outcomes.every(({ rejection }) => rejection === undefined));
    await historyAt(chain, COUNT + 4);
    assert.equal(chain.tip, nodeOf(chain, longer.at(-1)!));
    assert.deepEqual(uncheckedAt, new Array(COUNT - 1).fill(false));
    assert.equal(await chain.verify({ level: 4, depth: 0 }), undefined);
  });

  it('counts transactions as far as they are known', async () => {
    const chain = await loaded();
    await acceptAll(chain, [...above, ...below.slice(0, 3)]);
    await historyAt(chain, 3);
    const at = (height: number) => nodeOf(chain, blocks[height - 1]!);
    const counts = await Promise.all([
      ...[1, 3, 4, 7, 8, COUNT].map((height) => chain.transactionCount(at(height))),
      ...[1, 4, 5, 8, 9, 11].map((window) => chain.transactionCount(at(COUNT), window)),
    ]);
    const whole = (height: number) => 1 + height + Math.max(0, height - 3);
    const window = (count: number) => whole(COUNT) - whole(COUNT - count);
    assert.deepEqual(counts, [
      ...[whole(1), whole(3), undefined, undefined, whole(8), whole(COUNT)],
      ...[window(1), window(4), undefined, undefined, window(9), window(11)],
    ]);
  });

  it('shares the memory for coins with its history', async () => {
    const chain = await loaded(world, { dbCacheBytes: 1_000 });
    assert.deepEqual([chain.cacheBytesMax, chain.missing?.cacheBytesMax], [50, 950]);
    await acceptAll(chain, blocks);
    await historyAt(chain, COUNT);
    assert.equal(chain.cacheBytesMax, 1_000);
    assert.equal(await coinsHash(chain), finalCoins);
  });

  it('waits for a block of its history that is damaged', async () => {
    const stores = memoryStores();
    const inner = stores.blocks;
    let isBad = true;
    const third = below[2]!;
    const chain: Chain = await loaded(world, {
      ...stores,
      blocks: {
        append: (block) => inner.append(block),
        appendUndo: (file, undo, prevBlockHash) => inner.appendUndo(file, undo, prevBlockHash),
        checksum: (found) => inner.checksum(found),
        readUndo: (position, prevBlockHash) => inner.readUndo(position, prevBlockHash),
        files: () => inner.files(),
        remove: (file) => inner.remove(file),
        sizeBytes: () => inner.sizeBytes(),
        sync: () => inner.sync(),
        close: () => inner.close(),
        read: async (position) => {
          const found = await inner.read(position);
          return isBad && position.offset === nodeOf(chain, third).block?.offset ? found.slice().fill(0, 4, 36) : found;
        },
      },
    });
    await acceptAll(chain, below);
    for (let turns = 0; turns < 100; turns++) await settle();
    assert.deepEqual([chain.checked.height, [...chain.damagedBlocks()].length], [2, 1]);
    isBad = false;
    await chain.acceptBlock(third);
    await historyAt(chain, BASE_HEIGHT);
    await chain.close();
  });
});
