import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { regtest } from '../params/regtest.ts';
import type { PowParams, RetargetRule } from '../params/types.ts';
import type { Target } from '../primitives/compact-target.ts';
import { nextBits } from './next-bits.ts';
import { arePermittedBits } from './permitted-bits.ts';

const INTERVAL = 2_016;

/** The main network's numbers. */
function pow(retarget: RetargetRule): PowParams {
  const limit = ((1n << 224n) - 1n) as Target;
  return { retarget, bits: 0x1d00ffff, limit, spacingSeconds: 600, timespanSeconds: INTERVAL * 600 };
}

describe('bits that some chain could require', () => {
  it('are always the same where nothing retargets', () => {
    const { bits } = regtest.consensus.pow;
    assert.equal(arePermittedBits(INTERVAL, bits, bits, regtest.consensus.pow), true);
    assert.equal(arePermittedBits(INTERVAL, bits, bits - 1, regtest.consensus.pow), false);
  });

  it("are the parent's within a period", () => {
    assert.equal(arePermittedBits(INTERVAL + 1, 0x1b00ffff, 0x1b00ffff, pow('bitcoin')), true);
    assert.equal(arePermittedBits(INTERVAL + 1, 0x1b00ffff, 0x1b00fffe, pow('bitcoin')), false);
    assert.equal(arePermittedBits(INTERVAL - 1, 0x1b00ffff, 0x1b010000, pow('bitcoin')), false);
  });

  it('are from a quarter to four times the target at the end of a period, as the shortest and the longest period give', () => {
    const rule = pow('bitcoin');
    const bits = 0x1b04864c;
    const edge = (tookSeconds: number) => {
      const prev = { height: INTERVAL - 1, timeSeconds: tookSeconds, bits };
      return nextBits(0, { prev, ancestor: (height) => ({ height, timeSeconds: 0, bits }) }, rule);
    };
    const [hardest, easiest] = [edge(0), edge(100 * rule.timespanSeconds)];
    for (const [some, expected] of [
      [hardest, true],
      [hardest - 1, false],
      [easiest, true],
      [easiest + 1, false],
      [bits, true],
    ] as const) {
      assert.equal(arePermittedBits(INTERVAL, bits, some, rule), expected, some.toString(16));
    }
  });

  it('are no easier than the network allows', () => {
    assert.equal(arePermittedBits(INTERVAL, 0x1d00ffff, 0x1d00ffff, pow('bitcoin')), true);
    assert.equal(arePermittedBits(INTERVAL, 0x1d00ffff, 0x1d010000, pow('bitcoin')), false);
  });

  it('are any on networks where a late block may be easy', () => {
    for (const rule of ['testnet', 'bip94'] as const) assert.equal(arePermittedBits(5, 0x1b00ffff, 0x1d00ffff, pow(rule)), true);
  });
});
