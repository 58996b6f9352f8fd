import assert from 'node:assert/strict';
import { test } from 'node:test';
import { naturalLog } from './natural-log.ts';

test('the logarithm is that of Math.log to its last bits, over the whole range of numbers', () => {
  for (let value = 1e-300; value < 1e300; value *= 1.37) {
    assert.ok(Math.abs(naturalLog(value) - Math.log(value)) <= 1e-15 * Math.max(1, Math.abs(Math.log(value))), `at ${value}`);
  }
});

test('it is exact where it can be, and the same on every machine', () => {
  assert.equal(naturalLog(1), 0);
  assert.equal(naturalLog(2), 0.6931471805599453);
  assert.equal(naturalLog(0.5), -0.6931471805599453);
  assert.equal(naturalLog(10), 2.302585092994046);
  assert.equal(naturalLog(2 ** 32), 32 * 0.6931471805599453);
});
