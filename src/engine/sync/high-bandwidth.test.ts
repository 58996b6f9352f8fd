import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { calledCompactPeer, compactPeer, nextBlock } from '../../../test/support/compact-world.ts';
import type { ScriptedPeer, SyncTestNode } from '../../../test/support/sync-world.ts';
import { SyncWorld } from '../../../test/support/sync-world.ts';
import { HIGH_BANDWIDTH_PEERS_MAX } from './high-bandwidth.ts';

describe('who is told to send new blocks unasked', () => {
  let world: SyncWorld;
  let node: SyncTestNode;

  beforeEach(async () => {
    world = new SyncWorld();
    node = await world.node('10.0.0.1');
  });

  afterEach(() => world.close());

  const called = (host: string) => calledCompactPeer(world, node, host);
  const caller = (host: string) => compactPeer(world, node, host);

  /** Each brings a block before all others, in this order. */
  async function bring(...peers: readonly ScriptedPeer[]): Promise<void> {
    for (const peer of peers) {
      const block = nextBlock(node, []);
      peer.sendBlock(block);
      await peer.sync();
      assert.equal(node.height, block.header === node.chain.tip.header ? node.height : node.chain.tip.height);
    }
  }

  /** What each was told last. */
  const told = (...peers: readonly ScriptedPeer[]) => peers.map((peer) => peer.of('sendcmpct').at(-1)?.highBandwidth);
  const inInfo = () => node.network.peers().map(({ highBandwidthTo }) => highBandwidthTo);

  it('tells the three that brought the last blocks, and no longer the one that did so longest ago', async () => {
    const peers = [await caller('10.0.9.1'), await caller('10.0.9.2'), await caller('10.0.9.3'), await caller('10.0.9.4')];
    await bring(...peers.slice(0, HIGH_BANDWIDTH_PEERS_MAX));
    assert.deepEqual(told(...peers), [true, true, true, false]);
    await bring(peers[0]!, peers[3]!);
    assert.deepEqual(told(...peers), [true, false, true, true], 'the second has brought none since');
    assert.deepEqual(inInfo(), [true, false, true, true]);
    assert.equal(peers[0]!.of('sendcmpct').length, 2, 'nobody is told twice');
  });

  it('does not lose its last one whom it called to those who called it', async () => {
    const ours = await called('10.0.7.1');
    const peers = [await caller('10.0.9.1'), await caller('10.0.9.2'), await caller('10.0.9.3'), await caller('10.0.9.4')];
    await bring(ours, ...peers);
    assert.deepEqual(told(ours, ...peers), [true, false, false, true, true]);
    const other = await called('10.0.7.2');
    await bring(other);
    assert.deepEqual(told(ours, other), [false, true], 'to another whom it called it does');
  });

  it('tells nobody who speaks no version of ours, and takes a place back when a peer goes', async () => {
    const silent = await world.peer(node, '10.0.9.9');
    await bring(silent);
    assert.deepEqual(told(silent), [false]);
    const peers = [await caller('10.0.9.1'), await caller('10.0.9.2'), await caller('10.0.9.3'), await caller('10.0.9.4')];
    await bring(...peers.slice(0, 3));
    peers[1]!.connection.close('test');
    await world.advance(100);
    await bring(peers[3]!);
    assert.deepEqual(told(peers[0]!, peers[2]!, peers[3]!), [true, true, true]);
  });
});
