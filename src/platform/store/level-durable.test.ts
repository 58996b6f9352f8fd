import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ClassicLevel } from 'classic-level';
import { tempFolder } from '../../../test/support/temp-folder.ts';
import { type BlockHash, zeroHash } from '../../core/primitives/ids.ts';
import { LevelDatabase } from './level-database.ts';
import { openLevelRowStore } from './level-row-store.ts';
import { sealRow } from './row-seal.ts';

it('writes every batch so that it lasts when it returns', async (t) => {
  const level = new ClassicLevel<Uint8Array, Uint8Array>(await tempFolder(t), { keyEncoding: 'view', valueEncoding: 'view' });
  await level.open();
  const lasting: unknown[] = [];
  const batch = level.batch.bind(level) as () => ReturnType<typeof level.batch>;
  const watched = Object.create(level, {
    batch: {
      value: () => {
        const made = batch();
        const write = made.write.bind(made);
        made.write = (async (options: { readonly sync?: boolean }) => {
          lasting.push(options.sync);
          await write(options);
        }) as typeof made.write;
        return made;
      },
    },
  }) as typeof level;
  const database = new LevelDatabase(watched, { location: level.location } as ConstructorParameters<typeof LevelDatabase>[1]);
  await database.write((rows) => rows.put(Uint8Array.of(0x43, 1), Uint8Array.of(2)));
  await database.write((rows) => rows.delete(Uint8Array.of(0x43, 1)));
  assert.deepEqual(lasting, [true, true]);
  await level.close();
});

const network = { name: 'test', messageStart: Uint8Array.of(1, 2, 3, 4), genesisHash: zeroHash<BlockHash>() };

/** The row that a batch leaves, which the next one takes away. */
function batchRow(number: bigint): readonly [key: Uint8Array, row: Uint8Array] {
  const key = new Uint8Array(9);
  key[0] = 0x01;
  new DataView(key.buffer).setBigUint64(1, number, false);
  return [key, sealRow(key, new Uint8Array(0))];
}

it('is not opened where a change in the middle of its log was lost: the one before it is still marked as the last', async (t) => {
  const folder = await tempFolder(t);
  const store = await openLevelRowStore(folder, network);
  await store.apply({ puts: [['a', Uint8Array.of(1)]], deletes: [] });
  await store.close();
  const level = new ClassicLevel<Uint8Array, Uint8Array>(folder, { keyEncoding: 'view', valueEncoding: 'view' });
  await level.put(...batchRow(9n));
  await level.close();
  await assert.rejects(openLevelRowStore(folder, network), /a change in the middle of its log is lost/);
});
