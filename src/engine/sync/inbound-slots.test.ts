import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { buildBlock, genesisParent } from '../../../test/support/chain-builder.ts';
import type { ScriptedPeer } from '../../../test/support/sync-world.ts';
import { SyncWorld, WORLD_PORT } from '../../../test/support/sync-world.ts';
import { parseSubnet } from '../../core/wire/subnet.ts';
import type { PermissionGrant } from '../ports/permissions.ts';

const grant = (text: string, permissions: PermissionGrant['permissions']): PermissionGrant => {
  return { subnet: parseSubnet(text)!, permissions, inbound: true, outbound: false };
};

describe('places of callers', () => {
  let world: SyncWorld;

  beforeEach(() => {
    world = new SyncWorld();
  });

  afterEach(() => world.close());

  const isOpen = (peer: ScriptedPeer): boolean => peer.closed === undefined;

  it('P12: 500 callers of one attacker never hold more places than there are, nor push out who is of use', async () => {
    const node = await world.node('10.0.0.1', { inboundMax: 40, outboundTarget: 0, whitelist: [grant('99.0.0.1', ['noban'])] });
    const named = await world.peer(node, '99.0.0.1');
    const first = await world.peer(node, '98.0.0.1');
    const miner = await world.peer(node, '97.0.0.1');
    const block = buildBlock({ parent: genesisParent(world.params), params: world.params });
    miner.sendBlock(block);
    await miner.sync();
    assert.equal(node.height, 1);
    await world.advance(60_000);
    let most = 0;
    for (let i = 0; i < 500; i++) {
      // It only ever connects: nothing that it brings counts for it.
      await world.call(node, `6.6.${i >> 8}.${i & 255}`);
      most = Math.max(most, node.network.peers().filter(({ inbound }) => inbound).length);
    }
    await world.advance(10);
    assert.deepEqual([named, first, miner].map(isOpen), [true, true, true]);
    assert.ok(most <= 41, `${most} at a time: the places, and one that has just been let go`);
    assert.equal(node.network.peers().length, 40);
    assert.ok(world.closings.filter((why) => why === 'evicted').length >= 400);
  });

  it('lets a caller in at a full house only where somebody can make room, and nobody who may not be let go does', async () => {
    const node = await world.node('10.0.0.1', { inboundMax: 22, outboundTarget: 0, whitelist: [grant('10.0.9.0/24', ['noban'])] });
    for (let i = 1; i <= 22; i++) await world.call(node, `10.0.9.${i}`);
    const refused = await world.call(node, '10.0.8.1');
    await world.until(() => !isOpen(refused));
    const other = await world.call(node, '10.0.9.99');
    await world.until(() => !isOpen(other));
    assert.deepEqual(world.closings, ['connection-limit', 'connection-limit'], 'not even another one of them');
    assert.equal(node.network.peers().length, 22);
  });

  it('say what a caller may do, by its address and by where it comes in', async () => {
    const node = await world.node('10.0.0.1', {
      outboundTarget: 0,
      whitelist: [grant('10.0.9.0/24', ['noban']), grant('10.0.9.7', ['forcerelay', 'mempool'])],
      alsoListen: [{ host: '10.0.0.1', port: 7777, permissions: ['addr'], onion: true }],
    });
    await world.peer(node, '10.0.8.1');
    await world.peer(node, '10.0.9.1');
    await world.peer(node, '10.0.9.7');
    const dialling = world.network.transport('10.0.9.1').dial({ host: '10.0.0.1', port: 7777 }, { timeoutMs: 1_000 });
    await world.advance(2);
    await dialling;
    assert.deepEqual(
      node.network.peers().map(({ permissions, throughOnion }) => [throughOnion, ...permissions]),
      [
        [false],
        [false, 'noban', 'download'],
        [false, 'noban', 'forcerelay', 'relay', 'mempool', 'download'],
        [true, 'noban', 'download', 'addr'],
      ],
    );
  });

  it('lets who may not be banned go on after a breach, in though it is banned, and ask for what waits', async () => {
    const node = await world.node('10.0.0.1', { outboundTarget: 0, whitelist: [grant('10.0.9.1', ['noban', 'mempool'])] });
    assert.equal(node.network.ban(parseSubnet('10.0.9.0/24')!, world.clock.nowSeconds() + 1_000), true);
    const peer = await world.peer(node, '10.0.9.1');
    const headers = [buildBlock({ parent: genesisParent(world.params), params: world.params }).header];
    peer.send({ type: 'headers', headers: [headers[0]!, headers[0]!] });
    await peer.sync();
    peer.send({ type: 'mempool' });
    await peer.sync();
    assert.equal(isOpen(peer), true);
    const other = await world.call(node, '10.0.9.2');
    await world.until(() => !isOpen(other));
    assert.deepEqual(world.closings, ['banned']);
  });

  it('gives those whom a user named what they may do, where it holds for them', async () => {
    const outbound: PermissionGrant = { subnet: parseSubnet('10.0.7.0/24')!, permissions: ['relay'], inbound: false, outbound: true };
    const node = await world.node('10.0.0.1', { outboundTarget: 0, whitelist: [outbound] });
    await world.listen('10.0.7.7', (peer) => void peer.greet());
    node.network.addNode({ host: '10.0.7.7', port: WORLD_PORT }, 'onetry');
    await world.until(() => node.network.peers().length === 1);
    assert.deepEqual(node.peer().permissions, ['relay']);
    await world.peer(node, '10.0.7.8');
    assert.deepEqual(node.network.peers()[1]!.permissions, []);
  });
});
