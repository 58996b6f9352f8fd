/**
 * Opens a LevelDB folder so that a power cut at any moment of its making leaves one that can be opened, or none.
 *
 * LevelDB itself names its first list of files (MANIFEST-000001) in CURRENT before that list is on the disk, and syncs its folder
 * for some of its names only.
 */
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NodeError } from '../../engine/ports/node-error.ts';
import { dropKeptLogs, keepLogs, settleLogs } from './kept-logs.ts';
import { type LevelDatabase, type LevelDatabaseOptions, openLevelDatabase } from './level-database.ts';
import { syncFolder } from './small-files.ts';
import { toNodeError } from './system-error.ts';

/** What CURRENT says until a database was opened for the first time to the end. */
const FIRST_LIST = 'MANIFEST-000001\n';

/** Files of a database without rows. */
const EMPTY_FILE = /^(CURRENT|MANIFEST-\d+|\d+\.(log|log\.kept|dbtmp))$/;

/**
 * Opens a database, making it if there is none. Its names are on the disk when it returns.
 *
 * @throws NodeError as `openLevelDatabase`
 */
export async function openDatabase(options: LevelDatabaseOptions): Promise<LevelDatabase> {
  const { location } = options;
  await keepLogs(location);
  const database = await openLevelDatabase(options).catch(async (error: unknown) => {
    // LevelDB had the lock when it found the damage: no other process is making the database now.
    if (error instanceof NodeError && error.code === 'database-damaged' && (await clearUnborn(location))) return openLevelDatabase(options);
    await settleLogs(location);
    throw error;
  });
  try {
    if (!(await dropKeptLogs(location))) {
      throw new NodeError(
        'data-dir-unusable',
        `${location} cannot be used: its log could not be opened; nothing of it is lost, start again`,
      );
    }
    await syncFolder(location);
    await syncFolder(dirname(location));
    return database;
  } catch (error) {
    await database.close();
    await settleLogs(location);
    throw toNodeError(error, location);
  }
}

/** Takes away what a crash left of a database that was never opened to the end, so that nothing was ever written into it. */
async function clearUnborn(location: string): Promise<boolean> {
  try {
    const names = (await readdir(location)).filter((name) => !name.startsWith('LO')); // LOCK, LOG and LOG.old hold no rows.
    if (!names.includes('CURRENT') || !names.every((name) => EMPTY_FILE.test(name))) return false;
    if ((await readFile(join(location, 'CURRENT'), 'utf8')) !== FIRST_LIST) return false;
    for (const name of names) if (name.endsWith('.log') && (await stat(join(location, name))).size > 0) return false;
    for (const name of names) await rm(join(location, name), { force: true });
    return true;
  } catch (error) {
    throw toNodeError(error, location);
  }
}
