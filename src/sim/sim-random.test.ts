import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex } from '../core/base/bytes.ts';
import { SimRandom } from './sim-random.ts';

test('the same seed gives the same bytes on every engine, another seed others', () => {
  assert.equal(toHex(new SimRandom(1).bytes(16)), '9e299091277b01c12f52afe305fb717d');
  assert.notEqual(toHex(new SimRandom(2).bytes(16)), toHex(new SimRandom(1).bytes(16)));
});

test('a branch depends on its name and the seed alone, not on what was drawn before', () => {
  const random = new SimRandom(7);
  const before = random.branch('a').u32();
  random.bytes(100);
  assert.equal(random.branch('a').u32(), before);
  assert.notEqual(random.branch('b').u32(), before);
});

test('numbers below a limit are all drawn, none of them the limit', () => {
  const random = new SimRandom(3);
  const counts = new Array<number>(6).fill(0);
  for (let i = 0; i < 60_000; i++) counts[random.below(6)]!++;
  assert.ok(
    counts.every((count) => Math.abs(count - 10_000) < 500),
    counts.join(),
  );
  assert.ok(random.below(2 ** 32) < 2 ** 32);
});

test('chance is as often true as it says, and picks and orders at random', () => {
  const random = new SimRandom(9);
  const hits = Array.from({ length: 20_000 }, () => random.chance(0.3)).filter(Boolean).length;
  assert.ok(Math.abs(hits - 6_000) < 300, String(hits));
  assert.deepEqual([random.chance(0), random.chance(1)], [false, true]);
  assert.deepEqual(
    random.shuffled([1, 2, 3, 4, 5]).sort((a, b) => a - b),
    [1, 2, 3, 4, 5],
  );
  const mean = Array.from({ length: 20_000 }, () => random.exponential(50)).reduce((a, b) => a + b) / 20_000;
  assert.ok(Math.abs(mean - 50) < 2, String(mean));
});
