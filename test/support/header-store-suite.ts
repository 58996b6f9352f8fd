import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import type { HeaderStore } from '../../src/engine/ports/header-store.ts';
import { collectRows, pagesOf, type Reopening, type StoredHeader, sampleRow, trunk, unpack } from './store-samples.ts';

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
    await store.put(pagesOf([least, most]));
    assert.deepEqual(await collectRows(store), [least, most]);
    await store.close();
  });

  it('gives rows in the order of their numbers, whatever order their pages came in', async (t) => {
    const store = await (await make(t)).open();
    // Page numbers cross 255 and 256, where a wrong byte order shows.
    const rows = trunk(300 * 16 + 5);
    const pages = pagesOf(rows);
    await store.put(pages.slice(150).reverse());
    await store.put(pages.slice(0, 150).reverse());
    assert.deepEqual(await collectRows(store), rows);
    await store.close();
  });

  it('replaces the page of the same number', async (t) => {
    const store = await (await make(t)).open();
    const rows = trunk(40);
    await store.put(pagesOf(rows.slice(0, 35)));
    rows[17] = { ...rows[17]!, status: 5, txCount: 3, block: { file: 1, offset: 8, sizeBytes: 200 } };
    await store.put(pagesOf(rows).slice(1));
    assert.deepEqual(await collectRows(store), rows);
    rows[17] = { ...rows[17]!, status: 1, block: undefined };
    await store.put(pagesOf(rows).slice(1, 2));
    assert.deepEqual(await collectRows(store), rows);
    await store.close();
  });

  it('loads what was there when it was asked, while pages are put', async (t) => {
    const store = await (await make(t)).open();
    const [genesis, child] = trunk(2) as [StoredHeader, StoredHeader];
    await store.put(pagesOf([genesis]));
    const rows = store.load();
    await store.put(pagesOf([{ ...genesis, status: 1 }, child]));
    assert.deepEqual(await unpack(rows), [genesis]);
    await store.close();
  });

  it('has everything after it was closed and opened again', async (t) => {
    const kept = await make(t);
    const before = await kept.open();
    const rows = trunk(50);
    await before.put(pagesOf(rows));
    await before.close();
    const after = await kept.open();
    assert.deepEqual(await collectRows(after), rows);
    await after.close();
  });
}
