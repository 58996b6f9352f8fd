/**
 * Every scenario of the fault matrix by name, with the points that it has.
 *
 * @module
 */

import { SeededRandom } from '../support/seeded-random.ts';
import { flip, flipReference, flipsOf } from './bit-flips.ts';
import { KILL_LOOPS } from './kill-loops.ts';
import type { MatrixPoint } from './matrix-rows.ts';
import { pointsOf, referenceOf, strikeAt } from './port-matrix.ts';
import { PORT_SCENARIOS, type PortScenario } from './port-scenarios.ts';
import { type ProcessCase, processCases } from './process-cases.ts';
import { injectInto, injectionsOf } from './process-matrix.ts';
import { makeProcessWorld, type ProcessWorld } from './process-world.ts';
import { rebuiltPoints, record, startRebuilt } from './rebuilt-folders.ts';
import { straceMissing } from './strace.ts';

/** A part of the matrix that can be run by itself. */
export interface MatrixScenario {
  readonly name: string;
  readonly points: (seed: number) => Promise<readonly MatrixPoint[]>;
}

async function valid(done: Promise<unknown>): Promise<'valid'> {
  await done;
  return 'valid';
}

function portScenario(scenario: PortScenario): MatrixScenario {
  return {
    name: `ports: ${scenario.name}`,
    points: async (seed) => {
      const reference = await referenceOf(scenario);
      return (await pointsOf(scenario)).map((point) => ({
        kind: point.fault,
        place: JSON.stringify(point),
        try: () => valid(strikeAt(scenario, reference, point, seed)),
      }));
    },
  };
}

const FLIPS: MatrixScenario = {
  name: 'bit flips: block and undo files',
  points: async (seed) => {
    const reference = await flipReference();
    return (await flipsOf(new SeededRandom(seed))).map((each) => ({
      kind: each.path.includes('rev') ? 'a bit of an undo file' : 'a bit of a block file',
      place: JSON.stringify(each),
      try: () => valid(flip(each, reference)),
    }));
  },
};

function processScenario(world: ProcessWorld, each: ProcessCase): MatrixScenario {
  return {
    name: `process: ${each.name}`,
    points: async () =>
      (await injectionsOf(each)).map((injection) => ({
        kind: injection.fault === 'KILL' ? 'killed at a call' : `${injection.fault} from a call`,
        place: JSON.stringify(injection),
        try: () => valid(injectInto(each, world, injection)),
      })),
  };
}

function rebuiltScenario(world: ProcessWorld, each: ProcessCase): MatrixScenario {
  return {
    name: `rebuilt folders: ${each.name}`,
    points: async (seed) => {
      const recording = await record(each);
      return rebuiltPoints(recording, seed).map((point) => ({
        kind: `lost: ${point.loss} (names ${point.order})`,
        place: JSON.stringify(point),
        try: () => startRebuilt(recording, world, point),
      }));
    },
  };
}

const KILLS: readonly MatrixScenario[] = KILL_LOOPS.map(({ name, kills }) => ({
  name: `kill -9: ${name}`,
  points: (seed) => kills(seed),
}));

/** All of them. What needs strace is said to be missing where there is none. */
export async function matrixScenarios(say: (line: string) => void): Promise<readonly MatrixScenario[]> {
  const inMemory = [...PORT_SCENARIOS.map(portScenario), FLIPS];
  const missing = straceMissing();
  if (missing !== undefined) {
    say(missing);
    return [...inMemory, ...KILLS];
  }
  const world = await makeProcessWorld();
  const cases = await processCases(world);
  return [
    ...inMemory,
    ...cases.map((each) => processScenario(world, each)),
    ...cases.map((each) => rebuiltScenario(world, each)),
    ...KILLS,
  ];
}
