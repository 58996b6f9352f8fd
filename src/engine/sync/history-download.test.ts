import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { buildChain, childOf, genesisParent } from '../../../test/support/chain-builder.ts';
import { BASE_HEIGHT, COUNT, load, snapshotWorld } from '../../../test/support/snapshot-world.ts';
import { type ScriptedPeer, type SyncTestNode, SyncWorld } from '../../../test/support/sync-world.ts';
import type { Block } from '../../core/primitives/block.ts';
import { INVENTORY } from '../../core/wire/inventory.ts';
import { SERVICES } from '../../core/wire/services.ts';

const { params, blocks, bytes } = await snapshotWorld();
const headers = blocks.map(({ header }) => header);

describe('the download of the blocks below a snapshot', () => {
  let world: SyncWorld;

  afterEach(() => world.close());

  /** A node that went on from the snapshot and lacks every block but the first. */
  async function loadedNode(): Promise<SyncTestNode> {
    world = new SyncWorld(params);
    const node = await world.node('10.0.0.1');
    node.chain.acceptHeaders(headers);
    await load(node.chain, bytes);
    return node;
  }

  async function show(peer: ScriptedPeer, chain: readonly Block[]): Promise<void> {
    peer.send({ type: 'headers', headers: chain.map((block) => block.header) });
    await peer.sync();
  }

  const heightsAsked = (peer: ScriptedPeer, chain: readonly Block[] = blocks): number[] =>
    [...peer.requested(INVENTORY.witnessBlock), ...peer.requested(INVENTORY.compactBlock)].map(
      ({ hash }) => chain.findIndex((block) => Buffer.compare(block.header.hash, hash) === 0) + 1,
    );

  it('asks for those above it first, then for those below from the first on, and brings all of them here', async () => {
    const node = await loadedNode();
    const silent = await world.peer(node, '10.0.9.1');
    await show(silent, blocks);
    const above = Array.from({ length: COUNT - BASE_HEIGHT }, (_, i) => BASE_HEIGHT + 1 + i);
    const below = Array.from({ length: BASE_HEIGHT }, (_, i) => i + 1);
    assert.deepEqual(heightsAsked(silent), [...above, ...below]);
    const server = await world.call(node, '10.0.9.2');
    server.serve(blocks);
    await server.greet();
    await show(server, blocks);
    await world.until(() => node.chain.history?.whole === true && node.height === COUNT, 600_000);
    assert.equal(node.chain.checked.height, COUNT);
  });

  it('asks no one for them who keeps the last blocks only', async () => {
    const node = await loadedNode();
    const limited = await world.peer(node, '10.0.9.1', { services: SERVICES.networkLimited | SERVICES.witness });
    await show(limited, blocks);
    assert.ok(heightsAsked(limited).length > 0);
    const without = await world.peer(node, '10.0.9.2', { services: SERVICES.network });
    await show(without, blocks);
    assert.deepEqual(heightsAsked(without), []);
  });

  it('asks for nothing of a chain that leaves ours below the snapshot', async () => {
    const node = await loadedNode();
    const fork = [
      blocks[0]!,
      ...buildChain({ parent: childOf(genesisParent(params), blocks[0]!), params, count: COUNT + 2, extra: Uint8Array.of(7) }),
    ];
    const other = await world.peer(node, '10.0.9.1');
    await show(other, fork);
    assert.deepEqual(heightsAsked(other, fork), []);
    const ours = await world.peer(node, '10.0.9.2');
    await show(ours, blocks);
    assert.equal(heightsAsked(ours).length, COUNT);
  });
});
