import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import type { IndexStore } from '../../src/engine/ports/index-store.ts';
import { collect, type Reopening, sampleBytes, sampleHash } from './store-samples.ts';

function row(number: number, sizeBytes = 20): readonly [Uint8Array, Uint8Array] {
  return [Uint8Array.of(number >> 8, number & 255), sampleBytes(number, sizeBytes)];
}

const tipAt = (height: number) => ({ hash: sampleHash(height), height });
const ALL = { gte: new Uint8Array(0), lt: new Uint8Array(40).fill(0xff) };

/** What every index store does. `make` gives an empty one. */
export function indexStoreSuite(make: (t: TestContext) => Promise<Reopening<IndexStore>>): void {
  it('has no tip and no rows when it is new', async (t) => {
    const store = await (await make(t)).open();
    assert.equal(await store.tip(), undefined);
    assert.deepEqual(await store.load([Uint8Array.of(1)]), [undefined]);
    assert.deepEqual(await collect(store.entries(ALL)), []);
    await store.close();
  });

  it('applies puts, replacements, deletes and the tip together; what is put and deleted is put', async (t) => {
    const store = await (await make(t)).open();
    await store.apply({ puts: [row(1), row(2, 0)], deletes: [], tip: tipAt(0xffffffff) });
    assert.deepEqual(await store.tip(), tipAt(0xffffffff));
    await store.apply({ puts: [row(2, 9), row(3)], deletes: [row(1)[0], row(3)[0], row(9)[0]], tip: tipAt(1) });
    assert.deepEqual(await store.load([3, 1, 2].map((number) => row(number)[0])), [row(3)[1], undefined, row(2, 9)[1]]);
    assert.deepEqual(await store.tip(), tipAt(1));
    await store.close();
  });

  it('changes nothing where the batch breaks off', async (t) => {
    const store = await (await make(t)).open();
    await store.apply({ puts: [row(1)], deletes: [], tip: tipAt(1) });
    function* broken(): Generator<readonly [Uint8Array, Uint8Array]> {
      yield row(2);
      throw new Error('broke off');
    }
    await assert.rejects(store.apply({ puts: broken(), deletes: [row(1)[0]], tip: tipAt(2) }), /broke off/);
    assert.deepEqual(await collect(store.entries(ALL)), [row(1)]);
    assert.deepEqual(await store.tip(), tipAt(1));
    await store.close();
  });

  it('lists a range in either direction, its lower end included, its upper one not, and no more than asked', async (t) => {
    const store = await (await make(t)).open();
    await store.apply({ puts: [500, 3, 256, 1, 255].map((number) => row(number)), deletes: [], tip: tipAt(1) });
    const range = { gte: row(3)[0], lt: row(500)[0] };
    assert.deepEqual(await collect(store.entries(range)), [row(3), row(255), row(256)]);
    assert.deepEqual(await collect(store.entries({ ...range, limit: 2 })), [row(3), row(255)]);
    assert.deepEqual(await collect(store.entries({ ...range, reverse: true, limit: 2 })), [row(256), row(255)]);
    // A key that another begins with comes first.
    assert.deepEqual(await collect(store.entries({ gte: Uint8Array.of(1, 0xf4, 0), lt: Uint8Array.of(2) })), []);
    assert.deepEqual(await collect(store.entries({ gte: Uint8Array.of(1), lt: Uint8Array.of(2) })), [row(256), row(500)]);
    await store.close();
  });

  it('forgets all rows and the tip when it is cleared, and is as new', async (t) => {
    const kept = await make(t);
    const store = await kept.open();
    await store.apply({ puts: Array.from({ length: 2_000 }, (_, number) => row(number)), deletes: [], tip: tipAt(1) });
    await store.clear();
    assert.equal(await store.tip(), undefined);
    assert.deepEqual(await collect(store.entries(ALL)), []);
    await store.apply({ puts: [row(7)], deletes: [], tip: tipAt(2) });
    await store.close();
    const again = await kept.open();
    assert.deepEqual(await collect(again.entries(ALL)), [row(7)]);
    assert.deepEqual(await again.tip(), tipAt(2));
    await again.close();
  });

  it('keeps its own copy of what it is handed', async (t) => {
    const store = await (await make(t)).open();
    const [key, value] = [Uint8Array.of(1, 2), sampleBytes(1, 30)];
    const tip = tipAt(1);
    const done = store.apply({ puts: [[key, value]], deletes: [], tip });
    key.fill(0xff);
    value.fill(0xff);
    tip.hash.fill(0xff);
    await done;
    assert.deepEqual(await collect(store.entries(ALL)), [[Uint8Array.of(1, 2), sampleBytes(1, 30)]]);
    assert.deepEqual(await store.tip(), tipAt(1));
    await store.close();
  });
}
