import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { NodeError } from '../../engine/ports/node-error.ts';
import type { SourceFile, SourceFiles } from '../../engine/ports/snapshot-store.ts';
import { toNodeError } from './system-error.ts';

/** Bytes that are read at once. */
const PIECE_SIZE_BYTES = 1 << 18;

async function* pieces(handle: FileHandle, path: string): AsyncGenerator<Uint8Array> {
  for (let at = 0; ; ) {
    const piece = new Uint8Array(PIECE_SIZE_BYTES);
    let bytesRead: number;
    try {
      ({ bytesRead } = await handle.read(piece, 0, piece.length, at));
    } catch (error) {
      throw toNodeError(error, path);
    }
    if (bytesRead === 0) return;
    at += bytesRead;
    yield piece.subarray(0, bytesRead);
  }
}

async function opened(path: string): Promise<FileHandle | undefined> {
  try {
    const handle = await open(path, 'r');
    if (!(await handle.stat()).isDirectory()) return handle;
    await handle.close();
    return undefined;
  } catch {
    return undefined; // Why it cannot be opened makes no difference to who asked for it.
  }
}

/** Reads files below a folder, or wherever an absolute path says. */
export function openSources(folder: string): SourceFiles {
  return async (given): Promise<SourceFile> => {
    const path = resolve(folder, given);
    // An empty path is no file, and Core shows it as it was given.
    const handle = given === '' ? undefined : await opened(path);
    if (handle === undefined) throw new NodeError('file-unreadable', `Couldn't open file ${given === '' ? '' : path} for reading.`);
    return { path, read: () => pieces(handle, path), close: () => handle.close().catch(() => undefined) };
  };
}
