import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { groundOf, playOn } from '../../test/support/attack-world.ts';
import { GullibleNode, type GullibleOptions } from '../../test/support/gullible-node.ts';
import { SyncWorld, WORLD_PORT } from '../../test/support/sync-world.ts';
import { findAttack } from './catalogue.ts';
import { type AttackReport, LATENCY_MS_MAX } from './run-attack.ts';

const HOST = '10.0.0.66';
const SIZE = { seconds: 60, bytesMax: 60_000_000, effort: 0.02 };

describe('an attack', () => {
  let world: SyncWorld;

  beforeEach(() => {
    world = new SyncWorld();
  });

  afterEach(() => world.close());

  /** Plays an attack on a node that believes everything, and perhaps has other faults. */
  async function onGullible(name: string, faults: Partial<GullibleOptions> = {}): Promise<AttackReport> {
    const { params, clock, network } = world;
    await GullibleNode.listen({ params, clock, transport: network.transport(HOST), host: HOST, ...faults });
    return playOn(world, groundOf(world, { host: HOST, port: WORLD_PORT }), findAttack(name)!, SIZE);
  }

  const weak: readonly (readonly [name: string, seen: string])[] = [
    ['pings-before-version', 'it passes over it, and shakes hands afterwards; expected D besides'],
    ['oversized-message', 'it neither answers nor hangs up; expected D besides'],
    ['getheaders-too-long', 'it passes over it and goes on; expected D besides'],
    ['getaddr-twice', '10 answers to ten questions; expected I besides'],
    ['inv-flood', 'it asks for 50000 of them; expected B besides'],
    ['silent-callers', '1 of 1 are still there; expected D B besides'],
    ['wide-headers', '2000 headers sent, and the last is kept; expected I B besides'],
    ['block-spends-input-twice', 'it is taken, and served to others; expected R D besides'],
    ['block-oversize', 'it is taken, and served to others; expected R D besides'],
    ['block-repeated-tail', 'it is taken, and served to others; expected R D besides'],
    ['mutated-block-for-another', 'the copy is taken, and served to others; expected R C besides'],
    ['unasked-low-work-block', 'it serves the block afterwards; expected I besides'],
    ['even-tips', 'it leaves the block that it had first; expected C I besides'],
    ['blocktxn-out-of-range', 'the connection stays; expected D besides'],
    ['tx-unsigned-outputs', 'it is passed on; expected R besides'],
    ['tx-long-chain', '100 of them wait; expected R B besides'],
    ['heavy-orphans', '2 of them are passed on; expected R B besides'],
    ['fork-takes-reward', 'it still waits, though it can be in no next block; expected R besides'],
  ];
  for (const [name, seen] of weak) {
    it(`fails where a node believes everything: ${name}`, async () => {
      const report = await onGullible(name);
      assert.deepEqual([report.verdict, report.seen, report.serves], ['fail', seen, true]);
    });
  }

  it('fails where the node says nothing any more', async () => {
    const report = await onGullible('spoiled-messages', { diesAt: 'feefilter' });
    assert.deepEqual([report.verdict, report.serves], ['fail', false]);
  });

  it('fails where honest peers wait for long', async () => {
    const slow = await onGullible('ping-flood', { pongDelayMs: LATENCY_MS_MAX + 100 });
    assert.equal(slow.verdict, 'fail');
    assert.match(slow.seen, /an honest peer waited 5\d\d\d ms, over 5000$/);
  });

  it('cannot be told where the node does not have what is attacked, nor where nobody answers', async () => {
    const unspoken = await onGullible('v2-broken-packet');
    assert.deepEqual([unspoken.verdict, unspoken.seen], ['unknown', 'the target does not speak the encrypted transport']);
    const nobody = await playOn(world, groundOf(world, { host: '10.0.0.67', port: 1 }), findAttack('second-version')!, SIZE);
    assert.deepEqual([nobody.verdict, nobody.serves], ['unknown', false]);
  });

  it('ends with the bytes that it may send, and says so', async () => {
    const { params, clock, network } = world;
    await GullibleNode.listen({ params, clock, transport: network.transport(HOST), host: HOST });
    const ground = groundOf(world, { host: HOST, port: WORLD_PORT });
    const report = await playOn(world, ground, findAttack('block-oversize')!, { ...SIZE, bytesMax: 500_000 });
    assert.deepEqual([report.verdict, report.seen], ['unknown', 'more than 500000 bytes would have to be sent']);
  });

  it('costs what it sends: the same seed gives the same bytes', async () => {
    const first = await onGullible('tx-high-s');
    await world.close();
    world = new SyncWorld();
    assert.deepEqual(await onGullible('tx-high-s'), first);
    assert.ok(first.attacker.bytesSent > 100 && first.attacker.messages > 0);
  });
});
