import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import type { BlockStore } from '../../src/engine/ports/block-store.ts';
import { RECORD_HEADER_SIZE_BYTES, UNDO_CHECKSUM_SIZE_BYTES } from '../../src/platform/store/block-file-format.ts';
import { type Reopening, sampleBytes, sampleHash } from './store-samples.ts';

/** What every block store does. `make` gives an empty one whose files hold at most `fileSizeMax` bytes. */
export function blockStoreSuite(make: (t: TestContext, options: { fileSizeMax: number }) => Promise<Reopening<BlockStore>>): void {
  it('gives back each block by its position, in any order', async (t) => {
    const store = await (await make(t, { fileSizeMax: 1_000 })).open();
    const blocks = [sampleBytes(1, 81), sampleBytes(2, 300), new Uint8Array(0), sampleBytes(3, 500)];
    const positions = [];
    for (const block of blocks) positions.push(await store.append(block));
    for (let i = blocks.length - 1; i >= 0; i--) assert.deepEqual(await store.read(positions[i]!), blocks[i]);
    await store.close();
  });

  it('has the checksum of bytes: CRC-32, whose check value is that of nine digits', async (t) => {
    const store = await (await make(t, { fileSizeMax: 1_000 })).open();
    assert.equal(store.checksum(Buffer.from('123456789')), 0xcbf43926);
    assert.equal(store.checksum(new Uint8Array(0)), 0);
    await store.close();
  });

  it('keeps its own copy of what it is handed', async (t) => {
    const store = await (await make(t, { fileSizeMax: 1_000 })).open();
    const block = sampleBytes(1, 100);
    const undo = sampleBytes(2, 100);
    const parent = sampleHash(1);
    const position = await store.append(block);
    const undoPosition = await store.appendUndo(position.file, undo, parent);
    block.fill(0);
    undo.fill(0);
    assert.deepEqual(await store.read(position), sampleBytes(1, 100));
    assert.deepEqual(await store.readUndo(undoPosition, parent), sampleBytes(2, 100));
    await store.close();
  });

  it('places records as Core does: behind eight bytes, one after another', async (t) => {
    const store = await (await make(t, { fileSizeMax: 1_000 })).open();
    assert.deepEqual(await store.append(sampleBytes(1, 100)), { file: 0, offset: 8, sizeBytes: 100 });
    assert.deepEqual(await store.append(sampleBytes(2, 50)), { file: 0, offset: 116, sizeBytes: 50 });
    assert.deepEqual(await store.appendUndo(0, sampleBytes(3, 20), sampleHash(1)), { file: 0, offset: 8, sizeBytes: 20 });
    assert.deepEqual(await store.appendUndo(0, sampleBytes(4, 1), sampleHash(2)), { file: 0, offset: 68, sizeBytes: 1 });
    assert.equal(store.sizeBytes(), 3 * RECORD_HEADER_SIZE_BYTES + RECORD_HEADER_SIZE_BYTES + 171 + 2 * UNDO_CHECKSUM_SIZE_BYTES);
    await store.close();
  });

  it('appends in the order asked when nobody waits in between', async (t) => {
    const store = await (await make(t, { fileSizeMax: 10_000 })).open();
    const blocks = Array.from({ length: 20 }, (_, i) => sampleBytes(i, 10 + i));
    const positions = await Promise.all(blocks.map((block) => store.append(block)));
    for (let i = 1; i < positions.length; i++) assert.equal(positions[i]!.offset, positions[i - 1]!.offset + blocks[i - 1]!.length + 8);
    for (let i = 0; i < blocks.length; i++) assert.deepEqual(await store.read(positions[i]!), blocks[i]);
    await store.close();
  });

  it('fills a file to its last byte and begins the next one with the byte after', async (t) => {
    const store = await (await make(t, { fileSizeMax: 216 })).open();
    await store.append(sampleBytes(1, 100));
    assert.deepEqual(await store.append(sampleBytes(2, 100)), { file: 0, offset: 116, sizeBytes: 100 });
    assert.deepEqual(await store.append(new Uint8Array(0)), { file: 1, offset: 8, sizeBytes: 0 });
    assert.deepEqual(await store.append(sampleBytes(3, 201)), { file: 2, offset: 8, sizeBytes: 201 });
    await store.close();
  });

  it('takes a block that is larger than a file may be into a file of its own', async (t) => {
    const store = await (await make(t, { fileSizeMax: 100 })).open();
    const position = await store.append(sampleBytes(1, 500));
    assert.equal(position.file, 0);
    assert.equal((await store.append(sampleBytes(2, 5))).file, 1);
    assert.deepEqual(await store.read(position), sampleBytes(1, 500));
    await store.close();
  });

  it('keeps the undo of a block in the file of its number, however large that gets', async (t) => {
    const store = await (await make(t, { fileSizeMax: 100 })).open();
    for (let i = 0; i < 3; i++) await store.append(sampleBytes(i, 90));
    const first = await store.appendUndo(2, sampleBytes(1, 90), sampleHash(1));
    const second = await store.appendUndo(2, sampleBytes(2, 90), sampleHash(2));
    const late = await store.appendUndo(0, sampleBytes(3, 90), sampleHash(3));
    assert.deepEqual([first.file, second.file, late.file], [2, 2, 0]);
    assert.equal(late.offset, 8);
    assert.deepEqual(await store.readUndo(second, sampleHash(2)), sampleBytes(2, 90));
    assert.deepEqual(await store.readUndo(late, sampleHash(3)), sampleBytes(3, 90));
    await store.close();
  });

  it('refuses undo for another parent', async (t) => {
    const store = await (await make(t, { fileSizeMax: 1_000 })).open();
    await store.append(sampleBytes(1, 90));
    const position = await store.appendUndo(0, sampleBytes(1, 10), sampleHash(1));
    await assert.rejects(store.readUndo(position, sampleHash(2)), {
      name: 'NodeError',
      code: 'undo-file-damaged',
      message: /rev00000\.dat/,
    });
    await store.close();
  });

  it('refuses positions where no record is', async (t) => {
    const store = await (await make(t, { fileSizeMax: 1_000 })).open();
    const position = await store.append(sampleBytes(1, 90));
    const undo = await store.appendUndo(0, sampleBytes(1, 90), sampleHash(1));
    const wrong = [
      { ...position, offset: 9 },
      { ...position, offset: 0 },
      { ...position, offset: 4_000_000_000 },
      { ...position, sizeBytes: 89 },
      { ...position, sizeBytes: 91 },
      { ...position, sizeBytes: 0xffffffff },
      { ...position, file: 7 },
    ];
    for (const each of wrong) await assert.rejects(store.read(each), { code: 'block-file-damaged', message: /blk0000[07]\.dat/ });
    for (const each of wrong) await assert.rejects(store.readUndo({ ...undo, ...each }, sampleHash(1)), { code: 'undo-file-damaged' });
    await store.close();
  });

  it('has everything after it was closed and opened again, and goes on behind it', async (t) => {
    const kept = await make(t, { fileSizeMax: 250 });
    const before = await kept.open();
    const blocks = [sampleBytes(1, 200), sampleBytes(2, 100)];
    const positions = [await before.append(blocks[0]!), await before.append(blocks[1]!)];
    const undo = await before.appendUndo(1, sampleBytes(3, 30), sampleHash(1));
    await before.sync();
    const sizeBytes = before.sizeBytes();
    await before.close();

    const after = await kept.open();
    assert.equal(after.sizeBytes(), sizeBytes);
    for (let i = 0; i < blocks.length; i++) assert.deepEqual(await after.read(positions[i]!), blocks[i]);
    assert.deepEqual(await after.readUndo(undo, sampleHash(1)), sampleBytes(3, 30));
    assert.deepEqual(await after.append(sampleBytes(4, 10)), { file: 1, offset: 116, sizeBytes: 10 });
    assert.equal((await after.appendUndo(1, sampleBytes(5, 10), sampleHash(2))).offset, 8 + 30 + 32 + 8);
    await after.close();
  });
}
