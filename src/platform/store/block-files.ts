import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { assert } from '../../core/base/assert.ts';
import { bytesEqual } from '../../core/base/bytes.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';
import type { BlockFileSizes, BlockStore, FilePosition, TakeMemory } from '../../engine/ports/block-store.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import {
  BLOCK_FILE_SIZE_MAX,
  blockFileName,
  parseBlockFileName,
  RECORD_HEADER_SIZE_BYTES,
  type RecordKind,
  readRecordLength,
  recordHeader,
  UNDO_CHECKSUM_SIZE_BYTES,
  undoChecksum,
} from './block-file-format.ts';
import { type FolderCalls, systemFolder } from './folder-calls.ts';
import { type OpenFile, OpenFiles, openSystemFile } from './open-files.ts';
import { systemCode, toNodeError } from './system-error.ts';

export interface BlockFilesOptions {
  /** Made if it is not there. */
  readonly folder: string;
  /** The network's four bytes, which begin each record. */
  readonly messageStart: Uint8Array;
  /** Most bytes of a block file; a single record may be larger. Core's 128 MiB unless given. */
  readonly fileSizeMax?: number;
  readonly openFile?: OpenFile;
  readonly folderCalls?: FolderCalls;
}

/** Failures to read a file that are of this file and not of the disk: what was in it can be had elsewhere. */
const LOST: ReadonlyMap<string | undefined, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['EIO', 'the disk fails (input/output error)'],
]);

/** What is read goes over all of it, so it need not be cleared. */
const takeNew: TakeMemory = (sizeBytes) => Buffer.allocUnsafeSlow(sizeBytes);

/** Blocks and undo records of a folder, in Core's files. Whatever a crash left at a file's end stays there; appending goes behind it. */
export async function openBlockFiles(options: BlockFilesOptions): Promise<BlockStore> {
  const { folder, folderCalls = systemFolder } = options;
  try {
    await folderCalls.make(folder);
    const sizes = new Map<string, number>();
    for (const name of await folderCalls.list(folder)) {
      if (parseBlockFileName(name) !== undefined) sizes.set(name, await folderCalls.sizeBytes(join(folder, name)));
    }
    return new BlockFiles(options, sizes);
  } catch (error) {
    throw toNodeError(error, folder);
  }
}

class BlockFiles implements BlockStore {
  readonly #folder: string;
  readonly #messageStart: Uint8Array;
  readonly #fileSizeMax: number;
  readonly #folderCalls: FolderCalls;
  readonly #files: OpenFiles;
  /** Bytes of each file up to which records may lie, by name. */
  readonly #sizes: Map<string, number>;
  /** Files written since the last sync. */
  readonly #unsynced = new Set<string>();
  #folderUnsynced = false;
  /** Number of the file that takes the next block. */
  #lastFile = 0;
  #sizeBytes = 0;
  /** Set when a sync failed: what the system has thrown away since is unknown, so nothing may be called durable again. */
  #failed: NodeError | undefined;
  /** Ends when everything asked for so far has ended: appends and syncs go one after another. */
  #idle: Promise<unknown> = Promise.resolve();

  constructor(options: BlockFilesOptions, sizes: Map<string, number>) {
    this.#folder = options.folder;
    this.#messageStart = options.messageStart;
    this.#fileSizeMax = options.fileSizeMax ?? BLOCK_FILE_SIZE_MAX;
    this.#folderCalls = options.folderCalls ?? systemFolder;
    this.#files = new OpenFiles(options.openFile ?? openSystemFile);
    this.#sizes = sizes;
    for (const [name, size] of sizes) {
      this.#sizeBytes += size;
      const parsed = parseBlockFileName(name);
      if (parsed?.kind === 'blk') this.#lastFile = Math.max(this.#lastFile, parsed.file);
    }
  }

