import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { ScriptedPeer, SyncNodeOptions, SyncTestNode } from '../../../test/support/sync-world.ts';
import { SyncWorld, WORLD_PORT } from '../../../test/support/sync-world.ts';
import { toHex } from '../../core/base/bytes.ts';
import { chooseSecp256k1 } from '../../core/crypto/node/choose-secp256k1.ts';
import { chooseTransportEngine } from '../../core/crypto/node/choose-transport-engine.ts';
import { toNetworkAddress } from '../../core/wire/network-address.ts';
import { parseSubnet } from '../../core/wire/subnet.ts';
import type { Discovery, OwnService, Sighting } from '../ports/discovery.ts';
import type { Log } from '../ports/log.ts';
import type { SubnetNodeInfo } from '../ports/network-service.ts';
import {
  PROBE_AGAIN_MS,
  PROBE_MS_MAX,
  PROBES_MAX,
  SEEN_REST_MS,
  SUBNET_NODES_MAX,
  SUBNET_NODES_PER_HOST,
  SUBNET_PING_MS_MAX,
} from './subnet-peers.ts';

/** Words on the subnet, said by a test. */
class SpokenDiscovery implements Discovery {
  own: OwnService | undefined;
  listens = false;
  #seen: (sighting: Sighting) => void = () => {};

  async start(own: OwnService | undefined, seen: (sighting: Sighting) => void): Promise<void> {
    this.own = own;
    this.listens = true;
    this.#seen = seen;
  }

  async stop(): Promise<void> {
    this.listens = false;
  }

  say(sighting: Sighting): void {
    this.#seen(sighting);
  }
}

