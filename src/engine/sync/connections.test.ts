import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { silentLog } from '../../../test/support/mempool-world.ts';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import type { ScriptedPeer } from '../../../test/support/sync-world.ts';
import { SyncWorld, WORLD_PORT } from '../../../test/support/sync-world.ts';
import type { GossipAddress } from '../../core/wire/network-address.ts';
import { toNetworkAddress } from '../../core/wire/network-address.ts';
import { NodeError } from '../ports/node-error.ts';
import { RETRY_MS_MAX } from './connections.ts';
import { DISCOURAGED_MS } from './discouraged-hosts.ts';
import { Network } from './network.ts';

describe('connections', () => {
  let world: SyncWorld;

  beforeEach(() => {
    world = new SyncWorld();
  });

  afterEach(() => world.close());

  /** Waits to be called and counts the calls. */
  async function listening(host: string, greets = true): Promise<ScriptedPeer[]> {
    const calls: ScriptedPeer[] = [];
    await world.listen(host, (peer) => {
      calls.push(peer);
      if (greets) void peer.greet();
    });
    return calls;
  }

  const open = (calls: readonly ScriptedPeer[]) => calls.filter((peer) => peer.closed === undefined).length;

  const told = (host: string): GossipAddress => ({
    address: toNetworkAddress(host, WORLD_PORT)!,
    services: 9n,
    timeSeconds: world.clock.nowSeconds(),
  });

  it('stays connected with a node that it was told of, calling again ever more slowly while nobody answers', async () => {
    const node = await world.node('10.0.0.1', { manualPeers: [{ host: '10.0.0.7', port: WORLD_PORT }], outboundTarget: 0 });
    await world.advance(300_000);
    const calls = await listening('10.0.0.7', false);
    await world.advance(RETRY_MS_MAX + 1_000);
    assert.equal(calls.length, 1);
    await calls[0]!.greet();
    calls[0]!.connection.close('restart');
    await world.advance(1_500);
    assert.equal(calls.length, 2, 'a second after a connection that stood');
    await calls[1]!.greet();
    assert.equal(node.network.addNode({ host: '10.0.0.7', port: WORLD_PORT }, 'add'), false);
    assert.equal(node.network.addNode({ host: '10.0.0.7', port: WORLD_PORT }, 'remove'), true);
    assert.equal(node.network.addNode({ host: '10.0.0.7', port: WORLD_PORT }, 'remove'), false);
    calls[1]!.connection.close('gone');
    await world.advance(600_000);
    assert.equal(calls.length, 2, 'a node that was removed is not called again');
  });

  it('ends every connection when it is switched off, lets none begin, and calls again when it is switched on', async () => {
    const node = await world.node('10.0.0.1', { manualPeers: [{ host: '10.0.0.7', port: WORLD_PORT }], outboundTarget: 0 });
    const calls = await listening('10.0.0.7');
    await world.advance(RETRY_MS_MAX + 1_000);
    assert.equal(open(calls), 1);
    const { network } = node;
    assert.deepEqual(network.addedNodes(), [
      { host: '10.0.0.7', port: WORLD_PORT, connection: { address: `10.0.0.7:${WORLD_PORT}`, inbound: false } },
    ]);
    assert.equal(network.sendMessage(calls.length - 1, 'ping', new Uint8Array(8)), true);
    assert.equal(network.sendMessage(99, 'ping', new Uint8Array(8)), false);
    const before = network.traffic();
    assert.ok(before.bytesSent > 0 && before.bytesReceived > 0);
    network.setActive(false);
    const made = calls.length;
    network.addNode({ host: '10.0.0.7', port: WORLD_PORT }, 'onetry');
    await world.advance(600_000);
    assert.deepEqual([network.active(), open(calls), calls.length], [false, 0, made]);
    assert.deepEqual(network.addedNodes(), [{ host: '10.0.0.7', port: WORLD_PORT, connection: undefined }]);
    assert.ok(network.traffic().bytesSent >= before.bytesSent, 'bytes of connections that are gone still count');
    network.setActive(true);
    await world.advance(1_000);
    assert.deepEqual([network.active(), open(calls)], [true, 1]);
  });

  it('calls once when asked to, and not one that it is connected with', async () => {
    const node = await world.node('10.0.0.1');
    const calls = await listening('10.0.0.7', false);
    node.network.addNode({ host: '10.0.0.7', port: WORLD_PORT }, 'onetry');
    node.network.addNode({ host: '10.0.0.7', port: WORLD_PORT }, 'onetry');
    await world.advance(100);
    assert.equal(calls.length, 1);
    await calls[0]!.greet();
    assert.equal(node.network.disconnect({ address: `10.0.0.7:${WORLD_PORT}` }), true);
    assert.equal(node.network.disconnect({ address: `10.0.0.7:${WORLD_PORT}` }), false);
    assert.deepEqual(world.closings, ['requested']);
  });

  it('does not call back who called and said where it listens, but does so when asked to', async () => {
    const node = await world.node('10.0.0.1');
    const calls = await listening('10.0.0.7');
    const peer = await world.peer(node, '10.0.0.7');
    peer.send({ type: 'addr', addresses: [told('10.0.0.7')] });
    await world.advance(60_000);
    assert.equal(node.network.knownAddresses, 1);
    assert.equal(calls.length, 0);
    node.network.addNode({ host: '10.0.0.7', port: WORLD_PORT }, 'onetry');
    await world.advance(100);
    assert.equal(calls.length, 1);
  });

  it('calls an address that a caller told of another host, or among several', async () => {
    const node = await world.node('10.0.0.1');
    const calls = [await listening('10.0.0.8'), await listening('10.0.0.7')];
    const one = await world.peer(node, '10.0.0.9');
    one.send({ type: 'addr', addresses: [told('10.0.0.8')] });
    const several = await world.peer(node, '10.0.0.7');
    several.send({ type: 'addr', addresses: [told('10.0.0.7'), told('10.0.0.6')] });
    await world.advance(120_000);
    assert.deepEqual(
      calls.map((each) => each.length),
      [1, 1],
    );
  });

  it('ends a connection by its number', async () => {
    const node = await world.node('10.0.0.1');
    const peer = await world.peer(node);
    assert.equal(node.network.disconnect({ id: node.peer().id + 1 }), false);
    assert.equal(node.network.disconnect({ id: node.peer().id }), true);
    await world.until(() => peer.closed !== undefined);
    assert.deepEqual(
      node.events.map((event) => event.kind),
      ['peer-connected', 'peer-disconnected'],
    );
  });

  it('holds as many connections to nodes that it learned of as it aims at', async () => {
    const node = await world.node('10.0.0.1', { outboundTarget: 2, blockRelayTarget: 0 });
    const calls = [];
    for (const host of ['10.0.0.5', '10.0.0.6', '10.0.0.7', '10.0.0.8']) calls.push(await listening(host));
    const teller = await world.peer(node);
    await world.advance(100_000);
    teller.send({ type: 'addr', addresses: ['10.0.0.5', '10.0.0.6', '10.0.0.7', '10.0.0.8'].map(told) });
    await world.advance(60_000);
    assert.equal(
      calls.reduce((sum, each) => sum + open(each), 0),
      2,
    );
    calls.flat()[0]!.connection.close('gone');
    await world.advance(60_000);
    assert.equal(
      calls.reduce((sum, each) => sum + open(each), 0),
      2,
      'one goes, another takes its place',
    );
  });

  it('has no two connections of its own to one part of the public network', async () => {
    const node = await world.node('10.0.0.1');
    const calls = [await listening('8.8.0.1'), await listening('8.8.0.2'), await listening('9.9.0.1')];
    const teller = await world.peer(node);
    await world.advance(100_000);
    teller.send({ type: 'addr', addresses: ['8.8.0.1', '8.8.0.2', '9.9.0.1'].map(told) });
    await world.advance(300_000);
    assert.equal(open(calls[0]!) + open(calls[1]!), 1);
    assert.equal(open(calls[2]!), 1);
  });

  it('connects only where a user says so, if asked to', async () => {
    const node = await world.node('10.0.0.1', { onlyManual: true, manualPeers: [{ host: '10.0.0.7', port: WORLD_PORT }] });
    const calls = await listening('10.0.0.7');
    const other = await listening('10.0.0.8');
    await world.until(() => calls.length > 0 && node.network.peers().length > 0);
    await calls[0]!.sync();
    calls[0]!.send({ type: 'addrv2', addresses: [told('10.0.0.8')] });
    await world.advance(600_000);
    assert.equal(other.length, 0);
    assert.deepEqual(calls[0]!.of('getaddr'), []);
  });

  it('takes as many callers as it may and turns the next away', async () => {
    const node = await world.node('10.0.0.1', { inboundMax: 3 });
    const peers = [];
    for (let i = 1; i <= 3; i++) peers.push(await world.peer(node, `10.0.9.${i}`));
    const next = await world.call(node, '10.0.9.4');
    await world.until(() => next.closed !== undefined);
    assert.deepEqual(world.closings, ['connection-limit']);
    peers[0]!.connection.close('gone');
    await world.advance(100);
    await world.peer(node, '10.0.9.4');
    assert.equal(node.network.peers().length, 3);
  });

  it('turns who misbehaved away from the last place, and for a day only', async () => {
    const node = await world.node('10.0.0.1', { inboundMax: 2 });
    const bad = await world.call(node, '10.0.9.1');
    bad.sendRaw('version', new Uint8Array(3));
    await world.until(() => bad.closed !== undefined);
    const again = await world.peer(node, '10.0.9.1');
    again.connection.close('gone');
    await world.advance(100);
    await world.peer(node, '10.0.9.2');
    const refused = await world.call(node, '10.0.9.1');
    await world.until(() => refused.closed !== undefined);
    assert.deepEqual(world.closings, ['malformed-message', 'connection-limit']);
    await world.advance(DISCOURAGED_MS);
    await world.peer(node, '10.0.9.1');
    assert.equal(node.network.peers().length, 2);
  });

  it('knows a node that it called by name when it is asked again', async () => {
    const node = await world.node('10.0.0.1');
    const calls = await listening('node.example');
    node.network.addNode({ host: 'node.example', port: WORLD_PORT }, 'add');
    await world.advance(300_000);
    assert.equal(calls.length, 1);
  });

  it('fails to start where something else listens, and keeps the addresses that it had', async () => {
    const node = await world.node('10.0.0.1');
    let saved = false;
    const peerStore = {
      load: async () => undefined,
      save: async () => {
        saved = true;
      },
    };
    const { clock, params } = world;
    const other = new Network({
      ...{ clock, params, peerStore, log: silentLog, random: new SeededRandom(1) },
      ...{ chain: node.chain, mempool: node.mempool, services: 0n, userAgent: '/other/' },
      transport: world.network.transport('10.0.0.1'),
      listen: { host: '10.0.0.1', port: WORLD_PORT },
      onFailure: (error) => assert.fail(String(error)),
    });
    await assert.rejects(other.start(), (error: unknown) => error instanceof NodeError && error.code === 'port-in-use');
    await other.stop();
    assert.equal(saved, false);
  });
});
