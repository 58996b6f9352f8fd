import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatBytes, formatCount, formatDuration, formatHashRate, formatPercent } from './format.ts';

/** Pairs of a value and its text. */
function cases<Value>(format: (value: Value) => string, pairs: readonly (readonly [Value, string])[]): void {
  for (const [value, text] of pairs) assert.equal(format(value), text);
}

describe('figures for people', () => {
  it('show hash rates with three digits', () =>
    cases(formatHashRate, [
      [0, '0 H/s'],
      [999, '999 H/s'],
      [999.6, '1.00 kH/s'],
      [6_543_210, '6.54 MH/s'],
      [99_960_000, '100 MH/s'],
      [12_345_678, '12.3 MH/s'],
      [5e21, '5000 EH/s'],
    ]));

  it('show durations in two units at most', () =>
    cases(formatDuration, [
      [-1, '0 s'],
      [0.4, '0 s'],
      [59.6, '1 min'],
      [61, '1 min 1 s'],
      [5_025, '1 h 23 min'],
      [86_400, '1 d'],
      [90_061, '1 d 1 h'],
      [86_460, '1 d'],
    ]));

  it('group the digits of counts', () =>
    cases<number | bigint>(formatCount, [
      [0, '0'],
      [999, '999'],
      [1_234_567, '1,234,567'],
      [10n ** 18n, '1,000,000,000,000,000,000'],
    ]));

  it('show 100 % only for the whole', () =>
    cases(formatPercent, [
      [0, '0.00 %'],
      [0.999999, '99.99 %'],
      [1, '100.00 %'],
      [1.5, '100.00 %'],
      [-1, '0.00 %'],
    ]));

  it('show bytes in thousands', () =>
    cases(formatBytes, [
      [999, '999 B'],
      [1_000, '1.0 kB'],
      [1_234_567, '1.2 MB'],
    ]));
});
