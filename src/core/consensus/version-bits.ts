/**
 * Soft forks that miners signal for with bits of the version (BIP-9): which state a deployment is in at a height. Core's `versionbits`.
 *
 * States change only where a period begins, and follow from the blocks before. No rule here hangs on them: those that came into force
 * on public networks are buried under heights. They are what `getdeploymentinfo` tells.
 *
 * @module
 */

import type { Deployment } from '../params/types.ts';
import { ALWAYS_ACTIVE } from '../params/types.ts';

/** Core's words. */
export type DeploymentState = 'defined' | 'started' | 'locked_in' | 'active' | 'failed';

/** What is looked at in a block. */
export interface SignalBlock {
  readonly version: number;
  readonly medianTimeSeconds: number;
}

/** A branch: the block at a height, which must be one of its own. */
export type SignalBranch = (height: number) => SignalBlock;

/** A state and the height of the first block that it holds for. */
export interface DeploymentStatus {
  readonly state: DeploymentState;
  readonly since: number;
}

/** Signals within the period of a block, up to and with it. */
export interface DeploymentSignals {
  /** For each block of the period so far, the oldest first. */
  readonly signalling: readonly boolean[];
  readonly count: number;
  /** Whether the threshold can still be reached within the period. */
  readonly possible: boolean;
}

/** The version of a block that signals nothing: its three top bits are 001 (BIP-9). */
export const VERSION_TOP_BITS = 0x20000000;
const TOP_MASK = 0xe0000000;

/** Whether a block's version sets a deployment's bit. */
export function signals(version: number, bit: number): boolean {
  return (version & TOP_MASK) === (VERSION_TOP_BITS | 0) && ((version >>> bit) & 1) === 1;
}

function signalCount(from: number, to: number, branch: SignalBranch, bit: number): number {
  let count = 0;
  for (let height = from; height < to; height++) if (signals(branch(height).version, bit)) count++;
  return count;
}

/** The state in the period that begins at `start`, of that in the period before. */
function nextState(state: DeploymentState, start: number, branch: SignalBranch, deployment: Deployment): DeploymentState {
  const { bit, startTimeSeconds, timeoutSeconds, minActivationHeight, periodBlocks, thresholdBlocks } = deployment;
  const { medianTimeSeconds } = branch(start - 1);
  switch (state) {
    case 'defined':
      return medianTimeSeconds >= startTimeSeconds ? 'started' : 'defined';
    case 'started':
      // In the last period before the time is over it may still be locked in.
      if (signalCount(start - periodBlocks, start, branch, bit) >= thresholdBlocks) return 'locked_in';
      return timeoutSeconds !== null && medianTimeSeconds >= timeoutSeconds ? 'failed' : 'started';
    case 'locked_in':
      return start >= minActivationHeight ? 'active' : 'locked_in';
    default:
      return state;
  }
}

/**
 * The state that holds for a block.
 *
 * @param height - the block's; it need not be there yet
 * @param branch - must have every block below the height
 */
export function deploymentStatusAt(height: number, branch: SignalBranch, deployment: Deployment): DeploymentStatus {
  if (deployment.startTimeSeconds === ALWAYS_ACTIVE) return { state: 'active', since: 0 };
  const { periodBlocks } = deployment;
  let status: DeploymentStatus = { state: 'defined', since: 0 };
  for (let start = periodBlocks; start <= height; start += periodBlocks) {
    const state = nextState(status.state, start, branch, deployment);
    if (state !== status.state) status = { state, since: start };
    if (state === 'active' || state === 'failed') break;
  }
  return status;
}

/** The signals in the period that a block is in. */
export function deploymentSignals(height: number, branch: SignalBranch, deployment: Deployment): DeploymentSignals {
  const { bit, periodBlocks, thresholdBlocks } = deployment;
  const signalling: boolean[] = [];
  for (let at = height - (height % periodBlocks); at <= height; at++) signalling.push(signals(branch(at).version, bit));
  const count = signalling.filter(Boolean).length;
  return { signalling, count, possible: periodBlocks - thresholdBlocks >= signalling.length - count };
}
