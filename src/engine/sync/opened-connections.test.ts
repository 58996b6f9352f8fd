import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { ScriptedPeer, SyncTestNode } from '../../../test/support/sync-world.ts';
import { SyncWorld, WORLD_PORT } from '../../../test/support/sync-world.ts';
import { INVENTORY } from '../../core/wire/inventory.ts';
import { toNetworkAddress } from '../../core/wire/network-address.ts';
import type { OpenedConnectionType } from '../ports/network-service.ts';
import { ADDRESS_FETCH_MS_MAX } from './address-gossip.ts';

describe('connections for one purpose', () => {
  let world: SyncWorld;
  let node: SyncTestNode;
  let hosts = 0;

  beforeEach(async () => {
    world = new SyncWorld();
    hosts = 0;
    node = await world.node('10.0.0.1', { outboundTarget: 0 });
  });

  afterEach(() => world.close());

  /** A peer that was called over such a connection. */
  async function opened(type: OpenedConnectionType, greets = true): Promise<ScriptedPeer> {
    const host = `10.0.7.${++hosts}`;
    const called: ScriptedPeer[] = [];
    await world.listen(host, (peer) => called.push(peer));
    assert.equal(node.network.openConnection({ host, port: WORLD_PORT }, type), true);
    await world.until(() => called.length === 1);
    const peer = called[0] as ScriptedPeer;
    if (greets) await peer.greet();
    return peer;
  }

  const told = (...hosts: readonly string[]) => {
    const timeSeconds = world.clock.nowSeconds();
    return { type: 'addr', addresses: hosts.map((host) => ({ address: toNetworkAddress(host, 1)!, services: 9n, timeSeconds })) } as const;
  };

  it('for blocks alone ask for headers, and neither for transactions nor for addresses', async () => {
    const peer = await opened('block-relay-only');
    await peer.sync();
    assert.equal(peer.of('version')[0]!.relay, false);
    assert.ok(peer.of('getheaders').length > 0);
    for (const type of ['getaddr', 'feefilter', 'addr', 'addrv2'] as const) assert.equal(peer.of(type).length, 0, type);
    const [info] = node.network.peers();
    assert.deepEqual([info!.connectionType, info!.relayTransactions, info!.relayAddresses], ['block-relay-only', false, false]);
    peer.send(told('10.0.5.5'));
    await peer.sync();
    assert.equal(node.network.peers()[0]!.addressesProcessed, 0);
    peer.send({ type: 'inv', items: [{ kind: INVENTORY.wtx, hash: new Uint8Array(32) }] });
    await world.until(() => peer.closed !== undefined);
    assert.deepEqual(world.closings, ['transaction-unwanted']);
  });

  it('for addresses end when more than one was told, or after five minutes', async () => {
    const peer = await opened('addr-fetch');
    await peer.sync();
    assert.equal(peer.of('getaddr').length, 1);
    assert.equal(peer.of('getheaders').length, 0);
    peer.send(told('10.0.5.5'));
    await peer.sync();
    peer.send(told('10.0.5.6', '10.0.5.7'));
    await world.until(() => peer.closed !== undefined);
    assert.equal(node.network.knownAddresses, 4);
    const silent = await opened('addr-fetch');
    await world.advance(ADDRESS_FETCH_MS_MAX - 1_000);
    assert.equal(silent.closed, undefined);
    await world.advance(2_000);
    assert.deepEqual(world.closings, ['addresses-fetched', 'addresses-timeout']);
  });

  it('to see whether somebody is there end with the version', async () => {
    const peer = await opened('feeler', false);
    void peer.greet().catch(() => undefined);
    await world.until(() => peer.closed !== undefined);
    assert.deepEqual(world.closings, ['feeler-done']);
    assert.equal(peer.of('version')[0]!.relay, false);
    assert.equal(node.network.knownAddresses, 1);
  });

  it('of everything are as any other, and are eight at most; those for blocks are two', async () => {
    for (let i = 0; i < 8; i++) await opened('outbound-full-relay');
    assert.equal(node.network.peers()[0]!.relayAddresses, true);
    const target = { host: '10.0.6.1', port: WORLD_PORT };
    assert.equal(node.network.openConnection(target, 'outbound-full-relay'), false);
    for (let i = 0; i < 2; i++) await opened('block-relay-only');
    assert.equal(node.network.openConnection(target, 'block-relay-only'), false);
    assert.equal(node.network.peers().length, 10);
  });

  it('need blocks from the other side, but to see whether somebody is there', async () => {
    const peer = await opened('addr-fetch', false);
    peer.greet({ services: 0n }).catch(() => undefined);
    await world.until(() => peer.closed !== undefined);
    assert.deepEqual(world.closings, ['services-missing']);
  });
});
