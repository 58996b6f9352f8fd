/**
 * Rules of a header: alone, and after its parent. Core's `CheckBlockHeader` and `ContextualCheckBlockHeader`.
 *
 * @module
 */

import type { ActivationHeights, ConsensusParams } from '../params/types.ts';
import type { BlockHeader } from '../primitives/block.ts';
import type { RetargetContext } from './next-bits.ts';
import { nextBits, retargetInterval } from './next-bits.ts';
import { checkProofOfWork } from './proof-of-work.ts';
import type { HeaderReason } from './reasons.ts';
import type { Rejection } from './rejection.ts';
import { reject } from './rejection.ts';

/** BIP-94: seconds by which a retarget period may begin before the last block of the one before. */
export const TIMEWARP_SECONDS_MAX = 600;

/** The branch that a header is added to. */
export interface HeaderContext extends RetargetContext {
  /** Median time past of the parent. */
  readonly medianTimeSeconds: number;
  /** The wall clock. Asked only where a network's rule is `wall-clock`. */
  readonly nowSeconds: number;
}

type Result = Rejection<HeaderReason> | undefined;

/** The rule that needs nothing but the header: its hash shows the work it claims. */
export function checkHeader(header: BlockHeader, params: ConsensusParams): Result {
  return checkProofOfWork(header.hash, header.bits, params) ? undefined : reject('header', 'high-hash', { bits: header.bits });
}

/** The rules that need the branch before the header. `checkHeader` must have passed and the parent be valid. */
export function checkHeaderInContext(header: BlockHeader, context: HeaderContext, params: ConsensusParams): Result {
  const required = nextBits(header.timeSeconds, context, params.pow);
  if (header.bits !== required) return reject('header', 'bad-diffbits', { bits: header.bits, required });
  return (
    checkMedianTime(header, context) ??
    checkTimewarp(header, context, params) ??
    checkFutureTime(header, context, params) ??
    checkVersion(header, context.prev.height + 1, params.heights)
  );
}

function checkMedianTime({ timeSeconds }: BlockHeader, { medianTimeSeconds }: HeaderContext): Result {
  return timeSeconds > medianTimeSeconds ? undefined : reject('header', 'time-too-old', { timeSeconds, medianTimeSeconds });
}

/** BIP-94: without it, a majority could date the ends of periods so that the target grows without end. */
function checkTimewarp({ timeSeconds }: BlockHeader, { prev }: HeaderContext, { pow }: ConsensusParams): Result {
  if (pow.retarget !== 'bip94' || (prev.height + 1) % retargetInterval(pow) !== 0) return undefined;
  if (timeSeconds >= prev.timeSeconds - TIMEWARP_SECONDS_MAX) return undefined;
  return reject('header', 'time-timewarp-attack', { timeSeconds, prevTimeSeconds: prev.timeSeconds });
}

/** By a wall clock the header may be valid later; by the chain's own time the refusal is final, on every node alike. */
function checkFutureTime({ timeSeconds }: BlockHeader, context: HeaderContext, { futureTime }: ConsensusParams): Result {
  const latest = latestHeaderTime(context, futureTime);
  if (timeSeconds <= latest) return undefined;
  return reject(futureTime.kind === 'chain' ? 'header' : 'time-future', 'time-too-new', { timeSeconds, latest });
}

/** The latest time that a header after this branch may say. Miners clamp their time to it. */
export function latestHeaderTime(
  context: Pick<HeaderContext, 'medianTimeSeconds' | 'nowSeconds'>,
  rule: ConsensusParams['futureTime'],
): number {
  return rule.kind === 'chain' ? context.medianTimeSeconds + rule.maxStepSeconds : context.nowSeconds + rule.maxSeconds;
}

/** Versions below 2, 3 and 4 ended when BIP-34, 66 and 65 came into force. */
function checkVersion({ version }: BlockHeader, height: number, heights: ActivationHeights): Result {
  const least = height >= heights.bip65 ? 4 : height >= heights.bip66 ? 3 : height >= heights.bip34 ? 2 : undefined;
  if (least === undefined || version >= least) return undefined;
  return reject('header', `bad-version(0x${(version >>> 0).toString(16).padStart(8, '0')})`, { version, least });
}
