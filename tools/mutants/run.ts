/**
 * Plants mutants one after another and sees which test finds each.
 *
 * @module
 */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Lane, type TestRun } from './lane.ts';
import { compile, type Mutant } from './mutant.ts';
import { TestOrder } from './test-order.ts';

/** A test that takes longer than this and many times what it normally takes hangs. */
const LIMIT_MS_MIN = 30_000;
const LIMIT_FACTOR = 10;
/** No test takes longer where nothing is planted. */
const NORMAL_MS_MAX = 300_000;

/** What came of a mutant. */
export interface MutantResult {
  readonly id: string;
  readonly file: string;
  readonly what: string;
  /** Of the mutant and the source that it was planted in: another digest, another run. */
  readonly digest: string;
  /** The test file that found it and the title of its test; undefined where it lived. */
  readonly foundBy: { readonly test: string; readonly title: string; readonly timedOut: boolean } | undefined;
  /** Test files that ran. */
  readonly testsRun: number;
  readonly seconds: number;
}

/** How a run is made. */
export interface RunOptions {
  /** The repository, already built. */
  readonly root: string;
  readonly mutants: readonly Mutant[];
  readonly concurrency: number;
  /** Test files tried at most for a mutant, the nearest first. */
  readonly testsMax: number;
  readonly onResult: (result: MutantResult) => void;
  readonly say: (line: string) => void;
}

/** Tells a mutant in a source from every other. */
export function digestOf(mutant: Mutant, source: string): string {
  return createHash('sha256')
    .update(`${mutant.id}\n${mutant.plant(source)}`)
    .digest('hex')
    .slice(0, 16);
}

/** Plants them all. @throws before anything runs where one does not fit its source */
export async function runMutants(options: RunOptions): Promise<void> {
  const { root, mutants, concurrency } = options;
  const sourceOf = (mutant: Mutant): string => readFileSync(join(root, 'src', mutant.file), 'utf8');
  for (const mutant of mutants) mutant.plant(sourceOf(mutant));
  const order = new TestOrder(join(root, 'dist'));
  const rest = [...mutants];
  const normal = new NormalRuns(options.say);
  const work = async (): Promise<void> => {
    const lane = new Lane(root);
    const removed = (): void => lane.remove();
    process.once('exit', removed);
    try {
      for (let mutant = rest.shift(); mutant !== undefined; mutant = rest.shift()) {
        options.onResult(await judge(mutant, sourceOf(mutant), { lane, order, normal, testsMax: options.testsMax }));
      }
    } finally {
      process.removeListener('exit', removed);
      lane.remove();
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, mutants.length) }, work));
}

interface Workshop {
  readonly lane: Lane;
  readonly order: TestOrder;
  readonly normal: NormalRuns;
  readonly testsMax: number;
}

function likelyFirst(tests: readonly string[], { test: hint }: Mutant): readonly string[] {
  if (hint === undefined) return tests;
  const isLikely = (test: string): boolean => test.includes(hint);
  return [...tests.filter(isLikely), ...tests.filter((test) => !isLikely(test))];
}

async function judge(mutant: Mutant, source: string, { lane, order, normal, testsMax }: Workshop): Promise<MutantResult> {
  const path = `src/${mutant.file.replace(/\.ts$/, '.js')}`;
  const text = compile(mutant.plant(source));
  let testsRun = 0;
  let seconds = 0;
  let foundBy: MutantResult['foundBy'];
  for (const test of likelyFirst(order.of(path), mutant).slice(0, testsMax)) {
    // A test that fails without the mutant tells nothing of it.
    const usual = await normal.of(test, lane);
    if (usual.outcome !== 'passed') continue;
    const restore = lane.exchange(path, text);
    let run: TestRun;
    try {
      run = await lane.run(test, Math.max(LIMIT_MS_MIN, usual.seconds * 1000 * LIMIT_FACTOR));
    } finally {
      restore();
    }
    testsRun++;
    seconds += run.seconds;
    if (run.outcome === 'passed') continue;
    foundBy = { test, title: run.title, timedOut: run.outcome === 'timed out' };
    break;
  }
  return { id: mutant.id, file: mutant.file, what: mutant.what, digest: digestOf(mutant, source), foundBy, testsRun, seconds };
}

/** How each test ends where nothing is planted; run once. */
class NormalRuns {
  readonly #runs = new Map<string, Promise<TestRun>>();
  readonly #say: (line: string) => void;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  of(test: string, lane: Lane): Promise<TestRun> {
    let run = this.#runs.get(test);
    if (run === undefined) {
      run = this.#first(test, lane);
      this.#runs.set(test, run);
    }
    return run;
  }

  async #first(test: string, lane: Lane): Promise<TestRun> {
    const run = await lane.run(test, NORMAL_MS_MAX);
    if (run.outcome !== 'passed') this.#say(`LEFT OUT, fails with nothing planted: ${test}: ${run.title}`);
    return run;
  }
}
