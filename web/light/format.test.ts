import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatBytes, formatChange, formatClock, formatCoins, formatCount, formatTime, plural, shortHash } from './format.ts';

describe('what the page writes', () => {
  it('shows amounts with all their decimals', () => {
    assert.equal(formatCoins(0n), '0.00000000');
    assert.equal(formatCoins(1n), '0.00000001');
    assert.equal(formatCoins(123_456_700_000_000n), '1,234,567.00000000');
    assert.equal(formatCoins(-150_000_000n), '−1.50000000');
    assert.deepEqual([formatChange(1n), formatChange(0n), formatChange(-1n)], ['+0.00000001', '0.00000000', '−0.00000001']);
  });

  it('groups digits, and counts one and many', () => {
    assert.deepEqual([0, 999, 1_000, 1_234_567].map(formatCount), ['0', '999', '1,000', '1,234,567']);
    assert.deepEqual(
      [0, 1, 2].map((count) => plural(count, 'block')),
      ['0 blocks', '1 block', '2 blocks'],
    );
  });

  it('tells times by UTC and sizes in the unit that suits them', () => {
    assert.equal(formatTime(1_700_000_000), '2023-11-14 22:13 UTC');
    assert.equal(formatClock(1_700_000_000), '22:13:20');
    assert.deepEqual([0, 999, 1_000, 15_400, 2_500_000, 7e12].map(formatBytes), ['0 B', '999 B', '1.0 kB', '15 kB', '2.5 MB', '7000 GB']);
  });

  it('shows both ends of a long hash', () => {
    assert.equal(shortHash('0123456789abcdef0123'), '0123456789abcdef0123');
    assert.equal(shortHash('0123456789abcdef01234'), '0123456789…def01234');
  });
});
