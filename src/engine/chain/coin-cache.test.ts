import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Coin } from '../../core/consensus/coin.ts';
import type { BlockHash, Txid } from '../../core/primitives/ids.ts';
import { type OutPoint, outPointKey } from '../../core/primitives/transaction.ts';
import { createMemoryCoinStore } from '../../platform/store/memory-coin-store.ts';
import type { CoinBatch, CoinStore } from '../ports/coin-store.ts';
import { CoinCache } from './coin-cache.ts';
import { encodeCoin } from './coin-codec.ts';
import { CoinTable, DIRTY, FRESH, UNSPENT } from './coin-table.ts';

const TIP = new Uint8Array(32) as unknown as BlockHash;

/** Few outpoints, so that operations meet; most share a transaction. */
const outPoint = (n: number): OutPoint => ({ txid: new Uint8Array(32).fill(n >> 3) as unknown as Txid, vout: n & 7 });
const coin = (n: number): Coin => ({ value: BigInt(n), scriptPubKey: new Uint8Array(n % 50), height: n, coinbase: n % 2 === 0 });
const read = async (cache: CoinCache, n: number): Promise<Coin | undefined> => (await cache.read([outPoint(n)]))[0];
const wanting = (n: number) => new Map([[outPointKey(outPoint(n)), outPoint(n)]]);
const load = (cache: CoinCache, n: number) => cache.load(wanting(n));

/** A store that remembers what it was told to write. */
function watched(): { store: CoinStore; batches: { puts: number; deletes: number }[] } {
  const store = createMemoryCoinStore();
  const batches: { puts: number; deletes: number }[] = [];
  return {
    batches,
    store: {
      tip: () => store.tip(),
      load: (keys) => store.load(keys),
      entries: () => store.entries(),
      close: () => store.close(),
      apply: async (batch: CoinBatch) => {
        batches.push({ puts: [...batch.puts].length, deletes: [...batch.deletes].length });
        await store.apply(batch);
      },
    },
  };
}

interface Step {
  readonly kind: 'toggle' | 'load' | 'ahead' | 'flush' | 'trim' | 'compact';
  readonly n: number;
  readonly value: number;
}
const kinds = fc.oneof(
  { weight: 8, arbitrary: fc.constant('toggle' as const) },
  { weight: 3, arbitrary: fc.constantFrom('load' as const, 'ahead' as const) },
  { weight: 1, arbitrary: fc.constantFrom('flush' as const, 'trim' as const, 'compact' as const) },
);
const steps: fc.Arbitrary<Step[]> = fc.array(fc.record({ kind: kinds, n: fc.nat(9), value: fc.nat(1_000) }), {
  maxLength: 120,
  size: 'max',
});

