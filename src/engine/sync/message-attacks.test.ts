import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { buildBlock } from '../../../test/support/chain-builder.ts';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import type { ScriptedPeer, SyncTestNode } from '../../../test/support/sync-world.ts';
import { blocksOn, SyncWorld } from '../../../test/support/sync-world.ts';
import { regtest } from '../../core/params/regtest.ts';
import { encodeBlock } from '../../core/primitives/block.ts';
import { ByteWriter } from '../../core/primitives/byte-writer.ts';
import type { InventoryItem } from '../../core/wire/inventory.ts';
import { INVENTORY, INVENTORY_MAX } from '../../core/wire/inventory.ts';
import type { LocatorRequest } from '../../core/wire/locator.ts';
import { LOCATOR_MAX } from '../../core/wire/locator.ts';
import { encodeMessage } from '../../core/wire/messages/table.ts';
import { SERVICES } from '../../core/wire/services.ts';
import { createMemoryBlockStore } from '../../platform/store/memory-block-store.ts';
import { SEND_BUFFER_BYTES_MAX } from './link.ts';
import { ANNOUNCEMENTS_PER_PEER_MAX, TRANSACTION_TIMEOUT_MS, TRANSACTIONS_IN_FLIGHT_PER_PEER } from './transaction-requests.ts';

const CHAIN = blocksOn(regtest, 20);
const HASH = new Uint8Array(32);

/** What a node may keep for a peer that does not read: its limit for answers, and one more of the largest. */
const QUEUED_BYTES_MAX = 1_000_000 + 50_000 * 36 + 1_000;

/** Hashes that nobody has, in as many messages as they take. */
function* strangers(random: SeededRandom, kind: number, messages: number): Generator<readonly InventoryItem[]> {
  for (let i = 0; i < messages; i++) {
    const bytes = random.bytes(32 * 50);
    // Fifty random hashes, each counted through a thousand times.
    yield Array.from({ length: INVENTORY_MAX }, (_, n) => {
      const hash = bytes.slice((n % 50) * 32, (n % 50) * 32 + 32);
      new DataView(hash.buffer).setUint32(0, n);
      return { kind, hash };
    });
  }
}

