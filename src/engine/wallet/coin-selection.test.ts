import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Candidate, SelectionTarget } from './coin-selection.ts';
import { feeOf, selectCoins } from './coin-selection.ts';

const target: SelectionTarget = {
  amount: 100_000n,
  feeRateSatPerKvb: 1_000n,
  baseWeightWu: 200,
  changeWeightWu: 124,
  changeMin: 600n,
  inputsWeightWuMax: 272 * 100,
};

const coins = (...values: number[]): Candidate<number>[] =>
  values.map((value, i) => ({ coin: i, value: BigInt(value), inputWeightWu: 272 }));

test('a fee is rounded up twice: to whole virtual bytes and to whole base units', () => {
  assert.equal(feeOf(400, 1_000n), 100n);
  assert.equal(feeOf(401, 1_000n), 101n);
  assert.equal(feeOf(404, 1_001n), 102n);
});

test('takes an exact match without change rather than a large coin', () => {
  const selection = selectCoins(coins(10_000_000, 60_000, 40_200), target);
  assert.deepEqual(selection?.coins.toSorted(), [1, 2]);
  assert.equal(selection?.change, 0n);
});

test('pays exactly what there is, and refuses one base unit less', () => {
  const fee = feeOf(200 + 272, 1_000n);
  const exact = selectCoins(coins(100_000 + Number(fee)), target);
  assert.deepEqual(exact, { coins: [0], fee, change: 0n });
  assert.equal(selectCoins(coins(100_000 + Number(fee) - 1), target), undefined);
});

test('makes change from its minimum on and leaves one unit less to the miner', () => {
  const fee = feeOf(200 + 272 + 124, 1_000n);
  const enough = selectCoins(coins(100_000 + Number(fee) + 600), target);
  assert.deepEqual(enough, { coins: [0], fee, change: 600n });
  assert.deepEqual(selectCoins(coins(100_000 + Number(fee) + 599), target), { coins: [0], fee: fee + 599n, change: 0n });
});

test('leaves coins alone that cost more than they bring', () => {
  assert.deepEqual(selectCoins(coins(68, 200_000), target)?.coins, [1]);
});

test('gives up where only more inputs than a transaction may have would do', () => {
  const many = coins(...Array.from({ length: 150 }, () => 900));
  assert.equal(selectCoins(many, target), undefined);
  assert.notEqual(selectCoins(many, { ...target, inputsWeightWuMax: 272 * 150, amount: 100_000n }), undefined);
});

test('whatever the coins, what goes in comes out, and the fee is never under the rate', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 200_000 }), { maxLength: 40 }),
      fc.integer({ min: 1, max: 300_000 }),
      (values, amount) => {
        const candidates = coins(...values);
        const selection = selectCoins(candidates, { ...target, amount: BigInt(amount) });
        if (selection === undefined) return;
        assert.equal(new Set(selection.coins).size, selection.coins.length);
        const value = selection.coins.reduce((sum, i) => sum + BigInt(values[i]!), 0n);
        assert.equal(value, BigInt(amount) + selection.fee + selection.change);
        const weight = 200 + 272 * selection.coins.length + (selection.change > 0n ? 124 : 0);
        assert.ok(selection.fee >= feeOf(weight, 1_000n));
        assert.ok(selection.change === 0n || selection.change >= 600n);
      },
    ),
    { numRuns: 300 },
  );
});