describe('CoinCache', () => {
  it('is a coin set, whatever is flushed and dropped in between', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(), async (each, salt) => {
        const cache = new CoinCache(createMemoryCoinStore(), salt);
        const model = new Map<number, Coin>();
        for (const step of each) {
          if (step.kind === 'flush') await cache.flush(TIP);
          else if (step.kind === 'trim') {
            await cache.flush(TIP);
            cache.trim(0);
          } else if (step.kind === 'compact') cache.isFull(0);
          else if (step.kind === 'ahead') cache.readAhead(wanting(step.n));
          else if (step.kind === 'load') {
            const loaded = await load(cache, step.n);
            assert.deepEqual(loaded.get(outPointKey(outPoint(step.n))), model.get(step.n));
          } else if (model.delete(step.n)) cache.apply({ removed: [outPoint(step.n)], added: [] });
          else {
            model.set(step.n, coin(step.value));
            cache.apply({ removed: [], added: [{ outPoint: outPoint(step.n), coin: coin(step.value) }] });
          }
        }
        for (let n = 0; n <= 9; n++) assert.deepEqual(await read(cache, n), model.get(n));
      }),
      { numRuns: 150 },
    );
  });

  it('never writes a coin that was made and spent between two flushes', async () => {
    const { store, batches } = watched();
    const cache = new CoinCache(store, 1);
    cache.apply({ removed: [], added: [{ outPoint: outPoint(1), coin: coin(1) }] });
    cache.apply({ removed: [outPoint(1)], added: [{ outPoint: outPoint(2), coin: coin(2) }] });
    await cache.flush(TIP);
    cache.apply({ removed: [outPoint(2)], added: [] });
    await cache.flush(TIP);
    await cache.flush(TIP);
    assert.deepEqual(batches, [
      { puts: 1, deletes: 0 },
      { puts: 0, deletes: 1 },
      { puts: 0, deletes: 0 },
    ]);
  });

  it('still has after a flush what was written, and writes it again only where it changes', async () => {
    const { store, batches } = watched();
    const asked: number[] = [];
    const load = async (keys: readonly Uint8Array[]) => {
      asked.push(keys.length);
      return await store.load(keys);
    };
    const cache = new CoinCache({ ...store, load }, 1);
    cache.apply({ removed: [], added: [1, 2].map((n) => ({ outPoint: outPoint(n), coin: coin(n) })) });
    await cache.flush(TIP);
    cache.trim(cache.sizeBytes);
    assert.deepEqual(await read(cache, 1), coin(1));
    cache.apply({ removed: [outPoint(1)], added: [] });
    assert.equal(await read(cache, 1), undefined);
    await cache.flush(TIP);
    assert.deepEqual(batches[1], { puts: 0, deletes: 1 });
    assert.deepEqual(asked, []);
    cache.trim(cache.sizeBytes - 1);
    assert.deepEqual([await read(cache, 1), await read(cache, 2)], [undefined, coin(2)]);
    assert.deepEqual(asked, [1, 1]);
  });

  it('is full when it takes more than it may, or has 16 MiB to write', async () => {
    const cache = new CoinCache(createMemoryCoinStore(), 1);
    const wide = (n: number) => ({ outPoint: { ...outPoint(0), vout: n }, coin: { ...coin(1), scriptPubKey: new Uint8Array(4_052) } });
    // An entry has 36 bytes of key, 4 of flags and its value.
    assert.equal(36 + 4 + encodeCoin(wide(0).coin).length, 4_096);
    for (let n = 0; n < 4_096; n++) cache.apply({ removed: [], added: [wide(n)] });
    assert.equal(cache.isFull(Number.MAX_SAFE_INTEGER), false);
    assert.deepEqual([cache.isFull(cache.sizeBytes), cache.isFull(cache.sizeBytes - 1)], [false, true]);
    cache.apply({ removed: [], added: [wide(4_096)] });
    assert.equal(cache.isFull(Number.MAX_SAFE_INTEGER), true);
    await cache.flush(TIP);
    assert.equal(cache.isFull(Number.MAX_SAFE_INTEGER), false);
  });

  it('takes no more memory for a set that stays small, however many coins come and go, and lets a larger one grow', () => {
    const place = (n: number): OutPoint => ({ ...outPoint(0), vout: n });
    const wide = (n: number) => ({ outPoint: place(n), coin: { ...coin(1), scriptPubKey: new Uint8Array(4_052) } });
    const sizeAfter = (lasting: number): number => {
      const cache = new CoinCache(createMemoryCoinStore(), 1);
      for (let n = 0; n < lasting; n++) cache.apply({ removed: [], added: [wide(1e6 + n)] });
      for (let n = 0; n < 5_000; n++) cache.apply({ removed: n === 0 ? [] : [place(n - 1)], added: [wide(n)] });
      return cache.sizeBytes;
    };
    // Chunks are of 1 MiB: what lasts takes two, and at most as much again may be of no use.
    assert.ok(sizeAfter(256) < 5 << 20);
    assert.ok(sizeAfter(600) > 20 << 20);
  });

  it('reads ahead once, what nothing is known about, and forgets it at a flush', async () => {
    const store = createMemoryCoinStore();
    const filling = new CoinCache(store, 1);
    filling.apply({ removed: [], added: [1, 2, 3].map((n) => ({ outPoint: outPoint(n), coin: coin(n) })) });
    await filling.flush(TIP);
    const asked: number[] = [];
    const load = (keys: readonly Uint8Array[]) => {
      asked.push(keys.length);
      return store.load(keys);
    };
    const cache = new CoinCache({ ...store, load, apply: (batch) => store.apply(batch) }, 1);
    cache.apply({ removed: [outPoint(3)], added: [] });
    const wanted = new Map([1, 2, 3, 4].flatMap((n) => [...wanting(n)]));
    cache.readAhead(new Map([2, 3, 4].flatMap((n) => [...wanting(n)])));
    // It is spent while it is being read, and what is read must not bring it back.
    cache.apply({ removed: [outPoint(2)], added: [] });
    assert.deepEqual([...(await cache.load(wanted)).values()], [coin(1)]);
    assert.deepEqual(asked, [2, 1]);
    cache.readAhead(wanting(4));
    await cache.load(wanting(4));
    cache.readAhead(wanting(4));
    await cache.flush(TIP);
    await cache.load(wanting(4));
    assert.deepEqual(asked, [2, 1, 1, 1, 1]);
  });

  it('says nothing of a store that fails while it reads ahead, but when the block wants its coins', async () => {
    const broken = async (): Promise<never> => {
      throw new Error('gone');
    };
    const cache = new CoinCache({ ...createMemoryCoinStore(), load: broken }, 1);
    cache.readAhead(wanting(1));
    await assert.rejects(load(cache, 1), /gone/);
  });

  it('keeps everything where a flush fails', async () => {
    const { store } = watched();
    let broken = true;
    const cache = new CoinCache({ ...store, apply: (batch) => (broken ? Promise.reject(new Error('full')) : store.apply(batch)) }, 1);
    cache.apply({ removed: [], added: [{ outPoint: outPoint(1), coin: coin(1) }] });
    await assert.rejects(cache.flush(TIP), /full/);
    broken = false;
    await cache.flush(TIP);
    assert.deepEqual(await read(cache, 1), coin(1));
  });
});

