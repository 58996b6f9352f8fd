import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { regtest } from '../../core/params/regtest.ts';
import { encodeHeader } from '../../core/primitives/block.ts';
import { DecodeError } from '../../core/primitives/decode-error.ts';
import { HEADER_PAGE_ROWS, HEADER_ROW, HEADER_ROW_SIZE_BYTES } from '../../engine/ports/header-store.ts';
import { decodePage, decodePageKey, encodePageKey } from './header-row.ts';

/** So many rows of the same header. */
function page(count: number): Uint8Array {
  const bytes = new Uint8Array(count * HEADER_ROW_SIZE_BYTES);
  const { header } = regtest.genesis;
  for (let at = 0; at < bytes.length; at += HEADER_ROW_SIZE_BYTES) {
    bytes.set(header.hash, at + HEADER_ROW.hash);
    bytes.set(encodeHeader(header), at + HEADER_ROW.header);
  }
  return bytes;
}

describe('a page of header rows', () => {
  it('has 1 to 16 whole rows', () => {
    for (const count of [1, HEADER_PAGE_ROWS]) {
      assert.equal(decodePage(page(count)).count, count);
      for (const size of [page(count).length - 1, page(count).length + 1]) {
        const bytes = new Uint8Array(size);
        bytes.set(page(count).subarray(0, size));
        assert.throws(() => decodePage(bytes), DecodeError, `${size} bytes`);
      }
    }
    for (const count of [0, HEADER_PAGE_ROWS + 1]) assert.throws(() => decodePage(page(count)), DecodeError, `${count} rows`);
  });

  it('has in each row the hash of its header', () => {
    for (const row of [0, 7, HEADER_PAGE_ROWS - 1]) {
      for (const byte of [0, 31]) {
        const bytes = page(HEADER_PAGE_ROWS);
        bytes[row * HEADER_ROW_SIZE_BYTES + HEADER_ROW.hash + byte]! ^= 1;
        assert.throws(() => decodePage(bytes), DecodeError, `row ${row}, byte ${byte}`);
      }
    }
  });

  it('has a key of five bytes that sorts as its number does', () => {
    const keys = [0, 255, 256, 0xffffffff].map(encodePageKey);
    assert.deepEqual(keys.map(decodePageKey), [0, 255, 256, 0xffffffff]);
    assert.deepEqual(
      keys.map((key) => Buffer.from(key).toString('hex')).sort(),
      keys.map((key) => Buffer.from(key).toString('hex')),
    );
    for (const size of [4, 6]) assert.throws(() => decodePageKey(new Uint8Array(size)), DecodeError);
  });
});
