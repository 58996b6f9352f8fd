import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { ScriptedPeer, SyncNodeOptions, SyncTestNode } from '../../../test/support/sync-world.ts';
import { SyncWorld, WORLD_PORT } from '../../../test/support/sync-world.ts';
import { quoin } from '../../core/params/quoin.ts';
import { regtest } from '../../core/params/regtest.ts';
import { toNetworkAddress } from '../../core/wire/network-address.ts';
import type { StoredBook } from '../ports/peer-store.ts';
import { SEED_DELAY_MS } from './seeds.ts';

const SEEDS = ['a.example.org', 'b.example.org', 'c.example.org', 'd.example.org'];

describe('seeds', () => {
  let world: SyncWorld;
  let asked: string[];
  let answers: (name: string) => readonly string[];

  beforeEach(() => {
    world = new SyncWorld({ ...regtest, dnsSeeds: SEEDS, ports: { ...regtest.ports, p2p: WORLD_PORT } });
    asked = [];
    answers = (name) => [`8.8.${name.charCodeAt(3)}.1`];
  });

  afterEach(() => world.close());

  const resolver = {
    resolve: async (name: string) => {
      asked.push(name);
      return answers(name);
    },
  };

  const start = (options: SyncNodeOptions = {}): Promise<SyncTestNode> =>
    world.node('1.2.3.4', { resolver, dnsSeeds: 'auto', outboundTarget: 2, ...options });

  /** Somebody to greet at each of some hosts. */
  async function hosts(...names: readonly string[]): Promise<ScriptedPeer[]> {
    const called: ScriptedPeer[] = [];
    for (const name of names) {
      await world.listen(name, (peer) => {
        called.push(peer);
        peer.serve([]);
        peer.greet().catch(() => undefined);
      });
    }
    return called;
  }

  /** Addresses that were kept over a stop. */
  const bookOf = (...names: readonly string[]): StoredBook => ({
    key: undefined,
    peers: names.map((host) => {
      const address = toNetworkAddress(host, WORLD_PORT)!;
      const times = { lastSeenSeconds: world.clock.nowSeconds(), lastSuccessSeconds: 0, failures: 0 };
      return { address, source: address, services: 9n, ...times, tried: false, newBuckets: [] };
    }),
  });

  it('in the DNS are asked at once, all of them, by whoever knows nobody; what they tell is called', async () => {
    const called = await hosts('8.8.97.1');
    const node = await start();
    await world.until(() => called.length === 1);
    assert.deepEqual(
      [...asked].sort(),
      SEEDS.map((name) => `x9.${name}`),
    );
    assert.equal(node.network.knownAddresses, 4);
    const sources = Array.from(node.network.addressPlaces(), ({ source }) => source);
    assert.ok(sources.every(({ bytes }) => bytes[0] === 0) && new Set(sources.map(({ bytes }) => bytes.join())).size === 4);
    const untried = [...node.network.addressPlaces()].filter(({ table }) => table === 'new');
    const ages = untried.map(({ lastSeenSeconds }) => world.clock.nowSeconds() - lastSeenSeconds);
    assert.ok(ages.length >= 3);
    assert.ok(ages.every((age) => age >= 3 * 86_400 - 1 && age < 8 * 86_400));
  });

  it('in the DNS are asked three at a time where known addresses lead to no two peers in eleven seconds', async () => {
    await start({ book: bookOf('8.8.1.1', '8.9.1.1') });
    await world.advance(SEED_DELAY_MS - 1);
    assert.equal(asked.length, 0);
    await world.advance(2);
    assert.equal(asked.length, 3);
    await world.advance(SEED_DELAY_MS);
    assert.equal(asked.length, 4);
    await world.advance(600_000);
    assert.equal(asked.length, 4, 'each once');
  });

  it('in the DNS are left alone where two peers were found in time', async () => {
    const called = await hosts('8.8.1.1', '8.9.1.1');
    await start({ book: bookOf('8.8.1.1', '8.9.1.1') });
    await world.until(() => called.length === 2, 10_000);
    await world.advance(600_000);
    assert.deepEqual(asked, []);
  });

  it('in the DNS are given five minutes by whoever knows a thousand addresses', async () => {
    await start({ book: bookOf(...Array.from({ length: 1_500 }, (_, i) => `${20 + (i >> 8)}.${i & 255}.1.1`)) });
    await world.advance(299_000);
    assert.equal(asked.length, 0);
    await world.advance(2_000);
    assert.equal(asked.length, 3);
  });

  it('in the DNS are asked always where a user says so, and never where he does', async () => {
    await start({ dnsSeeds: 'always', book: bookOf('8.8.1.1') });
    assert.equal(asked.length, 4);
    await world.node('1.2.3.5', { resolver, dnsSeeds: 'never' });
    await world.advance(600_000);
    assert.equal(asked.length, 4);
    assert.deepEqual([quoin.dnsSeeds, regtest.dnsSeeds], [[], []], 'these networks have none');
  });

  it('P13: tell at most 32 addresses each, none of them inside', async () => {
    answers = (name) => [
      '10.0.0.1',
      '127.0.0.1',
      '192.168.1.1',
      'fd00::1',
      'nonsense',
      ...Array.from({ length: 100 }, (_, i) => `8.${name.charCodeAt(3)}.${i}.1`),
    ];
    const node = await start({ outboundTarget: 0 });
    await world.advance(1_000);
    const known = node.network.knownNodes(1_000);
    assert.ok(known.length <= 4 * 27 && known.length > 50, `${known.length}`);
    assert.ok(known.every(({ address }) => address.bytes[0] === 8));
  });

  it('that nobody answers for are called by their names, to tell addresses', async () => {
    answers = () => {
      throw new Error('no such name');
    };
    const called = await hosts(...SEEDS);
    const node = await start();
    await world.until(() => called.length === 4);
    await world.until(() => called.every((peer) => peer.of('getaddr').length === 1));
    assert.ok(node.network.peers().every(({ connectionType }) => connectionType === 'addr-fetch'));
  });

  it('that are nodes are called one after another until there is a peer, before the DNS is asked', async () => {
    const called = await hosts('25.0.0.1', '25.0.0.2');
    const seedNodes = [
      { host: '25.0.0.1', port: WORLD_PORT },
      { host: '25.0.0.2', port: WORLD_PORT },
    ];
    await start({ seedNodes });
    await world.until(() => called.length === 1, 1_000);
    await world.until(() => called[0]!.of('getaddr').length === 1);
    await world.advance(9_000);
    assert.equal(called.length, 1);
    await world.advance(2_000);
    assert.equal(called.length, 2);
    assert.equal(asked.length, 0);
    await world.advance(30_000);
    assert.equal(asked.length, 4);
  });

  it('that are nodes are left alone where known addresses lead to a peer in ten seconds', async () => {
    const called = await hosts('25.0.0.1', '8.8.1.1');
    await start({ seedNodes: [{ host: '25.0.0.1', port: WORLD_PORT }], book: bookOf('8.8.1.1') });
    await world.advance(60_000);
    assert.deepEqual(
      called.map(({ connection }) => connection.local.host),
      ['8.8.1.1'],
    );
  });
});
