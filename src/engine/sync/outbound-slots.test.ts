import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { ScriptedPeer, SyncTestNode } from '../../../test/support/sync-world.ts';
import { blocksOn, SyncWorld, WORLD_PORT } from '../../../test/support/sync-world.ts';
import type { Block } from '../../core/primitives/block.ts';
import { toNetworkAddress } from '../../core/wire/network-address.ts';
import { ADDED_MAX } from './connections.ts';
import { CHAIN_SYNC_ANSWER_MS, CHAIN_SYNC_TIMEOUT_MS, PROTECTED_MAX, SURPLUS_CHECK_MS } from './outbound-eviction.ts';
import { STALE_CHECK_MS } from './outbound-slots.ts';

const MINUTE_MS = 60_000;

describe('places of those whom we chose', () => {
  let world: SyncWorld;
  /** By host, every call that came. */
  let calls: Map<string, ScriptedPeer[]>;

  beforeEach(() => {
    world = new SyncWorld();
    calls = new Map();
  });

  afterEach(() => world.close());

  /** Hosts in parts of the public network of their own, which answer out of a chain, each known to the node. */
  async function hosts(node: SyncTestNode, count: number, blocks: readonly Block[] = []): Promise<void> {
    for (let i = 1; i <= count; i++) {
      const host = `${20 + i}.7.0.1`;
      calls.set(host, []);
      await world.listen(host, (peer) => {
        calls.get(host)?.push(peer);
        peer.serve(blocks);
        void peer.greet();
      });
      node.network.learnAddress(toNetworkAddress(host, WORLD_PORT)!, { tried: false });
    }
  }

  const all = (): readonly ScriptedPeer[] => [...calls.values()].flat();

  const countOf = (node: SyncTestNode, type: string): number =>
    node.network.peers().filter(({ connectionType }) => connectionType === type).length;

  it('are eight for everything and two for blocks alone, and no more while the chain grows', async () => {
    const node = await world.node('10.0.0.1');
    await hosts(node, 16);
    await world.advance(10_000);
    assert.deepEqual([countOf(node, 'outbound-full-relay'), countOf(node, 'block-relay-only')], [8, 2]);
    assert.equal(all().filter((peer) => peer.of('version')[0]?.relay === false).length, 2);
    for (let i = 0; i < 6; i++) {
      await node.grow(1, i);
      await world.advance(10 * MINUTE_MS);
      assert.equal(countOf(node, 'outbound-full-relay'), 8);
    }
  });

  it('are tried out now and then with one more for blocks alone, and the latest that brings nothing goes', async () => {
    const node = await world.node('10.0.0.1', { outboundTarget: 1 });
    await hosts(node, 16);
    let most = 0;
    for (let i = 0; i < 180; i++) {
      if (i % 60 === 0) await node.grow(1, i / 60);
      await world.advance(20_000);
      most = Math.max(most, countOf(node, 'block-relay-only'));
    }
    assert.equal(most, 3);
    const surplus = world.closings.filter((why) => why === 'outbound-surplus').length;
    assert.ok(surplus >= 4 && surplus <= 40, `${surplus} in an hour, one in five minutes in the mean`);
    await world.until(() => countOf(node, 'block-relay-only') === 2, 3 * MINUTE_MS);
  });

  it('are one more when the tip is stale, and of all the one that brought news longest ago makes room', async () => {
    const chain = blocksOn(world.params, 2);
    const node = await world.node('10.0.0.1', { outboundTarget: 6, blockRelayTarget: 0 });
    await hosts(node, 9, chain.slice(0, 1));
    await world.until(() => node.height === 1 && countOf(node, 'outbound-full-relay') === 6);
    const firsts = all().filter((peer) => peer.closed === undefined);
    await world.advance(30 * MINUTE_MS - 1_000);
    assert.equal(countOf(node, 'outbound-full-relay'), 6);
    await world.until(() => countOf(node, 'outbound-full-relay') === 7, STALE_CHECK_MS + 3 * MINUTE_MS);
    const newcomer = all().find((peer) => peer.closed === undefined && !firsts.includes(peer));
    newcomer?.send({ type: 'headers', headers: [chain[1]!.header] });
    newcomer?.sendBlock(chain[1]!);
    await world.until(() => node.height === 2);
    await world.until(() => countOf(node, 'outbound-full-relay') === 6, 2 * SURPLUS_CHECK_MS + MINUTE_MS);
    await world.advance(10);
    assert.equal(newcomer?.closed, undefined, 'the newcomer has brought the last block');
    assert.equal(firsts.filter((peer) => peer.closed !== undefined).length, 1);
    await world.advance(20 * MINUTE_MS);
    assert.equal(countOf(node, 'outbound-full-relay'), 6, 'the tip is fresh again');
  });

  it('are not kept by who stays behind our chain: it is asked again after 20 minutes and let go two later', async () => {
    const node = await world.node('10.0.0.1', { outboundTarget: 1, blockRelayTarget: 0 });
    await node.grow(3);
    await hosts(node, 1);
    await world.until(() => countOf(node, 'outbound-full-relay') === 1);
    const [peer] = all();
    const asked = peer!.of('getheaders').length;
    await world.advance(CHAIN_SYNC_TIMEOUT_MS - 1_000);
    assert.equal(peer!.of('getheaders').length, asked);
    await world.until(() => peer!.of('getheaders').length === asked + 1, 3 * MINUTE_MS);
    assert.equal(peer!.closed, undefined);
    await world.advance(CHAIN_SYNC_ANSWER_MS - 1_000);
    assert.equal(peer!.closed, undefined);
    await world.until(() => peer!.closed !== undefined, 2_000);
    assert.deepEqual(world.closings, ['chain-behind']);
  });

  it(`are kept by the first ${PROTECTED_MAX} that had a chain as good as ours, though they do not move on`, async () => {
    const chain = blocksOn(world.params, 3);
    const node = await world.node('10.0.0.1', { outboundTarget: 6, blockRelayTarget: 0 });
    await node.give(chain);
    await hosts(node, 6, chain);
    await world.until(() => countOf(node, 'outbound-full-relay') === 6);
    await world.advance(1_000);
    const first = all().filter((peer) => peer.closed === undefined);
    for (const peer of first) peer.serve([]);
    await node.grow(2);
    await world.advance(CHAIN_SYNC_TIMEOUT_MS + CHAIN_SYNC_ANSWER_MS + 5 * MINUTE_MS);
    assert.equal(first.filter((peer) => peer.closed === undefined).length, PROTECTED_MAX);
    assert.deepEqual(new Set(world.closings), new Set(['chain-behind']));
  });

  it(`are not taken by those whom a user named, of whom ${ADDED_MAX} are held at a time`, async () => {
    const node = await world.node('10.0.0.1', { outboundTarget: 2, blockRelayTarget: 0 });
    for (let i = 1; i <= ADDED_MAX + 2; i++) {
      await world.listen(`19.7.0.${i}`, (peer) => void peer.greet());
      node.network.addNode({ host: `19.7.0.${i}`, port: WORLD_PORT }, 'add');
    }
    await world.advance(10_000);
    assert.equal(countOf(node, 'manual'), ADDED_MAX);
    await hosts(node, 2);
    await world.until(() => countOf(node, 'outbound-full-relay') === 2, 2 * MINUTE_MS);
  });

  it('are never two of one part of the public network, not even among calls that are under way', async () => {
    const node = await world.node('10.0.0.1');
    const open: string[] = [];
    for (const host of ['30.1.0.1', '30.1.0.2', '30.1.255.3', '31.1.0.1']) {
      await world.listen(host, () => open.push(host));
      node.network.learnAddress(toNetworkAddress(host, WORLD_PORT)!, { tried: false });
    }
    await world.advance(30_000);
    assert.equal(open.filter((host) => host.startsWith('30.1.')).length, 1);
    assert.equal(open.length, 2);
  });
});
