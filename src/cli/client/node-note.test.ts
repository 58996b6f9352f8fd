import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { tempFolder } from '../../../test/support/temp-folder.ts';
import { isProcessRunning, type NodeNote, readNodeNote, removeNodeNote, writeNodeNote } from './node-note.ts';

const NOTE: NodeNote = { pid: 4711, version: '0.1.0', network: 'regtest', p2p: null, http: 'http://127.0.0.1:18443' };

describe('the note of a running node', () => {
  it('is read as it was written, and is gone when it is taken away', async (t) => {
    const folder = await tempFolder(t);
    assert.equal(await readNodeNote(folder), undefined);
    await writeNodeNote(folder, { ...NOTE, pid: 1 });
    await writeNodeNote(folder, NOTE);
    assert.deepEqual(await readNodeNote(folder), NOTE);
    assert.deepEqual(await readdir(folder), ['node.json']);
    await removeNodeNote(folder);
    await removeNodeNote(folder);
    assert.deepEqual(await readdir(folder), []);
  });

  it('counts as none where it is no note', async (t) => {
    const folder = await tempFolder(t);
    const { pid: _, ...nobody } = NOTE;
    for (const text of [
      '',
      '{',
      '[]',
      'null',
      JSON.stringify(nobody),
      JSON.stringify({ ...NOTE, pid: 0 }),
      JSON.stringify({ ...NOTE, http: 1 }),
    ]) {
      await writeFile(join(folder, 'node.json'), text);
      assert.equal(await readNodeNote(folder), undefined, text);
    }
  });

  it('names a process that can be asked after', () => {
    assert.equal(isProcessRunning(process.pid), true);
    const ended = spawnSync(process.execPath, ['-e', '']);
    assert.equal(isProcessRunning(ended.pid), false);
  });
});
