import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildChain, genesisParent } from '../../test/support/chain-builder.ts';
import { FakeClock, settle } from '../../test/support/fake-clock.ts';
import { silentLog } from '../../test/support/mempool-world.ts';
import { acceptAll, memoryStores, nodeOf, openTestChain, quickRegtest } from '../../test/support/test-chain.ts';
import { createMemoryIndexStore } from '../platform/store/memory-index-store.ts';
import { DiskGuard, FREE_BYTES_MIN_DEFAULT } from './disk-guard.ts';
import { guardBlocks, guardCoins, guardIndex } from './guarded-stores.ts';

const MIB = 1_048_576;
const MIN = FREE_BYTES_MIN_DEFAULT;
const low = { name: 'NodeError', code: 'disk-low' };

/** A disk whose room a test sets, and the guard over it. */
function guardedDisk(free: number, freeBytesMin = MIN) {
  const clock = new FakeClock();
  const disk = { free, looks: 0 };
  const guard = new DiskGuard({
    ...{ folder: '/data', freeBytesMin, clock, log: silentLog },
    freeBytes: async () => {
      disk.looks++;
      return disk.free;
    },
  });
  return { disk, guard, clock };
}

describe('the guard of the room on a disk', () => {
  it('passes where exactly so much is left as must be, and refuses a byte less', async () => {
    const { disk, guard } = guardedDisk(MIN + 7);
    await guard.check(7);
    await assert.rejects(guard.check(8), {
      ...low,
      message:
        'the disk of /data has 50 MiB left and the node needs 51 MiB so that it can write everything when it stops: ' +
        'free some room and start again',
    });
    disk.free = MIN - 1;
    await assert.rejects(guard.check(0), { ...low, message: /has 49 MiB left and the node needs 50 MiB/ });
  });

  it('wants room for the coins in memory twice over', async () => {
    const { guard } = guardedDisk(MIN + 6 * MIB);
    guard.watch(() => 3 * MIB);
    await guard.check(0);
    guard.watch(() => 3 * MIB + 1);
    await assert.rejects(guard.check(0), low);
  });

  it('looks once for each 4 MiB that are written, and not at all where nothing is to be left', async () => {
    const { disk, guard } = guardedDisk(MIN + MIB);
    for (let i = 0; i < 8; i++) await guard.beforeGrowth(MIB - 1);
    assert.equal(disk.looks, 1);
    disk.free = 0;
    await assert.rejects(async () => {
      for (let i = 0; i < 4; i++) await guard.beforeGrowth(MIB);
    }, low);
    const off = guardedDisk(0, 0);
    await off.guard.beforeGrowth(100 * MIB);
    await off.guard.check(1);
    off.guard.begin(() => assert.fail('nothing is watched'));
    assert.deepEqual([off.disk.looks, off.clock.pendingTimers], [0, 0]);
  });

  it('tells once, within a minute, when others have filled the disk, and of a disk that cannot be looked at', async () => {
    for (const fill of [(disk: { free: number }) => (disk.free = MIN - 1), (disk: object) => Object.defineProperty(disk, 'free', gone)]) {
      const { disk, guard, clock } = guardedDisk(MIN);
      const told: unknown[] = [];
      guard.begin((error) => told.push(error));
      await clock.advance(60_000);
      await settle();
      assert.deepEqual([disk.looks, told], [1, []]);
      fill(disk);
      await clock.advance(60_000);
      await settle();
      await clock.advance(600_000);
      assert.equal(told.length, 1);
      assert.equal(clock.pendingTimers, 0);
    }
  });

  it('lets a node that stops write what the room was left for', async () => {
    const { guard, clock } = guardedDisk(0);
    guard.begin(() => assert.fail('it is closed'));
    guard.close();
    await guard.check(MIB);
    await guard.beforeGrowth(100 * MIB);
    assert.equal(clock.pendingTimers, 0);
  });
});

/** A disk that is not there any more. */
const gone = {
  get: () => {
    throw new Error('the disk is gone');
  },
};

describe('a chain on a watched disk', () => {
  it('takes no block that leaves too little room, keeps what it has, and goes on from there', async () => {
    const { disk, guard } = guardedDisk(MIN + 64 * MIB);
    const stores = memoryStores();
    const failures: unknown[] = [];
    const chain = await openTestChain({
      headers: stores.headers,
      blocks: guardBlocks(stores.blocks, { beforeGrowth: (sizeBytes) => guard.check(sizeBytes) }),
      coins: guardCoins(stores.coins, guard),
      onFailure: (error) => failures.push(error),
    });
    guard.watch(() => chain.cacheBytes);
    const blocks = buildChain({ parent: genesisParent(quickRegtest), params: quickRegtest, count: 3 });
    await acceptAll(chain, blocks.slice(0, 2));
    disk.free = MIN + 2 * chain.cacheBytes;
    await assert.rejects(chain.acceptBlock(blocks[2]!), low);
    assert.equal(failures.length, 1);
    assert.equal(chain.tip, nodeOf(chain, blocks[1]!));
    disk.free--;
    await assert.rejects(chain.flush(), low);
    guard.close();
    await chain.close();
    const again = await openTestChain(stores);
    assert.equal(again.tip, nodeOf(again, blocks[1]!));
    assert.deepEqual(await acceptAll(again, blocks.slice(2)), []);
    assert.equal(again.tip.height, 3);
  });

  it('writes no rows of an index that leave too little room', async () => {
    const { disk, guard } = guardedDisk(MIN);
    const index = guardIndex(createMemoryIndexStore(), guard);
    const batch = {
      puts: [[Uint8Array.of(1), Uint8Array.of(2)]] as const,
      deletes: [],
      tip: { hash: quickRegtest.consensus.genesisHash, height: 0 },
    };
    await index.apply(batch);
    disk.free--;
    await assert.rejects(index.apply({ ...batch, tip: { ...batch.tip, height: 1 } }), low);
    assert.equal((await index.tip())?.height, 0);
    assert.deepEqual(await index.load([Uint8Array.of(1)]), [Uint8Array.of(2)]);
  });
});
