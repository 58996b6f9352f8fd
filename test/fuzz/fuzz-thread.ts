/**
 * The thread in which the long form runs, so that an input that hangs it can be told of.
 *
 * @module
 */

import { parentPort, workerData } from 'node:worker_threads';
import { chosen, type FuzzFailure, tryAll, tryCase } from './fuzz-run.ts';
import { PARSERS } from './parsers.ts';

/** What the thread is started with. */
export interface FuzzThreadData {
  readonly seed: number;
  readonly minutes: number;
  readonly only: readonly string[] | undefined;
  /** Which parser is at work and on which case: [index, case]; the n-th of the exhaustive inputs is -1 - n. */
  readonly progress: Int32Array;
}

/** What it tells at the end. */
export interface FuzzOutcome {
  readonly inputs: Readonly<Record<string, number>>;
  readonly failures: readonly FuzzFailure[];
}

/** Cases of one parser before the next has its turn. */
const CASES_PER_TURN = 2_000;

/** A parser that failed so often is left alone. */
const FAILURES_MAX = 3;

async function run({ seed, minutes, only, progress }: FuzzThreadData): Promise<FuzzOutcome> {
  const inputs: Record<string, number> = {};
  const failures: FuzzFailure[] = [];
  const endMs = performance.now() + minutes * 60_000;
  const failuresOf = (name: string): number => failures.filter(({ parser }) => parser === name).length;
  const targets = chosen(PARSERS, only);
  for (let from = 0; performance.now() < endMs; from++) {
    for (const [index, [name, target]] of targets.entries()) {
      Atomics.store(progress, 0, index);
      if (from === 0) {
        const { inputs: tried, failure } = await tryAll(name, target, Number.POSITIVE_INFINITY, (at) =>
          Atomics.store(progress, 1, -1 - at),
        );
        inputs[name] = tried;
        if (failure !== undefined) failures.push(failure);
      }
      const turn = Math.ceil(CASES_PER_TURN / (target.cost ?? 1));
      for (let number = from * turn; number < (from + 1) * turn && failuresOf(name) < FAILURES_MAX; number++) {
        Atomics.store(progress, 1, number);
        const failure = await tryCase(name, target, seed, number);
        if (failure !== undefined) failures.push(failure);
        inputs[name] = (inputs[name] ?? 0) + 1;
      }
      if (performance.now() >= endMs && from > 0) break;
    }
  }
  return { inputs, failures };
}

parentPort?.postMessage(await run(workerData as FuzzThreadData));
