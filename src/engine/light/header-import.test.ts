import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LightParts } from '../../../test/support/light-parts.ts';
import { blocksOn } from '../../../test/support/sync-world.ts';
import { regtest } from '../../core/params/regtest.ts';
import { type BlockHeader, encodeHeader } from '../../core/primitives/block.ts';
import { HeaderFileError, HeaderImport } from './header-import.ts';

const headers: readonly BlockHeader[] = [regtest.genesis, ...blocksOn(regtest, 30)].map(({ header }) => header);

function bytesOf(list: readonly BlockHeader[]): Uint8Array {
  return new Uint8Array(Buffer.concat(list.map((header) => encodeHeader(header))));
}

function imported(bytes: Uint8Array, chunkSize: number, parts = new LightParts()) {
  const file = new HeaderImport(parts.chain);
  for (let at = 0; at < bytes.length; at += chunkSize) file.take(bytes.subarray(at, at + chunkSize));
  file.end();
  return { count: file.count, height: parts.chain.active.height };
}

function refusal(bytes: Uint8Array, chunkSize = 1_000): { position: number; reason: string | undefined; message: string } {
  try {
    imported(bytes, chunkSize);
  } catch (error) {
    assert.ok(error instanceof HeaderFileError);
    return { position: error.position, reason: error.rejection?.reason, message: error.message };
  }
  throw new assert.AssertionError({ message: 'the file was taken' });
}

describe('a file of headers', () => {
  it('is taken from the first block on or from the second, however it is cut', () => {
    for (const size of [1, 79, 80, 81, 160, 100_000]) {
      assert.deepEqual(imported(bytesOf(headers), size), { count: 31, height: 30 });
      assert.deepEqual(imported(bytesOf(headers.slice(1)), size), { count: 30, height: 30 });
    }
  });

  it('may follow what is known, and say again what is known', () => {
    const parts = new LightParts();
    imported(bytesOf(headers.slice(0, 10)), 80, parts);
    assert.deepEqual(imported(bytesOf(headers.slice(10, 20)), 80, parts), { count: 10, height: 19 });
    assert.deepEqual(imported(bytesOf(headers), 80, parts), { count: 31, height: 30 });
    assert.equal(parts.chain.tree.size, 31);
  });

  it('is refused at the header that breaks a rule, which is named by its position', () => {
    const bytes = bytesOf(headers);
    // The bits of the header, then its parent.
    for (const [offset, reason] of [
      [72, 'high-hash'],
      [4, 'prev-blk-not-found'],
    ] as const) {
      for (const position of [0, 1, 17, 30]) {
        const broken = bytes.slice();
        broken.fill(reason === 'high-hash' ? 1 : 0xee, position * 80 + offset, position * 80 + offset + 4);
        const found = refusal(broken);
        assert.equal(found.position, position);
        assert.ok(found.reason !== undefined);
        assert.match(found.message, new RegExp(`^header ${position} of the file, at byte ${position * 80}: `));
      }
    }
    assert.equal(refusal(bytesOf(headers.slice(2))).reason, 'prev-blk-not-found');
    assert.match(refusal(bytesOf(headers.slice(2))).message, /raw headers of the network\?/);
    assert.match(refusal(bytesOf([headers[0]!, headers[1]!, headers[3]!])).message, /^header 2 .*does not follow the one before it/);
  });

  it('is refused where it ends within a header, and where it has none', () => {
    const bytes = bytesOf(headers);
    assert.equal(refusal(bytes.subarray(0, 30 * 80 + 1)).position, 30);
    assert.match(refusal(bytes.subarray(0, 30 * 80 + 79)).message, /the file ends after 79 of its 80 bytes/);
    assert.match(refusal(new Uint8Array()).message, /the file is empty/);
  });
});
