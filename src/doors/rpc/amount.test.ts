import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatCoins, parseCoins } from './amount.ts';

describe('formatCoins', () => {
  it('always writes eight decimals', () => {
    assert.equal(formatCoins(0n), '0.00000000');
    assert.equal(formatCoins(1n), '0.00000001');
    assert.equal(formatCoins(-150_000_000n), '-1.50000000');
    assert.equal(formatCoins(2_099_999_997_690_000n), '20999999.97690000');
  });
});

describe('parseCoins', () => {
  it('reads back every amount', () => {
    const max = 10n ** 18n - 1n;
    fc.assert(fc.property(fc.bigInt({ min: -max, max }), (amount) => parseCoins(formatCoins(amount)) === amount));
  });

  it('reads exponents and zeros without a float', () => {
    const cases: readonly [string, bigint][] = [
      ['1e-8', 1n],
      ['0.1e1', 100_000_000n],
      ['1E3', 100_000_000_000n],
      ['0.10000000000000', 10_000_000n],
      ['0e999', 0n],
      ['-0', 0n],
      ['0.00000000000', 0n],
      ['20999999.9769', 2_099_999_997_690_000n],
      ['9999999999.99999999', 10n ** 18n - 1n],
    ];
    for (const [text, amount] of cases) assert.equal(parseCoins(text), amount, text);
  });

  it('refuses what is finer than a base unit, too large or no decimal', () => {
    const texts = [
      '0.000000001',
      '1e-9',
      '10000000000',
      '1e10',
      '1e999999999',
      '',
      ' 1',
      '1 ',
      '+1',
      '.1',
      '1.',
      '01',
      '1e',
      '0x1',
      'NaN',
      '1,5',
    ];
    for (const text of [...texts, `0.${'0'.repeat(80)}`]) assert.equal(parseCoins(text), undefined, text);
  });
});
