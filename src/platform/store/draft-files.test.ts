import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { tempFolder } from '../../../test/support/temp-folder.ts';
import { openDrafts } from './draft-files.ts';

describe('a file that is made on request', () => {
  it('has another name until it is kept, and its head last', async (t) => {
    const folder = await tempFolder(t);
    const file = await openDrafts(folder)('coins');
    assert.equal(file.path, join(folder, 'coins'));
    await file.append(Uint8Array.of(0, 0, 3));
    await file.append(Uint8Array.of(4));
    assert.deepEqual(await readdir(folder), ['coins.incomplete']);
    await file.keep(Uint8Array.of(1, 2));
    await file.discard();
    assert.deepEqual(await readdir(folder), ['coins']);
    assert.deepEqual([...(await readFile(file.path))], [1, 2, 3, 4]);
    if (process.platform !== 'win32') assert.equal((await stat(file.path)).mode & 0o777, 0o600);
  });

  it('is gone where it is not kept, and can be begun again then and after a crash', async (t) => {
    const folder = await tempFolder(t);
    const drafts = openDrafts(folder);
    const first = await drafts('coins');
    await first.append(Uint8Array.of(1));
    await assert.rejects(drafts('coins'), { code: 'file-unwritable', message: /^Couldn't open file .*coins\.incomplete for writing\.$/ });
    await first.discard();
    assert.deepEqual(await readdir(folder), []);
    await writeFile(join(folder, 'coins.incomplete'), 'left by a crash');
    const second = await drafts('coins');
    await second.keep(Uint8Array.of(9));
    await second.discard();
    assert.deepEqual([...(await readFile(join(folder, 'coins')))], [9]);
  });

  it('never takes the place of what is there, be it a folder or a link to nothing', async (t) => {
    const folder = await tempFolder(t);
    await writeFile(join(folder, 'file'), 'x');
    await symlink(join(folder, 'nothing'), join(folder, 'link'));
    for (const taken of ['file', 'link', '', join(folder, 'file')]) {
      await assert.rejects(openDrafts(folder)(taken), { code: 'file-exists', message: /already exists\. If you are sure/ });
    }
    await mkdir(join(folder, 'busy.incomplete'));
    for (const hopeless of ['busy', join('no', 'folder'), join('file', 'below'), `${'n'.repeat(300)}`, 'null\0byte']) {
      await assert.rejects(openDrafts(folder)(hopeless), { code: 'file-unwritable' }, hopeless.slice(0, 20));
    }
    assert.equal((await readFile(join(folder, 'file'))).toString(), 'x');
  });
});
