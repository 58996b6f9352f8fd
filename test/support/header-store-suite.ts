import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { compareBytes } from '../../src/core/base/bytes.ts';
import type { HeaderStore, StoredHeader } from '../../src/engine/ports/header-store.ts';
import { collectRows, type Reopening, sampleRow, unpack } from './store-samples.ts';

/** What every header store does. `make` gives an empty one. */
export function headerStoreSuite(make: (t: TestContext) => Promise<Reopening<HeaderStore>>): void {
  it('is empty when it is new', async (t) => {
    const store = await (await make(t)).open();
    assert.deepEqual(await collectRows(store), []);
    await store.put([]);
    assert.deepEqual(await collectRows(store), []);
    await store.close();
  });

  it('gives back every field, at both ends of its range', async (t) => {
    const store = await (await make(t)).open();
    const least = sampleRow(undefined, 0, { sequence: -1, block: { file: 0, offset: 8, sizeBytes: 0 } });
    const most = sampleRow(least, 0xffffffff, {
      height: 0xffffffff,
      status: 0xffffffff,
      txCount: 0xffffffff,
      sequence: Number.MAX_SAFE_INTEGER,
      block: { file: 0xfffffffe, offset: 0xffffffff, sizeBytes: 0xffffffff },
      undo: { file: 0xfffffffe, offset: 0xffffffff, sizeBytes: 0xffffffff },
    });
    await store.put([most, least]);
    assert.deepEqual(await collectRows(store), [least, most]);
    await store.close();
  });

  it('gives parents before children whatever order they came in, branches too', async (t) => {
    const store = await (await make(t)).open();
    const rows: StoredHeader[] = [sampleRow(undefined, 0)];
    // Heights cross 255 and 256, where a wrong byte order shows.
    for (let i = 1; i <= 600; i++) rows.push(sampleRow(rows[i - (i % 2 === 0 ? 2 : 1)], i));
    await store.put(rows.slice(300).reverse());
    await store.put(rows.slice(0, 300).reverse());
    const loaded = await collectRows(store);
    assert.equal(loaded.length, rows.length);
    const seen = new Set<string>();
    for (const row of loaded) {
      if (row.height > 0) assert.ok(seen.has(row.header.prevBlockHash.join()), `the parent of ${row.sequence} comes before it`);
      seen.add(row.header.hash.join());
    }
    const sorted = [...rows].sort((a, b) => a.height - b.height || compareBytes(a.header.hash, b.header.hash));
    assert.deepEqual(loaded, sorted);
    await store.close();
  });

  it('replaces the row of the same hash', async (t) => {
    const store = await (await make(t)).open();
    const genesis = sampleRow(undefined, 0);
    const row = sampleRow(genesis, 1);
    await store.put([genesis, row]);
    const filled = { ...row, status: 5, txCount: 3, block: { file: 1, offset: 8, sizeBytes: 200 } };
    await store.put([filled]);
    assert.deepEqual(await collectRows(store), [genesis, filled]);
    const emptied = { ...row, status: 1 };
    await store.put([{ ...row, status: 9 }, emptied]);
    assert.deepEqual(await collectRows(store), [genesis, emptied]);
    await store.close();
  });

  it('loads what was there when it was asked, while rows are put', async (t) => {
    const store = await (await make(t)).open();
    const genesis = sampleRow(undefined, 0);
    await store.put([genesis]);
    const rows = store.load();
    await store.put([sampleRow(genesis, 1), { ...genesis, status: 1 }]);
    assert.deepEqual(await unpack(rows), [genesis]);
    await store.close();
  });

  it('has everything after it was closed and opened again', async (t) => {
    const kept = await make(t);
    const before = await kept.open();
    const rows = [sampleRow(undefined, 0)];
    for (let i = 1; i < 50; i++) rows.push(sampleRow(rows[i - 1], i));
    await before.put(rows);
    await before.close();
    const after = await kept.open();
    assert.deepEqual(await collectRows(after), rows);
    await after.close();
  });
}
