/**
 * Whatever call a fault strikes: the next start has a tip with exactly its coins, and goes on to the same end. A part of the matrix by
 * chance; `node dist/tools/faults.js` goes through all of it.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SeededRandom } from '../support/seeded-random.ts';
import { flip, flipReference, flipsOf } from './bit-flips.ts';
import { callsOf, pointsOf, referenceOf, strikeAt, strikeTwice } from './port-matrix.ts';
import { PORT_SCENARIOS } from './port-scenarios.ts';

/** Points of each scenario that are tried here. */
const SAMPLE = 60;
const SEED = 20_260_801;

describe('a fault at any call of the stores', () => {
  for (const scenario of PORT_SCENARIOS) {
    it(`during ${scenario.name} leaves a tip with its coins, from which the chain goes on`, async () => {
      const reference = await referenceOf(scenario);
      const points = await pointsOf(scenario);
      assert.ok(points.length > 500, `${points.length} points`);
      const random = new SeededRandom(SEED);
      for (let i = 0; i < SAMPLE; i++) {
        const point = points[random.below(points.length)]!;
        await strikeAt(scenario, reference, point, SEED).catch((cause: unknown) => {
          throw new Error(`struck at ${JSON.stringify(point)}`, { cause });
        });
      }
    });
  }

  it('and another one at the start after it change nothing about that', async () => {
    const scenario = PORT_SCENARIOS.find(({ name }) => name === 'flush')!;
    const reference = await referenceOf(scenario);
    const { length } = await callsOf(scenario);
    for (let at = 3; at < length; at += 19) {
      for (let again = 0; again < 9; again += 2) {
        await strikeTwice(scenario, reference, { first: { at, fault: 'cut', loss: 'any part' }, again }, SEED + at);
      }
    }
  });
});

describe('a wrong bit in a block or undo file', () => {
  it('is found by looking, and never leads to other coins', async () => {
    const reference = await flipReference();
    const flips = await flipsOf(new SeededRandom(SEED));
    let stopped = 0;
    let switched = 0;
    for (let i = 0; i < flips.length; i += 23) {
      const why = await flip(flips[i]!, reference).catch((cause: unknown) => {
        throw new Error(`flipped ${JSON.stringify(flips[i])}`, { cause });
      });
      if (why === undefined) switched++;
      else stopped++;
    }
    assert.ok(switched > 0 && stopped > 0, `${switched} flips were in records that the switch did not need, ${stopped} stopped it`);
  });
});