describe('CoinTable', () => {
  const value = (n: number): Uint8Array => new Uint8Array(30).fill(n);

  it('finds each of many, across chunks and after growing', () => {
    const table = new CoinTable(7);
    const place = (n: number): OutPoint => ({ txid: new Uint8Array(32).fill(n & 0xff) as unknown as Txid, vout: n });
    for (let n = 0; n < 40_000; n++) table.put(place(n), value(n), UNSPENT);
    assert.equal(table.count, 40_000);
    assert.ok(table.sizeBytes > 2 << 20);
    for (let n = 0; n < 40_000; n += 7) assert.equal(table.value(table.find(place(n)))[0], n & 0xff);
    assert.equal(table.find(place(40_000)), 0);
  });

  it('lists what is to be written, however much of it came and went', () => {
    const table = new CoinTable(7);
    const place = (n: number): OutPoint => ({ txid: new Uint8Array(32).fill(n % 251) as unknown as Txid, vout: n });
    for (let n = 0; n < 20_000; n++) {
      table.put(place(n), value(n), UNSPENT | DIRTY | FRESH);
      if (n % 100 !== 0) table.setFlags(table.find(place(n)), FRESH);
    }
    table.put(place(7), value(7), DIRTY);
    table.put(place(8), value(8), UNSPENT);
    const written = [...table.dirtyEntries(true)].map(({ key }) => (key[34]! << 8) | key[35]!);
    assert.deepEqual(
      written,
      Array.from({ length: 200 }, (_, i) => i * 100),
    );
    assert.equal([...table.dirtyEntries(false)].length, 1);
    assert.ok(table.dirtyBytes < 202 * 80);
    table.compact();
    assert.equal([...table.dirtyEntries(true)].length, 200);
    table.settle();
    assert.equal(table.dirtyBytes, 0);
    assert.deepEqual([...table.dirtyEntries(true), ...table.dirtyEntries(false)], []);
    assert.equal(table.flags(table.find(place(100))), UNSPENT);
    assert.equal(table.flags(table.find(place(7))), FRESH);
  });

  it('frees what is of no use when it is compacted', () => {
    const table = new CoinTable(7);
    const place = (n: number): OutPoint => ({ txid: new Uint8Array(32).fill(n % 251) as unknown as Txid, vout: n });
    for (let n = 0; n < 60_000; n++) {
      table.put(place(n), value(n), UNSPENT | DIRTY | FRESH);
      if (n % 100 !== 0) table.setFlags(table.find(place(n)), FRESH);
    }
    const full = table.sizeBytes;
    assert.ok(table.idleBytes > 60_000 * 60);
    table.compact();
    assert.ok(table.sizeBytes < full / 3);
    assert.equal(table.count, 600);
    assert.equal(table.idleBytes, 0);
    for (let n = 0; n < 60_000; n += 100) assert.equal(table.value(table.find(place(n)))[0], n & 0xff);
    assert.equal(table.find(place(1)), 0);
  });
});
