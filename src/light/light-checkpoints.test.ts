import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildChain } from '../../test/support/chain-builder.ts';
import { assertFound, blocks, checkpointOf, hiding, honest, key, params, TIP, told, watch } from '../../test/support/light-chain.ts';
import { type FilteredChain, LightWorld, type ServedPeer, type WorldClient, withFilters } from '../../test/support/light-world.ts';
import { blocksOn } from '../../test/support/sync-world.ts';
import { toHex } from '../core/base/bytes.ts';
import { NodeError } from '../engine/ports/node-error.ts';

const AT = 20;
const checkpoint = checkpointOf(honest, AT);
const filterCheckpoints = [checkpoint];
const from = (height: number) => ({ birthday: { height } });

/** The lowest height whose filter header was asked for. */
function lowest({ received }: ServedPeer): number {
  return Math.min(...received.flatMap((message) => (message.type === 'getcfheaders' ? [message.startHeight] : [])));
}

function banned(light: WorldClient): string[] {
  return told(light, 'peer-banned').map(({ address, why }) => `${address} ${why}`);
}

function assertFoundFrom(light: WorldClient, height: number): void {
  const first = new Set(light.client.payments().map(({ place }) => place?.height ?? 0));
  for (const block of blocks.keys()) {
    const pays = blocks[block]!.transactions.some(({ outputs }) => outputs.some(({ scriptPubKey }) => watch.includes(toHex(scriptPubKey))));
    if (pays) assert.equal(first.has(block), block >= height, `${block}`);
  }
}

