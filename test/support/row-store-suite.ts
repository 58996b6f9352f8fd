import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import type { RowStore } from '../../src/engine/ports/row-store.ts';
import type { Reopening } from './store-samples.ts';

/** All rows of a store, as numbers. */
export async function rowsOf(store: RowStore): Promise<[string, number[]][]> {
  const rows: [string, number[]][] = [];
  for await (const [key, value] of store.entries()) rows.push([key, [...value]]);
  return rows;
}

/** What every store of rows does. `make` gives an empty one. */
export function rowStoreSuite(make: (t: TestContext) => Promise<Reopening<RowStore>>): void {
  it('has rows sorted by key, replaced and deleted', async (t) => {
    const store = await (await make(t)).open();
    await store.apply({
      puts: [
        ['b', Uint8Array.of(2)],
        ['a', Uint8Array.of(1)],
        ['c', Uint8Array.of(3)],
      ],
      deletes: [],
    });
    await store.apply({ puts: [['b', Uint8Array.of(9)]], deletes: ['c', 'unknown'] });
    assert.deepEqual(await rowsOf(store), [
      ['a', [1]],
      ['b', [9]],
    ]);
    await store.close();
  });

  it('changes not at all where the batch fails while it is read', async (t) => {
    const store = await (await make(t)).open();
    await store.apply({ puts: [['a', Uint8Array.of(1)]], deletes: [] });
    const failing = (function* (): Generator<[string, Uint8Array]> {
      yield ['a', Uint8Array.of(2)];
      throw new Error('broken');
    })();
    await assert.rejects(async () => store.apply({ puts: failing, deletes: [] }), /broken/);
    assert.deepEqual(await rowsOf(store), [['a', [1]]]);
    await store.close();
  });

  it('has every row after it was closed and opened again, more than are read at a time', async (t) => {
    const kept = await make(t);
    const before = await kept.open();
    const puts = Array.from({ length: 1_000 }, (_, i) => [`row/${String(i).padStart(4, '0')}`, Uint8Array.of(i & 255, i >> 8)] as const);
    await before.apply({ puts, deletes: [] });
    await before.close();
    const after = await kept.open();
    assert.deepEqual(
      await rowsOf(after),
      puts.map(([key, value]) => [key, [...value]]),
    );
    await after.close();
  });
}
