import assert from 'node:assert/strict';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { SAMPLE_NETWORK } from '../../../test/support/store-samples.ts';
import { tempFolder } from '../../../test/support/temp-folder.ts';
import type { LevelDatabaseOptions } from './level-database.ts';
import { openDatabase } from './open-database.ts';

const KEY = Uint8Array.of(0x41);

async function optionsIn(t: TestContext): Promise<LevelDatabaseOptions> {
  const location = join(await tempFolder(t), 'database');
  const sizes = { cacheSizeBytes: 1 << 20, writeBufferSizeBytes: 1 << 20 };
  return { location, version: 2, network: SAMPLE_NETWORK, advice: () => 'start anew', ...sizes };
}

/** What a power cut leaves while LevelDB makes a database: CURRENT is on the disk, and the list that it names is not. */
async function makeUnborn(location: string, files: Readonly<Record<string, string>> = {}): Promise<void> {
  await mkdir(location);
  const all = { CURRENT: 'MANIFEST-000001\n', 'MANIFEST-000001': '', LOG: 'a line', LOCK: '', ...files };
  for (const [name, text] of Object.entries(all)) await writeFile(join(location, name), text);
}

describe('a database whose making a power cut ended', () => {
  for (const [title, files] of [
    ['before its list of files was on the disk', {}],
    ['with a part of that list', { 'MANIFEST-000001': '\x95\x7c\xb9' }],
    ['while the next list was made', { 'MANIFEST-000002': '', '000002.dbtmp': 'MANI', '000003.log': '' }],
  ] as const) {
    it(`${title} is made anew`, async (t) => {
      const options = await optionsIn(t);
      await makeUnborn(options.location, files);
      const database = await openDatabase(options);
      await database.write((batch) => batch.put(KEY, KEY));
      await database.close();
      const again = await openDatabase(options);
      assert.deepEqual(await again.get(KEY), KEY);
      await again.close();
    });
  }

  for (const [title, files] of [
    ['has rows in its log', { '000003.log': 'rows' }],
    ['has a table', { '000005.ldb': '' }],
    ['was opened before', { CURRENT: 'MANIFEST-000004\n', 'MANIFEST-000004': '' }],
  ] as const) {
    it(`is told as damaged and left as it is where it ${title}`, async (t) => {
      const options = await optionsIn(t);
      await makeUnborn(options.location, files);
      const before = (await readdir(options.location)).filter((name) => !name.startsWith('LO'));
      await assert.rejects(openDatabase(options), { code: 'database-damaged' });
      assert.deepEqual(
        (await readdir(options.location)).filter((name) => !name.startsWith('LO')),
        before,
      );
    });
  }

  it('keeps one that lost its tables from being taken for an empty one', async (t) => {
    const options = await optionsIn(t);
    for (let i = 0; i < 2; i++) {
      const database = await openDatabase(options);
      await database.write((batch) => batch.put(KEY, KEY));
      await database.close();
    }
    for (const name of await readdir(options.location)) if (/\.ldb$/.test(name)) await rm(join(options.location, name));
    await assert.rejects(openDatabase(options), { code: 'database-damaged' });
  });
});
