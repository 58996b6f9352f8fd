import { constants, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { concatBytes } from '../../core/base/bytes.ts';

/** What the block files ask of a file. Handed in, so that a test can be a full or a failing disk. */
export interface RandomAccessFile {
  /** Fills `bytes` from `position` on; gives how many there were, fewer only at the file's end. */
  read(bytes: Uint8Array, position: number): Promise<number>;
  /** Writes all parts after one another, from `position` on. */
  write(parts: readonly Uint8Array[], position: number): Promise<void>;
  truncate(sizeBytes: number): Promise<void>;
  /** The bytes are on disk when it returns. */
  datasync(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a file for reading and writing at any place. */
export type OpenFile = (path: string, options: { readonly create: boolean }) => Promise<RandomAccessFile>;

/**
 * Most bytes that are written without another thread: they go to the system's memory in about 10 µs, where handing them over and being
 * told of the end takes five times that. Blocks of a young chain are of this size, and so are most undo records.
 */
export const WRITE_AT_ONCE_BYTES_MAX = 16_384;

function writeAtOnce(fd: number, bytes: Uint8Array, position: number): void {
  for (let length = 0; length < bytes.length; ) {
    length += writeSync(fd, bytes, length, bytes.length - length, position + length);
  }
}

/** The system's files. */
export const openSystemFile: OpenFile = async (path, { create }) => {
  const handle = await open(path, constants.O_RDWR | (create ? constants.O_CREAT : 0), 0o600);
  return {
    async read(bytes: Uint8Array, position: number): Promise<number> {
      let length = 0;
      while (length < bytes.length) {
        const { bytesRead } = await handle.read(bytes, length, bytes.length - length, position + length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return length;
    },
    async write(parts: readonly Uint8Array[], position: number): Promise<void> {
      const sizeBytes = parts.reduce((sum, part) => sum + part.length, 0);
      if (sizeBytes <= WRITE_AT_ONCE_BYTES_MAX) {
        writeAtOnce(handle.fd, concatBytes(...parts), position);
        return;
      }
      let at = position;
      for (const part of parts) {
        let length = 0;
        while (length < part.length) {
          const { bytesWritten } = await handle.write(part, length, part.length - length, at + length);
          length += bytesWritten;
        }
        at += part.length;
      }
    },
    truncate: (sizeBytes: number) => handle.truncate(sizeBytes),
    datasync: () => handle.datasync(),
    close: () => handle.close(),
  };
};

/** Most files kept open at once: a wallet that rescans reads one file after another, peers ask for a few old ones. */
const OPEN_FILES_MAX = 16;

interface OpenEntry {
  readonly file: Promise<RandomAccessFile>;
  /** Calls that use it now; it is not closed under them. */
  users: number;
  /** Is to be closed by its last user. */
  forgotten?: boolean;
}

/** Files that stay open between uses; the one unused longest is closed when there are too many. */
export class OpenFiles {
  readonly #open: OpenFile;
  readonly #max: number;
  /** In order of last use. */
  readonly #entries = new Map<string, OpenEntry>();

  constructor(open: OpenFile, max: number = OPEN_FILES_MAX) {
    this.#open = open;
    this.#max = max;
  }

  /** Files open now. */
  get size(): number {
    return this.#entries.size;
  }

  /** Hands a file to `action`, opened if need be. */
  async use<T>(path: string, options: { readonly create: boolean }, action: (file: RandomAccessFile) => Promise<T>): Promise<T> {
    const entry = this.#entries.get(path) ?? { file: this.#open(path, options), users: 0 };
    this.#entries.delete(path);
    this.#entries.set(path, entry);
    entry.users++;
    try {
      return await action(await this.#opened(path, entry));
    } finally {
      entry.users--;
      if (entry.forgotten === true && entry.users === 0) await (await entry.file).close();
      await this.#closeSurplus();
    }
  }

  /** The file of an entry; one that could not be opened is forgotten, so that the next use tries again. */
  async #opened(path: string, entry: OpenEntry): Promise<RandomAccessFile> {
    try {
      return await entry.file;
    } catch (error) {
      if (this.#entries.get(path) === entry) this.#entries.delete(path);
      throw error;
    }
  }

  async #closeSurplus(): Promise<void> {
    for (const [path, entry] of this.#entries) {
      if (this.#entries.size <= this.#max) return;
      if (entry.users > 0) continue;
      this.#entries.delete(path);
      await (await entry.file).close();
    }
  }

  /** Closes a file that is to be deleted. Whoever reads it now has it to the end of that. */
  async forget(path: string): Promise<void> {
    const entry = this.#entries.get(path);
    this.#entries.delete(path);
    if (entry === undefined) return;
    if (entry.users === 0) await (await entry.file).close();
    else entry.forgotten = true;
  }

  async close(): Promise<void> {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    for (const entry of entries) await (await entry.file).close();
  }
}
