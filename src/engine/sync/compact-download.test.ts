import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { childOf as after, buildBlock, buildChain, genesisParent } from '../../../test/support/chain-builder.ts';
import {
  COMPACT_CHAIN,
  calledCompactPeer,
  childOf,
  compactOf,
  compactPeer,
  nextBlock,
  offerCompact,
  spendOf,
} from '../../../test/support/compact-world.ts';
import type { ScriptedPeer, SyncTestNode } from '../../../test/support/sync-world.ts';
import { greedyBlock, SyncWorld } from '../../../test/support/sync-world.ts';
import { regtest } from '../../core/params/regtest.ts';
import type { Block } from '../../core/primitives/block.ts';
import { makeBlock, makeHeader } from '../../core/primitives/block.ts';
import type { Transaction } from '../../core/primitives/transaction.ts';
import { INVENTORY } from '../../core/wire/inventory.ts';
import type { MessageType } from '../../core/wire/messages/table.ts';
import { STALL_TIMEOUT_MS_MIN } from './block-download.ts';
import { COMPACT_AHEAD_MAX, COMPACT_PARALLEL_MAX } from './compact-download.ts';
import { NEAR_TIP_BLOCKS } from './low-work.ts';

describe('compact blocks that come', () => {
  let world: SyncWorld;
  let node: SyncTestNode;

  beforeEach(async () => {
    world = new SyncWorld();
    node = await world.node('10.0.0.1');
    await node.give(COMPACT_CHAIN);
  });

  afterEach(() => world.close());

  const wait = async (...txs: readonly Transaction[]) => {
    for (const tx of txs) assert.equal((await node.mempool.accept(tx)).rejection, undefined);
  };
  const header = (...blocks: readonly Block[]) => ({ type: 'headers' as const, headers: blocks.map((block) => block.header) });
  const wholeAsked = (peer: ScriptedPeer) => peer.requested(INVENTORY.witnessBlock).length;
  const compactAsked = (peer: ScriptedPeer) => peer.requested(INVENTORY.compactBlock).length;
  const placesAsked = (peer: ScriptedPeer) => peer.of('getblocktxn').map(({ indexes }) => indexes);
  const sendMissing = (peer: ScriptedPeer, block: Block, indexes: readonly number[]) =>
    peer.send({ type: 'blocktxn', blockHash: block.header.hash, transactions: indexes.map((index) => block.transactions[index]!) });
  const isTip = (block: Block) => Buffer.compare(node.chain.tip.hash, block.header.hash) === 0;

  /** Messages of these types that came since a moment. */
  function watch(peer: ScriptedPeer, ...types: readonly MessageType[]): () => number {
    const count = () => peer.received.filter(({ type }) => types.includes(type)).length;
    const before = count();
    return () => count() - before;
  }

  it('says at once that it speaks version 2, and that blocks need not come unasked', async () => {
    const peer = await world.peer(node);
    assert.deepEqual(peer.of('sendcmpct'), [{ type: 'sendcmpct', highBandwidth: false, version: 2n }]);
    const old = await world.peer(node, '10.0.9.2', { protocolVersion: 70_013 });
    assert.equal(old.of('sendcmpct').length, 0);
  });

  it('asks for the next block as a compact one and makes it of what waits, without another question', async () => {
    const txs = [spendOf(0), spendOf(1), spendOf(2)];
    await wait(...txs);
    const block = nextBlock(node, txs);
    const peer = await compactPeer(world, node, '10.0.9.1');
    peer.send(header(block));
    await peer.sync();
    assert.deepEqual([compactAsked(peer), wholeAsked(peer)], [1, 0]);
    const questions = watch(peer, 'getdata', 'getblocktxn');
    peer.send(compactOf(block));
    await world.until(() => isTip(block));
    assert.equal(questions(), 0);
    assert.equal(node.mempool.size, 0);
    assert.equal(node.peer().inFlight.length, 0);
    assert.equal(node.peer().lastBlockTimeSeconds, world.clock.nowSeconds());
  });

  it('asks whole blocks of who speaks no version of ours, where more than one is missing, and of a second peer', async () => {
    const [first, second] = buildChain({ parent: node.chain.tip, params: regtest, count: 2 });
    const old = await world.peer(node, '10.0.9.1');
    offerCompact(old, { version: 1n, highBandwidth: true });
    old.send(header(first!));
    await old.sync();
    assert.deepEqual([compactAsked(old), wholeAsked(old)], [0, 1]);
    assert.equal(node.peer().highBandwidthFrom, false);
    const peer = await compactPeer(world, node, '10.0.9.2');
    peer.send(header(first!, second!));
    await peer.sync();
    assert.deepEqual([compactAsked(peer), wholeAsked(peer)], [0, 1], 'the second block');
    await world.advance(STALL_TIMEOUT_MS_MIN);
    assert.deepEqual([compactAsked(peer), wholeAsked(peer)], [0, 2], 'the first one too, since it is late');
  });

  it('asks for exactly what is missing, and has the block with it', async () => {
    const txs = [0, 1, 2, 3, 4].map((index) => spendOf(index));
    await wait(txs[1]!, txs[3]!);
    const block = nextBlock(node, txs);
    const peer = await compactPeer(world, node, '10.0.9.1');
    peer.send(compactOf(block));
    await peer.sync();
    assert.deepEqual(placesAsked(peer), [[1, 3, 5]]);
    sendMissing(peer, block, [1, 3, 5]);
    await world.until(() => isTip(block));
    assert.equal(wholeAsked(peer), 0);
  });

  it('takes not even the header of one whose branch has less work than our tip less 144 blocks', async () => {
    const peer = await compactPeer(world, node, '10.0.9.1');
    const side = (extra: number) => buildBlock({ parent: genesisParent(regtest), params: regtest, extra: Uint8Array.of(extra) });
    await node.grow(NEAR_TIP_BLOCKS + 1 - node.height);
    const taken = side(1);
    peer.send(compactOf(taken));
    await peer.sync();
    assert.equal(node.chain.tree.get(taken.header.hash)?.height, 1);
    await node.grow(1);
    const refused = side(2);
    peer.send(compactOf(refused));
    await peer.sync();
    assert.equal(node.chain.tree.get(refused.header.hash), undefined);
    assert.deepEqual(world.closings, []);
  });

  it('asks for everything but the coinbase where nothing waits, and needs no question for a coinbase alone', async () => {
    const block = nextBlock(node, [spendOf(0), spendOf(1)]);
    const peer = await compactPeer(world, node, '10.0.9.1');
    peer.send(compactOf(block));
    await peer.sync();
    assert.deepEqual(placesAsked(peer), [[1, 2]]);
    sendMissing(peer, block, [1, 2]);
    await world.until(() => isTip(block));
    const empty = nextBlock(node, []);
    peer.send(compactOf(empty));
    await world.until(() => isTip(empty));
    assert.equal(placesAsked(peer).length, 1);
  });

  it('remembers replaced transactions and orphans for a block that has them', async () => {
    const peer = await compactPeer(world, node, '10.0.9.1');
    const replaced = spendOf(0);
    const parent = spendOf(1);
    const orphan = childOf(parent);
    peer.send({ type: 'tx', tx: replaced });
    peer.send({ type: 'tx', tx: spendOf(0, 50_000n) });
    peer.send({ type: 'tx', tx: orphan });
    await world.until(() => node.network.orphans().length === 1);
    assert.equal(node.mempool.size, 1);
    const block = nextBlock(node, [replaced, parent, orphan]);
    peer.send(compactOf(block));
    await peer.sync();
    assert.deepEqual(placesAsked(peer), [[2]], 'only the parent is missing');
    sendMissing(peer, block, [2]);
    await world.until(() => isTip(block));
  });

  it('asks for headers when the parent is not known, and keeps nothing', async () => {
    const [, second] = buildChain({ parent: node.chain.tip, params: regtest, count: 2 });
    const peer = await compactPeer(world, node, '10.0.9.1');
    peer.send(header());
    await peer.sync();
    const questions = watch(peer, 'getheaders');
    peer.send(compactOf(second!), compactOf(second!));
    await peer.sync();
    assert.equal(questions(), 1);
    assert.equal(node.chain.tree.get(second!.header.hash), undefined);
  });

  it('P9: takes one two blocks ahead, and of one further ahead only the header', async () => {
    const ahead = buildChain({ parent: node.chain.tip, params: regtest, count: COMPACT_AHEAD_MAX + 1 });
    const peer = await compactPeer(world, node, '10.0.9.1');
    const far = await compactPeer(world, node, '10.0.9.2');
    far.send(header(...ahead.slice(0, 1)));
    await far.sync();
    peer.send(header(...ahead.slice(0, 1)));
    peer.send(compactOf(ahead[1]!));
    await peer.sync();
    assert.ok(node.chain.tree.get(ahead[1]!.header.hash)?.block !== undefined, 'it is stored');
    far.send(compactOf(ahead[2]!));
    await far.sync();
    assert.equal(node.chain.tree.get(ahead[2]!.header.hash)?.block, undefined);
    assert.deepEqual([placesAsked(far).length, far.closed], [0, undefined]);
  });

  it('P9: ignores compact blocks of old heights and of too little work', async () => {
    const peer = await compactPeer(world, node, '10.0.9.1');
    const parent = { header: COMPACT_CHAIN[60]!.header, height: 61, medianTimeSeconds: COMPACT_CHAIN[60]!.header.timeSeconds };
    const stale = buildBlock({ parent, params: regtest, transactions: [spendOf(0)], extra: Uint8Array.of(9) });
    const questions = watch(peer, 'getdata', 'getblocktxn', 'getheaders');
    for (const block of [...COMPACT_CHAIN.slice(0, 100), stale]) peer.send(compactOf(block));
    await peer.sync();
    assert.deepEqual([questions(), peer.closed], [0, undefined]);
    assert.equal(node.chain.tree.get(stale.header.hash)?.block, undefined);
  });

  it('P8: asks for the whole block when short ids collide, and lets go who then sends what was not asked for', async () => {
    const txs = [spendOf(0), spendOf(1)];
    const block = nextBlock(node, txs);
    const peer = await compactPeer(world, node, '10.0.9.1');
    const [id] = compactOf(block).shortIds;
    peer.send({ ...compactOf(block), shortIds: [id!, id!] });
    await peer.sync();
    assert.deepEqual([placesAsked(peer).length, wholeAsked(peer), peer.closed], [0, 1, undefined]);
    peer.send(compactOf(block));
    await peer.sync();
    assert.equal(wholeAsked(peer), 1, 'a second compact block of the same peer changes nothing');
    sendMissing(peer, block, [1, 2]);
    await world.until(() => peer.closed !== undefined);
    assert.deepEqual(world.closings, ['compact-block-invalid']);
  });

  it('P8: a second blocktxn after the first gave another block ends the connection; the whole block would have been taken', async () => {
    const txs = [spendOf(0), spendOf(1)];
    const block = nextBlock(node, txs);
    const peers = [await compactPeer(world, node, '10.0.9.1'), await compactPeer(world, node, '10.0.9.2')];
    const [honest, liar] = peers as [ScriptedPeer, ScriptedPeer];
    for (const peer of [liar, honest]) {
      peer.send(compactOf(block));
      await peer.sync();
      if (peer === honest) continue;
      // Transactions that would do, in the wrong order: as a collision of short ids would have it.
      sendMissing(peer, block, [2, 1]);
      await peer.sync();
      assert.deepEqual([wholeAsked(peer), peer.closed], [1, undefined]);
      sendMissing(peer, block, [1, 2]);
      await world.until(() => peer.closed !== undefined);
      assert.deepEqual(world.closings, ['compact-block-invalid']);
    }
    honest.sendBlock(block);
    await world.until(() => isTip(block));
  });

  it('takes a mempool transaction with the short id of another for a collision, and the whole block then', async () => {
    const [real, other] = [spendOf(0), spendOf(1)];
    await wait(other);
    const block = nextBlock(node, [real]);
    const wrong = compactOf(makeBlock(block.header, [block.transactions[0]!, other]));
    const peer = await compactPeer(world, node, '10.0.9.1');
    peer.send(wrong);
    await peer.sync();
    assert.deepEqual([wholeAsked(peer), peer.closed], [1, undefined]);
    peer.sendBlock(block);
    await world.until(() => isTip(block));
  });

  it('P9: lets go who sends too few or too many of the missing transactions', async () => {
    for (const [host, indexes] of [
      ['10.0.9.1', [1]],
      ['10.0.9.2', [1, 2, 2]],
    ] as const) {
      const block = nextBlock(node, [spendOf(0), spendOf(1)]);
      const peer = await compactPeer(world, node, host);
      peer.send(compactOf(block));
      await peer.sync();
      sendMissing(peer, block, indexes);
      await world.until(() => peer.closed !== undefined);
    }
    assert.deepEqual(world.closings, ['compact-block-invalid', 'compact-block-invalid']);
    assert.equal(node.height, COMPACT_CHAIN.length);
  });

  it('ignores transactions of a block that nobody was asked for', async () => {
    const block = nextBlock(node, [spendOf(0)]);
    const peer = await compactPeer(world, node, '10.0.9.1');
    sendMissing(peer, block, [1]);
    await peer.sync();
    assert.equal(peer.closed, undefined);
    assert.equal(node.height, COMPACT_CHAIN.length);
  });

  it('lets go who sends a header without work or on an invalid block as a compact block', async () => {
    const block = nextBlock(node, []);
    let { nonce } = block.header;
    const spoilt = () => makeHeader({ ...block.header, nonce: nonce++ });
    let bad = spoilt();
    while (Buffer.from(bad.hash)[31]! < 0x80) bad = spoilt();
    const peer = await compactPeer(world, node, '10.0.9.1');
    peer.send({ ...compactOf(block), header: bad });
    await world.until(() => peer.closed !== undefined);
    assert.deepEqual(world.closings, ['header-invalid']);
  });

  it('does not hold it against a peer that a compact block breaks a rule, as it does with a whole one', async () => {
    const parent = node.chain.tip;
    const greedy = greedyBlock(regtest, parent);
    const peer = await compactPeer(world, node, '10.0.9.1');
    peer.send(compactOf(greedy));
    await peer.sync();
    assert.equal(node.height, COMPACT_CHAIN.length);
    assert.ok(node.chain.tree.get(greedy.header.hash) !== undefined);
    assert.equal(peer.closed, undefined);
    const onTop = buildBlock({
      parent: after({ header: parent.header, height: parent.height, medianTimeSeconds: parent.medianTimeSeconds }, greedy),
      params: regtest,
    });
    peer.send(compactOf(onTop));
    await world.until(() => peer.closed !== undefined);
    assert.deepEqual(world.closings, ['header-invalid'], 'who builds on it is let go');
    const other = await compactPeer(world, node, '10.0.9.2');
    other.sendBlock(buildBlock({ parent, params: regtest, reward: regtest.consensus.subsidy.initial * 3n }));
    await world.until(() => other.closed !== undefined);
    assert.deepEqual(world.closings.slice(1), ['block-invalid']);
  });

  it('P25: looks at an invalid compact block once, however often it comes', async () => {
    const greedy = greedyBlock(regtest, node.chain.tip);
    const peer = await compactPeer(world, node, '10.0.9.1');
    peer.send(compactOf(greedy));
    await peer.sync();
    const answers = watch(peer, 'getdata', 'getblocktxn', 'getheaders');
    let looked = 0;
    const end = node.chain.subscribe(() => looked++);
    for (let i = 0; i < 1_000; i++) peer.send(compactOf(greedy));
    await peer.sync();
    end();
    assert.deepEqual([answers(), looked, peer.closed], [0, 0, undefined]);
  });

  it('P7: asks another peer for the whole block within two seconds when what is missing does not come', async () => {
    const block = nextBlock(node, [spendOf(0)]);
    const silent = await compactPeer(world, node, '10.0.9.1');
    const other = await compactPeer(world, node, '10.0.9.2');
    silent.send(compactOf(block));
    await silent.sync();
    assert.deepEqual(placesAsked(silent), [[1]]);
    other.send(header(block));
    await other.sync();
    assert.equal(compactAsked(other) + wholeAsked(other), 0, 'not at once');
    await world.advance(STALL_TIMEOUT_MS_MIN);
    assert.equal(wholeAsked(other), 1);
    other.sendBlock(block);
    await world.until(() => isTip(block));
    assert.equal(node.network.peers().flatMap(({ inFlight }) => inFlight).length, 0);
  });

  describe('from several peers at once', () => {
    /** Peers that brought a block each and so are asked to send the next ones unasked. */
    async function chosen(...hosts: readonly string[]): Promise<ScriptedPeer[]> {
      const peers: ScriptedPeer[] = [];
      for (const host of hosts) {
        const peer = await (host.startsWith('10.0.9.') ? compactPeer : calledCompactPeer)(world, node, host);
        const block = nextBlock(node, []);
        peer.send(compactOf(block));
        await world.until(() => isTip(block));
        await peer.sync();
        assert.deepEqual(
          peer.of('sendcmpct').map(({ highBandwidth }) => highBandwidth),
          [false, true],
        );
        peers.push(peer);
      }
      return peers;
    }

    /** How many places each is asked for when all send the same compact block. */
    async function asked(peers: readonly ScriptedPeer[]): Promise<readonly number[]> {
      const block = nextBlock(node, [spendOf(0)]);
      for (const peer of peers) {
        peer.send(compactOf(block));
        await peer.sync();
      }
      return peers.map((peer) => placesAsked(peer).length);
    }

    it('asks three of them for what is missing where one is a peer that we called', async () => {
      const peers = await chosen('10.0.7.1', '10.0.9.1', '10.0.9.2');
      assert.deepEqual(await asked(peers), [1, 1, 1]);
      assert.equal(COMPACT_PARALLEL_MAX, 3);
    });

    it('keeps the third place for a peer that we called where the first two called us', async () => {
      const peers = await chosen('10.0.9.1', '10.0.9.2', '10.0.9.3');
      assert.deepEqual(await asked(peers), [1, 1, 0]);
    });

    it('gives the third place to a peer that we called', async () => {
      const peers = await chosen('10.0.9.1', '10.0.9.2', '10.0.7.1');
      assert.deepEqual(await asked(peers), [1, 1, 1]);
    });

    it('asks nobody else who was not told to send blocks unasked', async () => {
      const peers = [await compactPeer(world, node, '10.0.9.1'), await compactPeer(world, node, '10.0.9.2')];
      assert.deepEqual(await asked(peers), [1, 0]);
    });

    it('takes a block of a fourth one where nothing is missing, and waits for nobody then', async () => {
      const [tx] = [spendOf(0)];
      const block = nextBlock(node, [tx!]);
      const peers = await chosen('10.0.7.1', '10.0.9.1', '10.0.9.2');
      const on = nextBlock(node, [tx!]);
      assert.notDeepEqual(on.header.hash, block.header.hash);
      for (const peer of peers) {
        peer.send(compactOf(on));
        await peer.sync();
      }
      assert.equal(node.network.peers().flatMap(({ inFlight }) => inFlight).length, 3);
      const fourth = await compactPeer(world, node, '10.0.9.4');
      await wait(tx!);
      fourth.send(compactOf(on));
      await world.until(() => isTip(on));
      assert.equal(node.network.peers().flatMap(({ inFlight }) => inFlight).length, 0);
      for (const peer of peers) sendMissing(peer, on, [1]);
      await fourth.sync();
      assert.deepEqual(world.closings, []);
    });
  });
});
