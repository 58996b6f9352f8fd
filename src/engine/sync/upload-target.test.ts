import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { buildBlock, genesisParent } from '../../../test/support/chain-builder.ts';
import { SyncWorld } from '../../../test/support/sync-world.ts';
import { INVENTORY } from '../../core/wire/inventory.ts';
import { parseSubnet } from '../../core/wire/subnet.ts';
import { HISTORICAL_SECONDS, UPLOAD_CYCLE_SECONDS, UploadTarget } from './upload-target.ts';

const MIB = 1_048_576;

describe('UploadTarget', () => {
  let now = 1_000;
  let sent = 0;
  const target = (bytes: number): UploadTarget =>
    new UploadTarget(
      bytes,
      () => now,
      () => sent,
    );

  it('has no limit unless one is said', () => {
    sent = 1e15;
    const { bytesLeft, isReached, secondsLeft, servesHistoricalBlocks } = target(0).state();
    assert.deepEqual([bytesLeft, secondsLeft, isReached, servesHistoricalBlocks], [0, 0, false, true]);
  });

  it('keeps four million bytes free for each ten minutes that are left, and begins anew after a day', () => {
    now = 1_000;
    sent = 0;
    const limit = target(800 * MIB);
    const reserved = 144 * 4_000_000;
    const first = limit.state();
    assert.deepEqual([first.secondsLeft, first.bytesLeft, first.servesHistoricalBlocks], [UPLOAD_CYCLE_SECONDS, 800 * MIB, true]);
    sent = 800 * MIB - reserved - 1;
    assert.equal(limit.state().servesHistoricalBlocks, true);
    sent++;
    assert.equal(limit.state().servesHistoricalBlocks, false);
    now += 600;
    assert.equal(limit.state().servesHistoricalBlocks, true, 'ten minutes less to keep something for');
    sent = 800 * MIB - 1;
    assert.equal(limit.state().isReached, false);
    sent++;
    assert.deepEqual([limit.state().isReached, limit.state().bytesLeft], [true, 0]);
    now += UPLOAD_CYCLE_SECONDS - 601;
    assert.equal(limit.state().isReached, true);
    now++;
    assert.deepEqual(
      [limit.state().isReached, limit.state().bytesLeft, limit.state().secondsLeft],
      [false, 800 * MIB, UPLOAD_CYCLE_SECONDS],
    );
  });

  it('refuses only blocks more than a week older than the best header', () => {
    now = 1_000;
    sent = 0;
    const limit = target(1);
    const best = { timeSeconds: 2_000_000 };
    assert.equal(limit.refuses({ timeSeconds: best.timeSeconds - HISTORICAL_SECONDS }, best), false);
    assert.equal(limit.refuses({ timeSeconds: best.timeSeconds - HISTORICAL_SECONDS - 1 }, best), true);
    assert.equal(target(0).refuses({ timeSeconds: 0 }, best), false);
  });
});

describe('a node that may send little in a day', () => {
  let world: SyncWorld;

  beforeEach(() => {
    world = new SyncWorld();
  });

  afterEach(() => world.close());

  it('lets go who asks for an old block, but for those who may download, and sends new ones to everybody', async () => {
    await world.advance((HISTORICAL_SECONDS + 1) * 1000);
    const grant = { subnet: parseSubnet('10.0.9.7')!, permissions: ['download'] as const, inbound: true, outbound: false };
    const node = await world.node('10.0.0.1', { uploadTargetBytes: MIB, whitelist: [grant], outboundTarget: 0 });
    const oldest = buildBlock({ parent: genesisParent(world.params), params: world.params });
    const after = { header: oldest.header, height: 1, medianTimeSeconds: oldest.header.timeSeconds };
    const newest = buildBlock({ parent: after, params: world.params, timeSeconds: world.clock.nowSeconds() });
    await node.give([oldest, newest]);
    const ask = (hash: Uint8Array) => ({ type: 'getdata', items: [{ kind: INVENTORY.witnessBlock, hash }] }) as const;
    const friend = await world.peer(node, '10.0.9.7');
    const other = await world.peer(node, '10.0.9.8');
    friend.send(ask(oldest.header.hash));
    other.send(ask(newest.header.hash));
    await friend.sync();
    await other.sync();
    assert.deepEqual([friend.of('block').length, other.of('block').length], [1, 1]);
    other.send(ask(oldest.header.hash));
    await world.until(() => other.closed !== undefined);
    assert.deepEqual([world.closings, other.of('block').length, friend.closed], [['upload-limit'], 1, undefined]);
    assert.equal(node.network.uploads().servesHistoricalBlocks, false);
  });
});
