import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import { poissonDelayMs } from './poisson.ts';

describe('poissonDelayMs', () => {
  it('has the mean that it is asked for, and its spread', () => {
    const random = new SeededRandom(7);
    const delays = Array.from({ length: 20_000 }, () => poissonDelayMs(random, 5_000));
    const mean = delays.reduce((a, b) => a + b) / delays.length;
    assert.ok(Math.abs(mean - 5_000) < 150, `mean ${mean}`);
    const longer = delays.filter((delay) => delay > 5_000).length / delays.length;
    assert.ok(Math.abs(longer - 1 / Math.E) < 0.02, `${longer} are longer than the mean`);
  });

  it('is never negative and never more than 40 times the mean', () => {
    const at = (value: number) => poissonDelayMs({ bytes: () => new Uint8Array(0), below: () => value }, 1_000);
    assert.ok(at(0) > 20_000 && at(0) <= 40_000);
    assert.equal(at(2 ** 32 - 1), 0);
  });
});
