/**
 * The records of `blkNNNNN.dat` and `revNNNNN.dat`, as Bitcoin Core writes them (`FlatFilePos`, `UndoWriteToDisk`).
 *
 * A block: message start (4), length (4, little-endian), block. An undo record: message start, length of the undo bytes, undo
 * bytes, SHA-256d over the parent's hash and the undo bytes (32), which the length does not count. A position's offset is that of
 * the first byte behind message start and length.
 */
import { concatBytes } from '../../core/base/bytes.ts';
import { sha256d } from '../../core/crypto/sha256.ts';
import { ByteWriter } from '../../core/primitives/byte-writer.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';

/** Most bytes in a block file: Core's MAX_BLOCKFILE_SIZE. A record that would go past it begins the next file. */
export const BLOCK_FILE_SIZE_MAX = 0x8000000;

/** Bytes of message start and length before each record. */
export const RECORD_HEADER_SIZE_BYTES = 8;

/** Bytes of the checksum behind an undo record. */
export const UNDO_CHECKSUM_SIZE_BYTES = 32;

/** Checksum of an undo record. */
export function undoChecksum(undo: Uint8Array, prevBlockHash: BlockHash): Uint8Array {
  return sha256d(concatBytes(prevBlockHash, undo));
}

/** File name of a number: `blk00000.dat`, `rev00000.dat`. Five digits at least, as in Core. */
export function blockFileName(kind: RecordKind, file: number): string {
  return `${kind}${String(file).padStart(5, '0')}.dat`;
}

export type RecordKind = 'blk' | 'rev';

const FILE_NAME = /^(blk|rev)(\d{5,9})\.dat$/;

/** What a file name says, or undefined where it is none of ours. */
export function parseBlockFileName(name: string): { readonly kind: RecordKind; readonly file: number } | undefined {
  const match = FILE_NAME.exec(name);
  if (match === null) return undefined;
  const kind = match[1] as RecordKind;
  const file = Number(match[2]);
  return blockFileName(kind, file) === name ? { kind, file } : undefined;
}

/** The bytes before a record: message start and the payload's length. */
export function recordHeader(messageStart: Uint8Array, payloadSizeBytes: number): Uint8Array {
  return new ByteWriter(RECORD_HEADER_SIZE_BYTES).raw(messageStart).u32(payloadSizeBytes).finish();
}

/** The length that a record's first eight bytes say. */
export function readRecordLength(record: Uint8Array): number {
  return new DataView(record.buffer, record.byteOffset).getUint32(4, true);
}
