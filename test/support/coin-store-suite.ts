import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import type { CoinStore } from '../../src/engine/ports/coin-store.ts';
import { collect, type Reopening, sampleBytes, sampleCoinKey, sampleHash } from './store-samples.ts';

function coin(number: number, sizeBytes = 30): readonly [Uint8Array, Uint8Array] {
  return [sampleCoinKey(number), sampleBytes(number, sizeBytes)];
}

/** What every coin store does. `make` gives an empty one. */
export function coinStoreSuite(make: (t: TestContext) => Promise<Reopening<CoinStore>>): void {
  it('has no tip and no coins when it is new', async (t) => {
    const store = await (await make(t)).open();
    assert.equal(await store.tip(), undefined);
    assert.deepEqual(await store.load([sampleCoinKey(1)]), [undefined]);
    assert.deepEqual(await collect(store.entries()), []);
    await store.close();
  });

  it('answers for each key in the order asked, with undefined where there is no coin', async (t) => {
    const store = await (await make(t)).open();
    await store.apply({ puts: [coin(1), coin(2, 0), coin(3, 10_000)], deletes: [], tip: sampleHash(1) });
    const keys = [3, 9, 1, 2, 3].map(sampleCoinKey);
    assert.deepEqual(await store.load(keys), [
      sampleBytes(3, 10_000),
      undefined,
      sampleBytes(1, 30),
      new Uint8Array(0),
      sampleBytes(3, 10_000),
    ]);
    assert.deepEqual(await store.load([]), []);
    await store.close();
  });

  it('gives plain arrays of bytes, whose slices are copies', async (t) => {
    const store = await (await make(t)).open();
    await store.apply({ puts: [coin(1)], deletes: [], tip: sampleHash(1) });
    const [value] = await store.load([sampleCoinKey(1)]);
    const [entry] = await collect(store.entries());
    for (const bytes of [value, entry?.[0], entry?.[1], await store.tip()])
      assert.equal(Object.getPrototypeOf(bytes), Uint8Array.prototype);
    await store.close();
  });

  it('applies puts, replacements, deletes and the tip together', async (t) => {
    const store = await (await make(t)).open();
    await store.apply({ puts: [coin(1), coin(2)], deletes: [], tip: sampleHash(1) });
    await store.apply({
      puts: [[sampleCoinKey(2), sampleBytes(22, 5)], coin(3)],
      deletes: [sampleCoinKey(1), sampleCoinKey(8)],
      tip: sampleHash(2),
    });
    assert.deepEqual(await store.load([1, 2, 3].map(sampleCoinKey)), [undefined, sampleBytes(22, 5), sampleBytes(3, 30)]);
    assert.deepEqual(await store.tip(), sampleHash(2));
    await store.close();
  });

  it('puts a coin that the same batch deletes', async (t) => {
    const store = await (await make(t)).open();
    await store.apply({ puts: [coin(1)], deletes: [sampleCoinKey(1)], tip: sampleHash(1) });
    assert.deepEqual(await store.load([sampleCoinKey(1)]), [sampleBytes(1, 30)]);
    await store.close();
  });

  it('moves the tip where no coin changes', async (t) => {
    const store = await (await make(t)).open();
    await store.apply({ puts: [], deletes: [], tip: sampleHash(7) });
    assert.deepEqual(await store.tip(), sampleHash(7));
    assert.deepEqual(await collect(store.entries()), []);
    await store.close();
  });

  it('changes nothing where the batch breaks off', async (t) => {
    const store = await (await make(t)).open();
    await store.apply({ puts: [coin(1)], deletes: [], tip: sampleHash(1) });
    function* broken(): Generator<readonly [Uint8Array, Uint8Array]> {
      yield coin(2);
      throw new Error('broke off');
    }
    await assert.rejects(store.apply({ puts: broken(), deletes: [sampleCoinKey(1)], tip: sampleHash(2) }), /broke off/);
    assert.deepEqual(await store.load([1, 2].map(sampleCoinKey)), [sampleBytes(1, 30), undefined]);
    assert.deepEqual(await store.tip(), sampleHash(1));
    await store.apply({ puts: [coin(3)], deletes: [], tip: sampleHash(3) });
    assert.deepEqual(await store.tip(), sampleHash(3));
    await store.close();
  });

  it('keeps its own copy of what it is handed', async (t) => {
    const store = await (await make(t)).open();
    const [key, value] = [sampleCoinKey(1), sampleBytes(1, 30)];
    const tip = sampleHash(1);
    const done = store.apply({ puts: [[key, value]], deletes: [], tip });
    key.fill(0xff);
    value.fill(0xff);
    tip.fill(0xff);
    await done;
    assert.deepEqual(await collect(store.entries()), [coin(1)]);
    assert.deepEqual(await store.tip(), sampleHash(1));
    await store.close();
  });

  it('lists every coin sorted by its key, from the lowest possible to the highest', async (t) => {
    const store = await (await make(t)).open();
    const numbers = Array.from({ length: 2_500 }, (_, i) => (i * 7_919) % 2_500).concat(0xffffffff);
    const highest = new Uint8Array(36).fill(0xff);
    await store.apply({ puts: [...numbers.map((i) => coin(i)), [highest, sampleBytes(1, 1)]], deletes: [], tip: sampleHash(1) });
    const keys = (await collect(store.entries())).map(([key]) => key);
    const expected = numbers.sort((a, b) => a - b).map(sampleCoinKey);
    assert.deepEqual(keys, [...expected, highest]);
    await store.close();
  });

  it('lists the coins of the moment it was asked, while batches are applied', async (t) => {
    const store = await (await make(t)).open();
    const old = Array.from({ length: 1_500 }, (_, i) => coin(i));
    await store.apply({ puts: old, deletes: [], tip: sampleHash(1) });
    const entries = store.entries()[Symbol.asyncIterator]();
    await store.apply({ puts: [coin(5_000), [sampleCoinKey(3), sampleBytes(0, 1)]], deletes: [sampleCoinKey(1_400)], tip: sampleHash(2) });
    const seen = [(await entries.next()).value];
    await store.apply({ puts: [coin(6_000)], deletes: old.map(([key]) => key), tip: sampleHash(3) });
    for (let next = await entries.next(); !next.done; next = await entries.next()) seen.push(next.value);
    assert.deepEqual(seen, old);
    assert.deepEqual(await collect(store.entries()), [coin(5_000), coin(6_000)]);
    await store.close();
  });

  it('can be closed while a list is half read', async (t) => {
    const store = await (await make(t)).open();
    await store.apply({ puts: Array.from({ length: 1_500 }, (_, i) => coin(i)), deletes: [], tip: sampleHash(1) });
    store.entries();
    for await (const [key] of store.entries()) {
      assert.deepEqual(key, sampleCoinKey(0));
      break;
    }
    await store.close();
  });

  it('has everything after it was closed and opened again', async (t) => {
    const kept = await make(t);
    const before = await kept.open();
    await before.apply({ puts: [coin(1), coin(2)], deletes: [], tip: sampleHash(1) });
    await before.apply({ puts: [], deletes: [sampleCoinKey(1)], tip: sampleHash(2) });
    await before.close();
    const after = await kept.open();
    assert.deepEqual(await collect(after.entries()), [coin(2)]);
    assert.deepEqual(await after.tip(), sampleHash(2));
    await after.close();
  });
}
