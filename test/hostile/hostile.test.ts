import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BEHAVIOURS } from './behaviours.ts';
import { runHostile } from './hostile-run.ts';

/** Memory that hostile peers may make a node take, whatever they do: for each what it may send unread and what it may leave unread, and room. */
const PEER_MIB_MAX = 8;
const ROOM_MIB = 200;

describe('a node among hostile peers', {
  skip: process.platform !== 'linux' && 'SKIPPED: only Linux tells what a process takes',
}, () => {
  it('answers honest ones, passes their blocks on, stays within its memory and writes little of it', async () => {
    const peers = 2 * Object.keys(BEHAVIOURS).length;
    const { attacks, before, blocks, logMib, peakMib, pings, relays } = await runHostile({ seed: 1, peers, seconds: 4 });
    assert.ok(
      Object.values(attacks).every(({ connections }) => connections > 0),
      'every behaviour had its turn',
    );
    assert.ok(peakMib <= before.rssMib + peers * PEER_MIB_MAX + ROOM_MIB, `${before.rssMib} MiB before, ${peakMib} at the peak`);
    assert.ok(pings.count > 0 && blocks.count === pings.count && relays.count > 0);
    assert.ok(logMib <= 8, `${logMib} MiB of log`);
  });
});
