/**
 * Runs the compiled tests: every `*.test.js` under `dist/`, by Node's own runner, and fails where there is none.
 *
 * `node dist/tools/test.js [--only TEXT]... [--except TEXT]... [--concurrency N]` runs those whose path holds one of the texts and none
 * of the excepted ones.
 *
 * @module
 */

import { readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, relative } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** A test file that takes longer hangs. */
const TIMEOUT_MS = 300_000;

const dist = fileURLToPath(new URL('..', import.meta.url));

/** Compiled tests below a folder, sorted; web pages and declarations have none. */
function testFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.js'))
    .map((name) => join(folder, name))
    .sort();
}

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    except: { type: 'string', multiple: true },
    concurrency: { type: 'string' },
  },
});
const { only, except = [] } = values;
const files = testFiles(dist).filter((file) => {
  const path = relative(dist, file).replaceAll('\\', '/');
  return (only?.some((text) => path.includes(text)) ?? true) && !except.some((text) => path.includes(text));
});
if (files.length === 0) {
  console.error('no test to run: build first, or give another --only');
  process.exit(1);
}

const concurrency = values.concurrency === undefined ? cpus().length : Number(values.concurrency);
let passed = 0;
let failed = 0;
let skipped = 0;
run({ files, concurrency, timeout: TIMEOUT_MS })
  .on('test:pass', (event) => {
    if (event.skip !== undefined) skipped++;
    else if (event.details.type !== 'suite') passed++;
  })
  .on('test:fail', (event) => {
    if (event.details.type !== 'suite') failed++;
    process.exitCode = 1;
  })
  .on('end', () => {
    if (passed + failed === 0) process.exitCode = 1;
    console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
  })
  .compose(new spec())
  .pipe(process.stdout);
