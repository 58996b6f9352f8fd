import assert from 'node:assert/strict';
import { test } from 'node:test';
import { naturalLog } from './natural-log.ts';

test('the logarithm is that of Math.log to its last bits, over the whole range of numbers', () => {
  for (let value = 1e-300; value < 1e300; value *= 1.37) {
    assert.ok(Math.abs(naturalLog(value) - Math.log(value)) <= 1e-15 * Math.max(1, Math.abs(Math.log(value))), `at ${value}`);
  }
});

test('powers of two are exact multiples of the logarithm of two', () => {
  assert.equal(naturalLog(1), 0);
  assert.equal(naturalLog(2), Math.LN2);
  assert.equal(naturalLog(0.5), -Math.LN2);
  assert.equal(naturalLog(2 ** 32), 32 * Math.LN2);
});

test('other numbers come out the same to the last bit on every engine', () => {
  assert.equal(naturalLog(3), 1.0986122886681096);
  assert.equal(naturalLog(1e9), 20.72326583694641);
});
