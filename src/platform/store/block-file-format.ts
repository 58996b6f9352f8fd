/**
 * The records of `blkNNNNN.dat` and `revNNNNN.dat`, as Bitcoin Core writes them (`FlatFilePos`, `UndoWriteToDisk`).
 *
 * A block: message start (4), length (4, little-endian), block. An undo record: message start, length of the undo bytes, undo
 * bytes, SHA-256d over the parent's hash and the undo bytes (32), which the length does not count. A position's offset is that of
 * the first byte behind message start and length.
 */
import { concatBytes } from '../../core/base/bytes.ts';
import { sha256d } from '../../core/crypto/sha256.ts';
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
export function blockFileName(kind: 'blk' | 'rev', file: number): string {
  return `${kind}${String(file).padStart(5, '0')}.dat`;
}
