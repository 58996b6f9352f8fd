import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { buildChain, genesisParent } from '../../../test/support/chain-builder.ts';
import { temporaryFolder } from '../../../test/support/quoin-process.ts';
import { concatBytes } from '../../core/base/bytes.ts';
import { regtest } from '../../core/params/regtest.ts';
import { encodeBlock } from '../../core/primitives/block.ts';
import { toDisplayHex } from '../../core/primitives/ids.ts';
import { recordHeader } from './block-file-format.ts';
import { BLOCK_SIZE_MAX, unmask } from './block-record-scanner.ts';
import { blockFilesAt, blocksIn, readAgain } from './block-sources.ts';

const BLOCKS = buildChain({ params: regtest, parent: genesisParent(regtest), count: 5 });
const RAWS = BLOCKS.map((block) => encodeBlock(block));
const HASHES = BLOCKS.map((block) => toDisplayHex(block.header.hash));

const record = (raw: Uint8Array): Uint8Array => concatBytes(recordHeader(regtest.messageStart, raw.length), raw);

async function hashesIn(path: string): Promise<string[]> {
  const hashes: string[] = [];
  for await (const { block, file, offset, raw } of blocksIn(await blockFilesAt(path), regtest.messageStart)) {
    hashes.push(toDisplayHex(block.header.hash));
    assert.deepEqual([...(await readAgain({ file, offset, sizeBytes: raw.length }))], [...raw]);
  }
  return hashes;
}

describe('blocks in files', () => {
  it('finds records one after another, and those behind garbage, zeros and a record cut short', async () => {
    const folder = temporaryFolder('records');
    const [a, b, c, d, e] = RAWS as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    const cut = record(b).subarray(0, 60);
    const lying = concatBytes(recordHeader(regtest.messageStart, 90), regtest.messageStart);
    const file = concatBytes(
      record(a),
      Uint8Array.of(1, 2, 3),
      cut,
      record(b),
      new Uint8Array(1_000),
      record(c),
      lying,
      record(d),
      record(e),
    );
    const path = join(folder, 'blk00000.dat');
    writeFileSync(path, concatBytes(file, cut));
    assert.deepEqual(await hashesIn(path), HASHES);
  });

  it('does not believe a length under that of a header or over that of a block', async () => {
    const path = join(temporaryFolder('records'), 'blk00000.dat');
    const lengths = [79, BLOCK_SIZE_MAX + 1, 0xffffffff].map((length) => recordHeader(regtest.messageStart, length));
    writeFileSync(path, concatBytes(...lengths, record(RAWS[0]!)));
    assert.deepEqual(await hashesIn(path), HASHES.slice(0, 1));
  });

  it('finds records across the pieces that are read at once', async () => {
    const path = join(temporaryFolder('records'), 'blk00000.dat');
    // The second record's message start is cut in two by the end of the first 8 MiB.
    const first = record(RAWS[0]!);
    writeFileSync(path, concatBytes(first, new Uint8Array((1 << 23) - first.length - 2), record(RAWS[1]!), record(RAWS[2]!)));
    assert.deepEqual(await hashesIn(path), HASHES.slice(0, 3));
  });

  it("takes a bitcoind's mask off block files, and off nothing else", async () => {
    const folder = temporaryFolder('masked');
    const blocks = join(folder, 'blocks');
    const key = Uint8Array.of(0x10, 0, 0xff, 7, 9, 0x80, 3, 0x55);
    const masked = concatBytes(record(RAWS[0]!), record(RAWS[1]!));
    unmask(masked, 0, key);
    const second = record(RAWS[2]!);
    unmask(second, 0, key);
    mkdirSync(blocks);
    writeFileSync(join(blocks, 'xor.dat'), key);
    writeFileSync(join(blocks, 'blk00010.dat'), second);
    writeFileSync(join(blocks, 'blk00002.dat'), masked);
    writeFileSync(join(blocks, 'rev00002.dat'), record(RAWS[4]!));
    writeFileSync(join(blocks, 'bootstrap.dat'), record(RAWS[3]!));
    assert.deepEqual(await hashesIn(folder), HASHES.slice(0, 3));
    assert.deepEqual(await hashesIn(join(blocks, 'blk00010.dat')), HASHES.slice(2, 3));
    assert.deepEqual(await hashesIn(join(blocks, 'bootstrap.dat')), HASHES.slice(3, 4));
    writeFileSync(join(blocks, 'xor.dat'), key.subarray(1));
    await assert.rejects(hashesIn(folder), { code: 'block-file-damaged' });
  });

  it('reads a block again at the cost of that block alone', async () => {
    const path = join(temporaryFolder('again'), 'blk00000.dat');
    const first = record(RAWS[0]!);
    writeFileSync(path, concatBytes(first, record(RAWS[1]!), new Uint8Array(1 << 23)));
    const [file] = await blockFilesAt(path);
    const place = { file: file ?? assert.fail(), offset: first.length + 8, sizeBytes: RAWS[1]!.length };
    const again = await readAgain(place);
    assert.deepEqual(Uint8Array.from(again), Uint8Array.from(RAWS[1]!));
    assert.ok(again.buffer.byteLength < 1 << 20, `${again.buffer.byteLength} bytes were read for ${place.sizeBytes}`);
    await assert.rejects(readAgain({ ...place, sizeBytes: 1 << 24 }), { code: 'block-file-damaged' });
  });

  it('takes each file of a folder without block files as a raw block, by name', async () => {
    const folder = temporaryFolder('raw');
    writeFileSync(join(folder, '2'), RAWS[1]!);
    writeFileSync(join(folder, '1'), RAWS[0]!);
    writeFileSync(join(folder, '3'), 'no block at all');
    assert.deepEqual(await hashesIn(folder), HASHES.slice(0, 2));
  });

  it('says what is missing where there is nothing to read', async () => {
    const folder = temporaryFolder('none');
    await assert.rejects(blockFilesAt(folder), { code: 'data-dir-unusable' });
    await assert.rejects(blockFilesAt(join(folder, 'nowhere')), { code: 'data-dir-unusable', message: /is not there/ });
  });
});
