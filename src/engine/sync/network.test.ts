import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { buildBlock, buildChain, genesisParent } from '../../../test/support/chain-builder.ts';
import { easyQuoin } from '../../../test/support/easy-quoin.ts';
import { TRUE_OUTPUT } from '../../../test/support/mempool-world.ts';
import type { ScriptedPeer, SyncTestNode } from '../../../test/support/sync-world.ts';
import { blocksOn, SyncWorld, WORLD_PORT } from '../../../test/support/sync-world.ts';
import { regtest } from '../../core/params/regtest.ts';
import { encodeBlock } from '../../core/primitives/block.ts';
import { encodeFrame } from '../../core/wire/frame.ts';
import { INVENTORY } from '../../core/wire/inventory.ts';
import { encodeMessage } from '../../core/wire/messages/table.ts';
import { SERVICES } from '../../core/wire/services.ts';
import { HEADERS_PER_ANNOUNCEMENT_MAX } from './block-relay.ts';
import { RECEIVE_PIECES_MAX } from './link.ts';
import { PING_INTERVAL_MS, PING_TIMEOUT_MS } from './liveness.ts';
import { BLOCKS_PER_INV_MAX, LIMITED_BLOCK_DEPTH_MAX, STALE_BLOCK_DEPTH_MAX } from './serving.ts';

const CHAIN = blocksOn(regtest, 600);

