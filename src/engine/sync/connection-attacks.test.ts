import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { buildBlock } from '../../../test/support/chain-builder.ts';
import type { ScriptedPeer, SyncTestNode } from '../../../test/support/sync-world.ts';
import { blocksOn, SyncWorld, versionMessage } from '../../../test/support/sync-world.ts';
import { encodeFrame, FRAME_HEADER_SIZE_BYTES } from '../../core/wire/frame.ts';
import { INVENTORY, INVENTORY_MAX } from '../../core/wire/inventory.ts';
import { HANDSHAKE_TIMEOUT_MS } from './handshake.ts';
import { SEND_BUFFER_BYTES_MAX } from './link.ts';
import { PING_TIMEOUT_MS } from './liveness.ts';

describe('attacks on connections', () => {
  let world: SyncWorld;
  let node: SyncTestNode;

  beforeEach(async () => {
    world = new SyncWorld();
    node = await world.node('10.0.0.1', { outboundTarget: 0 });
  });

  afterEach(() => world.close());

  /** Most bytes that wait for one other side. */
  const mostQueued = (): number => Math.max(0, ...[...world.network.connections].map(({ queuedBytes }) => queuedBytes));

  it('P2: 50,000 blocks that nobody knows, named again and again by who reads nothing, are asked about once', async () => {
    const peer = await world.peer(node);
    await peer.sync();
    const before = peer.of('getheaders').length;
    peer.send({ type: 'headers', headers: [] });
    await peer.sync();
    peer.connection.pause();
    const items = Array.from({ length: INVENTORY_MAX }, (_, index) => {
      const hash = new Uint8Array(32);
      new DataView(hash.buffer).setUint32(0, index + 1);
      return { kind: INVENTORY.block, hash };
    });
    for (let i = 0; i < 5; i++) {
      peer.send({ type: 'inv', items });
      await world.advance(100);
    }
    assert.ok(mostQueued() < 10_000, `${mostQueued()} bytes wait for it`);
    peer.connection.resume();
    await peer.sync();
    assert.equal(peer.of('getheaders').length, before + 1);
  });

  it('P2: who asks for ever and reads nothing is not answered beyond the limit, and is let go when its ping stays unanswered', async () => {
    await node.give(blocksOn(world.params, 120));
    const peer = await world.peer(node);
    await peer.sync();
    peer.connection.pause();
    const { hash } = node.chain.tip;
    for (let i = 0; i < 200; i++) {
      peer.send({ type: 'getdata', items: new Array(1_000).fill({ kind: INVENTORY.witnessBlock, hash }) });
      if (i % 20 === 0) await world.advance(50);
    }
    await world.advance(10_000);
    const [info] = node.network.peers();
    assert.ok(info!.bytesSent < SEND_BUFFER_BYTES_MAX, `${info!.bytesSent} bytes were made for it`);
    await world.advance(PING_TIMEOUT_MS + 200_000);
    assert.equal(node.network.peers().length, 0);
  });

  it('P2: who asks for more than may wait for it, and takes it slowly, gets all of it and no block before there is room', async () => {
    const block = buildBlock({ parent: node.chain.tip, params: world.params, coinbaseScript: new Uint8Array(500_000) });
    await node.give([block]);
    const peer = await world.peer(node);
    await peer.sync();
    const count = Math.ceil(SEND_BUFFER_BYTES_MAX / 500_000) + 4;
    let most = 0;
    peer.connection.pause();
    peer.send({ type: 'getdata', items: new Array(count).fill({ kind: INVENTORY.witnessBlock, hash: block.header.hash }) });
    for (let turns = 0; turns < 100 && peer.of('block').length < count; turns++) {
      await world.advance(100);
      most = Math.max(most, mostQueued());
      peer.connection.resume();
      await world.advance(1);
      peer.connection.pause();
    }
    assert.equal(peer.of('block').length, count);
    assert.ok(most < SEND_BUFFER_BYTES_MAX / 2, `${most} bytes waited for it`);
    assert.deepEqual(world.closings, []);
  });

  it('P4: a hundred callers who begin a message of 4,000,000 bytes and trickle are gone when the handshake takes too long', async () => {
    const header = encodeFrame(world.params.messageStart, 'version', new Uint8Array(4_000_000)).subarray(0, FRAME_HEADER_SIZE_BYTES);
    const peers: ScriptedPeer[] = [];
    for (let i = 0; i < 100; i++) {
      const peer = await world.call(node, `6.6.6.${i}`);
      peer.connection.write(header);
      peers.push(peer);
    }
    for (let i = 0; i < 6; i++) {
      for (const peer of peers) peer.connection.write(new Uint8Array(10));
      await world.advance(HANDSHAKE_TIMEOUT_MS / 6);
    }
    await world.advance(1_000);
    assert.equal(node.network.peers().length, 0);
    assert.ok(peers.every(({ closed }) => closed !== undefined));
    assert.deepEqual(new Set(world.closings), new Set(['handshake-timeout']));
  });

  it('P27: a caller who goes away at any step leaves no connection behind, and the next is served', async () => {
    const chain = blocksOn(world.params, 3);
    const steps: readonly ((peer: ScriptedPeer) => void)[] = [
      (peer) => peer.send(versionMessage()),
      (peer) => peer.send({ type: 'wtxidrelay' }, { type: 'sendaddrv2' }),
      (peer) => peer.send({ type: 'verack' }),
      (peer) => peer.send({ type: 'getaddr' }, { type: 'sendheaders' }),
      (peer) => peer.send({ type: 'headers', headers: chain.map(({ header }) => header) }),
      (peer) => peer.sendBlock(chain[0]!),
      (peer) => peer.send({ type: 'getdata', items: [{ kind: INVENTORY.witnessBlock, hash: chain[0]!.header.hash }] }),
      (peer) => peer.connection.write(Uint8Array.of(1)),
    ];
    for (let count = 0; count <= steps.length; count++) {
      // Once in the same moment, and once when the node has answered.
      for (const pauseMs of [0, 5]) {
        const peer = await world.call(node, `6.7.${count}.${pauseMs}`);
        for (const step of steps.slice(0, count)) {
          step(peer);
          if (pauseMs > 0) await world.advance(pauseMs);
        }
        peer.connection.close('gone');
        await world.advance(50);
        assert.deepEqual([node.network.peers().length, world.network.connections.size], [0, 0], `${count} steps`);
      }
    }
    const honest = await world.peer(node);
    honest.serve(chain);
    honest.send({ type: 'headers', headers: chain.map(({ header }) => header) });
    await world.until(() => node.height === 3);
    assert.equal(honest.closed, undefined);
  });
});
