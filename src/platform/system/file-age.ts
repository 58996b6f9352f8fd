import { stat } from 'node:fs/promises';

/** Seconds since a file was last written, by the system's own clock: one that was set by hand says nothing of files. 0 for one from the future. */
export async function fileAgeSeconds(path: string): Promise<number> {
  const { mtimeMs } = await stat(path);
  return Math.max(0, Math.floor((Date.now() - mtimeMs) / 1000));
}
