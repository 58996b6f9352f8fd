import { crc32 } from 'node:zlib';
import { assert } from '../../core/base/assert.ts';
import { bytesEqual } from '../../core/base/bytes.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';
import type { BlockStore, FilePosition } from '../../engine/ports/block-store.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import { BLOCK_FILE_SIZE_MAX, blockFileName, RECORD_HEADER_SIZE_BYTES, UNDO_CHECKSUM_SIZE_BYTES } from './block-file-format.ts';

interface UndoRecord {
  readonly undo: Uint8Array;
  readonly prevBlockHash: BlockHash;
}

/** A file that is a map from offset to record. Positions are those of a real file. */
interface MemoryFile<T> {
  readonly records: Map<number, T>;
  sizeBytes: number;
}

function memoryFile<T>(): MemoryFile<T> {
  return { records: new Map(), sizeBytes: 0 };
}

/** Puts a record at the end; `extraSizeBytes` is what the format adds behind it. */
function appendRecord<T>(file: MemoryFile<T>, record: T, options: { readonly sizeBytes: number; readonly extraSizeBytes: number }): number {
  const offset = file.sizeBytes + RECORD_HEADER_SIZE_BYTES;
  file.records.set(offset, record);
  file.sizeBytes = offset + options.sizeBytes + options.extraSizeBytes;
  return offset;
}

/**
 * Blocks and undo records in memory, at the positions that files would give them. Keeps copies. Closing it forgets nothing,
 * so a test can start a second node on what a first one left.
 */
export function createMemoryBlockStore(options: { readonly fileSizeMax?: number } = {}): BlockStore {
  return new MemoryBlockStore(options.fileSizeMax ?? BLOCK_FILE_SIZE_MAX);
}

class MemoryBlockStore implements BlockStore {
  readonly #fileSizeMax: number;
  readonly #blocks: MemoryFile<Uint8Array>[] = [memoryFile()];
  readonly #undos = new Map<number, MemoryFile<UndoRecord>>();
  #sizeBytes = 0;

  constructor(fileSizeMax: number) {
    this.#fileSizeMax = fileSizeMax;
  }

  async append(block: Uint8Array): Promise<FilePosition> {
    const recordSizeBytes = RECORD_HEADER_SIZE_BYTES + block.length;
    const last = this.#blocks[this.#blocks.length - 1]!;
    if (last.sizeBytes > 0 && last.sizeBytes + recordSizeBytes > this.#fileSizeMax) this.#blocks.push(memoryFile());
    const file = this.#blocks.length - 1;
    const offset = appendRecord(this.#blocks[file]!, block.slice(), { sizeBytes: block.length, extraSizeBytes: 0 });
    this.#sizeBytes += recordSizeBytes;
    return { file, offset, sizeBytes: block.length };
  }

  async read(position: FilePosition): Promise<Uint8Array> {
    const block = this.#blocks[position.file]?.records.get(position.offset);
    if (block?.length !== position.sizeBytes) {
      throw new NodeError('block-file-damaged', `no block at byte ${position.offset} of ${blockFileName('blk', position.file)} in memory`);
    }
    return block;
  }

  checksum(bytes: Uint8Array): number {
    return crc32(bytes);
  }

  async appendUndo(file: number, undo: Uint8Array, prevBlockHash: BlockHash): Promise<FilePosition> {
    let undos = this.#undos.get(file);
    if (undos === undefined) {
      undos = memoryFile();
      this.#undos.set(file, undos);
    }
    const record = { undo: undo.slice(), prevBlockHash: prevBlockHash.slice() as unknown as BlockHash };
    const offset = appendRecord(undos, record, { sizeBytes: undo.length, extraSizeBytes: UNDO_CHECKSUM_SIZE_BYTES });
    this.#sizeBytes += RECORD_HEADER_SIZE_BYTES + undo.length + UNDO_CHECKSUM_SIZE_BYTES;
    return { file, offset, sizeBytes: undo.length };
  }

  async readUndo(position: FilePosition, prevBlockHash: BlockHash): Promise<Uint8Array> {
    const record = this.#undos.get(position.file)?.records.get(position.offset);
    if (record?.undo.length !== position.sizeBytes || !bytesEqual(record.prevBlockHash, prevBlockHash)) {
      throw new NodeError(
        'undo-file-damaged',
        `no such undo at byte ${position.offset} of ${blockFileName('rev', position.file)} in memory`,
      );
    }
    return record.undo;
  }

  files(): readonly { readonly file: number; readonly sizeBytes: number }[] {
    return this.#blocks.flatMap(({ sizeBytes }, file) =>
      sizeBytes === 0 ? [] : [{ file, sizeBytes: sizeBytes + (this.#undos.get(file)?.sizeBytes ?? 0) }],
    );
  }

  async remove(file: number): Promise<void> {
    assert(file < this.#blocks.length - 1, 'the file that takes the next block stays');
    this.#sizeBytes -= this.#blocks[file]!.sizeBytes + (this.#undos.get(file)?.sizeBytes ?? 0);
    this.#blocks[file] = memoryFile();
    this.#undos.delete(file);
  }

  sizeBytes(): number {
    return this.#sizeBytes;
  }

  async sync(): Promise<void> {}

  async close(): Promise<void> {}
}
