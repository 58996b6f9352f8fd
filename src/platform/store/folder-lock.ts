/**
 * One process at a time in a data folder, from before the first of its files is touched until all of them are closed.
 *
 * Node has no lock that the kernel lets go of when a process ends. LevelDB has: `lock/` is a database without rows for the sake of its file
 * LOCK. Those of the databases themselves come too late: what is done for their logs before they are opened (kept-logs.ts), and where one is
 * taken away to be made anew, two processes that start at once would meet.
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import type { NodeError } from '../../engine/ports/node-error.ts';
import { toDatabaseError } from './level-database.ts';
import { toNodeError } from './system-error.ts';

/** Holds a folder until it is closed, or the process ends. */
export interface FolderLock {
  close(): Promise<void>;
}

/** Nothing is ever written into it; LevelDB takes no less. */
const WRITE_BUFFER_SIZE_BYTES = 65_536;
const CACHE_SIZE_BYTES = 0;

/**
 * Takes a folder's lock. What a power cut left of the database is made anew.
 *
 * @throws NodeError `data-dir-locked`, `data-dir-unusable`, `disk-full`
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const location = join(folder, 'lock');
  try {
    return await open(location);
  } catch (error) {
    if ((error as NodeError).code !== 'database-damaged') throw error;
  }
  await clear(location);
  return open(location);
}

async function open(location: string): Promise<FolderLock> {
  const level = new ClassicLevel(location);
  try {
    await level.open({ compression: false, cacheSize: CACHE_SIZE_BYTES, writeBufferSize: WRITE_BUFFER_SIZE_BYTES });
  } catch (error) {
    await level.close();
    throw toDatabaseError(error, location, 'remove it while no process uses the folder');
  }
  return { close: () => level.close() };
}

/** Takes all away but LOCK: another process may hold that by now, and would hold a file that is not there any more. */
async function clear(location: string): Promise<void> {
  try {
    for (const name of await readdir(location)) if (name !== 'LOCK') await rm(join(location, name), { recursive: true, force: true });
  } catch (error) {
    throw toNodeError(error, location);
  }
}