describe('a checkpoint of filter headers', () => {
  it('spares those below where the birthday is one above it, and none where the birthday is at it', async () => {
    for (const [birthday, first] of [
      [AT + 1, AT],
      [AT, 0],
    ] as const) {
      const world = new LightWorld(params);
      const peer = await world.serve('10.0.0.1', honest);
      const light = await world.client(['10.0.0.1'], { watch, filterCheckpoints, ...from(birthday) });
      await world.caughtUp(light, TIP);
      // At the checkpoint itself peers may be asked what they stand for.
      if (first === AT) assert.ok(lowest(peer) >= AT, `${lowest(peer)}`);
      else assert.equal(lowest(peer), 0);
      assertFoundFrom(light, birthday);
      await world.close();
    }
  });

  it('is the highest below the birthday, of the network or of the user', async () => {
    const known = { ...params, filterCheckpoints: [checkpointOf(honest, 5), checkpoint, checkpointOf(honest, 35)] };
    const world = new LightWorld(known);
    const peer = await world.serve('10.0.0.1', honest);
    const light = await world.client(['10.0.0.1'], { watch, filterCheckpoints: [checkpointOf(honest, 30), checkpoint], ...from(33) });
    await world.caughtUp(light, TIP);
    assert.ok(lowest(peer) >= 30);
    assertFoundFrom(light, 33);
    await world.close();
  });

  it('is waited for while headers do not reach it', async () => {
    const long = withFilters([params.genesis, ...blocksOn(params, 2_100)]);
    const world = new LightWorld(params);
    const peer = await world.serve('10.0.0.1', long);
    const light = await world.client(['10.0.0.1'], { watch, filterCheckpoints: [checkpointOf(long, 2_050)], ...from(2_051) });
    await world.caughtUp(light, 2_100);
    assert.ok(lowest(peer) >= 2_050);
    assert.ok(!peer.received.some(({ type }) => type === 'getcfcheckpt'));
    await world.close();
  });

  for (const birthday of [0, AT + 1]) {
    it(`proves a liar without a block, with a birthday at ${birthday}: up to its own block, and not one after it`, async () => {
      const world = new LightWorld(params);
      await world.serve('10.0.0.1', hiding(blocks, AT));
      await world.serve('10.0.0.2', hiding(blocks, 3));
      await world.serve('10.0.0.3', hiding(blocks, AT + 1));
      const right = await world.serve('10.0.0.4', honest);
      const hosts = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'];
      const light = await world.client(hosts, { watch, filterCheckpoints, ...from(birthday) });
      await world.caughtUp(light, TIP);
      const byCheckpoint = banned(light).filter((each) => each.endsWith('filter-checkpoint'));
      assert.deepEqual(byCheckpoint.sort(), ['10.0.0.1:7333 filter-checkpoint', '10.0.0.2:7333 filter-checkpoint']);
      assert.deepEqual(
        banned(light).filter((each) => each.endsWith('filter-false')),
        ['10.0.0.3:7333 filter-false'],
      );
      assert.deepEqual(
        told(light, 'filters-disputed').map(({ height }) => height),
        [AT + 1],
      );
      assert.ok(lowest(right) >= (birthday === 0 ? 0 : AT), 'nobody is asked for what lies below');
      assertFoundFrom(light, birthday);
      await world.close();
    });
  }

  it('lets nothing be agreed on with liars alone, and those are called again after a restart', async () => {
    const world = new LightWorld(params);
    const peer = await world.serve('10.0.0.1', hiding(blocks, 3));
    const light = await world.client(['10.0.0.1'], { watch, filterCheckpoints });
    await world.until(() => banned(light).length === 1);
    assert.ok(light.client.progress().filterHeaders < AT && !light.client.progress().done);
    await light.client.stop();
    peer.chain = honest;
    const again = await world.client(['10.0.0.1'], { stores: light.stores, filterCheckpoints });
    await world.caughtUp(again, TIP);
    assertFound(again, blocks);
    await world.close();
  });

  it('holds for who comes late: the way back ends at it', async () => {
    const world = new LightWorld(params);
    const first = await world.serve('10.0.0.1', honest);
    const hosts = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];
    const light = await world.client(hosts, { watch, filterCheckpoints, ...from(AT + 1) });
    await world.caughtUp(light, TIP);
    const late = await world.serve('10.0.0.2', hiding(blocks, 3));
    await world.serve('10.0.0.3', hiding(blocks, AT + 2));
    await world.until(() => banned(light).length === 2, 700_000);
    assert.deepEqual(banned(light).sort(), ['10.0.0.2:7333 filter-checkpoint', '10.0.0.3:7333 filter-false']);
    assert.ok(lowest(late) >= AT && lowest(first) >= AT);
    await world.caughtUp(light, TIP);
    assertFoundFrom(light, AT + 1);
    await world.close();
  });

  it('is what late peers are held against where it is the last block: nothing else is asked', async () => {
    const world = new LightWorld(params);
    const first = await world.serve('10.0.0.1', honest);
    const hosts = ['10.0.0.1', '10.0.0.2'];
    const light = await world.client(hosts, { watch, filterCheckpoints: [checkpointOf(honest, TIP)], ...from(TIP + 1) });
    await world.caughtUp(light, TIP);
    await world.serve('10.0.0.2', hiding(blocks, 3));
    await world.until(() => banned(light).length === 1, 700_000);
    assert.deepEqual(banned(light), ['10.0.0.2:7333 filter-checkpoint']);
    await world.caughtUp(light, TIP);
    assert.equal(lowest(first), TIP);
    await world.close();
  });

  it('does not keep what lies below from being looked through later, also after a restart without it', async () => {
    for (const then of ['goes on', 'starts again with it', 'starts again without it'] as const) {
      const world = new LightWorld(params);
      const peer = await world.serve('10.0.0.1', honest);
      let light = await world.client(['10.0.0.1'], { watch, filterCheckpoints, ...from(AT + 1) });
      await world.caughtUp(light, TIP);
      if (then !== 'goes on') {
        await light.client.stop();
        light = await world.client(['10.0.0.1'], { stores: light.stores, ...(then === 'starts again with it' && { filterCheckpoints }) });
        await world.caughtUp(light, TIP);
        assertFoundFrom(light, AT + 1);
      }
      peer.received.length = 0;
      light.client.rescan(0);
      await world.caughtUp(light, TIP);
      assertFound(light, blocks);
      assert.equal(lowest(peer), 0);
      if (then !== 'starts again without it') {
        const starts = peer.received.flatMap((message) => (message.type === 'getcfheaders' ? [message.startHeight] : []));
        assert.ok(!starts.some((start) => start > AT && start < TIP), 'what is known above is not asked for again');
      }
      await world.close();
    }
  });

  it('takes back a lie that an earlier run believed, below it and above', async () => {
    for (const birthday of [0, AT + 1]) {
      const lying = hiding(blocks, 7, AT + 5);
      const world = new LightWorld(params);
      const peer = await world.serve('10.0.0.1', lying);
      const light = await world.client(['10.0.0.1'], { watch, ...from(birthday) });
      await world.caughtUp(light, TIP);
      await light.client.stop();
      peer.chain = honest;
      const again = await world.client(['10.0.0.1'], { stores: light.stores, filterCheckpoints });
      await world.until(() => again.client.payments().some(({ place }) => place?.height === AT + 5), 300_000);
      await world.caughtUp(again, TIP);
      if (birthday === 0) assertFound(again, blocks);
      else assertFoundFrom(again, birthday);
      assert.deepEqual(banned(again), []);
      await world.close();
    }
  });

  it('holds on its own branch alone: another is looked through from its first block, and the way back is known', async () => {
    const world = new LightWorld(params);
    const peer = await world.serve('10.0.0.1', honest);
    const light = await world.client(['10.0.0.1'], { watch, filterCheckpoints, ...from(AT + 1) });
    await world.caughtUp(light, TIP);
    const parent = { header: blocks[AT - 5]!.header, height: AT - 5, medianTimeSeconds: blocks[AT - 5]!.header.timeSeconds };
    const branch = buildChain({ parent, params, count: TIP - AT + 8, extra: Uint8Array.of(9), coinbaseScript: key.scripts.wpkh });
    const other: FilteredChain = withFilters([...blocks.slice(0, AT - 4), ...branch]);
    peer.chain = other;
    peer.announce(branch.length);
    await world.caughtUp(light, other.blocks.length - 1);
    const heights = light.client.payments().flatMap(({ place }) => (place === undefined ? [] : [place.height]));
    assert.deepEqual(
      heights,
      Array.from({ length: other.blocks.length - AT - 1 }, (_, i) => AT + 1 + i),
    );
    assert.deepEqual(told(light, 'checkpoint-elsewhere'), [{ kind: 'checkpoint-elsewhere', height: AT, hash: checkpoint.blockHash }]);
    assert.deepEqual(banned(light), []);
    await world.close();
  });

  it('is told, and does no harm, where its block is not on the chain; two that contradict each other are refused', async () => {
    const world = new LightWorld(params);
    await world.serve('10.0.0.1', honest);
    const wrong = { ...checkpoint, blockHash: blocks[AT + 1]!.header.hash };
    const light = await world.client(['10.0.0.1'], { watch, filterCheckpoints: [wrong], ...from(AT + 1) });
    await world.caughtUp(light, TIP);
    assertFoundFrom(light, AT + 1);
    assert.equal(told(light, 'checkpoint-elsewhere').length, 1);
    await assert.rejects(world.client(['10.0.0.1'], { filterCheckpoints: [wrong, checkpoint] }), (error) => {
      return error instanceof NodeError && error.code === 'option-invalid';
    });
    await world.close();
  });
});

describe('the work that a network is known to have', () => {
  it('is waited for: with one header less a client has not caught up, whoever says that there are no more', async () => {
    const each = 2n;
    for (const [missing, isDone] of [
      [0n, true],
      [1n, false],
    ] as const) {
      const known = { ...params, minimumChainWork: (each * BigInt(blocks.length) + missing) as typeof params.minimumChainWork };
      const world = new LightWorld(known);
      await world.serve('10.0.0.1', honest);
      const light = await world.client(['10.0.0.1'], { watch });
      await world.advance(60_000);
      assert.equal(light.client.progress().done, isDone);
      assert.equal(light.client.progress().headers, isDone ? TIP : 0, 'headers of too little work are not even kept');
      await world.close();
    }
  });
});
