import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { LyingBlocks } from '../../../test/support/lying-blocks.ts';
import type { ScriptedPeer, SyncTestNode } from '../../../test/support/sync-world.ts';
import { blocksOn, SyncWorld } from '../../../test/support/sync-world.ts';
import { regtest } from '../../core/params/regtest.ts';
import type { Block } from '../../core/primitives/block.ts';
import { encodeBlock, makeBlock } from '../../core/primitives/block.ts';
import { INVENTORY } from '../../core/wire/inventory.ts';
import { SERVICES } from '../../core/wire/services.ts';
import { LATE_MS, STALL_TIMEOUT_MS_MIN } from './block-download.ts';
import { REPAIR_RETRY_MS, REPAIRS_IN_FLIGHT_MAX } from './block-repair.ts';

const CHAIN = blocksOn(regtest, 60);

describe('a stored block that turns out to be damaged', () => {
  let world: SyncWorld;
  let node: SyncTestNode;
  let lying: LyingBlocks;

  beforeEach(async () => {
    world = new SyncWorld();
    lying = new LyingBlocks();
    node = await world.node('10.0.0.1', { blocks: lying.store });
    await node.give(CHAIN);
  });

  afterEach(() => world.close());

  async function server(host: string, options: Parameters<ScriptedPeer['serve']>[1] = {}, services?: bigint): Promise<ScriptedPeer> {
    const peer = await world.call(node, host);
    peer.serve(CHAIN, options);
    await peer.greet({ startHeight: CHAIN.length, ...(services === undefined ? {} : { services }) });
    return peer;
  }

  /** Spoils blocks and reads each, as an index or a user would. */
  async function find(...blocks: readonly Block[]): Promise<void> {
    for (const block of blocks) {
      const stored = node.chain.tree.get(block.header.hash)!;
      lying.flip(stored.block);
      await assert.rejects(node.chain.readBlock(stored), { code: 'block-file-damaged' });
    }
  }

  const asked = (peer: ScriptedPeer): number => peer.requested(INVENTORY.witnessBlock).length;
  const damaged = (): number => [...node.chain.damagedBlocks()].length;
  const read = (block: Block): Promise<Uint8Array> => node.chain.readBlock(node.chain.tree.get(block.header.hash)!);

  it('is asked of a peer at once and stored anew, however deep it is', async () => {
    const peer = await server('10.0.9.1');
    await find(CHAIN[3]!);
    await world.until(() => damaged() === 0);
    assert.deepEqual(await read(CHAIN[3]!), encodeBlock(CHAIN[3]!));
    assert.equal(asked(peer), 1);
    assert.equal(node.height, CHAIN.length);
  });

  it('is asked of the first peer that comes, if there was none', async () => {
    await find(CHAIN[3]!);
    await world.advance(60_000);
    assert.equal(damaged(), 1);
    await assert.rejects(read(CHAIN[3]!), { message: /: no peer that has it is connected: connect one/ });
    await server('10.0.9.1');
    await world.until(() => damaged() === 0);
  });

  it('is asked of another where the first is silent, says that it has not got it, or sends something else', async () => {
    const silent = await server('10.0.9.1', { withholds: () => true });
    await find(CHAIN[3]!);
    await assert.rejects(read(CHAIN[3]!), { message: /: a peer was asked for it/ });
    await world.advance(10);
    assert.equal(asked(silent), 1);
    const second = await server('10.0.9.2');
    await world.advance(STALL_TIMEOUT_MS_MIN);
    assert.deepEqual([damaged(), asked(second)], [0, 1]);

    await world.advance(LATE_MS);
    silent.onMessage = (message) => {
      if (message.type === 'getdata') silent.send({ type: 'notfound', items: message.items });
    };
    second.onMessage = (message) => {
      if (message.type === 'getdata') second.sendBlock(makeBlock(CHAIN[5]!.header, CHAIN[6]!.transactions));
    };
    await find(CHAIN[5]!);
    await world.advance(1_000);
    assert.equal(damaged(), 1);
    const third = await server('10.0.9.3');
    await world.until(() => damaged() === 0);
    assert.equal(asked(third), 1);
    assert.deepEqual(world.closings, ['block-mutated'], 'the one that sent something else');
  });

  it('is asked of a peer again only after ten minutes', async () => {
    const peer = await server('10.0.9.1');
    peer.onMessage = (message) => {
      if (message.type === 'getdata') peer.send({ type: 'notfound', items: message.items });
    };
    await find(CHAIN[3]!);
    await world.advance(REPAIR_RETRY_MS - 1_000);
    assert.equal(asked(peer), 1);
    await world.advance(20_000);
    assert.equal(asked(peer), 2);
  });

  it('is not asked of a peer that keeps only the last blocks, or is on another branch', async () => {
    const limited = await server('10.0.9.1', {}, SERVICES.witness);
    const other = await world.call(node, '10.0.9.2');
    other.serve(blocksOn(regtest, 70, 5).slice(0, 20));
    await other.greet();
    await find(CHAIN[3]!);
    await world.advance(60_000);
    assert.deepEqual(
      [asked(limited), other.requested(INVENTORY.witnessBlock).some(({ hash }) => hash === CHAIN[3]!.header.hash)],
      [0, false],
    );
    assert.equal(damaged(), 1);
  });

  it('is one of many, of which a few are on their way at once', async () => {
    await find(...CHAIN);
    const peers = await Promise.all(['10.0.9.1', '10.0.9.2', '10.0.9.3'].map((host) => server(host, { withholds: () => true })));
    assert.equal(
      peers.reduce((sum, peer) => sum + asked(peer), 0),
      REPAIRS_IN_FLIGHT_MAX,
    );
    await server('10.0.9.4');
    // Those that are silent are let go after a while.
    await world.until(() => damaged() === 0, 3_600_000);
    for (const block of CHAIN) assert.deepEqual(await read(block), encodeBlock(block));
  });

  it('is not sent to a peer: it is told that we have not got it, and the node lives', async () => {
    const peer = await world.peer(node, '10.0.9.1');
    const stored = node.chain.tree.get(CHAIN[3]!.header.hash)!;
    lying.flip(stored.block);
    for (let times = 1; times <= 2; times++) {
      peer.send({ type: 'getdata', items: [{ kind: INVENTORY.witnessBlock, hash: stored.hash }] });
      await peer.sync();
      assert.deepEqual([peer.of('block').length, peer.of('notfound').length], [0, times]);
    }
    assert.equal(peer.closed, undefined);
    assert.deepEqual(node.failures, []);
  });
});
