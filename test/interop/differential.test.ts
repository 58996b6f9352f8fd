/**
 * Some hundreds of steps of the differential test, the same each time; by hand it walks thousands from any seed (docs/differential.md).
 * `SEED=… node dist/tools/test.js --only interop/differential` takes another one.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lateHeights } from '../differential/late-heights.ts';
import { type RunResult, run } from '../differential/run.ts';
import { peerNodeMissing } from '../support/peer-node.ts';

const seed = Number(process.env.SEED ?? 20_261_122);

/** Every answer that came, whatever was handed in. */
function answersOf({ answers }: RunResult): Set<string> {
  return new Set([...answers.values()].flatMap((counts) => [...counts.keys()]));
}

describe('random steps beside the C++ node', { skip: peerNodeMissing() }, () => {
  it('have the same verdicts, tips, coins and mempools', async (context) => {
    context.diagnostic(`seed ${seed}`);
    const result = await run({ seed, steps: 600, heights: {} });
    assert.ok(result.height > 130, `the chain grew to ${result.height}`);
    assert.ok(result.reorganisedMax > 0, 'branches were left');
    assert.ok(answersOf(result).size >= 20, `${answersOf(result).size} different answers`);
  });

  it('have them through the heights at which rules begin', async (context) => {
    const heights = lateHeights(seed);
    context.diagnostic(`seed ${seed}, ${JSON.stringify(heights)}`);
    const result = await run({ seed, steps: 400, heights });
    assert.ok(result.height > Math.min(...Object.values(heights)), `the chain grew to ${result.height}`);
    assert.ok(answersOf(result).size >= 15, `${answersOf(result).size} different answers`);
  });
});
