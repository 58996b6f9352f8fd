/**
 * Inputs by chance for every parser: `node dist/tools/fuzz.js [--seed N] [--minutes M] [--only PARSER]... [--case NUMBER]`.
 *
 * Prints the seed, how many inputs each parser had, and for each failure the case and the input that bring it about again. `--case` runs one
 * case of one parser. Ends with 1 where something failed or hung.
 *
 * @module
 */

import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { toHex } from '../src/core/base/bytes.ts';
import { chosen, type FuzzFailure, tryCase } from '../test/fuzz/fuzz-run.ts';
import type { FuzzOutcome, FuzzThreadData } from '../test/fuzz/fuzz-thread.ts';
import { PARSERS } from '../test/fuzz/parsers.ts';

const LOOK_MS = 1_000;
/** An input that takes longer hangs. */
const HANG_MS = 60_000;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    minutes: { type: 'string', default: '10' },
    only: { type: 'string', multiple: true },
    case: { type: 'string' },
  },
});
const seed = Number(values.seed);
const targets = chosen(PARSERS, values.only);
if (targets.length === 0) throw new Error(`no parser of that name; there are: ${Object.keys(PARSERS).join(', ')}`);

function tell({ parser, number, what, input }: FuzzFailure): void {
  const again = number === undefined ? 'an exhaustive case' : `--seed ${seed} --only '${parser}' --case ${number}`;
  console.log(`${parser}: ${what}\n  again: ${again}\n  input: ${toHex(input)}`);
  process.exitCode = 1;
}

/** Runs all in a thread and watches it. */
async function runAll(minutes: number): Promise<FuzzOutcome> {
  const progress = new Int32Array(new SharedArrayBuffer(8));
  const entry = new URL('../test/fuzz/fuzz-thread.js', import.meta.url);
  const workerData: FuzzThreadData = { seed, minutes, only: values.only, progress };
  const worker = new Worker(entry, { workerData });
  let last = { at: '', sinceMs: performance.now() };
  const watch = setInterval(() => {
    const at = progress.join();
    if (at !== last.at) last = { at, sinceMs: performance.now() };
    if (performance.now() - last.sinceMs < HANG_MS) return;
    const name = targets[Atomics.load(progress, 0)]?.[0];
    const number = Atomics.load(progress, 1);
    const again = number < 0 ? `the exhaustive input ${-1 - number}` : `--seed ${seed} --only '${name}' --case ${number}`;
    console.log(`${name}: hangs\n  again: ${again}`);
    process.exit(1);
  }, LOOK_MS);
  try {
    return await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  } finally {
    clearInterval(watch);
  }
}

console.log(`seed ${seed}`);
if (values.case !== undefined) {
  for (const [name, target] of targets) {
    const failure = await tryCase(name, target, seed, Number(values.case));
    if (failure === undefined) console.log(`${name}: holds`);
    else tell(failure);
  }
} else {
  const { inputs, failures } = await runAll(Number(values.minutes));
  for (const [name, count] of Object.entries(inputs)) console.log(`  ${name}: ${count} inputs`);
  console.log(`${Object.values(inputs).reduce((sum, count) => sum + count, 0)} inputs, ${failures.length} failures`);
  for (const failure of failures) tell(failure);
}
