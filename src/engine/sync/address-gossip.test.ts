import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { ScriptedPeer, SyncTestNode } from '../../../test/support/sync-world.ts';
import { SyncWorld, versionMessage, WORLD_PORT } from '../../../test/support/sync-world.ts';
import type { GossipAddress } from '../../core/wire/network-address.ts';
import { toNetworkAddress } from '../../core/wire/network-address.ts';

describe('address gossip', () => {
  let world: SyncWorld;
  let node: SyncTestNode;

  beforeEach(async () => {
    world = new SyncWorld();
    node = await world.node('10.0.0.1', { outboundTarget: 0 });
  });

  afterEach(() => world.close());

  const told = (host: string, ageSeconds = 3_600, services = 9n): GossipAddress => ({
    address: toNetworkAddress(host, WORLD_PORT)!,
    services,
    timeSeconds: world.clock.nowSeconds() - ageSeconds,
  });

  /** That many public addresses, each in a group of its own. */
  const many = (count: number): GossipAddress[] => Array.from({ length: count }, (_, i) => told(`${20 + (i >> 8)}.${i & 255}.1.1`));

  const heard = (peer: ScriptedPeer) =>
    peer.received.flatMap((message) => (message.type === 'addr' || message.type === 'addrv2' ? message.addresses : []));

  const hosts = (addresses: readonly GossipAddress[]) => addresses.map(({ address }) => address.bytes.join('.'));

  it('asks whom it called for addresses, and nobody else', async () => {
    let called: ScriptedPeer | undefined;
    await world.listen('10.0.0.7', (peer) => {
      called = peer;
    });
    node.network.addNode({ host: '10.0.0.7', port: WORLD_PORT }, 'add');
    await world.until(() => called !== undefined);
    await called!.greet();
    await called!.sync();
    assert.equal(called!.of('getaddr').length, 1);
    called!.send({ type: 'addrv2', addresses: many(1_000) });
    await called!.sync();
    assert.equal(node.peer().addressesProcessed, 1_000, 'a whole answer at once');
    assert.ok(node.network.knownAddresses > 850, 'but for those that met in one place');
    const caller = await world.peer(node);
    await caller.sync();
    assert.equal(caller.of('getaddr').length, 0);
  });

  it('looks at one address of a peer that called, then at one every ten seconds', async () => {
    const peer = await world.peer(node);
    peer.send({ type: 'addr', addresses: many(20) });
    await peer.sync();
    assert.equal(node.network.knownAddresses, 1);
    assert.deepEqual([node.peer().addressesProcessed, node.peer().addressesRateLimited], [1, 19]);
    await world.advance(100_000);
    peer.send({ type: 'addr', addresses: many(1_000) });
    await peer.sync();
    assert.equal(node.peer().addressesProcessed, 11);
  });

  it('takes 1,000 addresses of a message and hangs up at 1,001', async () => {
    const peer = await world.peer(node);
    peer.send({ type: 'addr', addresses: many(1_000) });
    await peer.sync();
    peer.send({ type: 'addr', addresses: many(1_001) });
    await world.until(() => peer.closed !== undefined);
    assert.deepEqual(world.closings, ['malformed-message']);
  });

  it('never lets a peer be looked at for more than 1,000 addresses after a pause', async () => {
    const peer = await world.peer(node);
    await world.advance(30 * 86_400_000);
    peer.send({ type: 'addr', addresses: many(1_000) });
    peer.send({ type: 'addr', addresses: many(1_000) });
    await peer.sync();
    assert.equal(node.peer().addressesProcessed, 1_000);
  });

  it('answers getaddr once, to who called, with 23 of a hundred at most', async () => {
    const feeder = await world.peer(node, '10.0.9.1');
    await world.advance(3_000_000);
    feeder.send({ type: 'addr', addresses: many(200) });
    await feeder.sync();
    const peer = await world.peer(node, '10.0.9.2');
    await peer.sync();
    const own = heard(peer).length;
    peer.send({ type: 'getaddr' });
    await peer.sync();
    const answer = heard(peer).slice(own);
    assert.ok(answer.length > 40 && answer.length <= 46, `${answer.length} of ${node.network.knownAddresses}`);
    peer.send({ type: 'getaddr' });
    await peer.sync();
    assert.equal(heard(peer).length, own + answer.length);
    const other = await world.peer(node, '10.0.9.3');
    other.send({ type: 'getaddr' });
    await other.sync();
    assert.deepEqual(hosts(heard(other)).slice(-answer.length), hosts(answer), 'the same to everybody, for about a day');
    await world.advance(21 * 3_600_000 - 60_000);
    const late = await world.peer(node, '10.0.9.4');
    late.send({ type: 'getaddr' });
    await late.sync();
    assert.deepEqual(hosts(heard(late)).slice(-answer.length), hosts(answer), 'for 21 hours at least');
    await world.advance(6 * 3_600_000 + 60_000);
    const next = await world.peer(node, '10.0.9.5');
    next.send({ type: 'getaddr' });
    await next.sync();
    assert.notDeepEqual(hosts(heard(next)).slice(-answer.length), hosts(answer), 'for 27 at most');
  });

  it('passes news on to others, not to who told, and not what is old', async () => {
    const from = await world.peer(node, '10.0.9.1');
    await world.advance(100_000);
    const others = [await world.peer(node, '10.0.9.2'), await world.peer(node, '10.0.9.3'), await world.peer(node, '10.0.9.4')];
    for (const peer of others) {
      // Whoever asks shows that addresses are of use to it.
      peer.send({ type: 'getaddr' });
      await peer.sync();
    }
    from.send({ type: 'addr', addresses: [told('8.8.8.8', 60), told('9.9.9.9', 601)] });
    await world.advance(600_000);
    const counts = others.map((peer) => hosts(heard(peer)).filter((host) => host === '8.8.8.8').length);
    assert.equal(
      counts.reduce((a, b) => a + b),
      2,
      'to two peers',
    );
    assert.ok(others.every((peer) => !hosts(heard(peer)).includes('9.9.9.9')));
    assert.ok(!hosts(heard(from)).includes('8.8.8.8'));
  });

  it('P21: answers getaddr anew for another network, so that the answers do not show that it is one node', async () => {
    for (let i = 0; i < 500; i++) node.network.learnAddress(toNetworkAddress(`${20 + (i >> 8)}.${i & 255}.1.1`, 1)!, { tried: false });
    const answers: string[][] = [];
    for (const host of ['10.0.9.2', '8.8.4.4', '8.8.4.5', 'fd00::7']) {
      const peer = await world.peer(node, host);
      peer.send({ type: 'getaddr' });
      await peer.sync();
      answers.push(hosts(heard(peer)).slice(-100));
    }
    assert.deepEqual(answers[1], answers[2], 'one network');
    assert.notDeepEqual(answers[0], answers[1], 'inside and outside');
    assert.notDeepEqual(answers[0], answers[3], 'IPv4 and IPv6');
  });

  it('P21: never tells more than 1,000 addresses or 23 of a hundred, however often and by whomever it is asked', async () => {
    for (let i = 0; i < 8_000; i++) {
      node.network.learnAddress(toNetworkAddress(`${20 + (i >> 8)}.${i & 255}.1.1`, 1)!, { tried: false });
    }
    const known = node.network.knownAddresses;
    assert.ok(known > 6_000);
    const told = new Set<string>();
    for (let i = 0; i < 40; i++) {
      const peer = await world.peer(node, `8.8.${i}.1`);
      peer.send({ type: 'getaddr' }, { type: 'getaddr' });
      await peer.sync();
      assert.equal(heard(peer).length, 1_000);
      for (const host of hosts(heard(peer))) told.add(host);
      peer.connection.close('done');
    }
    assert.equal(told.size, 1_000);
  });

  it('passes an address on to the same two peers all day, and to others on another day', async () => {
    const from = await world.peer(node, '10.0.9.1');
    await world.advance(10_000_000);
    const others: ScriptedPeer[] = [];
    for (let i = 0; i < 8; i++) others.push(await world.peer(node, `10.0.8.${i + 1}`));
    for (const peer of others) {
      peer.send({ type: 'getaddr' });
      await peer.sync();
    }
    const whoHears = async (): Promise<string> => {
      const before = others.map((peer) => heard(peer).length);
      for (let i = 1; i <= 20; i++) from.send({ type: 'addr', addresses: [told(`8.8.8.${i}`, 60)] });
      await world.advance(1_500_000);
      return others.map((peer, i) => hosts(heard(peer).slice(before[i])).filter((host) => host.startsWith('8.8.8.')).length).join();
    };
    const sumOf = (counts: string) => counts.split(',').reduce((sum, count) => sum + Number(count), 0);
    const first = await whoHears();
    assert.equal(sumOf(first), 40, 'twenty addresses to two each');
    assert.ok(sumOf(await whoHears()) <= 4, 'those two know them already, unless the day of one ends just now');
    await world.advance(86_400_000);
    assert.ok(sumOf(await whoHears()) > 20, 'the next day it is the turn of others');
  });

  it('keeps and passes on addresses of networks that it cannot call, to whom knows their form', async () => {
    const from = await world.peer(node, '10.0.9.1');
    await world.advance(100_000);
    const other = await world.peer(node, '10.0.9.2');
    const old = await world.call(node, '10.0.9.3');
    old.send(versionMessage(), { type: 'verack' }, { type: 'getaddr' });
    other.send({ type: 'getaddr' });
    await Promise.all([other.sync(), old.sync()]);
    const timeSeconds = world.clock.nowSeconds();
    const far = (['torv3', 'i2p', 'cjdns'] as const).map((network) => {
      const bytes = new Uint8Array(network === 'cjdns' ? 16 : 32).fill(0xfc);
      return { address: { network, bytes, port: network === 'i2p' ? 0 : 7 }, services: 9n, timeSeconds };
    });
    from.send({ type: 'addrv2', addresses: far });
    await world.advance(1_500_000);
    assert.deepEqual(Array.from(node.network.addressCounts().keys()).sort(), ['cjdns', 'i2p', 'torv3']);
    const networks = heard(other).map(({ address }) => address.network);
    assert.deepEqual(networks.filter((network) => network !== 'ipv4').sort(), ['cjdns', 'i2p', 'torv3']);
    assert.ok(heard(old).every(({ address }) => address.network === 'ipv4'));
    assert.ok(node.network.peers().every(({ connectionType }) => connectionType === 'inbound'));
  });

  it('P10: looks at 1,000 addresses of a peer that sends 300,000 of them, and keeps no more', async () => {
    const peer = await world.peer(node);
    await world.advance(10_000_000);
    for (let i = 0; i < 300; i++) peer.send({ type: 'addr', addresses: many(1_000) });
    await peer.sync();
    const { addressesProcessed, addressesRateLimited } = node.peer();
    assert.deepEqual([addressesProcessed, addressesRateLimited], [1_000, 299_000]);
    assert.ok(node.network.knownAddresses <= 1_000);
  });

  it('learns nothing of inner addresses from outside, and nobody is told of them there', async () => {
    const outside = await world.peer(node, '8.8.4.4');
    await world.advance(100_000);
    outside.send({ type: 'addr', addresses: [told('10.0.0.9'), told('127.0.0.1'), told('8.8.8.8')] });
    await outside.sync();
    assert.equal(node.network.knownAddresses, 1);
    const inside = await world.peer(node, '10.0.9.2');
    await world.advance(100_000);
    inside.send({ type: 'addr', addresses: [told('10.0.0.9'), told('127.0.0.1')] });
    await inside.sync();
    assert.equal(node.network.knownAddresses, 2);
    outside.send({ type: 'getaddr' });
    await outside.sync();
    assert.ok(!hosts(heard(outside)).includes('10.0.0.9'));
  });

  it('tells a peer our address as the peer sees it, with the port that we listen on', async () => {
    const peer = await world.call(node);
    peer.send(versionMessage({ receiver: { network: 'ipv4', bytes: Uint8Array.of(10, 0, 0, 1), port: 55_555 } }), { type: 'verack' });
    await world.until(() => heard(peer).length > 0);
    assert.deepEqual(
      peer.of('addr').map((message) => message.addresses.map(({ address }) => address)),
      [[{ network: 'ipv4', bytes: Uint8Array.of(10, 0, 0, 1), port: WORLD_PORT }]],
      'in the old form, since the peer did not say that it knows the new one',
    );
  });

  it('tells nobody of an address while it does not listen', async () => {
    const quiet = await world.node('10.0.0.2', { listen: false, manualPeers: [{ host: '10.0.0.7', port: WORLD_PORT }] });
    let called: ScriptedPeer | undefined;
    await world.listen('10.0.0.7', (peer) => {
      called = peer;
    });
    await world.until(() => called !== undefined);
    await called!.greet();
    await called!.sync();
    assert.deepEqual(heard(called!), []);
    assert.equal(quiet.network.listenAddress(), undefined);
  });

  it('connects nodes that have only heard of each other, and remembers them over a restart', async () => {
    const a = await world.node('10.0.1.1');
    const hub = { host: '10.0.1.1', port: WORLD_PORT };
    const b = await world.node('10.0.1.2', { manualPeers: [hub] });
    const c = await world.node('10.0.1.3', { manualPeers: [hub] });
    const connected = (one: SyncTestNode, other: SyncTestNode) =>
      one.network.peers().some((peer) => peer.connectionType === 'outbound-full-relay' && peer.address === `${other.host}:${WORLD_PORT}`);
    await world.until(() => connected(b, c) || connected(c, b), 600_000);
    assert.equal(a.failures.length, 0);
    await c.stop();
    assert.ok(c.saved()?.peers.some((peer) => peer.address.bytes.join('.') === '10.0.1.1' && peer.lastSuccessSeconds > 0));
  });
});
