/**
 * The bits that the chain requires of its next block. Core's `GetNextWorkRequired` and `CalculateNextWorkRequired`.
 *
 * @module
 */

import type { PowParams } from '../params/types.ts';
import { decodeBits, encodeBits } from '../primitives/compact-target.ts';

/** What retargeting looks at in a block. */
export interface RetargetBlock {
  readonly height: number;
  readonly timeSeconds: number;
  readonly bits: number;
}

/** The branch that a block is added to. */
export interface RetargetContext {
  /** The block's parent. */
  readonly prev: RetargetBlock;
  /** The parent itself or a block before it. */
  ancestor(height: number): RetargetBlock;
}

/** A target moves at most by this factor at once. */
export const ADJUSTMENT_MAX = 4;

/** Blocks of one retarget period. */
export function retargetInterval(pow: PowParams): number {
  return Math.floor(pow.timespanSeconds / pow.spacingSeconds);
}

/**
 * Required bits of a block.
 *
 * @param timeSeconds - the block's own time: on test networks a late block may be easy
 */
export function nextBits(timeSeconds: number, context: RetargetContext, pow: PowParams): number {
  if (pow.retarget === 'none') return pow.bits;
  const { prev } = context;
  const interval = retargetInterval(pow);
  if ((prev.height + 1) % interval === 0) return retarget(context, pow, interval);
  if (pow.retarget === 'bitcoin') return prev.bits;
  if (timeSeconds > prev.timeSeconds + 2 * pow.spacingSeconds) return pow.bits;
  return lastEarnedBits(context, pow, interval);
}

/** Bits of the last block that was not an easy one, or of the period's first. */
function lastEarnedBits(context: RetargetContext, pow: PowParams, interval: number): number {
  let block = context.prev;
  while (block.height > 0 && block.height % interval !== 0 && block.bits === pow.bits) block = context.ancestor(block.height - 1);
  return block.bits;
}

/**
 * Bits of a period's first block: the old target times the time the period took over the time it should take.
 *
 * The period is measured from its first block to its last, one spacing short; the flaw is part of the rule. BIP-94 computes from the
 * bits of the period's first block, since on a test network the last may be an easy one.
 */
function retarget(context: RetargetContext, pow: PowParams, interval: number): number {
  const { prev } = context;
  const first = context.ancestor(prev.height - (interval - 1));
  const least = Math.floor(pow.timespanSeconds / ADJUSTMENT_MAX);
  const took = Math.min(Math.max(prev.timeSeconds - first.timeSeconds, least), pow.timespanSeconds * ADJUSTMENT_MAX);
  const { target: old } = decodeBits(pow.retarget === 'bip94' ? first.bits : prev.bits);
  const target = (old * BigInt(took)) / BigInt(pow.timespanSeconds);
  return encodeBits(target > pow.limit ? pow.limit : target);
}
