/**
 * Real processes whose calls fail or that are killed at one of them, and folders that are made again with a part of the writes missing.
 * A part by chance; `node dist/tools/faults.js` goes through all of it.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { SeededRandom } from '../support/seeded-random.ts';
import { type ProcessCase, processCases } from './process-cases.ts';
import { injectInto, injectionsOf } from './process-matrix.ts';
import { makeProcessWorld, type ProcessWorld } from './process-world.ts';
import { rebuiltPoints, record, startRebuilt } from './rebuilt-folders.ts';
import { straceMissing } from './strace.ts';

const SEED = 20_260_802;

/** How many points of which case: a node takes five times as long as an import. */
const STRUCK = [
  ['import', 9],
  ['import a branch', 5],
  ['node with indexes', 2],
  ['reindex', 1],
  ['reindex-chainstate', 1],
  ['prune', 1],
  ['migration', 1],
] as const;

const REBUILT = [
  ['import', 60],
  ['import a branch', 40],
  ['migration', 8],
] as const;

describe('a process', { skip: straceMissing() ?? false }, () => {
  let world: ProcessWorld;
  let cases: readonly ProcessCase[];
  before(async () => {
    world = await makeProcessWorld();
    cases = await processCases(world);
  });

  const caseOf = (name: string): ProcessCase => cases.find((each) => each.name === name)!;

  for (const [name, count] of STRUCK) {
    it(`that is struck during ${name} says so in one line, and leaves a valid tip with its coins`, async () => {
      const points = await injectionsOf(caseOf(name));
      assert.ok(points.length > 300, `${points.length} points`);
      const random = new SeededRandom(SEED);
      for (let i = 0; i < count; i++) {
        const point = points[random.below(points.length)]!;
        await injectInto(caseOf(name), world, point).catch((cause: unknown) => {
          throw new Error(`struck at ${JSON.stringify(point)}`, { cause });
        });
      }
    });
  }

  for (const [name, count] of REBUILT) {
    it(`whose power is cut during ${name} leaves a valid tip with its coins, whatever was not synced`, async () => {
      const recording = await record(caseOf(name));
      const points = rebuiltPoints(recording, SEED);
      assert.ok(points.length > 400, `${points.length} points`);
      const random = new SeededRandom(SEED);
      for (let i = 0; i < count; i++) {
        const point = points[random.below(points.length)]!;
        await startRebuilt(recording, world, point).catch((cause: unknown) => {
          throw new Error(`cut at ${JSON.stringify(point)}`, { cause });
        });
      }
    });
  }
});
