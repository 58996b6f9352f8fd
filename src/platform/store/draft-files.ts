import { type FileHandle, lstat, open, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { DraftFile, DraftFiles } from '../../engine/ports/draft-file.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import { syncFolder } from './small-files.ts';
import { systemCode, toNodeError } from './system-error.ts';

/** What a file is called until it is whole, as Core's. What a crash leaves under such a name is written over the next time. */
const DRAFT_SUFFIX = '.incomplete';

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw unwritable(path);
  }
}

/** Core's words. */
function unwritable(path: string): NodeError {
  return new NodeError('file-unwritable', `Couldn't open file ${path}${DRAFT_SUFFIX} for writing.`);
}

class Draft implements DraftFile {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #ended: () => void;
  #isOpen = true;
  #isKept = false;
  #length = 0;

  constructor(path: string, handle: FileHandle, ended: () => void) {
    this.path = path;
    this.#handle = handle;
    this.#ended = ended;
  }

  async append(bytes: Uint8Array): Promise<void> {
    await this.#write(bytes, this.#length);
    this.#length += bytes.length;
  }

  async #write(bytes: Uint8Array, position: number): Promise<void> {
    try {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, position + done);
        done += bytesWritten;
      }
    } catch (error) {
      throw toNodeError(error, this.path);
    }
  }

  async keep(head: Uint8Array): Promise<void> {
    await this.#write(head, 0);
    try {
      await this.#handle.sync();
      await this.#close();
      await rename(this.path + DRAFT_SUFFIX, this.path);
      this.#isKept = true;
      await syncFolder(dirname(this.path));
    } catch (error) {
      throw toNodeError(error, this.path);
    }
  }

  async #close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#handle.close();
  }

  async discard(): Promise<void> {
    // Nothing is lost where it cannot be deleted: whoever wanted the file hears why there is none.
    await this.#close().catch(() => undefined);
    if (!this.#isKept) await rm(this.path + DRAFT_SUFFIX, { force: true }).catch(() => undefined);
    this.#ended();
  }
}

/** Makes files below a folder, or wherever an absolute path says; nobody but this user can read them. Of one name there is one at a time. */
export function openDrafts(folder: string): DraftFiles {
  const underWay = new Set<string>();
  return async (given) => {
    const path = resolve(folder, given);
    if (await isThere(path)) {
      const words = `${path} already exists. If you are sure this is what you want, move it out of the way first`;
      throw new NodeError('file-exists', words);
    }
    if (underWay.has(path)) throw unwritable(path);
    underWay.add(path);
    try {
      return new Draft(path, await open(path + DRAFT_SUFFIX, 'w', 0o600), () => underWay.delete(path));
    } catch {
      underWay.delete(path);
      throw unwritable(path);
    }
  };
}
