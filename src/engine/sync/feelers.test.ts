import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { ScriptedPeer, SyncTestNode } from '../../../test/support/sync-world.ts';
import { SyncWorld, WORLD_PORT } from '../../../test/support/sync-world.ts';
import type { NetworkAddress } from '../../core/wire/network-address.ts';
import { toNetworkAddress } from '../../core/wire/network-address.ts';
import type { StoredBook } from '../ports/peer-store.ts';
import { ANCHORS_MAX } from './anchors.ts';

describe('feelers and anchors', () => {
  let world: SyncWorld;

  beforeEach(() => {
    world = new SyncWorld();
  });

  afterEach(() => world.close());

  /** Greets whoever calls one of some hosts. */
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

  const at = (host: string): NetworkAddress => toNetworkAddress(host, WORLD_PORT)!;
  const learn = (node: SyncTestNode, ...names: readonly string[]) => {
    for (const host of names) assert.equal(node.network.learnAddress(at(host), { tried: false }), 'learned');
  };
  const types = (node: SyncTestNode) => node.network.peers().map(({ connectionType }) => connectionType);
  const triedHosts = (node: SyncTestNode) =>
    Array.from(node.network.addressPlaces())
      .filter(({ table }) => table === 'tried')
      .map(({ address }) => address.bytes.join('.'));

  it('try an address about every two minutes once there are enough peers, and let go of it when it has answered', async () => {
    const names = Array.from({ length: 30 }, (_, i) => `${40 + i}.1.1.1`);
    const called = await hosts(...names);
    const node = await world.node('1.2.3.4', { outboundTarget: 1, blockRelayTarget: 0 });
    learn(node, ...names);
    await world.until(() => types(node).includes('outbound-full-relay'));
    await world.advance(600_000);
    const felt = called.length - 1;
    assert.ok(felt >= 2 && felt <= 12, `${felt} in ten minutes`);
    assert.equal(triedHosts(node).length, felt + 1, 'each of them has answered');
    assert.deepEqual(types(node), ['outbound-full-relay'], 'and is let go');
    assert.deepEqual([...new Set(world.closings)], ['feeler-done']);
  });

  it('are not made while peers are looked for, nor by who calls only named nodes', async () => {
    const called = await hosts('40.1.1.1');
    const node = await world.node('1.2.3.4', { outboundTarget: 0 });
    learn(node, '40.1.1.1');
    const alone = await world.node('1.2.3.5', { onlyManual: true });
    learn(alone, '40.1.1.1');
    await world.advance(3_600_000);
    assert.equal(called.length, 0);
  });

  it('try again who is called in vain no more than once a minute, however few are known', async () => {
    const node = await world.node('1.2.3.4');
    let calls = 0;
    const called = await hosts('40.1.1.1');
    learn(node, '40.1.1.1');
    for (let i = 0; i < 20; i++) {
      await world.advance(30_000);
      for (const peer of called.splice(0)) {
        calls++;
        peer.connection.close('away');
      }
    }
    assert.ok(calls >= 2 && calls <= 10, `${calls} calls in ten minutes`);
  });

  it('P11: remember two peers for blocks alone, which are called first after a restart', async () => {
    const names = ['41.1.1.1', '42.1.1.1', '43.1.1.1'];
    const called = await hosts(...names);
    let kept: readonly NetworkAddress[] = [];
    const anchorStore = {
      take: async () => {
        const taken = kept;
        kept = [];
        return taken;
      },
      save: async (anchors: readonly NetworkAddress[]) => {
        kept = anchors;
      },
    };
    const node = await world.node('1.2.3.4', { outboundTarget: 1, anchorStore });
    for (const host of names.slice(0, ANCHORS_MAX)) node.network.openConnection({ host, port: WORLD_PORT }, 'block-relay-only');
    await world.until(() => called.length === 2 && called.every((peer) => peer.of('verack').length === 1));
    await world.advance(1_000);
    await node.stop();
    assert.deepEqual(Array.from(kept, ({ bytes }) => bytes[0]).sort(), [41, 42]);
    // Whoever fills the tables meanwhile gains nothing: these two are called before any other.
    const again = await world.node('1.2.3.5', { outboundTarget: 1, anchorStore });
    assert.deepEqual(kept, [], 'gone when it is read');
    await world.until(() => called.length === 4);
    await world.advance(1_000);
    assert.deepEqual(types(again), ['block-relay-only', 'block-relay-only']);
    const alone = await world.node('1.2.3.6', {
      onlyManual: true,
      anchorStore: { take: async () => [at(names[0]!)], save: async () => {} },
    });
    await world.advance(60_000);
    assert.equal(alone.network.peers().length, 0);
  });

  it('P11: an attacker who tells 10,000 addresses of a few groups is not alone with us after any of 20 restarts', async () => {
    const honest = Array.from({ length: 40 }, (_, i) => `${60 + i}.1.1.1`);
    await hosts(...honest);
    let node = await world.node('1.2.3.4', { outboundTarget: 8 });
    learn(node, ...honest);
    await world.until(() => triedHosts(node).length >= 8, 120_000);
    // Ten groups of hosts that nobody answers at, told by ten peers of ten other groups at full rate.
    const services = 9n;
    for (let i = 0; i < 10; i++) {
      const attacker = await world.peer(node, `${200 + i}.7.7.7`);
      await world.advance(10_000_000);
      const timeSeconds = world.clock.nowSeconds();
      const addresses = Array.from({ length: 1_000 }, (_, k) => ({
        address: at(`${150 + (k % 10)}.1.${i}.${k >> 2}`),
        services,
        timeSeconds,
      }));
      attacker.send({ type: 'addr', addresses });
      await attacker.sync();
      attacker.connection.close('done');
    }
    assert.ok(node.network.knownAddresses > 1_000);
    for (let restart = 0; restart < 20; restart++) {
      await node.stop();
      const book = node.saved() as StoredBook;
      await hosts();
      node = await world.node('1.2.3.4', { outboundTarget: 8, book });
      await world.until(
        () => node.network.peers().some(({ connectionType, userAgent }) => connectionType === 'outbound-full-relay' && userAgent !== ''),
        120_000,
      );
    }
    const groups = new Set(node.network.peers().map(({ address }) => address.split('.')[0]));
    assert.equal(groups.size, node.network.peers().length, 'no two in one group');
  });
});
