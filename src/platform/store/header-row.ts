import { sha256dMany } from '../../core/crypto/sha256.ts';
import { HEADER_SIZE_BYTES } from '../../core/primitives/block.ts';
import { DecodeError } from '../../core/primitives/decode-error.ts';
import type { HeaderRows } from '../../engine/ports/header-store.ts';
import { HEADER_PAGE_ROWS, HEADER_ROW, HEADER_ROW_SIZE_BYTES, NO_FILE } from '../../engine/ports/header-store.ts';

/** Byte before each page's key: its number follows (4, big-endian). */
export const PAGE_PREFIX = 0x50; // P

const PAGE_KEY_SIZE_BYTES = 1 + 4;

/** Byte before the keys of single rows, as they were stored before there were pages: height (4, big-endian) and hash (32) follow. */
export const OLD_ROW_PREFIX = 0x48; // H

const OLD_KEY_SIZE_BYTES = 1 + 4 + 32;
const OLD_VALUE_SIZE_BYTES: number = HEADER_ROW_SIZE_BYTES - HEADER_ROW.header;

/** Key of a page. */
export function encodePageKey(number: number): Uint8Array {
  const key = new Uint8Array(PAGE_KEY_SIZE_BYTES);
  key[0] = PAGE_PREFIX;
  new DataView(key.buffer).setUint32(1, number, false);
  return key;
}

/** Number of the page of a key. @throws DecodeError */
export function decodePageKey(key: Uint8Array): number {
  if (key.length !== PAGE_KEY_SIZE_BYTES) throw new DecodeError('page key', key.length, `is not ${PAGE_KEY_SIZE_BYTES} bytes`);
  return new DataView(key.buffer, key.byteOffset).getUint32(1, false);
}

/** Rows of a stored page. Each header's hash is computed and must be the row's. @throws DecodeError */
export function decodePage(bytes: Uint8Array): HeaderRows {
  const count = bytes.length / HEADER_ROW_SIZE_BYTES;
  if (!Number.isInteger(count) || count < 1 || count > HEADER_PAGE_ROWS)
    throw new DecodeError('page', bytes.length, 'is no number of rows');
  const headers: Uint8Array[] = [];
  for (let at: number = HEADER_ROW.header; at < bytes.length; at += HEADER_ROW_SIZE_BYTES) {
    headers.push(bytes.subarray(at, at + HEADER_SIZE_BYTES));
  }
  sha256dMany(headers).forEach((hash, index) => {
    const from = index * HEADER_ROW_SIZE_BYTES + HEADER_ROW.hash;
    for (let i = 0; i < 32; i++) {
      if (bytes[from + i] !== hash[i]) throw new DecodeError('header', from, 'has not the hash that its row says');
    }
  });
  return { count, bytes };
}

/** Packs a row that was stored by itself, behind others in a page. @throws DecodeError */
export function packOldRow(key: Uint8Array, value: Uint8Array, page: Uint8Array, at: number): void {
  if (key.length !== OLD_KEY_SIZE_BYTES) throw new DecodeError('key', key.length, `is not ${OLD_KEY_SIZE_BYTES} bytes`);
  if (value.length !== OLD_VALUE_SIZE_BYTES) throw new DecodeError('row', value.length, `is not ${OLD_VALUE_SIZE_BYTES} bytes`);
  const height = new DataView(key.buffer, key.byteOffset).getUint32(1, false);
  new DataView(page.buffer, page.byteOffset).setUint32(at + HEADER_ROW.height, height, true);
  page.set(key.subarray(5), at + HEADER_ROW.hash);
  page.set(value, at + HEADER_ROW.header);
}

/** Whether the block of any of some packed rows was stored once and is not now. */
export function hasPrunedRow({ count, bytes }: HeaderRows): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < count * HEADER_ROW_SIZE_BYTES; at += HEADER_ROW_SIZE_BYTES) {
    if (view.getUint32(at + HEADER_ROW.txCount, true) > 0 && view.getUint32(at + HEADER_ROW.block, true) === NO_FILE) return true;
  }
  return false;
}
