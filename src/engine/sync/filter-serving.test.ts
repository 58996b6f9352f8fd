import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ScriptedPeer, SyncTestNode } from '../../../test/support/sync-world.ts';
import { SyncWorld } from '../../../test/support/sync-world.ts';
import { sha256d } from '../../core/crypto/sha256.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';
import { hashKey, zeroHash } from '../../core/primitives/ids.ts';
import type { Message } from '../../core/wire/messages/table.ts';
import { SERVICES } from '../../core/wire/services.ts';
import type { BlockFilter } from '../ports/index-service.ts';

const OFFERED = SERVICES.network | SERVICES.witness | SERVICES.compactFilters;

/** A filter that can be told from that of any other block. What is in it is nothing that serving looks at. */
const filterOf = (hash: BlockHash): BlockFilter => ({ header: hash.slice().reverse(), filter: hash.slice(0, 9) });

interface Place {
  readonly world: SyncWorld;
  readonly node: SyncTestNode;
  readonly peer: ScriptedPeer;
  readonly at: (height: number) => BlockHash;
}

/** A node with filters of all blocks but some, and a peer of it. */
async function openPlace({ blocks = 5, services = OFFERED, missing = new Set<string>() } = {}): Promise<Place> {
  const world = new SyncWorld();
  const find = async (hash: BlockHash) => (missing.has(hashKey(hash)) ? undefined : filterOf(hash));
  const node = await world.node('10.0.0.1', { services, filters: find });
  await node.grow(blocks);
  const peer = await world.peer(node);
  return { world, node, peer, at: (height) => node.chain.active.headerAt(height).hash };
}

/** What a message is answered with, before a ping behind it. */
async function ask({ world, peer }: Place, message: Message): Promise<readonly Message[]> {
  const before = peer.received.length;
  peer.send(message);
  peer.send({ type: 'ping', nonce: 4_242n });
  const isDone = () => peer.closed !== undefined || peer.of('pong').some(({ nonce }) => nonce === 4_242n);
  await world.until(isDone);
  return peer.received.slice(before).filter(({ type }) => type.startsWith('cf'));
}

describe('serving compact filters', () => {
  it('sends the filter of each block in order, and a pong behind them', async () => {
    const place = await openPlace();
    const { at } = place;
    const messages = await ask(place, { type: 'getcfilters', filterType: 0, startHeight: 2, stop: at(4) });
    assert.deepEqual(
      messages,
      [2, 3, 4].map((height) => ({ type: 'cfilter', filterType: 0, block: at(height), filter: filterOf(at(height)).filter })),
    );
    await place.world.close();
  });

  it('sends hashes of filters with the header before them, zeros before the genesis block', async () => {
    const place = await openPlace();
    const { at } = place;
    const hashes = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => sha256d(filterOf(at(from + i)).filter));
    assert.deepEqual(await ask(place, { type: 'getcfheaders', filterType: 0, startHeight: 3, stop: at(5) }), [
      { type: 'cfheaders', filterType: 0, stop: at(5), previousHeader: filterOf(at(2)).header, filterHashes: hashes(3, 5) },
    ]);
    place.peer.received.length = 0;
    assert.deepEqual(await ask(place, { type: 'getcfheaders', filterType: 0, startHeight: 0, stop: at(0) }), [
      { type: 'cfheaders', filterType: 0, stop: at(0), previousHeader: zeroHash(), filterHashes: hashes(0, 0) },
    ]);
    await place.world.close();
  });

  it('sends the filter header of every thousandth block', async () => {
    const place = await openPlace({ blocks: 2_000 });
    const { at } = place;
    for (const [height, heights] of [
      [999, []],
      [1_000, [1_000]],
      [1_999, [1_000]],
      [2_000, [1_000, 2_000]],
    ] as const) {
      place.peer.received.length = 0;
      const headers = heights.map((each) => filterOf(at(each)).header);
      const [answer] = await ask(place, { type: 'getcfcheckpt', filterType: 0, stop: at(height) });
      assert.deepEqual(answer, { type: 'cfcheckpt', filterType: 0, stop: at(height), filterHeaders: headers });
    }
    await place.world.close();
  });

  it('takes questions for 1,000 filters and 2,000 hashes, and ends the connection over one more', async () => {
    for (const [type, max] of [
      ['getcfilters', 1_000],
      ['getcfheaders', 2_000],
    ] as const) {
      const place = await openPlace({ blocks: 2_001 });
      const { at } = place;
      const answers = await ask(place, { type, filterType: 0, startHeight: 2_001 - max + 1, stop: at(2_001) });
      const [first] = answers;
      assert.equal(type === 'getcfilters' ? answers.length : first?.type === 'cfheaders' && first.filterHashes.length, max);
      place.peer.received.length = 0;
      assert.deepEqual(await ask(place, { type, filterType: 0, startHeight: 2_001 - max, stop: at(2_001) }), []);
      assert.deepEqual(place.world.closings, ['filters-out-of-range']);
      await place.world.close();
    }
  });

  it('lets go who asks from behind the last block, for a block or a kind that is not known, or for filters that are not offered', async () => {
    const cases: readonly [bigint, (at: Place['at']) => Message, string][] = [
      [OFFERED, (at) => ({ type: 'getcfilters', filterType: 0, startHeight: 4, stop: at(3) }), 'filters-out-of-range'],
      [OFFERED, () => ({ type: 'getcfheaders', filterType: 0, startHeight: 0, stop: zeroHash() }), 'filters-not-served'],
      [OFFERED, (at) => ({ type: 'getcfcheckpt', filterType: 1, stop: at(3) }), 'filters-not-served'],
      [SERVICES.network, (at) => ({ type: 'getcfilters', filterType: 0, startHeight: 3, stop: at(3) }), 'filters-not-served'],
    ];
    for (const [services, message, why] of cases) {
      const place = await openPlace({ services });
      assert.deepEqual(await ask(place, message(place.at)), []);
      assert.deepEqual(place.world.closings, [why]);
      await place.world.close();
    }
  });

  it('says nothing of a range that the index has not come to, but for filters before that', async () => {
    const missing = new Set<string>();
    const place = await openPlace({ missing });
    const { at } = place;
    missing.add(hashKey(at(4)));
    const filters = await ask(place, { type: 'getcfilters', filterType: 0, startHeight: 2, stop: at(5) });
    assert.equal(filters.length, 2);
    place.peer.received.length = 0;
    assert.deepEqual(await ask(place, { type: 'getcfheaders', filterType: 0, startHeight: 5, stop: at(5) }), []);
    assert.deepEqual(place.world.closings, []);
    await place.world.close();
  });

  it('tells of a branch that was left what it tells of the chain', async () => {
    const place = await openPlace({ blocks: 3 });
    const { node, at } = place;
    const left = [2, 3].map(at);
    await node.chain.invalidateBlock(node.chain.active.at(2)!);
    await node.grow(3, 1);
    await node.chain.reconsiderBlock(node.chain.tree.get(left[0]!)!);
    const messages = await ask(place, { type: 'getcfilters', filterType: 0, startHeight: 1, stop: left[1]! });
    assert.deepEqual(
      messages.map((message) => message.type === 'cfilter' && message.block),
      [at(1), ...left],
    );
    await place.world.close();
  });
});
