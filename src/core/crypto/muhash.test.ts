import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import { reversedBytes, toHex } from '../base/bytes.ts';
import { MuHash3072 } from './muhash.ts';

/** An element of Core's own test: a number in 32 bytes. */
function numbered(i: number): Uint8Array {
  const bytes = new Uint8Array(32);
  bytes[0] = i;
  return bytes;
}

/** A digest as Core shows it. */
function digestOf(...steps: readonly (readonly ['in' | 'out', Uint8Array])[]): string {
  const set = new MuHash3072();
  for (const [kind, data] of steps) kind === 'in' ? set.insert(data) : set.remove(data);
  return toHex(reversedBytes(set.digest()));
}

describe('MuHash3072', () => {
  it("gives the digest of Core's own test: two elements in, one out", () => {
    const expected = '10d312b100cbd32ada024a6646e40d3482fcff103668d2625f10002a607d5863';
    assert.equal(digestOf(['in', numbered(0)], ['in', numbered(1)], ['out', numbered(2)]), expected);
    assert.equal(digestOf(['out', numbered(2)], ['in', numbered(1)], ['in', numbered(0)]), expected);
  });

  it('does not depend on the order, and of what came and went nothing is left', () => {
    const random = new SeededRandom(3_072);
    for (let round = 0; round < 20; round++) {
      const kept = Array.from({ length: 1 + random.below(8) }, () => random.bytes(random.below(100)));
      const passing = Array.from({ length: random.below(6) }, () => random.bytes(40));
      const steps = [
        ...kept.map((data) => ['in', data] as const),
        ...passing.flatMap((data) => [['in', data] as const, ['out', data] as const]),
      ];
      const plain = digestOf(...kept.map((data) => ['in', data] as const));
      for (let i = steps.length - 1; i > 0; i--) {
        const j = random.below(i + 1);
        [steps[i], steps[j]] = [steps[j]!, steps[i]!];
      }
      assert.equal(digestOf(...steps), plain);
    }
  });

  it('tells sets apart: by an element more, by one twice, by one out that was never in', () => {
    const [a, b] = [numbered(1), numbered(2)];
    const digests = [
      digestOf(),
      digestOf(['in', a]),
      digestOf(['in', b]),
      digestOf(['in', a], ['in', b]),
      digestOf(['in', a], ['in', a]),
      digestOf(['out', a]),
    ];
    assert.equal(new Set(digests).size, digests.length);
  });

  it('can be asked on the way', () => {
    const set = new MuHash3072();
    const empty = set.digest();
    set.insert(numbered(5));
    assert.notDeepEqual(set.digest(), empty);
    set.remove(numbered(5));
    assert.deepEqual(set.digest(), empty);
  });
});
