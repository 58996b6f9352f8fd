/**
 * Runs the benchmarks and prints their tables: `npm run bench -- [NAME]... [--smoke] [--markdown]`. Without a name, or with `all`, it runs
 * every one and ends with the goals. A smoke run does each once, for its results.
 *
 * @module
 */

import { readdirSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { formatGoals } from './goals.ts';
import type { BenchRow } from './harness.ts';
import { formatMarkdown, formatTable } from './harness.ts';

const SUFFIX = '.bench.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { smoke: { type: 'boolean', default: false }, markdown: { type: 'boolean', default: false } },
});
const { smoke, markdown } = values;
const wanted = positionals.filter((name) => name !== 'all');
const all = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith(SUFFIX))
  .map((name) => name.slice(0, -SUFFIX.length));
const unknown = wanted.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`no benchmark of that name: ${unknown.join(' ')}; there are ${all.join(' ')}`);
  process.exit(2);
}

const printTable = (name: string, table: string): void => console.log(markdown ? `\n### ${name}\n\n${table}` : `\n${name}\n${table}`);

const heading = `${new Date().toISOString().slice(0, 10)}, ${availableParallelism()} cores of ${cpus()[0]?.model}, Node ${process.versions.node}`;
console.log(heading);
const results = new Map<string, readonly BenchRow[]>();
for (const name of wanted.length === 0 ? all : wanted) {
  const { run } = (await import(`./${name}${SUFFIX}`)) as { run: (options: { smoke: boolean }) => Promise<BenchRow[]> };
  const rows = await run({ smoke });
  results.set(name, rows);
  // Some have no figures in a smoke run, only results.
  if (rows.length > 0) printTable(name, markdown ? formatMarkdown(rows) : formatTable(rows));
}
// What a smoke run measures is no figure.
const goals = smoke ? undefined : formatGoals(results);
if (goals !== undefined) printTable('goals', goals);
