/**
 * Bugs planted on purpose, to see whether the tests find them:
 * `node dist/tools/mutants.js [--only TEXT]... [--concurrency N] [--tests-max N] [--results FILE] [--fresh] [--write]`, or with
 * `--generated --seed S --count N` bugs made by chance instead of those of the list.
 *
 * Goes on where the last run ended; `--fresh` begins again. `--write` writes the page in `docs/`. Fails where one of those that ran lived.
 *
 * @module
 */

import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { repositoryRoot } from '../test/support/vectors.ts';
import { generatedMutants } from './mutants/generated.ts';
import { LISTED_MUTANTS } from './mutants/list.ts';
import { mutantOf } from './mutants/mutant.ts';
import { pageOf, readResults, summaryOf } from './mutants/report.ts';
import { digestOf, type MutantResult, runMutants } from './mutants/run.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    concurrency: { type: 'string', default: String(cpus().length) },
    'tests-max': { type: 'string' },
    results: { type: 'string' },
    fresh: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    generated: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '100' },
  },
});

// An end by a signal removes the copies too.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const root = repositoryRoot();
const say = (line: string): void => console.log(line);
const sourceOf = (file: string): string => readFileSync(join(root, 'src', file), 'utf8');
const all = values.generated
  ? generatedMutants({ root, seed: Number(values.seed), count: Number(values.count) })
  : LISTED_MUTANTS.map(mutantOf);
const chosen = all.filter(({ id, file }) => values.only?.some((text) => id.includes(text) || file.includes(text)) ?? true);

const path = values.results ?? join(root, 'out', values.generated ? `mutants-${values.seed}.jsonl` : 'mutants.jsonl');
const results = values.fresh ? new Map<string, MutantResult>() : readResults(path);
const isFound = (mutant: (typeof all)[number]): boolean => {
  const known = results.get(mutant.id);
  return known?.foundBy !== undefined && known.digest === digestOf(mutant, sourceOf(mutant.file));
};
// Those that lived take the longest, so they come last.
const open = chosen.filter((mutant) => !isFound(mutant)).sort((a, b) => Number(results.has(a.id)) - Number(results.has(b.id)));
say(`${chosen.length} mutants, ${chosen.length - open.length} found before`);

mkdirSync(dirname(path), { recursive: true });
if (values.fresh) writeFileSync(path, '');
await runMutants({
  root,
  mutants: open,
  concurrency: Number(values.concurrency),
  testsMax: values['tests-max'] === undefined ? Number.POSITIVE_INFINITY : Number(values['tests-max']),
  say,
  onResult: (result) => {
    results.set(result.id, result);
    appendFileSync(path, `${JSON.stringify(result)}\n`);
    const { foundBy, id, seconds, testsRun, what } = result;
    const how = foundBy === undefined ? `NOT FOUND by ${testsRun} test files (${what})` : `${foundBy.test}: ${foundBy.title}`;
    say(`${id}: ${how}, ${seconds.toFixed(1)} s`);
  },
});

const ran = chosen.map(({ id }) => results.get(id)!);
say(summaryOf(ran));
if (values.write && !values.generated) writeFileSync(join(root, 'docs/robustness-mutants.md'), pageOf(ran, process.versions.node));
process.exitCode = ran.some(({ foundBy }) => foundBy === undefined) ? 1 : 0;
