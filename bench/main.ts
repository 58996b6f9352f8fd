/**
 * Runs the benchmarks and prints their tables: `npm run bench -- [NAME]... [--smoke]`. A smoke run does each once, for its results.
 *
 * @module
 */

import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { BenchRow } from './harness.ts';
import { formatTable } from './harness.ts';

const SUFFIX = '.bench.js';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { smoke: { type: 'boolean', default: false } } });
const names = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith(SUFFIX))
  .map((name) => name.slice(0, -SUFFIX.length))
  .filter((name) => positionals.length === 0 || positionals.includes(name));
if (names.length === 0) {
  console.error(`no benchmark of that name: ${positionals.join(' ')}`);
  process.exit(2);
}
for (const name of names) {
  const { run } = (await import(`./${name}${SUFFIX}`)) as { run: (options: { smoke: boolean }) => Promise<BenchRow[]> };
  console.log(`\n${name}`);
  console.log(formatTable(await run({ smoke: values.smoke })));
}