describe('attacks by messages', () => {
  let world: SyncWorld;
  let node: SyncTestNode;
  let blockReads = 0;

  beforeEach(async () => {
    world = new SyncWorld();
    const blocks = createMemoryBlockStore();
    blockReads = 0;
    const read = blocks.read.bind(blocks);
    blocks.read = (...args) => {
      blockReads++;
      return read(...args);
    };
    node = await world.node('10.0.0.1', { blocks, inboundMax: 200 });
    await node.give(CHAIN);
  });

  afterEach(() => world.close());

  /** What the node's end of a peer's connection waits to send. */
  const queuedFor = (peer: ScriptedPeer): number => {
    for (const each of world.network.connections) {
      if (each.local.host === node.host && each.remote.port === peer.connection.local.port) return each.queuedBytes;
    }
    return 0;
  };

  it('P1: a million announced transactions cost 5,000 questions of 100 a minute, and others are served meanwhile', async () => {
    const flooding = await world.peer(node, '10.0.9.1');
    const honest = await world.peer(node, '10.0.9.2');
    const asked = () => flooding.requested(INVENTORY.wtx).length;
    for (const items of strangers(new SeededRandom(1), INVENTORY.wtx, 20)) {
      flooding.send({ type: 'inv', items });
      await honest.sync();
    }
    await world.advance(3_000);
    assert.equal(asked(), TRANSACTIONS_IN_FLIGHT_PER_PEER);
    await world.advance(TRANSACTION_TIMEOUT_MS);
    assert.equal(asked(), 2 * TRANSACTIONS_IN_FLIGHT_PER_PEER);
    const hash = new Uint8Array(32).fill(7);
    honest.send({ type: 'inv', items: [{ kind: INVENTORY.wtx, hash }] });
    await world.advance(3_000);
    assert.deepEqual(honest.requested(INVENTORY.wtx), [{ kind: INVENTORY.wtx, hash }]);
    await world.advance((TRANSACTION_TIMEOUT_MS * ANNOUNCEMENTS_PER_PEER_MAX) / TRANSACTIONS_IN_FLIGHT_PER_PEER);
    assert.equal(asked(), ANNOUNCEMENTS_PER_PEER_MAX);
    assert.deepEqual(world.closings, []);
  });

  it('P3: a getdata that is too long, cut short or longer than it says ends the connection or counts once', async () => {
    const item = { kind: INVENTORY.block, hash: HASH };
    const whole = encodeMessage({ type: 'getdata', items: [item] });
    const tooMany = new ByteWriter()
      .compactSize(INVENTORY_MAX + 1)
      .raw(new Uint8Array(36 * (INVENTORY_MAX + 1)))
      .finish();
    const boast = new ByteWriter().compactSize(INVENTORY_MAX).raw(new Uint8Array(36)).finish();
    for (const payload of [tooMany, boast, whole.slice(0, -1), new Uint8Array(0), Uint8Array.of(0xff, ...new Uint8Array(8).fill(0xff))]) {
      const peer = await world.peer(node, '10.0.9.1');
      peer.sendRaw('getdata', payload);
      await world.until(() => peer.closed !== undefined, 1_000);
    }
    assert.deepEqual(world.closings, new Array(5).fill('malformed-message'));
    const peer = await world.peer(node, '10.0.9.1');
    peer.sendRaw('getdata', Uint8Array.of(...whole, 1, 2, 3));
    peer.send({ type: 'getdata', items: [] });
    await peer.sync();
    assert.deepEqual(peer.of('notfound'), [{ type: 'notfound', items: [item] }]);
  });

  it('P3: 50,000 questions at once for one block of a peer that does not read take a bounded queue, and no work while they wait', async () => {
    const peer = await world.peer(node, '10.0.9.1');
    const honest = await world.peer(node, '10.0.9.2');
    const big = buildBlock({ parent: node.chain.tip, params: regtest, coinbaseScript: new Uint8Array(900_000).fill(0x6a) });
    await node.give([big]);
    await peer.sync();
    peer.connection.pause();
    const items = new Array(INVENTORY_MAX).fill({ kind: INVENTORY.witnessBlock, hash: big.header.hash });
    for (let i = 0; i < 3; i++) peer.send({ type: 'getdata', items });
    await world.advance(60_000);
    assert.ok(queuedFor(peer) <= 1_000_000 + encodeBlock(big).length + 1_000, `${queuedFor(peer)} bytes wait`);
    const before = blockReads;
    await world.advance(600_000);
    assert.equal(blockReads, before, 'nothing is read for one who takes nothing');
    assert.ok(before <= 3);
    await honest.sync();
    peer.connection.close('enough');
    await world.advance(1_000);
    assert.equal(node.network.peers().length, 1);
  });

  it('P3: ten messages that ask for 50,000 unknown things each are answered as they are read, and no faster', async () => {
    const peer = await world.peer(node, '10.0.9.1');
    await peer.sync();
    peer.connection.pause();
    for (const items of strangers(new SeededRandom(2), INVENTORY.witnessBlock, 10)) peer.send({ type: 'getdata', items });
    await world.advance(1_000);
    assert.ok(queuedFor(peer) <= QUEUED_BYTES_MAX && QUEUED_BYTES_MAX < SEND_BUFFER_BYTES_MAX, `${queuedFor(peer)} bytes wait`);
    peer.connection.resume();
    await peer.sync();
    assert.equal(
      peer.of('notfound').reduce((sum, { items }) => sum + items.length, 0),
      10 * INVENTORY_MAX,
    );
  });

  it('P14: two hundred peers whose clocks are all wrong move nothing of ours', async () => {
    const now = () => world.clock.nowSeconds();
    const wild = [0, 1, -(2 ** 53), 2 ** 53, 4_294_967_295, 4_294_967_296, now() + 7_199, now() - 1_000_000];
    for (let i = 0; i < 200; i++) {
      const peer = await world.peer(node, `10.1.${i}.1`, { timeSeconds: wild[i % wild.length]! });
      assert.ok(Math.abs(peer.of('version')[0]!.timeSeconds - now()) <= 1, 'we tell our own time');
    }
    const offsets = node.network.peers().map(({ timeOffsetSeconds }) => timeOffsetSeconds);
    assert.equal(offsets.length, 200);
    assert.ok(offsets.every(Number.isInteger));
    const atLimit = (seconds: number) => buildBlock({ parent: node.chain.tip, params: regtest, timeSeconds: now() + 7_200 + seconds });
    const late = await node.chain.acceptBlock(atLimit(1));
    assert.equal(late.rejection?.kind, 'time-future');
    assert.equal((await node.chain.acceptBlock(atLimit(0))).rejection, undefined);
  });

  const locator = (count: number): Pick<LocatorRequest, 'locator'> => ({ locator: new Array(count).fill(HASH) });
  const request = { version: 70_016, stop: HASH as LocatorRequest['stop'] };
  const filterRange = { filterType: 0, startHeight: 0, stop: CHAIN[19]!.header.hash };

  /** What goes over a limit, and how it ends. */
  const endings: readonly [string, string, (peer: ScriptedPeer) => void][] = [
    [
      'getheaders with 102 hashes',
      'malformed-message',
      (peer) => peer.send({ type: 'getheaders', ...request, ...locator(LOCATOR_MAX + 1) }),
    ],
    ['getblocks with 102 hashes', 'malformed-message', (peer) => peer.send({ type: 'getblocks', ...request, ...locator(LOCATOR_MAX + 1) })],
    ['mempool where filters are not served', 'mempool-not-served', (peer) => peer.send({ type: 'mempool' })],
    [
      'filterload with 36,001 bytes',
      'malformed-message',
      (peer) => peer.send({ type: 'filterload', bytes: new Uint8Array(36_001), hashCount: 1, tweak: 0, flags: 0 }),
    ],
    [
      'filterload with 51 hash functions',
      'malformed-message',
      (peer) => peer.send({ type: 'filterload', bytes: new Uint8Array(1), hashCount: 51, tweak: 0, flags: 0 }),
    ],
    ['filteradd with 521 bytes', 'malformed-message', (peer) => peer.send({ type: 'filteradd', data: new Uint8Array(521) })],
    ['getcfilters where there are none', 'filters-not-served', (peer) => peer.send({ type: 'getcfilters', ...filterRange })],
    ['getcfheaders where there are none', 'filters-not-served', (peer) => peer.send({ type: 'getcfheaders', ...filterRange })],
  ];
  for (const [what, why, act] of endings) {
    it(`P20: ends at ${what}`, async () => {
      const peer = await world.peer(node);
      const before = peer.received.length;
      act(peer);
      await world.until(() => peer.closed !== undefined, 1_000);
      assert.deepEqual(world.closings, [why]);
      assert.deepEqual(
        peer.received.slice(before).map(({ type }) => type),
        [],
        'nothing is answered',
      );
    });
  }

  it('P20: ends at getcfilters for 1,001 blocks, and serves 1,000', async () => {
    const serving = await world.node('10.0.0.2', {
      services: SERVICES.network | SERVICES.witness | SERVICES.compactFilters,
      filters: async () => ({ filter: Uint8Array.of(0), header: HASH }),
    });
    await serving.give(blocksOn(regtest, 1_000));
    const peer = await world.peer(serving);
    const stop = serving.chain.tip.hash;
    peer.send({ type: 'getcfilters', filterType: 0, startHeight: 1, stop });
    await peer.sync();
    assert.equal(peer.of('cfilter').length, 1_000);
    peer.send({ type: 'getcfilters', filterType: 0, startHeight: 0, stop });
    await world.until(() => peer.closed !== undefined, 1_000);
    assert.deepEqual([world.closings, peer.of('cfilter').length], [['filters-out-of-range'], 1_000]);
  });

  it('P20: takes 101 hashes, and answers getaddr once however often it is asked', async () => {
    const peer = await world.peer(node);
    peer.send({ type: 'getheaders', ...request, ...locator(LOCATOR_MAX) });
    await peer.sync();
    assert.equal(peer.of('headers').length, 1);
    for (let i = 1; i <= 8; i++) {
      const address = { network: 'ipv4' as const, bytes: Uint8Array.of(10, 2, i, 1), port: 7333 };
      node.network.learnAddress(address, { tried: false });
    }
    for (let i = 0; i < 100; i++) peer.send({ type: 'getaddr' });
    await peer.sync();
    const told = peer.of('addrv2').filter(({ addresses }) => addresses.some(({ address }) => address.bytes[1] === 2));
    assert.equal(told.length, 1);
    assert.deepEqual(world.closings, []);
  });
});
