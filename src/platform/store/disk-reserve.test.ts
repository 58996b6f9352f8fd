import assert from 'node:assert/strict';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { tempFolder } from '../../../test/support/temp-folder.ts';
import { checkRoom, freeBytesAt, keepReserve, releaseReserve } from './disk-reserve.ts';

describe('the reserve of a data folder', () => {
  it('is made once, takes a mebibyte, and is gone when it is given up', async (t) => {
    const folder = await tempFolder(t);
    const path = join(folder, 'reserve');
    await keepReserve(folder);
    const made = await stat(path);
    assert.equal(made.size, 1_048_576);
    await keepReserve(folder);
    assert.equal((await stat(path)).ino, made.ino);
    await releaseReserve(folder);
    await releaseReserve(folder);
    assert.deepEqual(await readdir(folder), []);
  });

  it('is made whole where a part of it was there', async (t) => {
    const folder = await tempFolder(t);
    await writeFile(join(folder, 'reserve'), 'x');
    await keepReserve(folder);
    assert.equal((await stat(join(folder, 'reserve'))).size, 1_048_576);
  });

  it('is refused in a folder that is none', async (t) => {
    const file = join(await tempFolder(t), 'file');
    await writeFile(file, '');
    await assert.rejects(keepReserve(file), { name: 'NodeError', code: 'data-dir-unusable' });
  });
});

describe('room on the disk', () => {
  it('is there for a byte and not for more than any disk has', async (t) => {
    const folder = await tempFolder(t);
    await checkRoom(folder, 1);
    await assert.rejects(checkRoom(folder, Number.MAX_SAFE_INTEGER), { name: 'NodeError', code: 'disk-full', message: /free some room/ });
  });

  it('is that of the nearest folder there is, where one is still to be made', async (t) => {
    const folder = await tempFolder(t);
    await checkRoom(join(folder, 'a', 'b'), 1);
    const file = join(folder, 'file');
    await writeFile(file, '');
    await assert.rejects(freeBytesAt(join(file, 'folder')), { name: 'NodeError', code: 'data-dir-unusable' });
  });
});
