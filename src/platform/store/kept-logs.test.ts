import assert from 'node:assert/strict';
import { appendFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { SAMPLE_NETWORK } from '../../../test/support/store-samples.ts';
import { tempFolder } from '../../../test/support/temp-folder.ts';
import { keepLogs, settleLogs } from './kept-logs.ts';
import type { LevelDatabaseOptions } from './level-database.ts';
import { openDatabase } from './open-database.ts';

const KEY = Uint8Array.of(0x41);

/** A database at rest with a row in its log. */
async function withRow(t: TestContext): Promise<LevelDatabaseOptions> {
  const location = join(await tempFolder(t), 'database');
  const sizes = { cacheSizeBytes: 1 << 20, writeBufferSizeBytes: 1 << 20 };
  const options = { location, version: 2, network: SAMPLE_NETWORK, advice: () => 'start anew', ...sizes };
  const database = await openDatabase(options);
  await database.write((batch) => batch.put(KEY, KEY));
  await database.close();
  return options;
}

async function logsIn(location: string): Promise<string[]> {
  return (await readdir(location)).filter((name) => name.includes('.log'));
}

async function rowOf(options: LevelDatabaseOptions): Promise<Uint8Array | undefined> {
  const database = await openDatabase(options);
  const value = await database.get(KEY);
  await database.close();
  return value;
}

describe('the log of a database that is opened', () => {
  it('has one name again when all is well', async (t) => {
    const options = await withRow(t);
    assert.deepEqual(await rowOf(options), KEY);
    assert.ok((await logsIn(options.location)).every((name) => !name.endsWith('.kept')));
  });

  it('is put back where LevelDB passed over it and deleted it, and its rows are there again', async (t) => {
    const options = await withRow(t);
    const { location } = options;
    const [log = ''] = await logsIn(location);
    await keepLogs(location);
    // What LevelDB does with a log that it cannot open.
    await appendFile(join(location, 'LOG'), `Ignoring error IO error: ${log}: Too many open files\n`);
    await rm(join(location, log));
    assert.equal(await settleLogs(location), true);
    const logs = await logsIn(location);
    assert.ok(logs.length === 1 && logs[0]! > log, logs.join());
    assert.deepEqual(await rowOf(options), KEY);
  });

  it('is put back by the next start where a crash came in between', async (t) => {
    const options = await withRow(t);
    const { location } = options;
    const [log = ''] = await logsIn(location);
    await keepLogs(location);
    await appendFile(join(location, 'LOG'), `Ignoring error IO error: ${log}\n`);
    await rm(join(location, log));
    assert.deepEqual(await rowOf(options), KEY);
  });

  it('is not read twice where a crash left its second name', async (t) => {
    const options = await withRow(t);
    await keepLogs(options.location);
    assert.deepEqual(await rowOf(options), KEY);
    assert.ok((await logsIn(options.location)).every((name) => !name.endsWith('.kept')));
  });
});
