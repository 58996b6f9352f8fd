import type { PowParams } from '../params/types.ts';
import { decodeBits, encodeBits } from '../primitives/compact-target.ts';
import { ADJUSTMENT_MAX, retargetInterval } from './next-bits.ts';

/**
 * Whether some chain could require these bits of the block after one with `prevBits`. Where `nextBits` says what a known chain does
 * require, this needs nothing before the parent. Core's `PermittedDifficultyTransition`.
 *
 * @param height - of the block that has `bits`
 */
export function arePermittedBits(height: number, prevBits: number, bits: number, pow: PowParams): boolean {
  if (pow.retarget === 'none') return bits === pow.bits;
  // On test networks a late block may be as easy as any, and the next one as hard as before.
  if (pow.retarget !== 'bitcoin') return true;
  if (height % retargetInterval(pow) !== 0) return bits === prevBits;
  const { target } = decodeBits(bits);
  const old = decodeBits(prevBits).target;
  return target <= adjusted(old, pow.timespanSeconds * ADJUSTMENT_MAX, pow) && target >= adjusted(old, leastTimespan(pow), pow);
}

/** The shortest time that a period counts as. */
function leastTimespan(pow: PowParams): number {
  return Math.floor(pow.timespanSeconds / ADJUSTMENT_MAX);
}

/** A target after a period of this length, rounded as bits round it. */
function adjusted(old: bigint, tookSeconds: number, pow: PowParams): bigint {
  const target = (old * BigInt(tookSeconds)) / BigInt(pow.timespanSeconds);
  return decodeBits(encodeBits(target > pow.limit ? pow.limit : target)).target;
}
