import { sha256dMany } from '../../core/crypto/sha256.ts';
import { encodeHeader, HEADER_SIZE_BYTES, readHeader } from '../../core/primitives/block.ts';
import { ByteReader } from '../../core/primitives/byte-reader.ts';
import { ByteWriter } from '../../core/primitives/byte-writer.ts';
import { DecodeError } from '../../core/primitives/decode-error.ts';
import type { FilePosition } from '../../engine/ports/block-store.ts';
import type { HeaderRows, StoredHeader } from '../../engine/ports/header-store.ts';
import { HEADER_ROW, HEADER_ROW_SIZE_BYTES, NO_FILE } from '../../engine/ports/header-store.ts';

/** Byte before each row's key: rows sort by height behind it, so that parents come before children. */
export const HEADER_PREFIX = 0x48; // H

const KEY_SIZE_BYTES = 1 + 4 + 32;
const VALUE_SIZE_BYTES = HEADER_SIZE_BYTES + 4 + 4 + 8 + 12 + 12;

/** Key of a row: prefix, height (4, big-endian), hash (32). */
export function encodeHeaderKey(row: StoredHeader): Uint8Array {
  const key = new Uint8Array(KEY_SIZE_BYTES);
  key[0] = HEADER_PREFIX;
  new DataView(key.buffer).setUint32(1, row.height, false);
  key.set(row.header.hash, 5);
  return key;
}

function writePosition(writer: ByteWriter, position: FilePosition | undefined): void {
  const { file, offset, sizeBytes } = position ?? { file: NO_FILE, offset: 0, sizeBytes: 0 };
  writer.u32(file).u32(offset).u32(sizeBytes);
}

function readPosition(reader: ByteReader): FilePosition | undefined {
  const file = reader.u32('file');
  const offset = reader.u32('offset');
  const sizeBytes = reader.u32('size');
  return file === NO_FILE ? undefined : { file, offset, sizeBytes };
}

/**
 * Value of a row, 120 bytes: header (80), status (4), transactions (4), sequence (8, signed), block and undo position (12 each),
 * little-endian.
 */
export function encodeHeaderRow(row: StoredHeader): Uint8Array {
  const writer = new ByteWriter(VALUE_SIZE_BYTES);
  writer.raw(encodeHeader(row.header)).u32(row.status).u32(row.txCount).u64(BigInt(row.sequence));
  writePosition(writer, row.block);
  writePosition(writer, row.undo);
  return writer.finish();
}

/**
 * Rows of their keys and values, packed: a packed row is the key without its prefix and the value behind it. Each header's hash is computed
 * and must be the key's.
 *
 * @throws DecodeError
 */
export function packHeaderRows(rows: readonly (readonly [key: Uint8Array, value: Uint8Array])[]): HeaderRows {
  const bytes = new Uint8Array(rows.length * HEADER_ROW_SIZE_BYTES);
  const headers: Uint8Array[] = [];
  let at = 0;
  for (const [key, value] of rows) {
    if (key.length !== KEY_SIZE_BYTES) throw new DecodeError('key', key.length, `is not ${KEY_SIZE_BYTES} bytes`);
    if (value.length !== VALUE_SIZE_BYTES) throw new DecodeError('row', value.length, `is not ${VALUE_SIZE_BYTES} bytes`);
    for (let i = 1; i < KEY_SIZE_BYTES; i++) bytes[at + i - 1] = key[i]!;
    bytes.set(value, at + HEADER_ROW.header);
    headers.push(bytes.subarray(at + HEADER_ROW.header, at + HEADER_ROW.header + HEADER_SIZE_BYTES));
    at += HEADER_ROW_SIZE_BYTES;
  }
  sha256dMany(headers).forEach((hash, index) => {
    const from = index * HEADER_ROW_SIZE_BYTES + HEADER_ROW.hash;
    for (let i = 0; i < 32; i++) {
      if (bytes[from + i] !== hash[i]) throw new DecodeError('header', 0, 'has not the hash that its key says');
    }
  });
  return { count: rows.length, bytes };
}

/** Each of some packed rows, taken apart. */
export function* unpackHeaderRows({ count, bytes }: HeaderRows): Generator<StoredHeader> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < count * HEADER_ROW_SIZE_BYTES; at += HEADER_ROW_SIZE_BYTES) {
    const reader = new ByteReader(bytes.subarray(at + HEADER_ROW.header, at + HEADER_ROW_SIZE_BYTES));
    const header = readHeader(reader);
    yield {
      header,
      height: view.getUint32(at + HEADER_ROW.height, false),
      status: reader.u32('status'),
      txCount: reader.u32('transaction count'),
      sequence: Number(reader.i64('sequence')),
      block: readPosition(reader),
      undo: readPosition(reader),
    };
  }
}

/** Whether the block of any of some packed rows was stored once and is not now. */
export function hasPrunedRow({ count, bytes }: HeaderRows): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < count * HEADER_ROW_SIZE_BYTES; at += HEADER_ROW_SIZE_BYTES) {
    if (view.getUint32(at + HEADER_ROW.txCount, true) > 0 && view.getUint32(at + HEADER_ROW.block, true) === NO_FILE) return true;
  }
  return false;
}
