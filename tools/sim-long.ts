/**
 * Many seeds of one scenario, on all cores: `node dist/tools/sim-long.js [--seeds 1000] [--from 1] [--scenario mixed] [--set NAME=VALUE]...
 * [--workers N] [--state FILE] [--fresh]`.
 *
 * What came of each seed is a line of the state file, so a run that was ended goes on where it was, unless it is to begin afresh. Ends with 1
 * where a seed broke an invariant, and says how to see it again.
 *
 * @module
 */

import { type ChildProcess, fork } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { SeedOrder, SeedOutcome } from './sim-long-worker.ts';

const SAY_EVERY = 10;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    scenario: { type: 'string', default: 'mixed' },
    set: { type: 'string', multiple: true, default: [] },
    workers: { type: 'string', default: String(availableParallelism()) },
    state: { type: 'string' },
    fresh: { type: 'boolean', default: false },
  },
});

const first = Number(values.from);
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => first + i);
const parameters: Record<string, number> = {};
for (const each of values.set) {
  const [name, value] = each.split('=');
  if (name === undefined || value === undefined) throw new Error(`--set "${each}": takes name=number`);
  parameters[name] = Number(value);
}
const statePath = values.state ?? `out/sim-${[values.scenario, ...values.set].join('-')}.jsonl`;

if (values.fresh) rmSync(statePath, { force: true });

/** Outcomes of earlier runs. The last line is passed over where the run was ended while it was written. */
function readState(): SeedOutcome[] {
  if (!existsSync(statePath)) return [];
  const lines = readFileSync(statePath, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as SeedOutcome);
}

const outcomes = new Map(readState().map((outcome) => [outcome.seed, outcome]));
const left = seeds.filter((seed) => !outcomes.has(seed));
const startedMs = performance.now();
let done = 0;

function note(outcome: SeedOutcome): void {
  outcomes.set(outcome.seed, outcome);
  appendFileSync(statePath, `${JSON.stringify(outcome)}\n`);
  done++;
  if (outcome.broken !== undefined) console.log(`seed ${outcome.seed} broke: ${outcome.broken}\n  again: ${outcome.again}`);
  if (done % SAY_EVERY !== 0) return;
  const minutes = (performance.now() - startedMs) / 60_000;
  console.log(`${seeds.length - left.length} of ${seeds.length} seeds begun, ${done} played in ${minutes.toFixed(1)} minutes`);
}

/** Gives a process seed after seed. One that dies has lost its seed, which is told as broken; another takes its place. */
function work(): Promise<void> {
  return new Promise((resolve) => {
    let seed: number | undefined;
    const child: ChildProcess = fork(fileURLToPath(new URL('sim-long-worker.js', import.meta.url)), {
      // There is a process for each core: threads that collect garbage would only take time from the others.
      execArgv: ['--max-semi-space-size=64', '--single-threaded-gc'],
    });
    const next = (): void => {
      seed = left.shift();
      if (seed === undefined) child.disconnect();
      else child.send({ scenario: values.scenario, seed, parameters } satisfies SeedOrder);
    };
    child.on('message', (outcome: SeedOutcome) => {
      note(outcome);
      next();
    });
    child.on('exit', (code, signal) => {
      if (seed === undefined) return resolve();
      const figures = { cpuSeconds: 0, virtualSeconds: 0, liars: 0, deepest: 0 };
      note({
        seed,
        broken: `the process ended with ${code ?? signal}`,
        again: `quoin sim run ${values.scenario} --seed ${seed}`,
        ...figures,
      });
      resolve(work());
    });
    next();
  });
}

mkdirSync(dirname(statePath), { recursive: true });
if (left.length < seeds.length) console.log(`${seeds.length - left.length} of ${seeds.length} seeds are in ${statePath} already`);
const workers = Math.min(Number(values.workers), Math.max(1, left.length));
if (left.length > 0) await Promise.all(Array.from({ length: workers }, work));

const played = seeds.map((seed) => outcomes.get(seed)).filter((outcome) => outcome !== undefined);
const broken = played.filter((outcome) => outcome.broken !== undefined);
const sum = (of: (outcome: SeedOutcome) => number): number => played.reduce((total, outcome) => total + of(outcome), 0);
console.log(
  `${played.length} seeds of ${values.scenario}: ${played.length - broken.length} held, ${broken.length} broke; ` +
    `${(sum(({ cpuSeconds }) => cpuSeconds) / played.length).toFixed(1)} s of CPU a seed, ${(sum(({ virtualSeconds }) => virtualSeconds) / 3_600).toFixed(0)} hours of virtual time, ` +
    `${sum(({ liars }) => liars)} liars, the deepest switch left ${Math.max(0, ...played.map(({ deepest }) => deepest))} blocks`,
);
for (const { seed, broken: why, again } of broken) console.log(`seed ${seed}: ${why?.split('\n')[0]}\n  again: ${again}`);
process.exitCode = broken.length > 0 ? 1 : 0;