describe('network', () => {
  let world: SyncWorld;
  let node: SyncTestNode;

  beforeEach(async () => {
    world = new SyncWorld();
    node = await world.node('10.0.0.1');
  });

  afterEach(() => world.close());

  const frame = (command: string, payload: Uint8Array) => encodeFrame(regtest.messageStart, command, payload);

  describe('framing', () => {
    it('P18: hangs up at the first byte that is not ours', async () => {
      for (const bytes of [
        Uint8Array.of(0x16),
        Uint8Array.of(regtest.messageStart[0]!, 0),
        new TextEncoder().encode('GET / HTTP/1.1\r\n\r\n'),
      ]) {
        const peer = await world.call(node);
        peer.connection.write(bytes);
        await world.until(() => peer.closed !== undefined, 100);
        assert.equal(peer.received.length, 0);
      }
      assert.deepEqual(world.closings, ['wrong-network', 'wrong-network', 'wrong-network']);
    });

    it('P18: hangs up at a message that says it is longer than 4,000,000 bytes, before it comes', async () => {
      const peer = await world.peer(node);
      const long = frame('block', new Uint8Array(0));
      new DataView(long.buffer).setUint32(16, 4_000_001, true);
      peer.connection.write(long);
      await world.until(() => peer.closed !== undefined, 100);
      assert.deepEqual(world.closings, ['oversized-message']);
    });

    it('P18: goes on after a wrong checksum, a command that is no text and one that it does not know', async () => {
      const peer = await world.peer(node);
      const wrong = frame('ping', encodeMessage({ type: 'ping', nonce: 1n }));
      wrong[20] = wrong[20]! ^ 0xff;
      peer.connection.write(wrong);
      const binary = frame('ping', encodeMessage({ type: 'ping', nonce: 2n }));
      binary[4] = 0xff;
      peer.connection.write(binary);
      peer.sendRaw('reject', Uint8Array.of(1, 2, 3));
      await peer.sync(3n);
      assert.deepEqual(
        peer.of('pong').map((message) => message.nonce),
        [3n],
      );
      assert.ok((node.peer().bytesReceivedPerMessage['*other*'] ?? 0) > 0);
    });

    it('P18: hangs up at a message that cannot be read', async () => {
      const peer = await world.peer(node);
      peer.sendRaw('getdata', Uint8Array.of(0xfd, 1, 0));
      await world.until(() => peer.closed !== undefined);
      assert.deepEqual(world.closings, ['malformed-message']);
    });
  });

  it('sends a pong only when everything before its ping has been dealt with', async () => {
    const peer = await world.peer(node);
    for (let i = 0; i < 3; i++) {
      peer.sendBlock(CHAIN[i]!);
      peer.send({ type: 'ping', nonce: BigInt(i) });
    }
    let seen = -1;
    const heights: number[] = [];
    peer.onMessage = (message) => {
      if (message.type !== 'pong') return;
      seen = Number(message.nonce);
      heights.push(node.height);
    };
    await world.until(() => seen === 2);
    assert.deepEqual(
      heights,
      [1, 2, 3].map((height, i) => Math.max(height, heights[i]!)),
      'each block was connected before its pong',
    );
    peer.send({ type: 'getdata', items: [0, 1, 2].map((i) => ({ kind: INVENTORY.witnessBlock, hash: CHAIN[i]!.header.hash })) });
    peer.send({ type: 'ping', nonce: 9n });
    await world.until(() => seen === 9);
    assert.deepEqual(
      peer.received.slice(-4).map((message) => message.type),
      ['block', 'block', 'block', 'pong'],
    );
  });

  it('pings every two minutes, measures the answer, and lets go who does not answer for twenty', async () => {
    const peer = await world.peer(node);
    await world.advance(10);
    assert.equal(peer.of('ping').length, 1);
    assert.equal(node.peer().pingTimeMs, 2, 'there and back at a millisecond each');
    await world.advance(PING_INTERVAL_MS);
    assert.equal(peer.of('ping').length, 2);
    const mute = await world.call(node, '10.0.9.2');
    await mute.greet();
    mute.connection.pause();
    await world.advance(PING_INTERVAL_MS + PING_TIMEOUT_MS - 1_000);
    assert.equal(mute.closed, undefined);
    await world.advance(2_000);
    assert.deepEqual(world.closings, ['ping-timeout']);
    assert.equal(peer.closed, undefined);
  });

  it('ignores a pong to another question, whether it waits for one or not', async () => {
    const peer = await world.peer(node);
    await world.advance(10);
    const before = node.peer().pingTimeMs;
    peer.send({ type: 'pong', nonce: 12_345n });
    await peer.sync();
    assert.equal(node.peer().pingTimeMs, before);
    peer.answersPings = false;
    await world.advance(PING_INTERVAL_MS);
    const [asked] = peer.of('ping').slice(-1);
    await world.advance(1_000);
    peer.send({ type: 'pong', nonce: asked!.nonce + 1n });
    await peer.sync();
    assert.equal(node.peer().pingTimeMs, before);
    peer.send({ type: 'pong', nonce: asked!.nonce });
    await peer.sync();
    assert.ok(node.peer().pingTimeMs! >= 1_000, 'the right one counts');
  });

  describe('blocks', () => {
    it('announces a new tip by headers to who wants them, by inv to who does not or lacks what is before', async () => {
      await node.give(CHAIN.slice(0, 10));
      const headers = await world.peer(node, '10.0.9.1');
      headers.send({ type: 'sendheaders' }, { type: 'headers', headers: [CHAIN[9]!.header] });
      const inv = await world.peer(node, '10.0.9.2');
      inv.send({ type: 'headers', headers: [CHAIN[9]!.header] });
      const stranger = await world.peer(node, '10.0.9.3');
      stranger.send({ type: 'sendheaders' });
      for (const peer of [headers, inv, stranger]) await peer.sync();
      await node.give(CHAIN.slice(10, 11));
      await world.advance(10);
      assert.deepEqual(
        headers.of('headers').map((message) => message.headers),
        [[CHAIN[10]!.header]],
      );
      const announced = [{ type: 'inv', items: [{ kind: INVENTORY.block, hash: CHAIN[10]!.header.hash }] }];
      assert.deepEqual(inv.of('inv'), announced);
      assert.deepEqual(stranger.of('inv'), announced);
    });

    it('announces the headers of a new branch up to eight, the tip by inv where there are more', async () => {
      for (const [depth, type] of [
        [HEADERS_PER_ANNOUNCEMENT_MAX - 1, 'headers'],
        [HEADERS_PER_ANNOUNCEMENT_MAX, 'inv'],
      ] as const) {
        const other = new SyncWorld();
        const forking = await other.node('10.0.0.1');
        await forking.give(CHAIN.slice(0, 20));
        const peer = await other.peer(forking);
        peer.send({ type: 'sendheaders' }, { type: 'headers', headers: [CHAIN[19]!.header] });
        await peer.sync();
        const fork = forking.chain.active.at(20 - depth)!;
        // All but the last block of the branch come without becoming the tip.
        await forking.give(buildChain({ parent: fork, params: regtest, count: depth + 1, extra: Uint8Array.of(3) }));
        await other.advance(10);
        assert.deepEqual(
          peer.received.slice(-1).map((message) => message.type),
          [type],
        );
        if (type === 'headers') assert.equal(peer.of('headers').at(-1)!.headers.length, depth + 1);
        await other.close();
      }
    });

    it('tells nobody of blocks that it fetches while somebody is ahead of it', async () => {
      const listener = await world.peer(node, '10.0.9.2');
      const source = await world.call(node, '10.0.9.1');
      source.serve(CHAIN);
      await source.greet();
      await world.until(() => node.height === CHAIN.length);
      await listener.sync();
      const told = listener.received.filter(
        (message) => message.type === 'inv' || (message.type === 'headers' && message.headers.length > 0),
      );
      assert.equal(told.length, 1, 'of the last one alone');
    });

    it('tells of the tip that it has when whoever was ahead of it goes away', async () => {
      const listener = await world.peer(node, '10.0.9.2');
      const source = await world.call(node, '10.0.9.1');
      source.serve(CHAIN, { withholds: (block) => block === CHAIN[50] });
      await source.greet();
      await world.until(() => node.height === 50);
      assert.deepEqual(listener.of('inv'), []);
      source.connection.close('gone');
      await world.until(() => listener.of('inv').length === 1, 1_000);
    });

    it('serves blocks with and without witnesses, names what it does not have, and answers getblocks', async () => {
      const first = blocksOn(regtest, 101);
      await node.give(first);
      const spending = buildBlock({ parent: node.chain.tip, params: regtest, coinbaseScript: TRUE_OUTPUT });
      await node.give([spending]);
      const peer = await world.peer(node);
      const missing = { kind: INVENTORY.witnessBlock, hash: new Uint8Array(32).fill(1) };
      const { hash } = first[0]!.header;
      peer.send({
        type: 'getdata',
        items: [{ kind: INVENTORY.block, hash }, missing, { kind: 0x77, hash }, { kind: INVENTORY.witnessBlock, hash }],
      });
      await peer.sync();
      assert.deepEqual(
        peer.of('block').map((message) => message.raw),
        [encodeBlock(first[0]!, { witness: false }), encodeBlock(first[0]!)],
      );
      assert.deepEqual(peer.of('notfound'), [{ type: 'notfound', items: [missing] }]);
      peer.send({ type: 'getblocks', version: 1, locator: [first[98]!.header.hash], stop: new Uint8Array(32) as never });
      await peer.sync();
      assert.deepEqual(
        peer
          .of('inv')
          .at(-1)!
          .items.map((item) => item.hash),
        [first[99]!, first[100]!, spending].map((block) => block.header.hash),
      );
    });

    it('names 500 blocks at most in answer to getblocks', async () => {
      await node.give(CHAIN);
      const peer = await world.peer(node);
      peer.send({ type: 'getblocks', version: 1, locator: [regtest.consensus.genesisHash], stop: new Uint8Array(32) as never });
      await peer.sync();
      assert.equal(peer.of('inv').at(-1)!.items.length, BLOCKS_PER_INV_MAX);
    });

    it('without NODE_NETWORK serves the last 290 blocks, and lets go who asks for an older one, as BIP-159 says', async () => {
      const limited = await world.node('10.0.3.1', { services: SERVICES.witness | SERVICES.networkLimited });
      await limited.give(CHAIN.slice(0, 400));
      const peer = await world.peer(limited);
      const ask = (height: number): void =>
        peer.send({ type: 'getdata', items: [{ kind: INVENTORY.witnessBlock, hash: CHAIN[height - 1]!.header.hash }] });
      ask(400 - LIMITED_BLOCK_DEPTH_MAX);
      await peer.sync();
      assert.equal(peer.of('block').length, 1);
      ask(400 - LIMITED_BLOCK_DEPTH_MAX - 1);
      await world.until(() => limited.network.peers().length === 0);
      assert.equal(peer.of('block').length, 1);
    });

    it('P21: serves a block of another branch while it is young', async () => {
      const stale = buildBlock({ parent: genesisParent(regtest), params: regtest, extra: Uint8Array.of(8) });
      await node.give([stale]);
      await node.give(blocksOn(regtest, STALE_BLOCK_DEPTH_MAX));
      const peer = await world.peer(node);
      const ask = async () => {
        peer.send({ type: 'getdata', items: [{ kind: INVENTORY.witnessBlock, hash: stale.header.hash }] });
        await peer.sync();
        return peer.of('block').length;
      };
      assert.equal(await ask(), 1);
      await node.grow(1);
      assert.equal(await ask(), 1, 'not when it has grown old');
    });
  });

  describe('bounds', () => {
    it('stops reading a peer whose messages it cannot look at, and goes on later', async () => {
      let release = (): void => {};
      const gate = new Promise<void>((resolve) => {
        release = resolve;
      });
      const held = node.chain.run(() => gate);
      const peer = await world.peer(node);
      peer.sendBlock(CHAIN[0]!);
      const long = new Uint8Array(1_000_000);
      for (let i = 0; i < 12; i++) peer.sendRaw('unknown', long);
      await world.advance(1_000);
      assert.ok(peer.connection.queuedBytes > 5_000_000, 'what is not read stays with the sender');
      release();
      await held;
      await peer.sync();
      assert.equal(peer.connection.queuedBytes, 0);
      assert.equal(node.height, 1);
    });

    it('stops reading a peer that sends single bytes while nobody can look at them', async () => {
      let release = (): void => {};
      const gate = new Promise<void>((resolve) => {
        release = resolve;
      });
      const held = node.chain.run(() => gate);
      const peer = await world.peer(node);
      peer.sendBlock(CHAIN[0]!);
      await world.advance(10);
      const message = frame('unknown', new Uint8Array(RECEIVE_PIECES_MAX + 500));
      for (const byte of message) peer.connection.write(Uint8Array.of(byte));
      await world.advance(10);
      const unread = peer.connection.queuedBytes;
      assert.ok(unread > 400 && unread < 1_000, `${unread} bytes stay with the sender`);
      release();
      await held;
      await peer.sync();
      assert.equal(peer.connection.queuedBytes, 0);
    });

    it('answers no faster than a peer reads, and keeps no more than a block above the limit for it', async () => {
      const fat = buildBlock({ parent: genesisParent(regtest), params: regtest, coinbaseScript: new Uint8Array(900_000).fill(0x6a) });
      await node.give([fat]);
      const peer = await world.peer(node);
      const items = new Array(20).fill({ kind: INVENTORY.witnessBlock, hash: fat.header.hash });
      peer.connection.pause();
      peer.send({ type: 'getdata', items });
      await world.advance(10_000);
      const queued = Math.max(...[...world.network.connections].map((connection) => connection.queuedBytes));
      assert.ok(queued > 900_000 && queued < 3_000_000, `${queued} bytes wait`);
      peer.connection.resume();
      peer.send({ type: 'ping', nonce: 4n });
      await world.until(() => peer.of('pong').length === 1);
      assert.equal(peer.of('block').length, 20);
      assert.equal(peer.closed, undefined);
    });
  });

  it('says of a peer what getpeerinfo shows', async () => {
    const peer = await world.peer(node, '10.0.9.1', { startHeight: 7, timeSeconds: world.clock.nowSeconds() - 5, userAgent: '/other:1/' });
    peer.send(
      { type: 'feefilter', feeRateSatPerKvb: 5_000n },
      { type: 'headers', headers: CHAIN.slice(0, 3).map((block) => block.header) },
    );
    await peer.sync();
    peer.sendBlock(CHAIN[0]!);
    await peer.sync();
    const info = node.peer();
    assert.deepEqual(
      {
        ...{ address: info.address, boundAddress: info.boundAddress, localAddress: info.localAddress, inbound: info.inbound },
        ...{ connectionType: info.connectionType, protocolVersion: info.protocolVersion, userAgent: info.userAgent },
        ...{ startingHeight: info.startingHeight, timeOffsetSeconds: info.timeOffsetSeconds, services: info.services },
        ...{ syncedHeaders: info.syncedHeaders, syncedBlocks: info.syncedBlocks, inFlight: info.inFlight },
        ...{ feeFilterSatPerKvb: info.feeFilterSatPerKvb, relayTransactions: info.relayTransactions },
      },
      {
        address: `10.0.9.1:${peer.connection.local.port}`,
        boundAddress: `10.0.0.1:${WORLD_PORT}`,
        localAddress: `10.0.0.1:${WORLD_PORT}`,
        inbound: true,
        connectionType: 'inbound',
        protocolVersion: 70_016,
        userAgent: '/other:1/',
        startingHeight: 7,
        timeOffsetSeconds: -5,
        services: 9n,
        syncedHeaders: 3,
        syncedBlocks: 1,
        inFlight: [2, 3],
        feeFilterSatPerKvb: 5_000n,
        relayTransactions: true,
      },
    );
    const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0);
    assert.equal(sum(info.bytesReceivedPerMessage), info.bytesReceived);
    assert.equal(sum(info.bytesSentPerMessage), info.bytesSent);
    assert.equal(info.bytesReceivedPerMessage.pong, 32);
    assert.equal(info.lastBlockTimeSeconds, world.clock.nowSeconds());
    assert.equal(info.connectedTimeSeconds > 0 && info.lastReceiveTimeSeconds > 0 && info.lastSendTimeSeconds > 0, true);
  });

  it('stops while a peer has not read its answer', async () => {
    await node.give(CHAIN);
    const peer = await world.peer(node);
    peer.connection.pause();
    peer.send({ type: 'getdata', items: new Array(50_000).fill({ kind: INVENTORY.witnessBlock, hash: CHAIN[0]!.header.hash }) });
    await world.advance(100);
    let stopped = false;
    void node.network.stop().then(() => {
      stopped = true;
    });
    await world.until(() => stopped, 100);
    assert.deepEqual(node.network.peers(), []);
  });
});

