/**
 * What a run of mutants leaves behind: a line for each result in a file, so that a run can go on, and a page for people.
 *
 * @module
 */

import { existsSync, readFileSync } from 'node:fs';
import type { MutantResult } from './run.ts';

/** Results of earlier runs by mutant, the last of each. */
export function readResults(path: string): Map<string, MutantResult> {
  const found = new Map<string, MutantResult>();
  if (!existsSync(path)) return found;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (line === '') continue;
    const result = JSON.parse(line) as MutantResult;
    found.set(result.id, result);
  }
  return found;
}

/** How many of the results were found. */
export function summaryOf(results: readonly MutantResult[]): string {
  const found = results.filter(({ foundBy }) => foundBy !== undefined);
  const late = found.filter(({ foundBy }) => foundBy?.timedOut);
  const percent = results.length === 0 ? 0 : (100 * found.length) / results.length;
  return `${found.length} of ${results.length} found (${percent.toFixed(1)} %), ${late.length} of them because a test did not end`;
}

/** One line of a table, its bars and line ends made harmless. */
function row(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

/** The page: how it came about, how much was found, each mutant with the test that found it. */
export function pageOf(results: readonly MutantResult[], version: string): string {
  const rooms = new Map<string, MutantResult[]>();
  for (const result of results) {
    const room = result.id.split('/')[0]!;
    rooms.set(room, [...(rooms.get(room) ?? []), result]);
  }
  const lines = [
    '# Bugs planted on purpose',
    '',
    'Do the tests see what they are there for? `npm run mutants` plants one bug after another (a check skipped, a limit off by one, an order',
    'turned round) into a copy of what was compiled, and runs the tests that can see the changed file, the nearest first, until one fails.',
    'The list is in [tools/mutants/list](../tools/mutants/list); the working tree is never touched; `npm test` only sees to it that every',
    'bug of the list still fits its source. This page is written by the run.',
    '',
    '```',
    'npm run mutants -- [--only TEXT]... [--concurrency N] [--tests-max N] [--fresh] [--write]',
    'npm run mutants -- --generated --seed 1 --count 100',
    '```',
    '',
    'A run goes on where the last one ended (`out/mutants.jsonl`): what was found is not planted again unless its source changed. A test that',
    'does not end within ten times its normal time, and half a minute at least, has found its mutant too. Only tests that run the node in their',
    'own process count; those that start the command as a process are left aside.',
    '',
    `**${summaryOf(results)}** (Node ${version}).`,
  ];
  for (const [room, ofRoom] of rooms) {
    lines.push('', `## ${room}`, '', '| planted in | bug | found by | seconds |', '|---|---|---|---|');
    for (const { id, file, what, foundBy, seconds } of ofRoom) {
      const test =
        foundBy === undefined ? '**not found**' : `\`${foundBy.test.replace(/^src\//, '').replace(/\.js$/, '.ts')}\`: ${foundBy.title}`;
      lines.push(row(`\`${file}\` (${id.slice(room.length + 1)})`, what, test, seconds.toFixed(1)));
    }
  }
  return `${lines.join('\n')}\n`;
}
