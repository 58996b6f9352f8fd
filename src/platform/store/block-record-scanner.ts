/**
 * Finds blocks in `blkNNNNN.dat` files of any origin: ours, those of another program whose bytes are masked (Core's `xor.dat`), and files
 * with anything else between the records.
 */
import { open } from 'node:fs/promises';
import { type Block, decodeBlock } from '../../core/primitives/block.ts';
import { DecodeError } from '../../core/primitives/decode-error.ts';
import { RECORD_HEADER_SIZE_BYTES } from './block-file-format.ts';
import { toNodeError } from './system-error.ts';

/** Least and most bytes of a block in a record: those of a header, and Core's MAX_BLOCK_SERIALIZED_SIZE. Others are garbage. */
export const BLOCK_SIZE_MIN = 80;
export const BLOCK_SIZE_MAX = 4_000_000;

/** Bytes read from the disk at once; more than any record has. */
const CHUNK_SIZE_BYTES = 1 << 23;

/** A block and where its bytes begin in the file. */
export interface FoundRecord {
  readonly block: Block;
  readonly raw: Uint8Array;
  readonly offset: number;
}

/** The block that some bytes are, with nothing behind it; undefined where they are none. */
export function blockOf(raw: Uint8Array): Block | undefined {
  try {
    return decodeBlock(raw);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** Takes a mask away, or puts it on: the byte at a file's offset has that of the key at the offset modulo its length. */
export function unmask(bytes: Uint8Array, offset: number, key: Uint8Array): void {
  const { length } = key;
  for (let i = 0; i < bytes.length; i++) bytes[i]! ^= key[(offset + i) % length]!;
}

/** A file that is read in pieces, unmasked. */
export class MaskedFile {
  readonly #path: string;
  readonly #handle: Awaited<ReturnType<typeof open>>;
  readonly #key: Uint8Array | undefined;
  readonly #pieceSizeBytes: number;
  #piece: Buffer = Buffer.alloc(0);
  #pieceOffset = 0;

  private constructor(path: string, handle: Awaited<ReturnType<typeof open>>, key: Uint8Array | undefined, pieceSizeBytes: number) {
    this.#path = path;
    this.#pieceSizeBytes = pieceSizeBytes;
    this.#handle = handle;
    this.#key = key?.some((byte) => byte !== 0) ? key : undefined;
  }

  /**
   * @param pieceSizeBytes - read from the disk at once at least
   * @throws NodeError where it cannot be opened
   */
  static async open(path: string, key: Uint8Array | undefined, pieceSizeBytes: number = CHUNK_SIZE_BYTES): Promise<MaskedFile> {
    try {
      return new MaskedFile(path, await open(path, 'r'), key, pieceSizeBytes);
    } catch (error) {
      throw toNodeError(error, path);
    }
  }

  /** So many bytes from an offset on; fewer at the file's end. What was given before stays as it is. */
  async view(offset: number, sizeBytes: number): Promise<Uint8Array> {
    const start = offset - this.#pieceOffset;
    if (start < 0 || start + sizeBytes > this.#piece.length) {
      this.#piece = await this.#read(offset, Math.max(sizeBytes, this.#pieceSizeBytes));
      this.#pieceOffset = offset;
    }
    const from = offset - this.#pieceOffset;
    return this.#piece.subarray(from, from + sizeBytes);
  }

  /** What is in memory from an offset on, read where that is too little for a record's first bytes. Shorter than those at the file's end. */
  async ahead(offset: number): Promise<Uint8Array> {
    await this.view(offset, RECORD_HEADER_SIZE_BYTES);
    return this.#piece.subarray(offset - this.#pieceOffset);
  }

  async #read(offset: number, sizeBytes: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(sizeBytes);
    let length = 0;
    try {
      while (length < sizeBytes) {
        const { bytesRead } = await this.#handle.read(bytes, length, sizeBytes - length, offset + length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
    } catch (error) {
      throw toNodeError(error, this.#path);
    }
    const read = bytes.subarray(0, length);
    if (this.#key !== undefined) unmask(read, offset, this.#key);
    return read;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** The same bytes as Node's own kind of array, which can search and read numbers. */
function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/**
 * Every block behind a message start, in the order of the file. What is no block is passed over byte by byte, as Core's
 * `LoadExternalBlockFile` does: a record that does not decode may hide another one within it.
 *
 * @throws NodeError where the file cannot be read
 */
export async function* scanBlockRecords(file: MaskedFile, messageStart: Uint8Array): AsyncGenerator<FoundRecord, void, undefined> {
  const magic = Buffer.from(messageStart);
  for (let at = 0; ; ) {
    const piece = bufferOf(await file.ahead(at));
    if (piece.length < RECORD_HEADER_SIZE_BYTES) return;
    const start = piece.indexOf(magic);
    if (start < 0) {
      at += piece.length - (magic.length - 1);
      continue;
    }
    at += start;
    const record = await recordAt(file, at);
    if (record === undefined) {
      at++;
      continue;
    }
    yield record;
    at = record.offset + record.raw.length;
  }
}

/** The block of the record that begins at an offset, undefined where there is none. */
async function recordAt(file: MaskedFile, at: number): Promise<FoundRecord | undefined> {
  const header = await file.view(at, RECORD_HEADER_SIZE_BYTES);
  if (header.length < RECORD_HEADER_SIZE_BYTES) return undefined;
  const sizeBytes = bufferOf(header).readUInt32LE(4);
  if (sizeBytes < BLOCK_SIZE_MIN || sizeBytes > BLOCK_SIZE_MAX) return undefined;
  const offset = at + RECORD_HEADER_SIZE_BYTES;
  const raw = await file.view(offset, sizeBytes);
  const block = raw.length < sizeBytes ? undefined : blockOf(raw);
  return block === undefined ? undefined : { block, raw, offset };
}
