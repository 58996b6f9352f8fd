import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { quoin } from '../params/quoin.ts';
import { regtest } from '../params/regtest.ts';
import { blockSubsidy } from './subsidy.ts';

describe('blockSubsidy', () => {
  it('halves at each multiple of the interval', () => {
    const at = (height: number): bigint => blockSubsidy(height, regtest.consensus);
    assert.deepEqual([1, 149, 150, 299, 300].map(at), [5_000_000_000n, 5_000_000_000n, 2_500_000_000n, 2_500_000_000n, 1_250_000_000n]);
    assert.equal(at(150 * 32), 1n);
    assert.equal(at(150 * 33), 0n);
  });

  it('is nothing from the 64th halving on, however large it was', () => {
    const params = { ...regtest.consensus, subsidy: { initial: 2n ** 100n, halvingInterval: 10 } };
    assert.equal(blockSubsidy(639, params), 2n ** 37n);
    assert.equal(blockSubsidy(640, params), 0n);
  });

  it('never changes where there is no halving', () => {
    assert.equal(blockSubsidy(1, quoin.consensus), 2_500_000_000n);
    assert.equal(blockSubsidy(1_000_000_000, quoin.consensus), 2_500_000_000n);
  });
});