  append(block: Uint8Array): Promise<FilePosition> {
    return this.#inTurn(async () => {
      const size = this.#sizes.get(blockFileName('blk', this.#lastFile)) ?? 0;
      const full = size > 0 && size + RECORD_HEADER_SIZE_BYTES + block.length > this.#fileSizeMax;
      const file = full ? this.#lastFile + 1 : this.#lastFile;
      const offset = await this.#appendRecord(blockFileName('blk', file), block, []);
      this.#lastFile = file;
      return { file, offset, sizeBytes: block.length };
    });
  }

  appendUndo(file: number, undo: Uint8Array, prevBlockHash: BlockHash): Promise<FilePosition> {
    return this.#inTurn(async () => {
      assert(file >= 0 && file <= this.#lastFile, 'an undo file has the number of a block file');
      const offset = await this.#appendRecord(blockFileName('rev', file), undo, [undoChecksum(undo, prevBlockHash)]);
      return { file, offset, sizeBytes: undo.length };
    });
  }

  /** Writes a record at a file's end and what belongs behind it. The file counts as longer only when all of it was written. */
  async #appendRecord(name: string, payload: Uint8Array, behind: readonly Uint8Array[]): Promise<number> {
    const path = join(this.#folder, name);
    const size = this.#sizes.get(name);
    const start = size ?? 0;
    const parts = [recordHeader(this.#messageStart, payload.length), payload, ...behind];
    try {
      await this.#files.use(path, { create: true }, async (file) => {
        if (size === undefined) this.#folderUnsynced = true;
        this.#unsynced.add(name);
        try {
          await file.write(parts, start);
        } catch (error) {
          await file.truncate(start).catch(() => undefined); // The next record goes over what is left of this one.
          throw error;
        }
      });
    } catch (error) {
      throw toNodeError(error, path);
    }
    let end = start;
    for (const part of parts) end += part.length;
    this.#sizes.set(name, end);
    this.#sizeBytes += end - start;
    return start + RECORD_HEADER_SIZE_BYTES;
  }

  async read(position: FilePosition, take?: TakeMemory): Promise<Uint8Array> {
    return this.#readRecord('blk', position, { behindSizeBytes: 0, take });
  }

  checksum(bytes: Uint8Array): number {
    return crc32(bytes);
  }

  async readUndo(position: FilePosition, prevBlockHash: BlockHash): Promise<Uint8Array> {
    const bytes = await this.#readRecord('rev', position, { behindSizeBytes: UNDO_CHECKSUM_SIZE_BYTES });
    const undo = bytes.subarray(0, position.sizeBytes);
    if (!bytesEqual(bytes.subarray(position.sizeBytes), undoChecksum(undo, prevBlockHash))) {
      throw this.#damaged('rev', position, 'the checksum differs');
    }
    return undo;
  }

  /** The payload of a record and `behindSizeBytes` more. The position is checked against the file before memory is taken. */
  async #readRecord(
    kind: RecordKind,
    position: FilePosition,
    { behindSizeBytes, take = takeNew }: { readonly behindSizeBytes: number; readonly take?: TakeMemory | undefined },
  ): Promise<Uint8Array> {
    const name = blockFileName(kind, position.file);
    const start = position.offset - RECORD_HEADER_SIZE_BYTES;
    const sizeBytes = RECORD_HEADER_SIZE_BYTES + position.sizeBytes + behindSizeBytes;
    const fileSize = this.#sizes.get(name);
    if (fileSize === undefined) throw this.#damaged(kind, position, 'there is no such file');
    if (start < 0 || start + sizeBytes > fileSize) throw this.#damaged(kind, position, 'the file ends before its end');
    const path = join(this.#folder, name);
    const room = take(sizeBytes);
    // A Buffer's `slice` copies nothing, which nobody who is given bytes expects.
    const bytes = new Uint8Array(room.buffer, room.byteOffset, sizeBytes);
    let length: number;
    try {
      length = await this.#files.use(path, { create: false }, (file) => file.read(bytes, start));
    } catch (error) {
      const why = LOST.get(systemCode(error));
      throw why === undefined ? toNodeError(error, path) : this.#damaged(kind, position, why);
    }
    if (length < sizeBytes) throw this.#damaged(kind, position, 'the file ends before its end');
    if (!bytesEqual(bytes.subarray(0, 4), this.#messageStart)) throw this.#damaged(kind, position, 'no message start is before it');
    const recorded = readRecordLength(bytes);
    if (recorded !== position.sizeBytes) throw this.#damaged(kind, position, `its length says ${recorded}`);
    return bytes.subarray(RECORD_HEADER_SIZE_BYTES);
  }

  #damaged(kind: RecordKind, position: FilePosition, why: string): NodeError {
    const path = join(this.#folder, blockFileName(kind, position.file));
    return new NodeError(
      kind === 'blk' ? 'block-file-damaged' : 'undo-file-damaged',
      `${path} is damaged: the ${position.sizeBytes} bytes at ${position.offset} cannot be read, ${why}`,
    );
  }

  files(): readonly { readonly file: number; readonly sizeBytes: number }[] {
    const sizes = new Map<number, number>();
    for (const [name, sizeBytes] of this.#sizes) {
      const file = parseBlockFileName(name)?.file ?? 0;
      sizes.set(file, (sizes.get(file) ?? 0) + sizeBytes);
    }
    return [...sizes].map(([file, sizeBytes]) => ({ file, sizeBytes })).sort((a, b) => a.file - b.file);
  }

  fileSizes(file: number): BlockFileSizes {
    return { blockBytes: this.#sizes.get(blockFileName('blk', file)), undoBytes: this.#sizes.get(blockFileName('rev', file)) };
  }

  remove(file: number): Promise<void> {
    return this.#inTurn(async () => {
      assert(file < this.#lastFile, 'the file that takes the next block stays');
      for (const kind of ['rev', 'blk'] as const) {
        const name = blockFileName(kind, file);
        const path = join(this.#folder, name);
        try {
          await this.#files.forget(path);
          await this.#folderCalls.remove(path);
        } catch (error) {
          throw toNodeError(error, path);
        }
        this.#sizeBytes -= this.#sizes.get(name) ?? 0;
        this.#sizes.delete(name);
        this.#unsynced.delete(name);
      }
    });
  }

  sizeBytes(): number {
    return this.#sizeBytes;
  }

  sync(): Promise<void> {
    return this.#inTurn(async () => {
      try {
        for (const name of this.#unsynced) {
          await this.#files.use(join(this.#folder, name), { create: false }, (file) => file.datasync());
        }
        if (this.#folderUnsynced) await this.#folderCalls.sync(this.#folder);
      } catch (error) {
        this.#failed = toNodeError(error, this.#folder);
        throw this.#failed;
      }
      this.#unsynced.clear();
      this.#folderUnsynced = false;
    });
  }

  async close(): Promise<void> {
    await this.#idle;
    await this.#files.close();
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#idle.then(() => {
      if (this.#failed !== undefined) throw this.#failed;
      return action();
    });
    this.#idle = result.catch(() => undefined); // Told to whoever asked for it; the next one runs all the same.
    return result;
  }
}