describe('nodes on the subnet', () => {
  let world: SyncWorld;
  let discovery: SpokenDiscovery;
  /** Calls that each host got. */
  let calls: Map<string, ScriptedPeer[]>;
  let log: string[];

  beforeEach(() => {
    world = new SyncWorld();
    discovery = new SpokenDiscovery();
    calls = new Map();
    log = [];
  });

  afterEach(() => world.close());

  const recording: Log = {
    debug: () => {},
    info: (event, fields) => void log.push(`${event} ${fields?.address} ${fields?.why ?? fields?.latencyMs}`),
    warn: () => {},
    error: () => {},
  };
  const start = (options: SyncNodeOptions = {}): Promise<SyncTestNode> => world.node('10.0.0.1', { discovery, log: recording, ...options });

  /** A host where a node answers, or one that takes calls and is silent. */
  async function host(name: string, greets = true, services?: bigint): Promise<void> {
    const taken: ScriptedPeer[] = [];
    calls.set(name, taken);
    await world.listen(name, (peer) => {
      taken.push(peer);
      if (greets) peer.greet(services === undefined ? {} : { services }).catch(() => undefined);
    });
  }

  function say(name: string, changes: Partial<Sighting> & { readonly port?: number } = {}): void {
    const { port = WORLD_PORT, ...rest } = changes;
    discovery.say({ net: toHex(world.params.messageStart), address: { host: name, port }, ttlSeconds: 120, ...rest });
  }

  const told = (): string[] => log.filter((line) => line.startsWith('subnet'));
  const callsOf = (name: string): number => calls.get(name)?.length ?? 0;
  const places = (node: SyncTestNode): string[] =>
    node.network
      .peers()
      .flatMap(({ address, connectionType }) => (connectionType === 'outbound-full-relay' ? [address.split(':')[0] ?? ''] : []));
  const known = (node: SyncTestNode, name: string): SubnetNodeInfo | undefined =>
    node.network.subnetNodes().find(({ address }) => address.host === name);
  const names = (count: number, net: number): string[] => Array.from({ length: count }, (_, i) => `10.${net}.${i >> 8}.${i & 255}`);

  it('are proved by a handshake and a ping before they are used, and their latency is kept', async () => {
    await host('10.0.0.2');
    const node = await start();
    assert.deepEqual(discovery.own, { address: { host: '10.0.0.1', port: WORLD_PORT }, net: toHex(world.params.messageStart) });
    say('10.0.0.2');
    assert.deepEqual(node.network.subnetNodes(), [
      { address: { host: '10.0.0.2', port: WORLD_PORT }, proved: false, latencyMs: undefined, connected: false },
    ]);
    await world.until(() => known(node, '10.0.0.2')?.proved === true);
    assert.deepEqual(world.closings, ['probe-done']);
    assert.equal(known(node, '10.0.0.2')?.latencyMs, 2, 'there and back');
    assert.deepEqual(told(), ['subnet-node-found 10.0.0.2:7333 2']);
    await world.until(() => places(node).includes('10.0.0.2'));
    assert.equal(callsOf('10.0.0.2'), 2);
    await world.until(() => node.peer().pingTimeMs !== undefined);
    assert.equal(node.peer().onSubnet, true);
    assert.equal(known(node, '10.0.0.2')?.connected, true);
  });

  it('are not called a second time by who they have called', async () => {
    const node = await start();
    await host('10.0.0.2');
    const peer = await world.peer(node, '10.0.0.2');
    peer.send({
      type: 'addrv2',
      addresses: [{ address: toNetworkAddress('10.0.0.2', WORLD_PORT)!, services: 9n, timeSeconds: world.clock.nowSeconds() }],
    });
    await peer.sync();
    say('10.0.0.2');
    await world.advance(120_000);
    assert.equal(callsOf('10.0.0.2'), 0);
    assert.equal(node.peer().onSubnet, true, 'it is one of them all the same');
    const { proved, latencyMs } = known(node, '10.0.0.2') ?? {};
    assert.deepEqual([proved, latencyMs], [true, 2], 'its answers over that connection prove it');
    peer.connection.close('gone');
    await world.advance(1_000);
    assert.equal(known(node, '10.0.0.2')?.proved, false);
    await world.until(() => callsOf('10.0.0.2') === 1);
  });

  it('P13: never take more than half of the places, and leave the others to the rest of the world', async () => {
    const near = names(12, 1);
    const far = Array.from({ length: 12 }, (_, i) => `${40 + i}.1.1.1`);
    for (const name of [...near, ...far]) await host(name);
    const node = await start({ outboundTarget: 8 });
    for (const name of near) say(name);
    await world.advance(60_000);
    assert.equal(places(node).length, 4, 'half, though there is nobody else');
    for (const name of far) node.network.learnAddress(toNetworkAddress(name, WORLD_PORT)!, { tried: false });
    await world.advance(60_000);
    assert.equal(places(node).length, 8);
    assert.equal(places(node).filter((name) => name.startsWith('10.')).length, 4);
  });

  it('P13: get none of one place, and two of five', async () => {
    for (const name of names(6, 1)) await host(name);
    const one = await start({ outboundTarget: 1 });
    for (const name of names(6, 1)) say(name);
    await world.advance(60_000);
    assert.deepEqual(places(one), []);
    assert.equal(one.network.subnetNodes().filter(({ proved }) => proved).length, 6);
    discovery = new SpokenDiscovery();
    const five = await world.node('10.0.0.9', { discovery, outboundTarget: 5 });
    for (const name of names(6, 1)) say(name);
    await world.advance(60_000);
    assert.equal(places(five).length, 2);
  });

  it('P13: take no further places by telling of each other, and the DNS seeds are asked whoever is there', async () => {
    for (const name of names(30, 1)) await host(name);
    const asked: string[] = [];
    const params = { ...world.params, dnsSeeds: ['seed.example'] };
    world = Object.assign(new SyncWorld(params), { network: world.network, clock: world.clock });
    const resolver = {
      resolve: async (name: string) => {
        asked.push(name);
        return [];
      },
    };
    const node = await start({ dnsSeeds: 'auto', resolver, outboundTarget: 8 });
    for (const name of names(4, 1)) say(name);
    await world.until(() => places(node).length === 4);
    const timeSeconds = world.clock.nowSeconds();
    for (const name of names(4, 1)) {
      const addresses = names(30, 1).map((each) => ({ address: toNetworkAddress(each, WORLD_PORT)!, services: 9n, timeSeconds }));
      calls.get(name)?.at(-1)?.send({ type: 'addrv2', addresses });
    }
    await world.advance(300_000);
    assert.equal(places(node).length, 4);
    assert.ok(node.network.subnetNodes().filter(({ proved }) => proved).length > 20, 'those that were told of are proved too');
    assert.ok(asked.length > 0);
  });

  it('P13: are no more than a number however many are said, and at most a few are called at once', async () => {
    const node = await start();
    for (const name of names(40, 3)) await host(name, false);
    await host('10.0.0.2');
    const flood = [...names(5_000, 1), ...names(40, 3), ...names(4_960, 2)];
    for (const name of flood) say(name);
    assert.equal(node.network.subnetNodes().length, SUBNET_NODES_MAX);
    let most = 0;
    for (let second = 0; second < 60; second++) {
      await world.advance(1_000);
      most = Math.max(most, node.network.peers().length);
      for (const name of flood.slice(second * 100, (second + 1) * 100)) say(name);
      assert.ok(node.network.subnetNodes().length <= SUBNET_NODES_MAX);
    }
    assert.ok(most > 0 && most <= PROBES_MAX, `${most} at once`);
    assert.deepEqual(told(), [], 'only what is proved is told');
    // When the flood is over, who is there is found among those that are left of it.
    say('10.0.0.2');
    await world.until(() => known(node, '10.0.0.2')?.proved === true, 300_000);
  });

  it('P13: keep nobody out by 10,000 records of one host', async () => {
    const node = await start();
    await host('10.0.0.2');
    for (let port = 10_000; port < 20_000; port++) say('10.0.0.66', { port });
    say('10.0.0.2');
    assert.equal(node.network.subnetNodes().length, SUBNET_NODES_PER_HOST + 1);
    await world.until(() => known(node, '10.0.0.2')?.proved === true, 5_000);
  });

  it('P13: are of our network, of a private or link-local range, and have a port: nobody else is called', async () => {
    const refused = ['40.1.2.3', '203.0.113.5', '224.0.0.251', '127.0.0.1', '0.0.0.0', '::1', '2001:41d0::1', 'name.local', ''];
    for (const name of refused) await host(name);
    for (const name of ['10.0.0.3', '10.0.0.4']) await host(name);
    const node = await start();
    for (const name of refused) say(name);
    say('10.0.0.3', { net: 'f9beb4d9' });
    say('10.0.0.4', { port: 0 });
    await world.advance(120_000);
    assert.deepEqual(node.network.subnetNodes(), []);
    assert.equal([...calls.values()].flat().length, 0);
    const accepted = ['192.168.1.2', '172.16.0.2', '169.254.0.2', 'fe80::2%eth0', 'fd00::2'];
    for (const name of accepted) await host(name);
    for (const name of accepted) say(name);
    await world.until(() => node.network.subnetNodes().filter(({ proved }) => proved).length === accepted.length);
  });

  it('P13: are no more than a few of one host, of whom one gets a place', async () => {
    const node = await start();
    await host('10.0.0.2');
    for (const port of [WORLD_PORT, 7334, 7335, 7336, 7337, 7338]) {
      if (port !== WORLD_PORT) await world.network.transport('10.0.0.2').listen({ host: '10.0.0.2', port }, () => {});
      say('10.0.0.2', { port });
    }
    assert.equal(node.network.subnetNodes().length, SUBNET_NODES_PER_HOST);
    await world.advance(60_000);
    assert.deepEqual(places(node), ['10.0.0.2']);
  });

  it('P13: that take a call and are silent are let go in time, given up after three calls, and left alone for a while', async () => {
    const node = await start();
    await host('10.0.0.2', false);
    say('10.0.0.2');
    await world.until(() => callsOf('10.0.0.2') === 1);
    await world.advance(PROBE_MS_MAX + 10);
    assert.deepEqual(world.closings, ['probe-timeout']);
    await world.until(() => node.network.subnetNodes().length === 0);
    assert.equal(callsOf('10.0.0.2'), 3);
    assert.deepEqual(told(), [], 'it was never there');
    for (let second = 0; second < SEEN_REST_MS / 1000; second++) {
      say('10.0.0.2');
      await world.advance(900);
    }
    assert.equal(callsOf('10.0.0.2'), 3);
    await world.advance(2_000);
    assert.equal(callsOf('10.0.0.2'), 4, 'what it said meanwhile counts when it has rested');
  });

  it('P13: that are ourselves are called once', async () => {
    const node = await start();
    say('10.0.0.1');
    await world.until(() => world.closings.includes('self-connection'));
    assert.deepEqual(node.network.subnetNodes(), []);
    const before = world.closings.length;
    for (let minute = 0; minute < 5; minute++) {
      say('10.0.0.1');
      await world.advance(60_000);
    }
    assert.equal(world.closings.length, before);
  });

  it('P13: that misbehaved or are banned are not called', async () => {
    const node = await start();
    for (const name of ['10.0.0.2', '10.0.0.3']) await host(name);
    const bad = await world.peer(node, '10.0.0.2');
    bad.sendRaw('inv', Uint8Array.of(255));
    await world.until(() => bad.closed !== undefined);
    node.network.ban(parseSubnet('10.0.0.3')!, world.clock.nowSeconds() + 86_400);
    say('10.0.0.2');
    say('10.0.0.3');
    await world.advance(120_000);
    assert.deepEqual([callsOf('10.0.0.2'), callsOf('10.0.0.3')], [0, 0]);
  });

  it('that speak the first transport alone are proved too', async () => {
    const node = await start({ transportEngine: chooseTransportEngine(chooseSecp256k1('auto')) });
    await world.node('10.0.0.2', { outboundTarget: 0 });
    say('10.0.0.2');
    await world.until(() => known(node, '10.0.0.2')?.proved === true, 5_000);
    await world.until(() => places(node).length === 1);
    assert.equal(node.peer().transport, 'v1');
  });

  it('that offer no blocks are known and get no place', async () => {
    const node = await start();
    await host('10.0.0.2', true, 0n);
    say('10.0.0.2');
    await world.advance(60_000);
    assert.equal(known(node, '10.0.0.2')?.proved, true);
    assert.deepEqual(places(node), []);
    assert.ok(callsOf('10.0.0.2') >= 2, 'it is asked again whether it is there');
  });

  it('are dropped at once when they say good-bye, and found again when they are back', async () => {
    const node = await start();
    await host('10.0.0.2');
    say('10.0.0.2');
    await world.until(() => places(node).length === 1);
    say('10.0.0.2', { ttlSeconds: 0 });
    assert.deepEqual(node.network.subnetNodes(), []);
    calls.get('10.0.0.2')?.at(-1)?.connection.close('stopping');
    const before = callsOf('10.0.0.2');
    for (let second = 1; second < SEEN_REST_MS / 1000; second++) {
      say('10.0.0.2', { ttlSeconds: 120 * (second % 2) });
      await world.advance(500);
    }
    assert.equal(callsOf('10.0.0.2'), before, 'who comes and goes by words alone is not called each time');
    say('10.0.0.2');
    await world.until(() => places(node).length === 1);
    assert.deepEqual(
      told().map((line) => line.replace(/ 2$/, '')),
      ['subnet-node-found 10.0.0.2:7333', 'subnet-node-lost 10.0.0.2:7333 goodbye', 'subnet-node-found 10.0.0.2:7333'],
    );
  });

  it('are dropped when a good-bye comes while they are being proved, and the probe ends all the same', async () => {
    const node = await start();
    await host('10.0.0.2', false);
    await host('10.0.0.3');
    say('10.0.0.2');
    say('10.0.0.3');
    await world.until(() => callsOf('10.0.0.2') === 1 && callsOf('10.0.0.3') >= 1);
    say('10.0.0.2', { ttlSeconds: 0 });
    say('10.0.0.3', { ttlSeconds: 0 });
    await world.advance(PROBE_MS_MAX + 1_000);
    assert.deepEqual(node.network.peers(), []);
    assert.deepEqual(node.network.subnetNodes(), []);
  });

  it('P13: are called no more than a few at once, though a host comes and goes at ever new ports', async () => {
    const node = await start();
    for (let port = 10_000; port < 10_100; port++) await world.network.transport('10.0.0.66').listen({ host: '10.0.0.66', port }, () => {});
    let most = 0;
    for (let port = 10_000; port < 10_100; port++) {
      say('10.0.0.66', { port });
      await world.advance(700);
      say('10.0.0.66', { port, ttlSeconds: 0 });
      most = Math.max(most, node.network.peers().length);
    }
    assert.ok(most > 0 && most <= PROBES_MAX, `${most} at once`);
    await world.advance(PROBE_MS_MAX + 1_000);
    assert.deepEqual([node.network.peers(), node.network.subnetNodes()], [[], []]);
  });

  it('are dropped when their time is over and they do not answer; who answers stays', async () => {
    const node = await start({ outboundTarget: 0 });
    for (const name of ['10.0.0.2', '10.0.0.3']) await host(name);
    for (const name of ['10.0.0.2', '10.0.0.3']) say(name, { ttlSeconds: 20 });
    await world.until(() => node.network.subnetNodes().every(({ proved }) => proved));
    world.network.setReachable((_from, to) => to !== '10.0.0.3');
    await world.advance(21_000);
    assert.deepEqual(
      node.network.subnetNodes().map(({ address, proved }) => [address.host, proved]),
      [['10.0.0.2', true]],
    );
    assert.ok(log.includes('subnet-node-lost 10.0.0.3:7333 unreachable'));
  });

  it('are dropped when they go without a word: by the end of the connection, or by pings that nobody answers', async () => {
    const node = await start();
    for (const name of ['10.0.0.2', '10.0.0.3']) await host(name);
    for (const name of ['10.0.0.2', '10.0.0.3']) say(name, { ttlSeconds: 4_500 });
    await world.until(() => places(node).length === 2);
    await world.advance(1_000);
    // One machine is switched off: its connection stands, and nothing comes over it.
    calls.get('10.0.0.3')?.at(-1)?.connection.pause();
    world.network.setReachable((_from, to) => to !== '10.0.0.2');
    await world.advance(15_000);
    assert.deepEqual(
      node.network.subnetNodes().map(({ address }) => address.host),
      ['10.0.0.3'],
    );
    await world.advance(PROBE_AGAIN_MS + SUBNET_PING_MS_MAX);
    assert.deepEqual(node.network.subnetNodes(), []);
    assert.deepEqual(node.network.peers(), []);
    assert.ok(world.closings.includes('subnet-silent'));
  });

  it('are called again after a cut, though nobody says anything: they were known', async () => {
    const node = await start();
    await host('10.0.0.2');
    say('10.0.0.2');
    await world.until(() => places(node).length === 1);
    world.network.setReachable(() => false);
    await world.advance(300_000);
    assert.deepEqual(
      node.network.subnetNodes().filter(({ proved }) => proved),
      [],
    );
    world.network.setReachable(() => true);
    await world.until(() => places(node).length === 1, 600_000);
  });

  it('that were known before are proved before they are used', async () => {
    const node = await start();
    await host('10.0.0.2');
    await host('10.0.0.3', false);
    for (const name of ['10.0.0.2', '10.0.0.3', '10.0.0.4'])
      node.network.learnAddress(toNetworkAddress(name, WORLD_PORT)!, { tried: false });
    await world.until(() => places(node).includes('10.0.0.2'));
    await world.advance(30_000);
    assert.deepEqual(
      node.network.subnetNodes().map(({ address }) => address.host),
      ['10.0.0.2'],
    );
    assert.deepEqual(places(node), ['10.0.0.2']);
    assert.equal(callsOf('10.0.0.3'), 1);
  });

  it('that were known before are found among many thousand others', async () => {
    const node = await start({ outboundTarget: 2 });
    await host('10.0.0.2');
    for (let i = 0; i < 5_000; i++) {
      if (i === 4_000) node.network.learnAddress(toNetworkAddress('10.0.0.2', WORLD_PORT)!, { tried: false });
      node.network.learnAddress(toNetworkAddress(`${20 + (i % 200)}.${i >> 8}.${i & 255}.1`, WORLD_PORT)!, { tried: false });
    }
    assert.ok(node.network.knownAddresses > 4_000);
    await world.until(() => known(node, '10.0.0.2')?.proved === true, 600_000);
  });

  it('are left alone while the network is off, of which they are told', async () => {
    const node = await start();
    await host('10.0.0.2');
    node.network.setActive(false);
    await world.advance(10);
    assert.equal(discovery.listens, false);
    say('10.0.0.2');
    await world.advance(10_000);
    assert.equal(callsOf('10.0.0.2'), 0);
    node.network.setActive(true);
    await world.advance(10);
    assert.equal(discovery.listens, true);
    say('10.0.0.2');
    await world.until(() => places(node).length === 1);
    await node.stop();
    assert.equal(discovery.listens, false);
  });

  it('are nothing special to a node that does not look for them', async () => {
    const node = await world.node('10.0.0.1', { outboundTarget: 8 });
    for (const name of names(8, 1)) await host(name);
    for (const name of names(8, 1)) node.network.learnAddress(toNetworkAddress(name, WORLD_PORT)!, { tried: false });
    await world.until(() => places(node).length === 8, 600_000);
    assert.deepEqual(node.network.subnetNodes(), []);
  });
});
