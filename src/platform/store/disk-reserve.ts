/**
 * Room on the disk that is kept in reserve: when the disk is full it is given up, so that the node can write what it must and stop in order.
 *
 * @module
 */

import { randomBytes } from 'node:crypto';
import { rm, stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { writeFileAtomic } from './small-files.ts';
import { diskFull, systemCode, toNodeError } from './system-error.ts';

/** Three times what the headers that are not written yet take, at most `HEADER_PAGES_DIRTY_MAX` and one message of them. */
const RESERVE_SIZE_BYTES = 1 << 20;

function reserveOf(folder: string): string {
  return join(folder, 'reserve');
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return 0;
    throw toNodeError(error, path);
  }
}

/** Sees to it that a folder has its reserve. @throws NodeError `disk-full`, `data-dir-unusable` */
export async function keepReserve(folder: string): Promise<void> {
  const path = reserveOf(folder);
  if ((await sizeOf(path)) === RESERVE_SIZE_BYTES) return;
  // Bytes of chance take their room on a file system that compresses, too.
  await writeFileAtomic(path, randomBytes(RESERVE_SIZE_BYTES));
}

/** Gives the reserve up. */
export async function releaseReserve(folder: string): Promise<void> {
  const path = reserveOf(folder);
  try {
    await rm(path, { force: true });
  } catch (error) {
    throw toNodeError(error, path);
  }
}

/** How much room there is for us on the disk of a path, which need not be made yet. @throws NodeError `data-dir-unusable` */
export async function freeBytesAt(path: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch (error) {
    const parent = dirname(resolve(path));
    if (systemCode(error) === 'ENOENT' && parent !== path) return freeBytesAt(parent);
    throw toNodeError(error, path);
  }
}

/** Whether the disk of a path has so much room for us. @throws NodeError `disk-full`, `data-dir-unusable` */
export async function checkRoom(path: string, sizeBytes: number): Promise<void> {
  if ((await freeBytesAt(path)) < sizeBytes) throw diskFull(path);
}
