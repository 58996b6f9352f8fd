import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { regtest } from '../../core/params/regtest.ts';
import type { RowStore } from '../../engine/ports/row-store.ts';
import { openLevelRowStore } from './level-row-store.ts';
import { createMemoryRowStore } from './memory-row-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'quoin-rows-'));
after(() => rmSync(folder, { recursive: true }));
const network = { name: regtest.name, messageStart: regtest.messageStart, genesisHash: regtest.consensus.genesisHash };

async function rowsOf(store: RowStore): Promise<[string, number[]][]> {
  const rows: [string, number[]][] = [];
  for await (const [key, value] of store.entries()) rows.push([key, [...value]]);
  return rows;
}

let made = 0;
const makers: Readonly<Record<string, () => Promise<RowStore>>> = {
  memory: async () => createMemoryRowStore(),
  level: () => openLevelRowStore(join(folder, String(made++)), network),
};

for (const [name, make] of Object.entries(makers)) {
  describe(`rows in ${name}`, () => {
    test('are sorted by key, replaced and deleted', async () => {
      const store = await make();
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

    test('change not at all where the batch fails while it is read', async () => {
      const store = await make();
      await store.apply({ puts: [['a', Uint8Array.of(1)]], deletes: [] });
      const failing = (function* (): Generator<[string, Uint8Array]> {
        yield ['a', Uint8Array.of(2)];
        throw new Error('broken');
      })();
      await assert.rejects(async () => store.apply({ puts: failing, deletes: [] }), /broken/);
      assert.deepEqual(await rowsOf(store), [['a', [1]]]);
      await store.close();
    });
  });
}

test('rows in LevelDB are there after reopening', async () => {
  const location = join(folder, 'reopened');
  const first = await openLevelRowStore(location, network);
  await first.apply({ puts: [['key', Uint8Array.of(7)]], deletes: [] });
  await first.close();
  const second = await openLevelRowStore(location, network);
  assert.deepEqual(await rowsOf(second), [['key', [7]]]);
  await second.close();
});
