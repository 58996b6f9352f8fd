import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { NodeError } from '../../engine/ports/node-error.ts';
import { systemCode, toNodeError } from './system-error.ts';

/** Makes the names in a folder durable. Windows cannot open a folder and needs no such call. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * A whole file, or undefined where there is none.
 *
 * @throws NodeError `data-dir-unusable` over the limit, which is checked before anything is read, or where it cannot be read
 */
export async function readFileLimited(path: string, limitBytes: number): Promise<Uint8Array | undefined> {
  try {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      if (size > limitBytes) throw new NodeError('data-dir-unusable', `${path} has ${size} bytes, more than the ${limitBytes} it may have`);
      const bytes = new Uint8Array(size);
      let length = 0;
      while (length < size) {
        const { bytesRead } = await handle.read(bytes, length, size - length, length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return bytes.subarray(0, length);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw toNodeError(error, path);
  }
}

/**
 * Replaces a file so that after a crash at any moment it is the old one or the new one, whole. Durable when it returns.
 * Writes `<path>.new` first; one write of a path at a time.
 *
 * @param mode - permission bits of the file, whatever it had before
 * @throws NodeError `disk-full`, `data-dir-unusable`; the old file is untouched then
 */
export async function writeFileAtomic(path: string, bytes: Uint8Array, mode = 0o600): Promise<void> {
  const draft = `${path}.new`;
  try {
    await rm(draft, { force: true });
    const handle = await open(draft, 'wx', mode);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined); // What matters is why it failed, told below.
    throw toNodeError(error, path);
  }
}
