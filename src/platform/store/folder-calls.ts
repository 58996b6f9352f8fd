import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { syncFolder } from './small-files.ts';

/** What the block files ask of their folder, besides its files' bytes. Handed in, so that a test can lose names as a crash does. */
export interface FolderCalls {
  /** Makes a folder, for its owner alone, if it is not there. */
  make(folder: string): Promise<void>;
  /** Names in a folder. */
  list(folder: string): Promise<string[]>;
  sizeBytes(path: string): Promise<number>;
  /** Deletes a file if it is there. */
  remove(path: string): Promise<void>;
  /** The names in a folder are on disk when it returns. */
  sync(folder: string): Promise<void>;
}

/** The system's folders. */
export const systemFolder: FolderCalls = {
  make: async (folder) => void (await mkdir(folder, { recursive: true, mode: 0o700 })),
  list: (folder) => readdir(folder),
  sizeBytes: async (path) => (await stat(path)).size,
  remove: (path) => rm(path, { force: true }),
  sync: syncFolder,
};
