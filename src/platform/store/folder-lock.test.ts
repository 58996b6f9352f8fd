import assert from 'node:assert/strict';
import { readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { SAMPLE_PARAMS } from '../../../test/support/store-samples.ts';
import { tempFolder } from '../../../test/support/temp-folder.ts';
import { openStores } from './data-folder.ts';
import { lockFolder } from './folder-lock.ts';

describe('the lock of a folder', () => {
  it('is had by one at a time, and by the next when it is closed', async (t) => {
    const folder = await tempFolder(t);
    const lock = await lockFolder(folder);
    await assert.rejects(lockFolder(folder), { name: 'NodeError', code: 'data-dir-locked' });
    await lock.close();
    await (await lockFolder(folder)).close();
  });

  it('keeps whoever comes second from every file, also while no database is open', async (t) => {
    const folder = await tempFolder(t);
    await (await openStores({ folder, params: SAMPLE_PARAMS })).close();
    const names = async (): Promise<string[]> => (await readdir(join(folder, 'headers'))).sort();
    // As the first one leaves it between giving logs their second names and opening the database.
    await writeFile(join(folder, 'headers', '000003.log.kept'), 'its rows');
    const before = await names();
    const lock = await lockFolder(folder);
    for (const rebuild of [undefined, 'index', 'coins'] as const) {
      await assert.rejects(openStores({ folder, params: SAMPLE_PARAMS, rebuild }), { code: 'data-dir-locked' });
    }
    assert.deepEqual(await names(), before);
    await lock.close();
    await (await openStores({ folder, params: SAMPLE_PARAMS })).close();
    assert.equal((await names()).includes('000003.log.kept'), false);
  });

  it('is had whatever a power cut left of its database', async (t) => {
    const folder = await tempFolder(t);
    const location = join(folder, 'lock');
    const spoilers: readonly ((path: string) => Promise<void>)[] = [
      (path) => rm(path),
      (path) => truncate(path, 0),
      (path) => writeFile(path, Buffer.alloc(4_096, 0x5a)),
    ];
    await (await lockFolder(folder)).close();
    for (const file of [/^CURRENT$/, /^MANIFEST-/, /\.log$/, /^LOG$/, /^LOCK$/]) {
      for (const spoil of spoilers) {
        await spoil(join(location, (await readdir(location)).find((name) => file.test(name))!));
        const lock = await lockFolder(folder);
        await assert.rejects(lockFolder(folder), { code: 'data-dir-locked' });
        await lock.close();
      }
    }
  });
});
