import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { ScriptedPeer, SyncTestNode } from '../../../test/support/sync-world.ts';
import { SyncWorld, versionMessage, WORLD_PORT } from '../../../test/support/sync-world.ts';
import { encodeMessage } from '../../core/wire/messages/table.ts';
import { offers, SERVICES } from '../../core/wire/services.ts';
import { HANDSHAKE_TIMEOUT_MS, PROTOCOL_VERSION_MIN } from './handshake.ts';

describe('handshake', () => {
  let world: SyncWorld;
  let node: SyncTestNode;

  beforeEach(async () => {
    world = new SyncWorld();
    node = await world.node('10.0.0.1');
  });

  afterEach(() => world.close());

  it('answers a version with its own, what it understands, and verack, in this order', async () => {
    const peer = await world.call(node);
    await world.advance(100);
    assert.equal(peer.received.length, 0, 'who is called waits for the caller');
    peer.send(versionMessage());
    await world.advance(100);
    assert.deepEqual(
      peer.received.map((message) => message.type),
      ['version', 'wtxidrelay', 'sendaddrv2', 'verack'],
    );
    const [version] = peer.of('version');
    assert.equal(version?.protocolVersion, 70_016);
    assert.equal(version?.userAgent, '/quoin:test/');
    assert.ok(offers(version?.services ?? 0n, SERVICES.network | SERVICES.witness | SERVICES.networkLimited));
    assert.equal(version?.startHeight, 0);
  });

  it('sends a ping, sendheaders and feefilter right after verack, and asks for headers', async () => {
    const peer = await world.peer(node);
    await world.advance(10);
    const types = peer.received.map((message) => message.type);
    for (const type of ['sendheaders', 'ping', 'feefilter', 'getheaders'] as const) assert.ok(types.includes(type), type);
    assert.deepEqual(peer.of('feefilter'), [{ type: 'feefilter', feeRateSatPerKvb: node.mempool.minFeeRateSatPerKvb() }]);
    assert.deepEqual(node.events, [{ kind: 'peer-connected', id: node.peer().id }]);
  });

  it('says nothing of features to a peer that is too old to know them', async () => {
    const peer = await world.call(node);
    peer.send(versionMessage({ protocolVersion: 70_015 }));
    await world.advance(100);
    assert.deepEqual(
      peer.received.map((message) => message.type),
      ['version', 'verack'],
    );
  });

  it('speaks first where it calls', async () => {
    const calls: ScriptedPeer[] = [];
    await world.listen('10.0.0.7', (peer) => calls.push(peer));
    node.network.addNode({ host: '10.0.0.7', port: WORLD_PORT }, 'add');
    await world.advance(100);
    assert.deepEqual(
      calls[0]?.received.map((message) => message.type),
      ['version'],
    );
    await calls[0]?.greet();
    assert.equal(node.peer().connectionType, 'manual');
  });

  /** What ends a connection, and with which word. */
  const endings: [string, string, (peer: ScriptedPeer) => void][] = [
    ['a message before version', 'message-before-version', (peer) => peer.send({ type: 'ping', nonce: 1n })],
    ['verack before version', 'message-before-version', (peer) => peer.send({ type: 'verack' })],
    ['a second version', 'version-repeated', (peer) => peer.send(versionMessage(), versionMessage())],
    ['version 0', 'obsolete-version', (peer) => peer.send(versionMessage({ protocolVersion: 0 }))],
    [
      'one version below the oldest',
      'obsolete-version',
      (peer) => peer.send(versionMessage({ protocolVersion: PROTOCOL_VERSION_MIN - 1 })),
    ],
    ['a user agent of 300 bytes', 'malformed-message', (peer) => peer.send(versionMessage({ userAgent: 'a'.repeat(300) }))],
    ['a version cut short', 'malformed-message', (peer) => peer.sendRaw('version', encodeMessage(versionMessage()).slice(0, 40))],
  ];
  for (const [what, why, act] of endings) {
    it(`P17: ends at ${what}`, async () => {
      const peer = await world.call(node);
      act(peer);
      await world.until(() => peer.closed !== undefined);
      assert.deepEqual(world.closings.slice(-1), [why]);
      assert.deepEqual(node.network.peers(), []);
    });
  }

  it('takes the oldest version that it speaks with', async () => {
    const peer = await world.call(node);
    peer.send(versionMessage({ protocolVersion: PROTOCOL_VERSION_MIN }));
    peer.send({ type: 'verack' });
    await world.until(() => peer.of('getheaders').length > 0);
    assert.equal(peer.closed, undefined);
    assert.deepEqual(peer.of('ping'), [], 'who is that old has no answer to a ping');
    assert.deepEqual(peer.of('feefilter'), []);
  });

  for (const type of ['wtxidrelay', 'sendaddrv2'] as const) {
    it(`P17: ends at ${type} after verack`, async () => {
      const peer = await world.peer(node);
      peer.send({ type });
      await world.until(() => peer.closed !== undefined);
      assert.deepEqual(world.closings.slice(-1), ['feature-after-verack']);
    });
  }

  it('ignores everything else between version and verack', async () => {
    const peer = await world.call(node);
    peer.send(versionMessage());
    peer.send({ type: 'ping', nonce: 7n });
    peer.send({ type: 'getaddr' });
    await world.advance(1_000);
    assert.equal(peer.closed, undefined);
    assert.deepEqual(peer.of('pong'), []);
    await peer.greetEnd();
    await peer.sync();
  });

  it('P17: finds out that it called itself, hangs up at both ends and does not call again', async () => {
    node.network.addNode({ host: '10.0.0.1', port: WORLD_PORT }, 'add');
    await world.advance(5_000);
    assert.deepEqual(world.closings, ['self-connection', 'self-connection']);
    assert.deepEqual(node.network.peers(), []);
    await world.advance(600_000);
    assert.equal(world.closings.length, 2);
  });

  it('P17: ends a handshake that takes more than a minute, not one that takes less', async () => {
    const silent = await world.call(node);
    const slow = await world.call(node, '10.0.9.2');
    await world.advance(HANDSHAKE_TIMEOUT_MS - 1_000);
    assert.equal(silent.closed, undefined);
    await slow.greet();
    await world.advance(2_000);
    assert.notEqual(silent.closed, undefined);
    assert.deepEqual(world.closings, ['handshake-timeout']);
    assert.equal(slow.closed, undefined);
  });

  it('lets a node go that it chose itself and that does not serve blocks with witnesses', async () => {
    const calls: ScriptedPeer[] = [];
    await world.listen('10.0.0.7', (peer) => calls.push(peer));
    const teller = await world.peer(node);
    teller.send({
      type: 'addrv2',
      addresses: [
        {
          timeSeconds: world.clock.nowSeconds(),
          services: 9n,
          address: { network: 'ipv4', bytes: Uint8Array.of(10, 0, 0, 7), port: WORLD_PORT },
        },
      ],
    });
    await world.until(() => calls.length > 0);
    await calls[0]?.greet({ services: SERVICES.network });
    assert.deepEqual(world.closings, ['services-missing']);
  });
});