describe('nodes', () => {
  it('agree after a split of 150 blocks', async () => {
    const world = new SyncWorld();
    const a = await world.node('10.0.0.1');
    const b = await world.node('10.0.0.2', { manualPeers: [{ host: a.host, port: WORLD_PORT }] });
    const c = await world.node('10.0.0.3', { manualPeers: [{ host: b.host, port: WORLD_PORT }] });
    const agree = () => a.chain.tip.hash.join() === b.chain.tip.hash.join() && b.chain.tip.hash.join() === c.chain.tip.hash.join();
    await a.grow(5);
    await world.until(() => agree() && c.height === 5);
    world.network.setReachable((from, to) => (from === c.host) === (to === c.host));
    await a.grow(150, 1);
    await c.grow(151, 2);
    await world.until(() => b.height === 155);
    assert.equal(agree(), false);
    world.network.setReachable(() => true);
    await world.until(() => agree(), 200_000);
    assert.equal(a.height, 156);
    assert.ok(a.network.inSync() && b.network.inSync() && c.network.inSync());
    await world.close();
  });

  it('go on after thirty idle days and a restart of all, on a network that measures time by its chain', async () => {
    const world = new SyncWorld(easyQuoin);
    const a = await world.node('10.0.0.1');
    const b = await world.node('10.0.0.2', { manualPeers: [{ host: a.host, port: WORLD_PORT }] });
    await a.grow(10);
    await world.until(() => b.height === 10);
    await a.network.stop();
    await b.network.stop();
    await world.advance(30 * 86_400_000);
    assert.ok(a.network.inSync(), 'at once where there is no peer, however old the tip is');
    await world.close();
    const again = await world.node('10.0.0.4');
    await again.give(buildChain({ parent: genesisParent(easyQuoin), params: easyQuoin, count: 3 }));
    const other = await world.node('10.0.0.5', { manualPeers: [{ host: again.host, port: WORLD_PORT }] });
    await world.until(() => other.height === 3);
    await other.grow(1);
    await world.until(() => again.height === 4);
    await world.close();
  });

  it('do not need their clocks to agree, nor move them for others', async () => {
    const world = new SyncWorld(easyQuoin);
    const node = await world.node('10.0.0.1');
    const before = world.clock.nowSeconds();
    const blocks = blocksOn(easyQuoin, 5);
    const peers: ScriptedPeer[] = [];
    for (const [i, timeSeconds] of [0, 2 ** 31, 4_000_000_000].entries()) {
      peers.push(await world.peer(node, `10.0.9.${i + 1}`, { timeSeconds }));
    }
    peers[2]!.send({ type: 'headers', headers: blocks.map((block) => block.header) });
    await peers[2]!.sync();
    for (const block of blocks) peers[2]!.sendBlock(block);
    await world.until(() => node.height === 5);
    assert.ok(world.clock.nowSeconds() - before < 120);
    assert.deepEqual(world.closings, []);
    await world.close();
  });
});
