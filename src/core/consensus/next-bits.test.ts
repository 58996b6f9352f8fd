import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PowParams, RetargetRule } from '../params/types.ts';
import type { Target } from '../primitives/compact-target.ts';
import { decodeBits, encodeBits } from '../primitives/compact-target.ts';
import { medianTime } from './median-time.ts';
import type { RetargetBlock, RetargetContext } from './next-bits.ts';
import { nextBits, retargetInterval } from './next-bits.ts';

const LIMIT_BITS = 0x1d00ffff;

const pow = (retarget: RetargetRule): PowParams => ({
  retarget,
  bits: LIMIT_BITS,
  limit: decodeBits(LIMIT_BITS).target as Target,
  spacingSeconds: 600,
  timespanSeconds: 1_209_600,
});

/** A branch of which only some heights matter: those given, everything else like the last given below it. */
function branch(height: number, known: readonly RetargetBlock[]): RetargetContext {
  const ancestor = (at: number): RetargetBlock => {
    const exact = known.find((block) => block.height === at);
    assert.ok(exact !== undefined, `height ${at} is not looked at`);
    return exact;
  };
  return { prev: ancestor(height), ancestor };
}

describe('nextBits', () => {
  it('always asks for the same where nothing is retargeted', () => {
    const context = branch(2015, [{ height: 2015, timeSeconds: 5, bits: 1 }]);
    assert.equal(nextBits(10 ** 9, context, pow('none')), LIMIT_BITS);
  });

  it('keeps the bits within a period of 2016 blocks', () => {
    assert.equal(retargetInterval(pow('bitcoin')), 2016);
    const context = branch(2014, [{ height: 2014, timeSeconds: 5, bits: 0x1c0ffff0 }]);
    assert.equal(nextBits(10 ** 9, context, pow('bitcoin')), 0x1c0ffff0);
  });

  // The four retargets that Core's pow_tests checks, with their heights, times and results of the main chain.
  it('retargets by the time that the period took', () => {
    const rows: [number, number, number, number, number][] = [
      [32255, 1262152739, 1261130161, 0x1d00ffff, 0x1d00d86a],
      [2015, 1233061996, 1231006505, 0x1d00ffff, 0x1d00ffff],
      [68543, 1279297671, 1279008237, 0x1c05a3f4, 0x1c0168fd],
      [46367, 1269211443, 1263163443, 0x1c387f6f, 0x1d00e1fd],
    ];
    for (const [height, timeSeconds, firstTime, bits, expected] of rows) {
      const context = branch(height, [
        { height, timeSeconds, bits },
        { height: height - 2015, timeSeconds: firstTime, bits },
      ]);
      assert.equal(nextBits(0, context, pow('bitcoin')).toString(16), expected.toString(16), `at ${height}`);
    }
  });

  it('never moves by more than four times', () => {
    const bits = 0x1b0404cb;
    const next = (took: number): number => {
      const context = branch(4031, [
        { height: 4031, timeSeconds: 10 ** 6 + took, bits },
        { height: 2016, timeSeconds: 10 ** 6, bits },
      ]);
      return nextBits(0, context, pow('bitcoin'));
    };
    const { target } = decodeBits(bits);
    assert.equal(next(302_400), encodeBits(target / 4n));
    assert.equal(next(1), encodeBits(target / 4n));
    assert.equal(next(-50), encodeBits(target / 4n));
    assert.equal(next(4_838_400), encodeBits(target * 4n));
    assert.equal(next(10 ** 9), encodeBits(target * 4n));
  });

  it('moves by less a second within those limits, and by no more a second past them', () => {
    // Bits of which no figure is lost when their target is a quarter, or four times as much.
    const ratio = (bits: number, took: number): number => {
      const context = branch(4031, [
        { height: 4031, timeSeconds: 10 ** 6 + took, bits },
        { height: 2016, timeSeconds: 10 ** 6, bits },
      ]);
      const required = nextBits(0, context, pow('bitcoin'));
      assert.equal(required, encodeBits((decodeBits(bits).target * BigInt(Math.min(Math.max(took, 302_400), 4_838_400))) / 1_209_600n));
      return required;
    };
    const [quick, slow] = [0x1b7fffff, 0x1b1fffff];
    assert.equal(ratio(quick, 302_399), ratio(quick, 302_400));
    assert.ok(ratio(quick, 302_401) > ratio(quick, 302_400));
    assert.equal(ratio(slow, 4_838_401), ratio(slow, 4_838_400));
    assert.ok(ratio(slow, 4_838_399) < ratio(slow, 4_838_400));
  });

  it('lets a test block be easy when it is more than twenty minutes late', () => {
    const context = branch(3000, [{ height: 3000, timeSeconds: 1_000, bits: 0x1b0404cb }]);
    assert.equal(nextBits(2_200, context, pow('testnet')), 0x1b0404cb);
    assert.equal(nextBits(2_201, context, pow('testnet')), LIMIT_BITS);
    assert.equal(nextBits(2_201, context, pow('bitcoin')), 0x1b0404cb);
  });

  it('goes back to the last bits that were earned after an easy test block', () => {
    const context = branch(3002, [
      { height: 3002, timeSeconds: 3_000, bits: LIMIT_BITS },
      { height: 3001, timeSeconds: 2_000, bits: LIMIT_BITS },
      { height: 3000, timeSeconds: 1_000, bits: 0x1b0404cb },
    ]);
    assert.equal(nextBits(3_001, context, pow('testnet')), 0x1b0404cb);
  });

  it('goes back no further than the first block of the period', () => {
    const context = branch(2017, [
      { height: 2017, timeSeconds: 3_000, bits: LIMIT_BITS },
      { height: 2016, timeSeconds: 2_000, bits: LIMIT_BITS },
    ]);
    assert.equal(nextBits(3_001, context, pow('testnet')), LIMIT_BITS);
  });

  it('computes from the first block of the period under BIP-94, from the last otherwise', () => {
    const context = branch(4031, [
      { height: 4031, timeSeconds: 1_000_000 + 604_800, bits: LIMIT_BITS },
      { height: 2016, timeSeconds: 1_000_000, bits: 0x1b0404cb },
    ]);
    assert.equal(nextBits(0, context, pow('bip94')), encodeBits(decodeBits(0x1b0404cb).target / 2n));
    assert.equal(nextBits(0, context, pow('testnet')), encodeBits(decodeBits(LIMIT_BITS).target / 2n));
  });
});

describe('medianTime', () => {
  it('is the middle one, of an even number the later', () => {
    assert.equal(medianTime([5]), 5);
    assert.equal(medianTime([9, 1]), 9);
    assert.equal(medianTime([3, 1, 2]), 2);
    assert.equal(medianTime([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]), 6);
  });
});
