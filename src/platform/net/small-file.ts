/**
 * Small files that are read and written whole.
 *
 * @module
 */

import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { NodeError } from '../../engine/ports/node-error.ts';

/** The file's text, undefined where there is no file. A file over the limit is not read. */
export async function readSmallFile(path: string, sizeMax: number): Promise<string | undefined> {
  const bytes = await readSmallBytes(path, sizeMax);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}

/** The file's bytes, undefined where there is no file. A file over the limit is not read. */
export async function readSmallBytes(path: string, sizeMax: number): Promise<Uint8Array | undefined> {
  try {
    const { size } = await stat(path);
    if (size > sizeMax) throw new Error(`it has ${size} bytes, more than the ${sizeMax} it may have`);
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes beside the file and puts it in its place: a crash leaves the old one or the new one. @throws NodeError */
export async function replaceSmallFile(path: string, content: string | Uint8Array): Promise<void> {
  const draft = `${path}.new`;
  try {
    await writeFile(draft, content, { mode: 0o600, flush: true });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined); // What matters is why it failed, told below.
    const { code, message } = error as NodeJS.ErrnoException;
    const full = code === 'ENOSPC' || code === 'EDQUOT';
    throw new NodeError(full ? 'disk-full' : 'data-dir-unusable', `${path} cannot be written: ${message}`, { cause: error });
  }
}
