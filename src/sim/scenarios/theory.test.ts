import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selfishRevenue } from '../byzantine/mine-selfishly.ts';
import { doubleSpendChance } from './deep-double-spend.ts';

function near(is: number, due: number): void {
  assert.ok(Math.abs(is - due) < 1e-9, `${is} is not ${due}`);
}

test('selfish mining pays from the thresholds of the paper on: a third, a quarter, nothing', () => {
  near(selfishRevenue(1 / 3, 0), 1 / 3);
  near(selfishRevenue(1 / 4, 1 / 2), 1 / 4);
  assert.ok(selfishRevenue(0.33, 0) < 0.33 && selfishRevenue(0.34, 0) > 0.34);
  assert.ok(selfishRevenue(0.01, 1) > 0.01);
});

test('the chance to undo one confirmation is that of each number of blocks found meanwhile', () => {
  // None with 0.9, then two to catch up; one with 0.09, then one; two and more with 0.01, and it is done.
  near(doubleSpendChance(0.1, 1, 1_000), 0.9 / 81 + 0.09 / 9 + 0.01);
});

test('half of the work undoes anything that is waited for, unless it gives up', () => {
  assert.ok(doubleSpendChance(0.5, 6, 1_000_000) > 0.99999);
  assert.ok(doubleSpendChance(0.51, 6, 8) < doubleSpendChance(0.51, 6, 100));
  assert.ok(doubleSpendChance(0.3, 6, 100) < doubleSpendChance(0.3, 3, 100));
});
