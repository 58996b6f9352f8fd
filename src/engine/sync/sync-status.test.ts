import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { blocksOn, SyncWorld } from '../../../test/support/sync-world.ts';
import { regtest } from '../../core/params/regtest.ts';

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

  it('is complete on a network that has its first block only', async () => {
    const world = new SyncWorld();
    const node = await world.node('10.0.0.1');
    assert.deepEqual(node.network.sync(), { inSync: true, height: 0, headers: 0, fraction: 1, blocksPerSecond: 0, secondsLeft: 0 });
    await world.close();
  });
});
