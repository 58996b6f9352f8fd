import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runSurvive } from './survive-run.ts';

describe('nodes that are killed, stopped and cut off by chance', () => {
  it('agree in the end on tip and coins, lose none of them, and leave no process', async () => {
    const length = { seconds: Number.POSITIVE_INFINITY, stepsMax: 20, agreeEvery: 10 };
    const { confirmed, counts, height, total } = await runSurvive({ seed: 3, nodes: 4, ...length, say: () => undefined });
    assert.ok(counts.meet === 2 && counts.kill + counts.killMining > 0 && counts.mine > 0 && confirmed > 0, JSON.stringify(counts));
    assert.equal(total, BigInt(height) * 2_500_000_000n);
  });
});
