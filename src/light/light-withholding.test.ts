import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertFound, blocks, honest, params, TIP, told, watch } from '../../test/support/light-chain.ts';
import { type FilteredChain, LightWorld, ServedPeer, withFilters } from '../../test/support/light-world.ts';
import { type ScriptedPeer, WORLD_PORT } from '../../test/support/sync-world.ts';
import { DescriptorError } from '../core/descriptors/descriptor-error.ts';
import type { MessageOf } from '../core/wire/messages/table.ts';
import { SERVICES } from '../core/wire/services.ts';
import { filterSizeMax } from '../engine/light/filter-scan.ts';
import { NodeError } from '../engine/ports/node-error.ts';
import { createMemoryHeaderStore } from '../platform/store/memory-header-store.ts';
import { createMemoryRowStore } from '../platform/store/memory-row-store.ts';

const OFFERED = SERVICES.network | SERVICES.witness | SERVICES.compactFilters;

/** A peer that answers what asks for filters in a way of its own, and all else honestly. */
async function serveFilters(
  world: LightWorld,
  host: string,
  answer: (peer: ScriptedPeer, message: MessageOf<'getcfilters'>) => void,
): Promise<ServedPeer> {
  const served = new ServedPeer(honest);
  await world.listen(host, (peer) => {
    served.called(peer, OFFERED);
    const others = peer.onMessage;
    peer.onMessage = (message) => {
      if (message.type !== 'getcfilters') others(message);
      else {
        served.received.push(message);
        answer(peer, message);
      }
    };
  });
  return served;
}

function asked({ received }: ServedPeer): number {
  return received.filter(({ type }) => type === 'getcfilters').length;
}

/** In both orders, since chance decides who is asked first. */
const ORDERS = [
  ['10.0.0.1', '10.0.0.2'],
  ['10.0.0.2', '10.0.0.1'],
] as const;

describe('a light client whose peer holds it up', () => {
  it('asks another after five seconds for filters that do not come', async () => {
    let silences = 0;
    for (const hosts of ORDERS) {
      const world = new LightWorld(params);
      const silent = await serveFilters(world, hosts[0], () => {});
      await world.serve(hosts[1], honest);
      const light = await world.client(['10.0.0.1', '10.0.0.2'], { watch });
      await world.until(() => light.client.progress().scanned === TIP, 10_000);
      assertFound(light, blocks);
      silences += asked(silent);
      await world.close();
    }
    assert.ok(silences > 0);
  });

  it('lets go who sends one filter again and again in place of others, and counts none of them as an answer', async () => {
    let repeats = 0;
    for (const hosts of ORDERS) {
      const world = new LightWorld(params);
      const liar = await serveFilters(world, hosts[0], (peer, { startHeight, filterType }) => {
        const block = blocks[startHeight]!.header.hash;
        const again = (): void => {
          if (peer.closed !== undefined) return;
          for (let i = 0; i < 60; i++) peer.send({ type: 'cfilter', filterType, block, filter: honest.filters[startHeight]! });
          world.clock.after(5_000, again);
        };
        again();
      });
      await world.serve(hosts[1], honest);
      const light = await world.client(['10.0.0.1', '10.0.0.2'], { watch });
      await world.until(() => light.client.progress().scanned === TIP, 10_000);
      assertFound(light, blocks);
      if (asked(liar) > 0) {
        repeats++;
        await world.until(() => told(light, 'peer-gone').some(({ why }) => why === 'filters-timeout'), 30_000);
        assert.equal(told(light, 'peer-banned').length, 0);
      }
      await world.close();
    }
    assert.ok(repeats > 0);
  });

  it('bans who stands for a filter that is larger than any block can have, and not for one at the limit', async () => {
    const sizeMax = filterSizeMax(params.consensus);
    for (const [size, isBanned] of [
      [sizeMax, false],
      [sizeMax + 1, true],
    ] as const) {
      const chain: FilteredChain = withFilters(blocks, (height, right) => (height === 9 ? new Uint8Array(size).fill(0xff) : right));
      const world = new LightWorld(params);
      await world.serve('10.0.0.1', chain);
      const light = await world.client(['10.0.0.1'], { watch });
      await world.until(() => told(light, 'peer-banned').length > 0 || light.client.progress().scanned === TIP, 60_000);
      assert.deepEqual(
        told(light, 'peer-banned').map(({ why }) => why),
        isBanned ? ['filter-false'] : [],
      );
      if (!isBanned) assertFound(light, blocks);
      await world.close();
    }
  });

  it('gives the room of nodes that it learned of to those that offer filters', async () => {
    const world = new LightWorld({ ...params, dnsSeeds: ['seed.example'], ports: { ...params.ports, p2p: WORLD_PORT } });
    const without = Array.from({ length: 12 }, (_, i) => `10.0.1.${i}`);
    for (const host of without) await world.serve(host, honest, SERVICES.network | SERVICES.witness);
    await world.serve('10.0.0.1', honest);
    const light = await world.client([], { watch, resolver: { resolve: async () => [...without, '10.0.0.1'] } });
    await world.until(() => light.client.progress().scanned === TIP, 60_000);
    assertFound(light, blocks);
    assert.ok(told(light, 'peer-gone').some(({ why }) => why === 'services-missing'));
    await world.close();
  });
});

describe('a light client that is opened', () => {
  it('counts a height that a script is watched from while a birthday by time is not known yet', async () => {
    const world = new LightWorld(params);
    await world.serve('10.0.0.1', honest);
    const birthday = { timeSeconds: blocks[TIP]!.header.timeSeconds + 7_200 };
    const [early, rescanned] = [await world.client(['10.0.0.1'], { birthday }), await world.client(['10.0.0.1'], { birthday, watch })];
    early.client.watch(watch[0]!, 5);
    rescanned.client.rescan(12);
    for (const [light, height] of [
      [early, 5],
      [rescanned, 12],
    ] as const) {
      await world.caughtUp(light, TIP);
      const heights = told(light, 'block-fetched').map((each) => each.height);
      assert.ok(Math.min(...heights) >= height && Math.min(...heights) <= height + 3, heights.join());
    }
    await world.close();
  });

  it('calls nobody any more where what is to be watched makes no sense', async () => {
    const world = new LightWorld(params);
    const peer = await world.serve('10.0.0.1', honest);
    await assert.rejects(world.client(['10.0.0.1'], { watch: ['nonsense'] }), DescriptorError);
    await world.advance(60_000);
    assert.ok(peer.peers.every(({ closed }) => closed !== undefined));
    assert.ok(!peer.received.some(({ type }) => type === 'getheaders'));
    await world.close();
  });

  it('says so where what it kept cannot be read', async () => {
    const world = new LightWorld(params);
    const stores = { headers: createMemoryHeaderStore(), rows: createMemoryRowStore() };
    await stores.rows.apply({ puts: [['state', Uint8Array.of(1)]], deletes: [] });
    await assert.rejects(world.client([], { stores }), (error) => error instanceof NodeError && error.code === 'database-damaged');
    await world.close();
  });
});
