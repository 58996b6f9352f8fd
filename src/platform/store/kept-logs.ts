/**
 * Keeps the logs of a database while LevelDB opens it. LevelDB passes over a log that it cannot open, as where too many files are open, and
 * deletes it: every row in it would be gone without a word. A second name for each log outlives that.
 */
import { link, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode, toNodeError } from './system-error.ts';

const LOG_FILE = /^\d+\.log$/;
const KEPT_FILE = /^\d+\.log\.kept$/;

/** What LevelDB writes into its own report when it passes over an error of a log. */
const PASSED_OVER = 'Ignoring error';

/** File systems without second names say one of these; there logs cannot be kept. */
const NO_LINKS: ReadonlySet<string | undefined> = new Set(['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP', 'EXDEV']);

async function namesIn(location: string): Promise<string[]> {
  try {
    return await readdir(location);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw toNodeError(error, location);
  }
}

/** Whether the last opening passed over a log. */
async function wasPassedOver(location: string): Promise<boolean> {
  const report = await readFile(join(location, 'LOG'), 'utf8').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return '';
    throw toNodeError(error, location);
  });
  return report.includes(PASSED_OVER);
}

/** Gives each log a second name. What an earlier start left of such names is seen to first. */
export async function keepLogs(location: string): Promise<void> {
  await settleLogs(location);
  try {
    for (const name of await namesIn(location)) {
      if (LOG_FILE.test(name)) await link(join(location, name), join(location, `${name}.kept`));
    }
  } catch (error) {
    if (!NO_LINKS.has(systemCode(error))) throw toNodeError(error, location);
  }
}

/**
 * Takes the second names away; where a log was passed over, it is put back instead, behind all other files, so that the next opening reads
 * it. Nobody may have the database open then.
 *
 * @returns whether any was put back
 */
export async function settleLogs(location: string): Promise<boolean> {
  const names = await namesIn(location);
  const kept = names.filter((name) => KEPT_FILE.test(name));
  if (kept.length === 0) return false;
  const restores = await wasPassedOver(location);
  const numbers = names.map((name) => Number(/\d+/.exec(name)?.[0] ?? 0));
  let last = Math.max(...numbers);
  try {
    for (const name of kept.sort()) {
      if (restores && !names.includes(name.slice(0, -'.kept'.length))) {
        await rename(join(location, name), join(location, `${String(++last).padStart(6, '0')}.log`));
      } else await rm(join(location, name), { force: true });
    }
  } catch (error) {
    throw toNodeError(error, location);
  }
  return restores;
}

/** Takes the second names away while the database is open, if no log was passed over. @returns whether that is so */
export async function dropKeptLogs(location: string): Promise<boolean> {
  const kept = (await namesIn(location)).filter((name) => KEPT_FILE.test(name));
  if (kept.length === 0) return true;
  if (await wasPassedOver(location)) return false;
  for (const name of kept) await rm(join(location, name), { force: true });
  return true;
}
