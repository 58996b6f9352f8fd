import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { COMPACT_CHAIN, compactPeer, nextBlock, offerCompact, spendOf } from '../../../test/support/compact-world.ts';
import { FakeVerifier, makeGate } from '../../../test/support/mempool-world.ts';
import type { ScriptedPeer, SyncTestNode } from '../../../test/support/sync-world.ts';
import { greedyBlock, SyncWorld, WORLD_PORT } from '../../../test/support/sync-world.ts';
import { regtest } from '../../core/params/regtest.ts';
import type { Block } from '../../core/primitives/block.ts';
import { encodeBlock } from '../../core/primitives/block.ts';
import { INVENTORY } from '../../core/wire/inventory.ts';
import { BLOCKTXN_DEPTH_MAX, COMPACT_DEPTH_MAX } from './compact-serving.ts';
import { PartialBlock } from './partial-block.ts';

describe('compact blocks that are sent', () => {
  let world: SyncWorld;
  let node: SyncTestNode;

  beforeEach(async () => {
    world = new SyncWorld();
    node = await world.node('10.0.0.1');
    await node.give(COMPACT_CHAIN);
  });

  afterEach(() => world.close());

  /** A peer that has told that it has our tip, and how it wants the next ones. */
  async function follower(host: string, highBandwidth: boolean): Promise<ScriptedPeer> {
    const peer = await world.peer(node, host);
    offerCompact(peer, { highBandwidth });
    peer.send({ type: 'headers', headers: [node.chain.tip.header] }, { type: 'sendheaders' });
    await peer.sync();
    return peer;
  }

  const rebuilt = (peer: ScriptedPeer, block: Block) => {
    const [message] = peer.of('cmpctblock').slice(-1);
    const waiting = block.transactions.map((tx) => ({ tx }));
    const partial = PartialBlock.begin(message!, { waiting, extra: [] }, regtest.consensus);
    assert.ok(partial instanceof PartialBlock);
    const whole = partial.fill([], COMPACT_CHAIN.length + 1, regtest.consensus);
    assert.ok(typeof whole !== 'string');
    return encodeBlock(whole);
  };
  const ask = (peer: ScriptedPeer, block: Block) =>
    peer.send({ type: 'getdata', items: [{ kind: INVENTORY.compactBlock, hash: block.header.hash }] });

  it('sends a new block unasked to those who want that, as headers to others, with all that it is made of', async () => {
    const [eager, calm] = [await follower('10.0.9.1', true), await follower('10.0.9.2', false)];
    const block = nextBlock(node, [spendOf(0), spendOf(1)]);
    await node.give([block]);
    await world.advance(10);
    assert.deepEqual([eager.of('cmpctblock').length, eager.of('headers').length], [1, 0]);
    assert.deepEqual([calm.of('cmpctblock').length, calm.of('headers').length], [0, 1]);
    assert.deepEqual(rebuilt(eager, block), encodeBlock(block));
    assert.deepEqual(
      eager.of('cmpctblock')[0]?.prefilled.map(({ index }) => index),
      [0],
    );
    assert.deepEqual(
      node.network.peers().map(({ highBandwidthFrom }) => highBandwidthFrom),
      [true, false],
    );
  });

  it('sends it before it is judged, but not whole, and only once at one height', async () => {
    const eager = await follower('10.0.9.1', true);
    const greedy = greedyBlock(regtest, node.chain.tip);
    const block = nextBlock(node, [spendOf(0)]);
    eager.onMessage = (message) => {
      if (message.type === 'cmpctblock')
        eager.send({ type: 'getdata', items: [{ kind: INVENTORY.witnessBlock, hash: greedy.header.hash }] });
    };
    assert.ok((await node.chain.acceptBlock(greedy)).rejection !== undefined);
    await world.advance(10);
    assert.deepEqual(
      eager.of('cmpctblock').map(({ header }) => header.hash),
      [greedy.header.hash],
    );
    assert.deepEqual([eager.of('block').length, eager.of('notfound').length], [0, 1]);
    await node.give([block]);
    await world.advance(10);
    const announcements = eager.received.filter(({ type }) => type === 'cmpctblock' || type === 'headers').map(({ type }) => type);
    assert.deepEqual(announcements, ['cmpctblock', 'cmpctblock'], 'the second one when it was our tip');
    assert.deepEqual(rebuilt(eager, block), encodeBlock(block));
  });

  it('does not send the whole of one that is found invalid while its turn is waited for', async () => {
    const verifier = new FakeVerifier();
    const slow = await world.node('10.0.0.2', { verifier });
    await slow.give(COMPACT_CHAIN);
    const tx = spendOf(0);
    verifier.refused.add(tx.txid);
    const gate = makeGate();
    verifier.gate = gate.closed;
    const eager = await world.peer(slow, '10.0.9.1');
    offerCompact(eager, { highBandwidth: true });
    eager.send({ type: 'headers', headers: [slow.chain.tip.header] });
    await eager.sync();
    const bad = nextBlock(slow, [tx]);
    const judged = slow.chain.acceptBlock(bad);
    await world.until(() => eager.of('cmpctblock').length === 1);
    eager.send({ type: 'getdata', items: [{ kind: INVENTORY.witnessBlock, hash: bad.header.hash }] });
    await world.advance(1_000);
    assert.deepEqual([eager.of('block').length, eager.of('notfound').length], [0, 0]);
    gate.open();
    assert.ok((await judged).rejection !== undefined);
    await eager.sync();
    assert.deepEqual([eager.of('block').length, eager.of('notfound').length], [0, 1]);
  });

  it('sends nothing unasked to whom the parent is unknown or the block known, and nothing to who took his wish back', async () => {
    const stranger = await world.peer(node, '10.0.9.1');
    offerCompact(stranger, { highBandwidth: true });
    const source = await follower('10.0.9.2', true);
    const former = await follower('10.0.9.3', true);
    offerCompact(former);
    await former.sync();
    const block = nextBlock(node, []);
    source.send({ type: 'headers', headers: [block.header] });
    source.sendBlock(block);
    await source.sync();
    assert.deepEqual(
      [stranger, source, former].map((peer) => peer.of('cmpctblock').length),
      [0, 0, 0],
    );
    assert.equal(stranger.of('inv').length, 1);
  });

  it('sends nothing unasked while a peer has shown more work', async () => {
    const eager = await follower('10.0.9.1', true);
    const far = await compactPeer(world, node, '10.0.9.2');
    const ahead = await world.node('10.0.0.2');
    await ahead.give(COMPACT_CHAIN);
    far.send({ type: 'headers', headers: (await ahead.grow(3, 5)).map(({ header }) => header) });
    await far.sync();
    await node.give([nextBlock(node, [])]);
    await world.advance(10);
    assert.equal(eager.of('cmpctblock').length, 0);
  });

  it('answers for a compact block five deep with one, for one deeper with the whole, from the disk too', async () => {
    const peer = await compactPeer(world, node, '10.0.9.1');
    const at = (depth: number) => COMPACT_CHAIN[COMPACT_CHAIN.length - 1 - depth]!;
    for (const depth of [0, COMPACT_DEPTH_MAX, COMPACT_DEPTH_MAX + 1]) ask(peer, at(depth));
    await peer.sync();
    assert.deepEqual(
      peer.of('cmpctblock').map(({ header }) => header.hash),
      [at(0), at(COMPACT_DEPTH_MAX)].map(({ header }) => header.hash),
    );
    assert.deepEqual(
      peer.of('block').map(({ block }) => block.header.hash),
      [at(COMPACT_DEPTH_MAX + 1).header.hash],
    );
    peer.send({ type: 'getdata', items: [{ kind: INVENTORY.compactBlock, hash: new Uint8Array(32).fill(7) }] });
    await peer.sync();
    assert.equal(peer.of('notfound').length, 1);
  });

  it('serves the transactions of the last block by their ids, which nobody else could have any more', async () => {
    const tx = spendOf(0);
    const peer = await compactPeer(world, node, '10.0.9.1');
    const ids = [
      { kind: INVENTORY.wtx, hash: tx.wtxid },
      { kind: INVENTORY.witnessTx, hash: tx.txid },
    ];
    peer.send({ type: 'getdata', items: ids });
    await peer.sync();
    assert.deepEqual([peer.of('tx').length, peer.of('notfound').length], [0, 1]);
    await node.give([nextBlock(node, [tx])]);
    peer.send({ type: 'getdata', items: ids });
    await peer.sync();
    assert.deepEqual(
      peer.of('tx').map((message) => message.tx.wtxid),
      [tx.wtxid, tx.wtxid],
    );
    await node.grow(1);
    peer.send({ type: 'getdata', items: ids });
    await peer.sync();
    assert.deepEqual([peer.of('tx').length, peer.of('notfound').length], [2, 2]);
  });

  it('P9: answers for transactions of a block ten deep, with the whole of one deeper, and not for one it lacks', async () => {
    const peer = await compactPeer(world, node, '10.0.9.1');
    const at = (depth: number) => COMPACT_CHAIN[COMPACT_CHAIN.length - 1 - depth]!;
    for (const depth of [0, BLOCKTXN_DEPTH_MAX, BLOCKTXN_DEPTH_MAX + 1]) {
      peer.send({ type: 'getblocktxn', blockHash: at(depth).header.hash, indexes: [0] });
    }
    await peer.sync();
    assert.deepEqual(
      peer.of('blocktxn').map(({ blockHash, transactions }) => [blockHash, transactions.map(({ wtxid }) => wtxid)]),
      [at(0), at(BLOCKTXN_DEPTH_MAX)].map(({ header, transactions }) => [header.hash, [transactions[0]!.wtxid]]),
    );
    assert.deepEqual(
      peer.of('block').map(({ block }) => block.header.hash),
      [at(BLOCKTXN_DEPTH_MAX + 1).header.hash],
    );
    const answers = peer.received.length;
    peer.send({ type: 'getblocktxn', blockHash: nextBlock(node, []).header.hash, indexes: [0] });
    await peer.sync();
    assert.equal(peer.received.length, answers + 1, 'the pong alone');
  });

  it('P9: lets go who asks for a transaction that a block does not have, in memory or on the disk', async () => {
    const block = nextBlock(node, [spendOf(0)]);
    await node.give([block]);
    for (const [host, { header, transactions }] of [
      ['10.0.9.1', block],
      ['10.0.9.2', COMPACT_CHAIN[118]!],
    ] as const) {
      const peer = await compactPeer(world, node, host);
      peer.send({ type: 'getblocktxn', blockHash: header.hash, indexes: [0, transactions.length] });
      await world.until(() => peer.closed !== undefined);
      assert.equal(peer.of('blocktxn').length, 0);
    }
    assert.deepEqual(world.closings, ['transaction-index-invalid', 'transaction-index-invalid']);
  });

  it('P9: 10,000 questions for transactions of a peer that does not read take a bounded queue, and others are answered', async () => {
    const fat = nextBlock(
      node,
      Array.from({ length: 18 }, (_, index) => spendOf(index)),
    );
    await node.give([fat]);
    const peer = await compactPeer(world, node, '10.0.9.1');
    const honest = await compactPeer(world, node, '10.0.9.2');
    peer.connection.pause();
    const indexes = Array.from({ length: 19 }, (_, index) => index);
    for (let i = 0; i < 10_000; i++) peer.send({ type: 'getblocktxn', blockHash: fat.header.hash, indexes });
    await world.advance(1_000);
    const queued = Math.max(...[...world.network.connections].map((connection) => connection.queuedBytes));
    const limit = 1_100_000;
    assert.ok(queued > 100_000 && queued < limit, `${queued} bytes wait`);
    await honest.sync();
    peer.connection.resume();
    await peer.sync();
    assert.equal(peer.of('blocktxn').length, 10_000);
    assert.equal(peer.closed, undefined);
  });

  it('goes one hop with nothing but the compact block where both have the transactions, in a fraction of its bytes', async () => {
    const other = await world.node('10.0.0.2');
    await other.give(COMPACT_CHAIN);
    other.network.addNode({ host: '10.0.0.1', port: WORLD_PORT }, 'add');
    await world.until(() => other.network.peers().some(({ protocolVersion }) => protocolVersion > 0));
    // The first block makes the one who brings it a peer that sends them unasked.
    await node.give([nextBlock(node, [])]);
    await world.until(() => other.height === node.height);
    await world.advance(100);
    assert.deepEqual([other.peer().highBandwidthTo, node.peer().highBandwidthFrom], [true, true]);
    const txs = Array.from({ length: 20 }, (_, index) => spendOf(index));
    for (const each of [node, other]) for (const tx of txs) assert.equal((await each.mempool.accept(tx)).rejection, undefined);
    await world.advance(60_000);
    const before = { ...other.peer().bytesReceivedPerMessage };
    const sent = { ...other.peer().bytesSentPerMessage };
    const block = nextBlock(node, txs);
    const atMs = world.clock.monotonicMs();
    await node.give([block]);
    await world.until(() => other.height === node.height);
    assert.ok(world.clock.monotonicMs() - atMs <= 10, 'one way is enough');
    const now = other.peer().bytesReceivedPerMessage;
    const cost = (now.cmpctblock ?? 0) - (before.cmpctblock ?? 0);
    assert.deepEqual([now.block, now.blocktxn, now.headers], [before.block, before.blocktxn, before.headers]);
    assert.equal(other.peer().bytesSentPerMessage.getdata, sent.getdata);
    // Header, nonce and counts, the coinbase with its place, six bytes a transaction, and the frame.
    assert.equal(cost, 24 + 80 + 8 + 1 + 6 * txs.length + 1 + 1 + block.transactions[0]!.sizeBytes);
    assert.ok(cost < encodeBlock(block).length / 5, `${cost} bytes of ${encodeBlock(block).length}`);
  });
});
