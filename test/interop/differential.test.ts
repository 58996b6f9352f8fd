/**
 * Some hundreds of steps of the differential test; by hand it walks thousands. A seed that finds a difference is printed with it:
 * `SEED=… node dist/tools/test.js --only interop/differential` repeats it.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lateHeights } from '../differential/late-heights.ts';
import { type RunResult, run } from '../differential/run.ts';
import { peerNodeMissing } from '../support/peer-node.ts';

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

/** Every answer that came, whatever was handed in. */
function answersOf({ answers }: RunResult): Set<string> {
  return new Set([...answers.values()].flatMap((counts) => [...counts.keys()]));
}

describe('random steps beside the C++ node', { skip: peerNodeMissing() }, () => {
  it('have the same verdicts, tips, coins and mempools', async (context) => {
    context.diagnostic(`seed ${seed}`);
    const result = await run({ seed, steps: 400, heights: {} });
    assert.ok(result.height > 130, `the chain grew to ${result.height}`);
    assert.ok(result.reorganisedMax > 0, 'branches were left');
    assert.ok(answersOf(result).size >= 20, `${answersOf(result).size} different answers`);
  });

  it('have them through the heights at which rules begin', async (context) => {
    const heights = lateHeights(seed);
    context.diagnostic(`seed ${seed}, ${JSON.stringify(heights)}`);
    const result = await run({ seed, steps: 300, heights });
    assert.ok(result.height > Math.min(...Object.values(heights)), `the chain grew to ${result.height}`);
    assert.ok(answersOf(result).size >= 15, `${answersOf(result).size} different answers`);
  });
});
