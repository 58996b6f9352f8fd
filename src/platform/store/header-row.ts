import { bytesEqual } from '../../core/base/bytes.ts';
import { encodeHeader, HEADER_SIZE_BYTES, readHeader } from '../../core/primitives/block.ts';
import { ByteReader } from '../../core/primitives/byte-reader.ts';
import { ByteWriter } from '../../core/primitives/byte-writer.ts';
import { DecodeError } from '../../core/primitives/decode-error.ts';
import type { FilePosition } from '../../engine/ports/block-store.ts';
import type { StoredHeader } from '../../engine/ports/header-store.ts';

/** Byte before each row's key: rows sort by height behind it, so that parents come before children. */
export const HEADER_PREFIX = 0x48; // H

const KEY_SIZE_BYTES = 1 + 4 + 32;
const ROW_SIZE_BYTES = HEADER_SIZE_BYTES + 4 + 4 + 8 + 12 + 12;

/** Stands for the file of a position that there is none of. */
const NO_FILE = 0xffffffff;

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
  const writer = new ByteWriter(ROW_SIZE_BYTES);
  writer.raw(encodeHeader(row.header)).u32(row.status).u32(row.txCount).u64(BigInt(row.sequence));
  writePosition(writer, row.block);
  writePosition(writer, row.undo);
  return writer.finish();
}

/** A row of its key and value. The header's hash is computed and must be the key's. @throws DecodeError */
export function decodeHeaderRow(key: Uint8Array, value: Uint8Array): StoredHeader {
  const keyReader = new ByteReader(key.subarray(1));
  const heightBytes = keyReader.take(4, 'height');
  const height = new DataView(heightBytes.buffer, heightBytes.byteOffset).getUint32(0, false);
  const hash = keyReader.take(32, 'hash');
  keyReader.end('key');
  const reader = new ByteReader(value);
  const header = readHeader(reader);
  if (!bytesEqual(hash, header.hash)) throw new DecodeError('header', 0, 'has not the hash that its key says');
  const status = reader.u32('status');
  const txCount = reader.u32('transaction count');
  const sequence = Number(reader.i64('sequence'));
  const block = readPosition(reader);
  const undo = readPosition(reader);
  reader.end('row');
  return { header, height, status, txCount, sequence, block, undo };
}
