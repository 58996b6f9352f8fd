/**
 * The whole fault matrix: `node dist/tools/faults.js [--seed N] [--scenario TEXT]... [--limit N] [--results FILE] [--write FILE]`.
 *
 * Goes through every scenario whose name holds one of the texts, `--limit` points of each at most, and prints a table. `--results` adds the
 * counts to a file; `--write` puts the table of that file into a document, between its two marks, and runs nothing.
 *
 * @module
 */

import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { goThrough, type MatrixRow, matrixTable } from '../test/faults/matrix-rows.ts';
import { matrixScenarios } from '../test/faults/matrix-scenarios.ts';

const BEGIN = '<!-- matrix -->';
const END = '<!-- end of matrix -->';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    scenario: { type: 'string', multiple: true },
    limit: { type: 'string' },
    results: { type: 'string' },
    write: { type: 'string' },
  },
});
const { results, write } = values;

function readRows(path: string): MatrixRow[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as MatrixRow);
}

function writeTable(document: string, rows: readonly MatrixRow[]): void {
  const text = readFileSync(document, 'utf8');
  const [before, rest] = text.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`${document} has no place for the table: ${BEGIN} and ${END}`);
  writeFileSync(document, `${before}${BEGIN}\n${matrixTable(rows)}\n${END}${after}`);
}

async function run(): Promise<void> {
  const say = (line: string): void => console.log(line);
  const limit = values.limit === undefined ? Number.POSITIVE_INFINITY : Number(values.limit);
  const wanted = (name: string): boolean => values.scenario?.some((text) => name.includes(text)) ?? true;
  const scenarios = (await matrixScenarios(say)).filter(({ name }) => wanted(name));
  if (scenarios.length === 0) throw new Error(`no scenario of that name: ${values.scenario?.join()}`);
  const rows: MatrixRow[] = [];
  for (const { name, points } of scenarios) {
    const found = await goThrough(name, await points(Number(values.seed)), { limit, say });
    rows.push(...found);
    if (results !== undefined) appendFileSync(results, found.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const count = (of: (row: MatrixRow) => number): number => found.reduce((sum, row) => sum + of(row), 0);
    say(`${name}: ${count((row) => row.tried)} of ${count((row) => row.points)} points, ${count((row) => row.failures)} failures`);
  }
  say(matrixTable(rows));
  process.exitCode = rows.some(({ failures }) => failures > 0) ? 1 : 0;
}

if (write !== undefined && results !== undefined) writeTable(write, readRows(results));
else await run();
// Nodes that were killed and started again run on; they end with this process.
process.exit();
