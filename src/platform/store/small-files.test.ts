import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { tempFolder } from '../../../test/support/temp-folder.ts';
import { readFileLimited, writeFileAtomic } from './small-files.ts';

describe('a small file', () => {
  it('is read up to its limit and refused one byte past it', async (t) => {
    const path = join(await tempFolder(t), 'file');
    await writeFile(path, Uint8Array.of(1, 2, 3));
    assert.deepEqual(await readFileLimited(path, 3), Uint8Array.of(1, 2, 3));
    await assert.rejects(readFileLimited(path, 2), {
      name: 'NodeError',
      code: 'data-dir-unusable',
      message: /has 3 bytes, more than the 2/,
    });
  });

  it('that is not there is undefined, and what is no file is an error', async (t) => {
    const folder = await tempFolder(t);
    assert.equal(await readFileLimited(join(folder, 'none'), 10), undefined);
    await assert.rejects(readFileLimited(folder, 1 << 20), { name: 'NodeError', code: 'data-dir-unusable' });
  });

  it('is replaced whole, with the mode asked for and nothing left beside it', async (t) => {
    const folder = await tempFolder(t);
    const path = join(folder, 'file');
    await writeFile(path, 'a much longer text than the new one', { mode: 0o644 });
    await writeFile(`${path}.new`, 'left by a crash', { mode: 0o644 });
    await writeFileAtomic(path, Uint8Array.of(7, 8));
    assert.deepEqual(new Uint8Array(await readFile(path)), Uint8Array.of(7, 8));
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(folder), ['file']);
    await writeFileAtomic(path, new Uint8Array(0), 0o640);
    assert.equal((await stat(path)).mode & 0o777, 0o640);
    assert.deepEqual(await readFileLimited(path, 0), new Uint8Array(0));
  });

  it('stays as it was where the new one cannot take its place', async (t) => {
    const folder = await tempFolder(t);
    await mkdir(join(folder, 'taken', 'inside'), { recursive: true });
    await assert.rejects(writeFileAtomic(join(folder, 'taken'), Uint8Array.of(1)), { name: 'NodeError', code: 'data-dir-unusable' });
    assert.deepEqual(await readdir(folder), ['taken']);
    await assert.rejects(writeFileAtomic(join(folder, 'no', 'folder'), Uint8Array.of(1)), { code: 'data-dir-unusable' });
  });
});
