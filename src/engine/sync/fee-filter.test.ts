import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SyncWorld } from '../../../test/support/sync-world.ts';

describe('fee filter', () => {
  it('tells a peer of another rate within the hour, and nothing while the rate stays', async () => {
    const world = new SyncWorld();
    const node = await world.node('10.0.0.1');
    const peer = await world.peer(node);
    await world.advance(3_600_000);
    assert.equal(peer.of('feefilter').length, 1);
    const now = node.mempool.minFeeRateSatPerKvb();
    node.mempool.minFeeRateSatPerKvb = () => now + 500n;
    await world.advance(3_600_000);
    assert.deepEqual(
      peer.of('feefilter').map((message) => message.feeRateSatPerKvb),
      [now, now + 500n],
    );
    await world.close();
  });

  it('takes what a peer wants to hear of from nothing on, and no rate below', async () => {
    const world = new SyncWorld();
    const node = await world.node('10.0.0.1');
    const peer = await world.peer(node);
    const wantsAfter = async (rate: bigint): Promise<bigint | undefined> => {
      peer.send({ type: 'feefilter', feeRateSatPerKvb: rate });
      await peer.sync();
      return node.peer().feeFilterSatPerKvb;
    };
    assert.equal(await wantsAfter(1_000n), 1_000n);
    assert.equal(await wantsAfter(-1n), 1_000n);
    assert.equal(await wantsAfter(0n), 0n);
    await world.close();
  });
});
