import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runSurvive } from './survive-run.ts';

describe('nodes that are killed, stopped and cut off by chance', () => {
  it('agree in the end on tip and coins, lose none of them, and leave no process', async () => {
    const outcome = await runSurvive({ seed: 3, nodes: 4, seconds: 60, stepsMax: 40, agreeEvery: 20, say: () => undefined });
    const { counts, steps, total, height, confirmed } = outcome;
    assert.ok(steps >= 20 && counts.meet >= 1, `${steps} steps`);
    assert.ok(counts.kill + counts.killMining > 0 && counts.mine > 0 && confirmed > 0, JSON.stringify(counts));
    assert.equal(total, BigInt(height) * 2_500_000_000n);
  });
});
