import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { silentLog } from '../../../test/support/mempool-world.ts';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import { blocksOn, SyncWorld, versionMessage } from '../../../test/support/sync-world.ts';
import { regtest } from '../../core/params/regtest.ts';
import { encodeBlock } from '../../core/primitives/block.ts';
import type { SyncAction } from './actions.ts';
import { HANDSHAKE_TIMEOUT_MS } from './handshake.ts';
import type { PeerId } from './peer.ts';
import { SyncMachine } from './sync-machine.ts';

const PEER = 1 as PeerId;
const REMOTE = { host: '10.0.0.2', port: 7333 };

/** The actions in short: what is sent to whom, or the kind. */
const inShort = (actions: readonly SyncAction[]) => actions.map((action) => (action.kind === 'send' ? action.message.type : action.kind));

async function machineOn(clock: FakeClock): Promise<SyncMachine> {
  const { chain, mempool } = await new SyncWorld().node('10.0.0.1');
  return new SyncMachine({
    ...{ params: regtest, clock, random: new SeededRandom(1), log: silentLog, chain, mempool },
    ...{ services: 9n, userAgent: '/machine/' },
  });
}

describe('SyncMachine', () => {
  it('answers what happened with what is to be done, and does nothing itself', async () => {
    const clock = new FakeClock();
    const machine = await machineOn(clock);
    const facts = { id: PEER, remote: REMOTE, local: { host: '10.0.0.1', port: 50_000 } };
    assert.deepEqual(inShort(machine.connected({ ...facts, connectionType: 'manual', dialled: REMOTE })), ['version', 'wake']);
    assert.deepEqual(inShort(machine.received(PEER, versionMessage())), ['wtxidrelay', 'sendaddrv2', 'verack']);
    const ready = inShort(machine.received(PEER, { type: 'verack' }));
    assert.deepEqual(
      ready.filter((kind) => kind !== 'wake'),
      ['sendcmpct', 'sendheaders', 'ping', 'feefilter', 'getaddr', 'getheaders'],
    );
    const [block] = blocksOn(regtest, 1);
    assert.deepEqual(inShort(machine.received(PEER, { type: 'headers', headers: [block!.header] })).slice(0, 1), ['getdata']);
    const [accept] = machine.received(PEER, { type: 'block', block: block!, raw: encodeBlock(block!) });
    assert.ok(accept?.kind === 'accept-block' && accept.requested && accept.peer === PEER && !accept.viaCompact);
    assert.equal(clock.pendingTimers, 0);
  });

  it('says when it wants to be woken, and what follows then', async () => {
    const clock = new FakeClock();
    const machine = await machineOn(clock);
    const actions = machine.connected({ id: PEER, remote: REMOTE, local: REMOTE, connectionType: 'inbound' });
    assert.deepEqual(actions, [{ kind: 'wake', atMs: HANDSHAKE_TIMEOUT_MS }]);
    await clock.advance(HANDSHAKE_TIMEOUT_MS - 1);
    assert.ok(!inShort(machine.tick()).includes('disconnect'));
    await clock.advance(1);
    assert.deepEqual(
      machine.tick().filter((action) => action.kind === 'disconnect'),
      [{ kind: 'disconnect', peer: PEER, why: 'handshake-timeout' }],
    );
    assert.deepEqual(machine.received(PEER, versionMessage()), [], 'who is let go is no longer listened to');
    assert.equal(machine.disconnected(PEER).length, 0);
    assert.equal(machine.peers.size, 0);
  });

  it('keeps addresses for the next start every quarter of an hour', async () => {
    const clock = new FakeClock();
    const machine = await machineOn(clock);
    machine.start({}, undefined);
    await clock.advance(15 * 60_000 - 1);
    assert.ok(!inShort(machine.tick()).includes('save-peers'));
    await clock.advance(1);
    assert.ok(inShort(machine.tick()).includes('save-peers'));
    assert.ok(!inShort(machine.tick()).includes('save-peers'));
  });
});
