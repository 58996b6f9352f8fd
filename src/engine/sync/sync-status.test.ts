import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { blocksOn, SyncWorld } from '../../../test/support/sync-world.ts';
import { blockWork } from '../../core/consensus/proof-of-work.ts';
import { regtest } from '../../core/params/regtest.ts';
import type { ChainWork } from '../../core/primitives/compact-target.ts';

describe('sync progress', () => {
  it('tells the speed of the last half minute and the time that is left', async () => {
    const world = new SyncWorld();
    const node = await world.node('10.0.0.1');
    const blocks = blocksOn(regtest, 100);
    const peer = await world.peer(node);
    peer.send({ type: 'headers', headers: blocks.map((block) => block.header) });
    await peer.sync();
    for (let i = 0; i < 50; i++) {
      peer.sendBlock(blocks[i]!);
      await world.advance(500);
    }
    const progress = node.network.sync();
    assert.deepEqual([progress.inSync, progress.height, progress.headers, progress.fraction], [false, 50, 100, 0.5]);
    assert.ok(Math.abs(progress.blocksPerSecond - 2) < 0.1, `${progress.blocksPerSecond} blocks a second`);
    assert.ok(Math.abs((progress.secondsLeft ?? 0) - 25) < 2, `${progress.secondsLeft} seconds`);
    await world.advance(31_000);
    assert.deepEqual([node.network.sync().blocksPerSecond, node.network.sync().secondsLeft], [0, undefined], 'nothing came for long');
    await world.close();
  });

  it('is by the known work while the headers do not show all of it, and the end is not in sight', async () => {
    const minimumChainWork = (blockWork(regtest.genesis.header.bits) * 10n) as ChainWork;
    const world = new SyncWorld({ ...regtest, minimumChainWork });
    const node = await world.node('10.0.0.1');
    const figures = () => {
      const { inSync, fraction, secondsLeft } = node.network.sync();
      return [inSync, fraction, secondsLeft];
    };
    assert.deepEqual(figures(), [false, 0.1, undefined], 'alone, with the first block');
    const blocks = blocksOn(regtest, 9);
    for (const block of blocks.slice(0, 4)) await node.chain.acceptBlock(block);
    assert.deepEqual(figures(), [false, 0.5, undefined]);
    node.chain.acceptHeaders(blocks.slice(0, 8).map(({ header }) => header));
    assert.deepEqual(figures(), [false, 0.5, undefined], 'one header less than the work needs');
    node.chain.acceptHeaders(blocks.map(({ header }) => header));
    assert.deepEqual(figures(), [false, 4 / 9, undefined]);
    for (const block of blocks) await node.chain.acceptBlock(block);
    assert.deepEqual(figures(), [true, 1, 0]);
    await world.close();
  });

  it('is complete on a network that has its first block only', async () => {
    const world = new SyncWorld();
    const node = await world.node('10.0.0.1');
    assert.deepEqual(node.network.sync(), { inSync: true, height: 0, headers: 0, fraction: 1, blocksPerSecond: 0, secondsLeft: 0 });
    await world.close();
  });
});
