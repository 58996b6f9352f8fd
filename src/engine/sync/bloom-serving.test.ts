import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildBlock, buildChain, childOf, genesisParent } from '../../../test/support/chain-builder.ts';
import { output, pay, TRUE_OUTPUT } from '../../../test/support/mempool-world.ts';
import type { ScriptedPeer, SyncTestNode } from '../../../test/support/sync-world.ts';
import { SyncWorld, versionMessage } from '../../../test/support/sync-world.ts';
import { BLOOM_UPDATE, BloomFilter } from '../../core/filters/bloom-filter.ts';
import { regtest } from '../../core/params/regtest.ts';
import { provenBy } from '../../core/primitives/merkle-block.ts';
import type { Transaction } from '../../core/primitives/transaction.ts';
import { INVENTORY } from '../../core/wire/inventory.ts';
import type { FilterloadMessage } from '../../core/wire/messages/filterload.ts';
import { SERVICES } from '../../core/wire/services.ts';

const OFFERED = SERVICES.network | SERVICES.witness | SERVICES.bloom;
const CHAIN = buildChain({ parent: genesisParent(regtest), params: regtest, count: 110, coinbaseScript: TRUE_OUTPUT });

function spendOf(index: number): Transaction {
  return pay({ inputs: [{ txid: CHAIN[index]!.transactions[0]!.txid, vout: 0 }], outputs: [output(4_999_990_000n)] });
}

/** A filter with these things in it, wide enough for no other to be in it by chance. */
function filterWith(...items: readonly Uint8Array[]): FilterloadMessage {
  const fields = { hashCount: 10, tweak: 7, flags: BLOOM_UPDATE.none };
  const filter = new BloomFilter({ ...fields, bytes: new Uint8Array(1_000) });
  for (const item of items) filter.insert(item);
  return { type: 'filterload', ...fields, bytes: filter.bytes };
}

interface Place {
  readonly world: SyncWorld;
  readonly node: SyncTestNode;
  readonly peer: ScriptedPeer;
}

async function openPlace(services = OFFERED, relay = true): Promise<Place> {
  const world = new SyncWorld();
  const node = await world.node('10.0.0.1', { services });
  await node.give(CHAIN);
  const peer = await world.peer(node, '10.0.9.1', { ...versionMessage(), relay });
  return { world, node, peer };
}

const announced = (peer: ScriptedPeer): readonly Uint8Array[] =>
  peer
    .of('inv')
    .flatMap(({ items }) => items.filter(({ kind }) => kind === INVENTORY.wtx || kind === INVENTORY.tx).map(({ hash }) => hash));

describe('serving by Bloom filters', () => {
  it('announces what matches and nothing else, also to one who wanted nothing before; everything again when the filter is taken back', async () => {
    const { world, node, peer } = await openPlace(OFFERED, false);
    await node.mempool.accept(spendOf(0));
    await world.advance(120_000);
    assert.equal(announced(peer).length, 0);
    const wanted = spendOf(1);
    peer.send(filterWith(wanted.txid));
    await peer.sync();
    await node.mempool.accept(spendOf(2));
    await node.mempool.accept(wanted);
    await world.advance(120_000);
    assert.deepEqual(announced(peer), [wanted.wtxid]);
    peer.send({ type: 'filterclear' });
    await peer.sync();
    await node.mempool.accept(spendOf(3));
    await world.advance(120_000);
    assert.equal(announced(peer).length, 2);
    await world.close();
  });

  it('shows a block as the proof of what matches, followed by that', async () => {
    const { world, node, peer } = await openPlace();
    const spends = [0, 1, 2].map(spendOf);
    const parent = CHAIN.reduce(childOf, genesisParent(regtest));
    const block = buildBlock({ parent, params: regtest, transactions: spends });
    await node.give([block]);
    peer.send(filterWith(spends[0]!.txid));
    peer.send({ type: 'filteradd', data: spends[2]!.txid });
    peer.send({ type: 'getdata', items: [{ kind: INVENTORY.filteredBlock, hash: block.header.hash }] });
    await peer.sync();
    const [proof] = peer.of('merkleblock');
    assert.ok(proof !== undefined);
    assert.deepEqual(
      provenBy(proof, 100)?.map(({ position, hash }) => [position, hash]),
      [
        [1, spends[0]!.txid],
        [3, spends[2]!.txid],
      ],
    );
    assert.deepEqual(
      peer.of('tx').map(({ tx }) => tx.txid),
      [spends[0]!.txid, spends[2]!.txid],
    );
    await world.close();
  });

  it('answers nothing where a filtered block is asked for without a filter, as Core does', async () => {
    const { world, peer } = await openPlace();
    peer.send({ type: 'getdata', items: [{ kind: INVENTORY.filteredBlock, hash: CHAIN[5]!.header.hash }] });
    await peer.sync();
    assert.deepEqual([peer.of('merkleblock'), peer.of('notfound'), peer.closed], [[], [], undefined]);
    await world.close();
  });

  it('holds it against a peer that it adds to no filter, and lets go who filters where that is not offered', async () => {
    const { world, peer } = await openPlace();
    peer.send({ type: 'filteradd', data: Uint8Array.of(1) });
    await world.until(() => peer.closed !== undefined);
    assert.deepEqual(world.closings, ['filter-missing']);
    await world.close();
    for (const message of [filterWith(), { type: 'filterclear' }, { type: 'filteradd', data: Uint8Array.of(1) }] as const) {
      const place = await openPlace(SERVICES.network | SERVICES.witness);
      place.peer.send(message);
      await place.world.until(() => place.peer.closed !== undefined);
      assert.deepEqual(place.world.closings, ['bloom-not-served']);
      await place.world.close();
    }
  });
});
