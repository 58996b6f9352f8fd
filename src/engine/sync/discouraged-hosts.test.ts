import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DISCOURAGED_MAX, DISCOURAGED_MS, DiscouragedHosts } from './discouraged-hosts.ts';

describe('hosts that misbehaved', () => {
  it('are remembered for a day from the last time', () => {
    let nowMs = 1_000;
    const hosts = new DiscouragedHosts(() => nowMs);
    hosts.add('10.0.0.1');
    nowMs += DISCOURAGED_MS - 1;
    assert.deepEqual([hosts.has('10.0.0.1'), hosts.has('10.0.0.2')], [true, false]);
    nowMs += 1;
    assert.equal(hosts.has('10.0.0.1'), false);
    hosts.add('10.0.0.1');
    nowMs += DISCOURAGED_MS - 1;
    hosts.add('10.0.0.1');
    nowMs += DISCOURAGED_MS - 1;
    assert.equal(hosts.has('10.0.0.1'), true);
  });

  it('are no more than ten thousand: who misbehaved longest ago makes room', () => {
    const hosts = new DiscouragedHosts(() => 0);
    for (let i = 0; i < DISCOURAGED_MAX; i++) hosts.add(`host ${i}`);
    hosts.add('host 0');
    assert.deepEqual([hosts.has('host 0'), hosts.has('host 1')], [true, true]);
    hosts.add('one more');
    assert.deepEqual([hosts.has('host 0'), hosts.has('host 1'), hosts.has('host 2'), hosts.has('one more')], [true, false, true, true]);
  });
});
