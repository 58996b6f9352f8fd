import type { FolderCalls } from '../../platform/store/folder-calls.ts';
import type { OpenFile } from '../../platform/store/open-files.ts';
import type { SimRandom } from '../sim-random.ts';
import type { SharedBytes } from './shared-bytes.ts';
import { VirtualFile } from './virtual-file.ts';

/** Runs what is asked of the disk, when the disk comes to it. */
export type DiskQueue = <T>(action: () => T) => Promise<T>;

/** What a folder needs of its disk. */
export interface VirtualFolderParts {
  readonly shared: SharedBytes;
  /** Room for so many bytes more is wanted. @throws where there is none */
  readonly take: (sizeBytes: number) => void;
  /** A block was written. */
  readonly onBlock: (bytes: Uint8Array) => void;
}

const BLOCK_FILE = /blk\d{5}\.dat$/;

/** What the system says of a file that is not there. */
function notThere(path: string): Error {
  return Object.assign(new Error(`ENOENT: no such file, ${path}`), { code: 'ENOENT' });
}

/** The files of one disk, as the block files' own code asks for them. */
export class VirtualFolder {
  readonly #parts: VirtualFolderParts;
  readonly #files = new Map<string, VirtualFile>();

  constructor(parts: VirtualFolderParts) {
    this.#parts = parts;
  }

  get sizeBytes(): number {
    let sum = 0;
    for (const file of this.#files.values()) sum += file.sizeBytes;
    return sum;
  }

  /** What a node opens its files with. */
  openFile(queue: DiskQueue): OpenFile {
    return (path, { create }) =>
      queue(() => {
        const file = this.#file(path, create);
        return {
          read: (bytes, position) => queue(() => file.read(bytes, position)),
          write: (parts, position) => queue(() => this.#write(path, file, parts, position)),
          truncate: (sizeBytes) => queue(() => file.truncate(sizeBytes)),
          datasync: () => queue(() => file.sync()),
          close: async () => {},
        };
      });
  }

  /** What a node asks of its folder. */
  calls(queue: DiskQueue): FolderCalls {
    return {
      make: async () => {},
      list: (folder) => queue(() => [...this.#files.keys()].map((path) => path.slice(folder.length + 1))),
      sizeBytes: (path) => queue(() => this.#files.get(path)?.sizeBytes ?? 0),
      remove: (path) => queue(() => void this.#files.delete(path)),
      sync: () =>
        queue(() => {
          for (const file of this.#files.values()) file.syncName();
        }),
    };
  }

  /** The power goes. */
  loseUnsynced(random: SimRandom): void {
    for (const [path, file] of [...this.#files]) if (!file.loseUnsynced(random)) this.#files.delete(path);
  }

  #file(path: string, create: boolean): VirtualFile {
    let file = this.#files.get(path);
    if (file === undefined) {
      if (!create) throw notThere(path);
      file = new VirtualFile(this.#parts.shared);
      this.#files.set(path, file);
    }
    return file;
  }

  #write(path: string, file: VirtualFile, parts: readonly Uint8Array[], position: number): void {
    this.#parts.take(parts.reduce((sum, part) => sum + part.length, 0));
    let at = position;
    for (const part of parts) {
      file.write(part, at);
      at += part.length;
    }
    // A record is its head, then the block.
    const block = parts[1];
    if (block !== undefined && BLOCK_FILE.test(path)) this.#parts.onBlock(block);
  }
}
