import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Deployment } from '../params/types.ts';
import { ALWAYS_ACTIVE } from '../params/types.ts';
import type { DeploymentState, SignalBranch } from './version-bits.ts';
import { deploymentSignals, deploymentStatusAt, signals } from './version-bits.ts';

const soft: Deployment = {
  name: 'soft',
  bit: 3,
  startTimeSeconds: 1_000,
  timeoutSeconds: 2_000,
  minActivationHeight: 0,
  periodBlocks: 10,
  thresholdBlocks: 8,
};

const YES = 0x20000008;
const NO = 0x20000000;

/** A branch whose block at a height has the time `times(height)` and signals where `votes` says so. */
function branch(times: (height: number) => number, votes: (height: number) => boolean): SignalBranch {
  return (height) => {
    assert.ok(height >= 0);
    return { version: votes(height) ? YES : NO, medianTimeSeconds: times(height) };
  };
}

/** Time passes the start with the block at 9 and the end with that at 49. */
const times = (height: number): number => (height >= 49 ? 2_000 : height >= 9 ? 1_000 : 999);

const statesAt = (heights: readonly number[], from: SignalBranch, deployment = soft): DeploymentState[] =>
  heights.map((height) => deploymentStatusAt(height, from, deployment).state);

describe('version bits', () => {
  it('are counted only under the three top bits of BIP-9', () => {
    assert.ok(signals(0x20000008, 3) && signals(0x3fffffff, 28) && signals(0x20000001, 0));
    for (const [version, bit] of [
      [0x20000008, 2],
      [8, 3],
      [0x40000008, 3],
      [0x60000008, 3],
      [0xa0000008 | 0, 3],
      [-1, 3],
    ] as const)
      assert.ok(!signals(version, bit), version.toString(16));
  });

  it('go from defined over started and locked in to active, where a period begins', () => {
    // Eight of ten in the period from 20 on.
    const from = branch(times, (height) => height >= 22 && height < 30);
    assert.deepEqual(statesAt([0, 9, 10, 19, 20, 29, 30, 39, 40, 400], from), [
      'defined',
      'defined',
      'started',
      'started',
      'started',
      'started',
      'locked_in',
      'locked_in',
      'active',
      'active',
    ]);
    assert.deepEqual(deploymentStatusAt(35, from, soft), { state: 'locked_in', since: 30 });
    assert.deepEqual(deploymentStatusAt(99, from, soft), { state: 'active', since: 40 });
    assert.deepEqual(deploymentStatusAt(25, from, soft), { state: 'started', since: 10 });
  });

  it('do not start a second too early', () => {
    const from = branch(
      (height) => (height === 9 ? 999 : 1_000),
      () => false,
    );
    assert.deepEqual(statesAt([10, 19, 20], from), ['defined', 'defined', 'started']);
  });

  it('need the threshold within one period, and fail when the time is over without it', () => {
    const seven = branch(times, (height) => height % 10 < 7 || height < 10);
    assert.deepEqual(statesAt([49, 50, 500], seven), ['started', 'failed', 'failed']);
    const apart = branch(times, (height) => height >= 26 && height < 36);
    assert.deepEqual(statesAt([30, 40, 50], apart), ['started', 'started', 'failed']);
    assert.equal(deploymentStatusAt(500, seven, soft).since, 50);
    const never = { ...soft, timeoutSeconds: null };
    assert.deepEqual(statesAt([50, 500], seven, never), ['started', 'started']);
  });

  it('are still locked in by the very period in which the time is over', () => {
    const from = branch(times, (height) => height >= 40 && height < 48);
    assert.deepEqual(statesAt([50, 60], from), ['locked_in', 'active']);
  });

  it('wait, locked in, for the height of activation', () => {
    const from = branch(times, () => true);
    const later = (minActivationHeight: number): Deployment => ({ ...soft, minActivationHeight });
    assert.deepEqual(statesAt([20, 30, 40], from, later(30)), ['locked_in', 'active', 'active']);
    assert.deepEqual(statesAt([20, 30, 40], from, later(31)), ['locked_in', 'locked_in', 'active']);
  });

  it('need nothing where a deployment was always active', () => {
    const nothing: SignalBranch = () => assert.fail('no block is looked at');
    assert.deepEqual(deploymentStatusAt(7, nothing, { ...soft, startTimeSeconds: ALWAYS_ACTIVE }), { state: 'active', since: 0 });
  });

  it('tell how far a period has come, and whether its threshold can still be reached', () => {
    const from = branch(times, (height) => height !== 20 && height !== 23 && height !== 24);
    assert.deepEqual(deploymentSignals(22, from, soft), { signalling: [false, true, true], count: 2, possible: true });
    assert.equal(deploymentSignals(23, from, soft).possible, true);
    assert.equal(deploymentSignals(24, from, soft).possible, false);
    assert.deepEqual(deploymentSignals(30, from, soft), { signalling: [true], count: 1, possible: true });
  });
});
