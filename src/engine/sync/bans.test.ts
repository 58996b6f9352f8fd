import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { ScriptedPeer } from '../../../test/support/sync-world.ts';
import { SyncWorld, WORLD_PORT } from '../../../test/support/sync-world.ts';
import { toNetworkAddress } from '../../core/wire/network-address.ts';
import { formatSubnet, parseSubnet, type Subnet } from '../../core/wire/subnet.ts';
import type { Ban, BanStore } from '../ports/ban-store.ts';
import { BANS_MAX, BanList } from './ban-list.ts';

const part = (text: string): Subnet => parseSubnet(text) as Subnet;

const DAY_SECONDS = 86_400;

describe('bans', () => {
  let world: SyncWorld;

  beforeEach(() => {
    world = new SyncWorld();
  });

  afterEach(() => world.close());

  it('end the connections of what they cover, and turn callers from there away until they are over', async () => {
    const node = await world.node('10.0.0.1');
    const [near, far] = [await world.peer(node, '10.0.9.1'), await world.peer(node, '10.0.8.1')];
    const now = world.clock.nowSeconds();
    assert.equal(node.network.ban(part('10.0.9.0/24'), now + DAY_SECONDS), true);
    await world.until(() => near.closed !== undefined);
    assert.equal(far.closed, undefined);
    assert.deepEqual(node.network.isBanned(part('10.0.9.7'), { exactly: false }), true);
    assert.deepEqual(node.network.isBanned(part('10.0.9.7'), { exactly: true }), false);
    const again = await world.call(node, '10.0.9.2');
    await world.until(() => again.closed !== undefined);
    await world.peer(node, '10.0.7.1');
    assert.deepEqual(world.closings, ['banned', 'banned']);
    await world.advance((DAY_SECONDS - 1) * 1_000);
    assert.equal(node.network.bans().length, 1);
    await world.advance(1_000);
    assert.deepEqual(node.network.bans(), []);
    await world.peer(node, '10.0.9.2');
  });

  it('are lifted one by one or all at once', async () => {
    const node = await world.node('10.0.0.1');
    const until = world.clock.nowSeconds() + 100;
    for (const text of ['::1', '10.0.9.1', '10.0.0.0/8']) node.network.ban(part(text), until);
    assert.equal(node.network.unban(part('10.0.9.0/24')), false);
    assert.deepEqual(
      node.network.bans().map(({ subnet }) => formatSubnet(subnet)),
      ['10.0.0.0/8', '10.0.9.1/32', '::1/128'],
    );
    assert.equal(node.network.unban(part('10.0.0.0/8')), true);
    const banned = await world.call(node, '10.0.9.1');
    await world.until(() => banned.closed !== undefined);
    node.network.clearBans();
    await world.peer(node, '10.0.9.1');
  });

  it('keep a node from calling there on its own, not from calling whom a user names', async () => {
    const node = await world.node('10.0.0.1');
    const calls: ScriptedPeer[] = [];
    await world.listen('10.0.0.7', (peer) => {
      calls.push(peer);
      void peer.greet();
    });
    node.network.ban(part('10.0.0.7'), world.clock.nowSeconds() + 10 * DAY_SECONDS);
    const teller = await world.peer(node, '10.0.9.1');
    const address = toNetworkAddress('10.0.0.7', WORLD_PORT)!;
    teller.send({ type: 'addr', addresses: [{ address, services: 9n, timeSeconds: world.clock.nowSeconds() }] });
    await world.advance(120_000);
    assert.equal(calls.length, 0);
    node.network.addNode({ host: '10.0.0.7', port: WORLD_PORT }, 'onetry');
    await world.advance(1_000);
    assert.equal(calls.length, 1);
  });

  it('are kept at each change and hold again after a start', async () => {
    let kept: readonly Ban[] = [];
    const banStore: BanStore = {
      load: async () => kept,
      save: async (bans) => {
        kept = bans;
      },
    };
    const node = await world.node('10.0.0.1', { banStore });
    const until = world.clock.nowSeconds() + 1_000;
    node.network.ban(part('10.0.9.0/24'), until);
    node.network.ban(part('10.0.9.0/24'), until - 500);
    await world.advance(10);
    assert.deepEqual(
      kept.map(({ untilSeconds }) => untilSeconds),
      [until],
    );
    await node.stop();
    const next = await world.node('10.0.0.2', { banStore });
    const peer = await world.call(next, '10.0.9.1');
    await world.until(() => peer.closed !== undefined);
    next.network.clearBans();
    await world.advance(10);
    assert.deepEqual(kept, []);
  });

  it('are over at their second, whether or not anybody has cleared them away; a shorter one does not end a longer', () => {
    let now = 1_000;
    const list = new BanList(() => now);
    const subnet = part('10.0.9.0/24');
    assert.equal(list.add(subnet, 1_100), true);
    assert.equal(list.add(subnet, 1_050), true);
    for (const [at, holds] of [
      [1_099, true],
      [1_100, false],
    ] as const) {
      now = at;
      assert.deepEqual([list.has(subnet), list.coversHost('10.0.9.7'), list.coversHost('10.0.8.7')], [holds, holds, false], `at ${at}`);
    }
  });

  it('are ten thousand at most; those that are over make room', () => {
    let now = 1_000;
    const list = new BanList(() => now);
    for (let i = 0; i < BANS_MAX; i++) assert.ok(list.add(part(`10.${i >> 8}.${i & 255}.1`), 2_000 + i));
    assert.equal(list.add(part('11.0.0.1'), 5_000), false);
    assert.equal(list.add(part('10.0.0.1'), 5_000), true);
    now = 2_001;
    assert.equal(list.add(part('11.0.0.1'), 5_000), true);
    assert.equal(list.all().length, BANS_MAX);
  });

  it('P15: of a million addresses are ten thousand, and whether one is banned is looked up, not searched for', () => {
    let looks = 0;
    const ban = (subnet: Subnet): Ban => ({
      subnet,
      createdSeconds: 0,
      get untilSeconds() {
        looks++;
        return 9_000;
      },
    });
    const numbered = (i: number): Subnet => {
      const bytes = new Uint8Array(16).fill(0xfd, 0, 1);
      new DataView(bytes.buffer).setUint32(12, i);
      return { network: 'ipv6', bytes, prefixBits: 128 };
    };
    const list = new BanList(() => 1_000);
    list.restore([
      ...Array.from({ length: BANS_MAX - 33 }, (_, i) => ban(numbered(i))),
      ...Array.from({ length: 33 }, (_, bits) => ban(part(`0.0.0.0/${bits}`))),
    ]);
    for (let i = 0; i < 1_000_000; i++) assert.equal(list.add(numbered(i + 20_000), 2_000), false);
    looks = 0;
    assert.ok(list.covers(numbered(5)));
    assert.ok(!list.covers(numbered(BANS_MAX)));
    assert.ok(list.covers({ network: 'ipv4', bytes: Uint8Array.of(1, 2, 3, 4) }));
    assert.ok(looks <= 3, `${looks} bans were looked at`);
    assert.equal(list.all().length, BANS_MAX);
    assert.ok(list.remove(numbered(5)) && !list.remove(numbered(5)));
    assert.ok(!list.covers(numbered(5)) && list.add(numbered(20_000), 2_000) && !list.add(numbered(20_001), 2_000));
  });
});
