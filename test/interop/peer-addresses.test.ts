/**
 * Addresses between a node of ours and the C++ node: each tells the other of those that it knows, and both show their tables in one shape.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../support/eventually.ts';
import type { PeerNode } from '../support/peer-node.ts';
import { peerNodeMissing, startPeerNode } from '../support/peer-node.ts';
import type { QuoinProcess } from '../support/quoin-process.ts';
import { startQuoin } from '../support/quoin-process.ts';
import { TRANSPORTS } from '../support/transports.ts';

const ADDRESSES = 200;

interface Entry {
  readonly address: string;
  readonly port: number;
}

type Tables = Readonly<Record<'new' | 'tried', Readonly<Record<string, Entry>>>>;

/** A public address; those of `first` are nobody else's. */
const host = (first: number, i: number): string => `${first}.${i}.1.1`;

for (const { name, args } of TRANSPORTS) {
  describe(`addresses between us and the C++ node, over the ${name} transport`, { skip: peerNodeMissing() }, () => {
    let node: QuoinProcess;
    let peer: PeerNode;

    before(async () => {
      [node, peer] = await Promise.all([startQuoin({ args }), startPeerNode('-checkaddrman=0')]);
    });

    after(() => Promise.all([node?.stop(), peer?.stop()]));

    const learn = async (to: { rpc: PeerNode['rpc'] }, first: number): Promise<void> => {
      for (let i = 0; i < ADDRESSES; i++) await to.rpc('addpeeraddress', host(first, i), 8_333, i % 4 === 0);
    };
    const tablesOf = async (of: { rpc: PeerNode['rpc'] }): Promise<Tables> => (await of.rpc('getrawaddrman')) as Tables;
    const countOf = async (of: { rpc: PeerNode['rpc'] }, first: number): Promise<number> => {
      const tables = await tablesOf(of);
      const entries = [...Object.values(tables.new), ...Object.values(tables.tried)];
      return new Set(entries.map(({ address }) => address).filter((address) => address.startsWith(`${first}.`))).size;
    };

    it('are shown in one shape', async () => {
      await learn(node, 30);
      await learn(peer, 40);
      const [ours, theirs] = [await tablesOf(node), await tablesOf(peer)];
      assert.deepEqual(Object.keys(ours), Object.keys(theirs));
      for (const [table, buckets] of [
        ['new', 1_024],
        ['tried', 256],
      ] as const) {
        const [one, other] = [Object.entries(ours[table]), Object.entries(theirs[table])];
        assert.ok(one.length > 20 && other.length > 20, `${table}: ${one.length} and ${other.length}`);
        assert.deepEqual(Object.keys(one[0]![1]), Object.keys(other[0]![1]));
        for (const key of [...one, ...other].map(([place]) => place)) {
          const [bucket = -1, place = -1] = key.split('/').map(Number);
          assert.ok(bucket >= 0 && bucket < buckets && place >= 0 && place < 64, key);
        }
      }
    });

    it('are asked of it and learned by us, and asked of us and learned by it', async () => {
      // Whoever calls asks: each calls the other once.
      await node.rpc('addnode', peer.p2p, 'onetry');
      await eventually('we have learned of its addresses', async () => (await countOf(node, 40)) > 20);
      await peer.rpc('addnode', node.p2p, 'onetry');
      await eventually('it has learned of our addresses', async () => (await countOf(peer, 30)) > 20);
      const [taught, learned] = [await countOf(peer, 30), await countOf(node, 40)];
      // What we know is ours and what it told us.
      assert.ok(taught <= (ADDRESSES + learned) * 0.23, `it was told ${taught}`);
      assert.ok(learned <= ADDRESSES * 0.23, `we were told ${learned}`);
    });
  });
}
