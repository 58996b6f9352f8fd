import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFile, open, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { blockStoreSuite } from '../../../test/support/block-store-suite.ts';
import { SAMPLE_NETWORK, sampleBytes, sampleHash } from '../../../test/support/store-samples.ts';
import { tempFolder } from '../../../test/support/temp-folder.ts';
import type { BlockStore } from '../../engine/ports/block-store.ts';
import { BLOCK_FILE_SIZE_MAX } from './block-file-format.ts';
import { openBlockFiles } from './block-files.ts';
import { type OpenFile, openSystemFile, type RandomAccessFile } from './open-files.ts';

const { messageStart } = SAMPLE_NETWORK;

function sha256d(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(createHash('sha256').update(bytes).digest()).digest();
}

/** Turns one bit of a file. */
async function flipBit(path: string, offset: number): Promise<void> {
  const handle = await open(path, 'r+');
  const byte = Buffer.alloc(1);
  await handle.read(byte, 0, 1, offset);
  byte[0]! ^= 0x10;
  await handle.write(byte, 0, 1, offset);
  await handle.close();
}

/** System files whose calls can be made to fail. */
function failing(fail: Partial<Record<keyof RandomAccessFile, () => Error | undefined>>): OpenFile {
  return async (path, options) => {
    const file = await openSystemFile(path, options);
    const stop = (call: keyof RandomAccessFile): void => {
      const error = fail[call]?.();
      if (error !== undefined) throw error;
    };
    return {
      ...file,
      async write(parts, position) {
        try {
          stop('write');
        } catch (error) {
          await file.write([parts[0]!, parts[1]!.subarray(0, 3)], position); // What fits is written, as a system does.
          throw error;
        }
        await file.write(parts, position);
      },
      async truncate(sizeBytes) {
        stop('truncate');
        await file.truncate(sizeBytes);
      },
      async datasync() {
        stop('datasync');
        await file.datasync();
      },
    };
  };
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: simulated`), { code });
}

describe('block files', () => {
  blockStoreSuite(async (t, options) => {
    const folder = join(await tempFolder(t), 'blocks');
    return { open: () => openBlockFiles({ folder, messageStart, ...options }) };
  });

  it("have Core's bytes and Core's size", async (t) => {
    assert.equal(BLOCK_FILE_SIZE_MAX, 128 * 1024 * 1024);
    const folder = await tempFolder(t);
    const store = await openBlockFiles({ folder, messageStart });
    const [block, undo, parent] = [sampleBytes(1, 300), sampleBytes(2, 5), sampleHash(1)];
    await store.append(block);
    await store.appendUndo(0, undo, parent);
    await store.close();
    assert.deepEqual(await readFile(join(folder, 'blk00000.dat')), Buffer.concat([messageStart, Uint8Array.of(0x2c, 1, 0, 0), block]));
    const checksum = sha256d(Buffer.concat([parent, undo]));
    const expected = Buffer.concat([messageStart, Uint8Array.of(5, 0, 0, 0), undo, checksum]);
    assert.deepEqual(await readFile(join(folder, 'rev00000.dat')), expected);
    assert.equal((await stat(join(folder, 'blk00000.dat'))).mode & 0o077, 0, 'nobody else reads them');
  });

  it('read a block into the memory that is given for it, whatever is in that, and as bytes that are copied as others', async (t) => {
    const store = await openBlockFiles({ folder: await tempFolder(t), messageStart });
    await store.append(sampleBytes(1, 100));
    const position = await store.append(sampleBytes(2, 300));
    const rooms: Buffer[] = [];
    const take = (sizeBytes: number): Uint8Array => {
      const room = Buffer.alloc(sizeBytes + 50, 0xee);
      rooms.push(room);
      return room;
    };
    const bytes = await store.read(position, take);
    assert.deepEqual(bytes, sampleBytes(2, 300));
    assert.deepEqual([rooms.length, bytes.buffer === rooms[0]?.buffer], [1, true]);
    const copy = bytes.slice();
    bytes.fill(0);
    assert.deepEqual(copy, sampleBytes(2, 300));
    await store.close();
  });

  it('name the file and the offset of a damaged record', async (t) => {
    const folder = await tempFolder(t);
    const store = await openBlockFiles({ folder, messageStart });
    await store.append(sampleBytes(1, 100));
    const position = await store.append(sampleBytes(2, 100));
    const undo = await store.appendUndo(0, sampleBytes(3, 50), sampleHash(1));
    const named = { name: 'NodeError', code: 'block-file-damaged', message: /blk00000\.dat is damaged: the 100 bytes at 116 / };
    for (const offset of [108, 112]) {
      await flipBit(join(folder, 'blk00000.dat'), offset);
      await assert.rejects(store.read(position), named);
      await flipBit(join(folder, 'blk00000.dat'), offset);
    }
    assert.deepEqual(await store.read(position), sampleBytes(2, 100));
    for (const offset of [0, 4, 8, 57, 58, 89]) {
      await flipBit(join(folder, 'rev00000.dat'), offset);
      const message = /rev00000\.dat is damaged: the 50 bytes at 8 /;
      await assert.rejects(store.readUndo(undo, sampleHash(1)), { name: 'NodeError', code: 'undo-file-damaged', message });
      await flipBit(join(folder, 'rev00000.dat'), offset);
    }
    assert.deepEqual(await store.readUndo(undo, sampleHash(1)), sampleBytes(3, 50));
    await store.close();
  });

  it('that became shorter, or were taken away, are errors and not shorter blocks', async (t) => {
    const folder = await tempFolder(t);
    const before = await openBlockFiles({ folder, messageStart });
    const position = await before.append(sampleBytes(1, 100));
    await truncate(join(folder, 'blk00000.dat'), 107);
    await assert.rejects(before.read(position), { code: 'block-file-damaged' });
    await before.close();
    const after = await openBlockFiles({ folder, messageStart });
    await assert.rejects(after.read(position), { code: 'block-file-damaged' });
    await after.close();
  });

  it('read every whole record beside a torn tail, and go on behind it', async (t) => {
    const folder = await tempFolder(t);
    const before = await openBlockFiles({ folder, messageStart });
    const first = await before.append(sampleBytes(1, 100));
    const undo = await before.appendUndo(0, sampleBytes(2, 20), sampleHash(1));
    await before.close();
    await appendFile(join(folder, 'blk00000.dat'), Buffer.concat([messageStart, Uint8Array.of(100, 0, 0, 0, 1, 2, 3)]));
    await appendFile(join(folder, 'rev00000.dat'), Uint8Array.of(9));

    const after = await openBlockFiles({ folder, messageStart });
    const second = await after.append(sampleBytes(3, 100));
    const secondUndo = await after.appendUndo(0, sampleBytes(4, 20), sampleHash(2));
    assert.equal(second.offset, 108 + 11 + 8);
    assert.equal(secondUndo.offset, 60 + 1 + 8);
    assert.deepEqual(await after.read(first), sampleBytes(1, 100));
    assert.deepEqual(await after.read(second), sampleBytes(3, 100));
    assert.deepEqual(await after.readUndo(undo, sampleHash(1)), sampleBytes(2, 20));
    assert.deepEqual(await after.readUndo(secondUndo, sampleHash(2)), sampleBytes(4, 20));
    await after.close();
  });

  it('leave the other files of their folder alone', async (t) => {
    const folder = await tempFolder(t);
    for (const name of ['blk1.dat', 'blk000001.dat', 'blk00002.dat.bak', 'xor.dat', 'blkabcde.dat'])
      await writeFile(join(folder, name), 'x');
    const store = await openBlockFiles({ folder, messageStart });
    assert.equal(store.sizeBytes(), 0);
    assert.equal((await store.append(sampleBytes(1, 1))).file, 0);
    await store.close();
  });

  it('on a full disk keep what was there, use nothing of the record, and take the next one in its place', async (t) => {
    for (const code of ['ENOSPC', 'EDQUOT']) {
      let full = false;
      const folder = await tempFolder(t);
      const openFile = failing({ write: () => (full ? systemError(code) : undefined) });
      const store = await openBlockFiles({ folder, messageStart, openFile });
      const first = await store.append(sampleBytes(1, 100));
      full = true;
      const refused = { name: 'NodeError', code: 'disk-full', message: /blk00000\.dat is full: free some room/ };
      await assert.rejects(store.append(sampleBytes(2, 100)), refused);
      await assert.rejects(store.appendUndo(0, sampleBytes(2, 100), sampleHash(1)), { code: 'disk-full' });
      assert.equal(store.sizeBytes(), 108);
      assert.equal((await stat(join(folder, 'blk00000.dat'))).size, 108);
      full = false;
      const second = await store.append(sampleBytes(3, 100));
      assert.equal(second.offset, 116);
      assert.deepEqual(await store.read(first), sampleBytes(1, 100));
      assert.deepEqual(await store.read(second), sampleBytes(3, 100));
      await store.close();
    }
  });

  it('write over half a record that could not be cut off', async (t) => {
    let full = true;
    const folder = await tempFolder(t);
    const fail = (): Error | undefined => (full ? systemError('ENOSPC') : undefined);
    const store = await openBlockFiles({ folder, messageStart, openFile: failing({ write: fail, truncate: fail }) });
    await assert.rejects(store.append(sampleBytes(1, 100)), { code: 'disk-full' });
    assert.equal((await stat(join(folder, 'blk00000.dat'))).size, 11);
    full = false;
    const position = await store.append(sampleBytes(2, 100));
    assert.equal(position.offset, 8);
    assert.deepEqual(await store.read(position), sampleBytes(2, 100));
    await store.close();
  });

  it('stay in the same file when the first record of the next one does not fit on the disk', async (t) => {
    let full = false;
    const folder = await tempFolder(t);
    const openFile = failing({ write: () => (full ? systemError('ENOSPC') : undefined) });
    const store = await openBlockFiles({ folder, messageStart, openFile, fileSizeMax: 150 });
    await store.append(sampleBytes(1, 100));
    full = true;
    await assert.rejects(store.append(sampleBytes(2, 100)), { code: 'disk-full' });
    full = false;
    assert.deepEqual(await store.append(sampleBytes(3, 20)), { file: 0, offset: 116, sizeBytes: 20 });
    assert.deepEqual(await store.append(sampleBytes(4, 100)), { file: 1, offset: 8, sizeBytes: 100 });
    await store.close();
  });

  it('sync each file that was written, once, and say nothing is durable after a sync failed', async (t) => {
    let synced = 0;
    let broken = false;
    const folder = await tempFolder(t);
    const openFile = failing({
      datasync: () => {
        synced++;
        return broken ? systemError('EIO') : undefined;
      },
    });
    const store = await openBlockFiles({ folder, messageStart, openFile, fileSizeMax: 50 });
    for (let i = 0; i < 3; i++) await store.append(sampleBytes(i, 40));
    const undo = await store.appendUndo(1, sampleBytes(1, 10), sampleHash(1));
    await store.sync();
    assert.equal(synced, 4);
    await store.sync();
    assert.equal(synced, 4);

    await store.append(sampleBytes(5, 40));
    broken = true;
    await assert.rejects(store.sync(), { code: 'data-dir-unusable', message: /input\/output error/ });
    broken = false;
    await assert.rejects(store.sync(), { code: 'data-dir-unusable', message: /input\/output error/ });
    await assert.rejects(store.append(sampleBytes(6, 40)), { code: 'data-dir-unusable' });
    assert.deepEqual(await store.readUndo(undo, sampleHash(1)), sampleBytes(1, 10), 'reading goes on');
    await store.close();
  });

  it('wait for the appends asked for before a sync', async (t) => {
    const calls: string[] = [];
    const openFile = failing({ write: () => void calls.push('write'), datasync: () => void calls.push('datasync') });
    const store = await openBlockFiles({ folder: await tempFolder(t), messageStart, openFile });
    await Promise.all([store.append(sampleBytes(1, 40)), store.append(sampleBytes(2, 40)), store.sync(), store.append(sampleBytes(3, 40))]);
    assert.deepEqual(calls, ['write', 'write', 'datasync', 'write']);
    await store.close();
  });

  it('keep few files open, and close none that is being read', async (t) => {
    let opened = 0;
    let most = 0;
    const openFile: OpenFile = async (path, options) => {
      const file = await openSystemFile(path, options);
      let reading = 0;
      opened++;
      most = Math.max(most, opened);
      return {
        ...file,
        async read(bytes, position) {
          reading++;
          await new Promise(setImmediate); // Others get their turn, and would close it now.
          const length = await file.read(bytes, position);
          reading--;
          return length;
        },
        async close() {
          assert.equal(reading, 0, 'nobody reads it');
          opened--;
          await file.close();
        },
      };
    };
    const folder = await tempFolder(t);
    const store: BlockStore = await openBlockFiles({ folder, messageStart, openFile, fileSizeMax: 1 });
    const positions = [];
    for (let i = 0; i < 40; i++) positions.push(await store.append(sampleBytes(i, 20)));
    assert.equal((await readdir(folder)).length, 40);
    assert.ok(most <= 17, `at most 16 and the one in use, not ${most}`);
    const blocks = await Promise.all(positions.map((position) => store.read(position)));
    for (let i = 0; i < 40; i++) assert.deepEqual(blocks[i], sampleBytes(i, 20));
    assert.ok(opened <= 16, `${opened} stay open`);
    await store.close();
    assert.equal(opened, 0);
  });

  it('say what is wrong with a folder that cannot be used', async (t) => {
    const folder = join(await tempFolder(t), 'blocks');
    await writeFile(folder, 'a file in the way');
    await assert.rejects(openBlockFiles({ folder, messageStart }), { name: 'NodeError', code: 'data-dir-unusable' });
  });
});
