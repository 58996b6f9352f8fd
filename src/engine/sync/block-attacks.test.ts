import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { buildBlock, buildChain, genesisParent } from '../../../test/support/chain-builder.ts';
import type { ScriptedPeer, SyncTestNode } from '../../../test/support/sync-world.ts';
import { blocksOn, greedyBlock, SyncWorld } from '../../../test/support/sync-world.ts';
import { regtest } from '../../core/params/regtest.ts';
import type { Block } from '../../core/primitives/block.ts';
import { createMemoryBlockStore } from '../../platform/store/memory-block-store.ts';
import { UNREQUESTED_AHEAD_MAX } from '../chain/accept-block.ts';
import { NEAR_TIP_BLOCKS } from './low-work.ts';

const CHAIN = blocksOn(regtest, 600);

describe('blocks that nobody asked for', () => {
  let world: SyncWorld;
  let node: SyncTestNode;
  let stored = 0;

  beforeEach(async () => {
    world = new SyncWorld();
    const blocks = createMemoryBlockStore();
    stored = 0;
    const append = blocks.append.bind(blocks);
    blocks.append = (raw) => {
      stored++;
      return append(raw);
    };
    node = await world.node('10.0.0.1', { blocks });
  });

  afterEach(() => world.close());

  /** Sends blocks that were not asked for. @returns how many of them were stored, and headers that the tree grew by */
  async function push(peer: ScriptedPeer, blocks: readonly Block[]): Promise<readonly [stored: number, headers: number]> {
    const before = { stored, size: node.chain.tree.size };
    for (const block of blocks) peer.sendBlock(block);
    await peer.sync();
    return [stored - before.stored, node.chain.tree.size - before.size];
  }

  it('P23: are stored once, however often they come', async () => {
    const peer = await world.peer(node);
    assert.deepEqual(await push(peer, new Array(500).fill(CHAIN[0])), [1, 1]);
    assert.deepEqual(world.closings, []);
  });

  it('P23: are stored up to 288 above the tip, and not beyond', async () => {
    const peer = await world.peer(node);
    peer.send({ type: 'headers', headers: CHAIN.map(({ header }) => header) });
    await peer.sync();
    assert.deepEqual(await push(peer, CHAIN.slice(UNREQUESTED_AHEAD_MAX)), [0, 0]);
    assert.deepEqual(await push(peer, [CHAIN[UNREQUESTED_AHEAD_MAX - 1]!]), [1, 0]);
    assert.deepEqual(world.closings, []);
  });

  it('P23: are not stored where they have less work than the tip, nor their headers far behind it', async () => {
    await node.give(CHAIN.slice(0, 300));
    const peer = await world.peer(node);
    const sides = Array.from({ length: 300 }, (_, height) => {
      const parent = node.chain.active.at(height)!;
      return buildBlock({ parent, params: regtest, coinbaseScript: Uint8Array.of(0x51, 0x51) });
    });
    // A branch that ends at a height of 300 or above has as much work as the tip; one that ends 144 or more below it is of no interest.
    const near = sides.slice(0, -1);
    assert.deepEqual(await push(peer, near), [0, NEAR_TIP_BLOCKS]);
    assert.deepEqual(await push(peer, near), [0, 0]);
    assert.deepEqual(await push(peer, sides.slice(-1)), [1, 1], 'one that is as good as ours is kept');
    assert.deepEqual(world.closings, []);
  });

  it('P23: refused for too little work, are asked of an honest peer once their branch has more than ours', async () => {
    await node.give(CHAIN.slice(0, 300));
    const [attacker, honest] = [await world.peer(node, '10.0.9.1'), await world.peer(node, '10.0.9.2')];
    const better = blocksOn(regtest, 301, 5);
    assert.deepEqual(await push(attacker, better.slice(0, 1)), [0, 0], 'it is too far behind our tip');
    honest.serve(better);
    honest.send({ type: 'headers', headers: better.map(({ header }) => header) });
    await world.until(() => node.height === 301);
    assert.deepEqual(node.chain.tip.hash, better.at(-1)!.header.hash);
  });

  it('P23: bring one question for headers where what is before them is not known, however many come', async () => {
    const peer = await world.peer(node);
    await peer.sync();
    const before = peer.of('getheaders').length;
    const stray = buildChain({ parent: node.chain.tip, params: regtest, count: 300, extra: Uint8Array.of(9) }).slice(1);
    assert.deepEqual(await push(peer, stray), [0, 0]);
    assert.ok(peer.of('getheaders').length <= before + 1);
    assert.deepEqual(world.closings, []);
  });

  it('P25: one invalid block, sent by two hundred, is stored and judged once, and each of them is let go', async () => {
    const bad = greedyBlock(regtest, genesisParent(regtest));
    const before = stored;
    for (let i = 0; i < 200; i++) {
      const peer = await world.peer(node, `10.1.${i}.1`);
      peer.sendBlock(bad);
      await world.until(() => peer.closed !== undefined, 1_000);
    }
    assert.deepEqual(world.closings, new Array(200).fill('block-invalid'));
    assert.equal(stored - before, 1);
    assert.equal(node.height, 0);
  });
});
