import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { regtest } from '../../src/core/params/regtest.ts';
import { encodeBlock } from '../../src/core/primitives/block.ts';
import { INVENTORY } from '../../src/core/wire/inventory.ts';
import { encodeMessage, type Message } from '../../src/core/wire/messages/table.ts';
import { SERVICES } from '../../src/core/wire/services.ts';
import type { Chance } from '../differential/chance.ts';
import { buildBlock } from '../support/chain-builder.ts';
import { MESSAGE_EXAMPLES } from '../support/message-examples.ts';
import { blocksOn, type ScriptedPeer, type SyncTestNode, SyncWorld } from '../support/sync-world.ts';
import { chanceOf, mutate } from './mutations.ts';

const CHAIN = blocksOn(regtest, 30);
const SEEDS = 6;
const ROUNDS = 150;
const PEERS = 8;

const ALL_SERVICES = SERVICES.network | SERVICES.witness | SERVICES.bloom | SERVICES.compactFilters;

/** Messages that mean something on the chain at hand. */
function meaningful(chance: Chance, node: SyncTestNode): Message {
  const block = chance.pick(CHAIN);
  const { hash } = block.header;
  const next = buildBlock({ parent: node.chain.tip, params: regtest, extra: chance.bytes(4) });
  const kinds = Object.values(INVENTORY);
  return chance.pick<Message>([
    { type: 'getdata', items: [{ kind: chance.pick(kinds), hash }] },
    { type: 'inv', items: [{ kind: chance.pick(kinds), hash: chance.oneIn(2) ? hash : chance.bytes(32) }] },
    { type: 'headers', headers: CHAIN.slice(0, chance.below(30)).map(({ header }) => header) },
    { type: 'headers', headers: [next.header] },
    { type: 'block', block, raw: encodeBlock(block) },
    {
      type: 'cmpctblock',
      header: next.header,
      nonce: 1n,
      shortIds: [chance.below(99)],
      prefilled: [{ index: 0, tx: next.transactions[0]! }],
    },
    { type: 'blocktxn', blockHash: next.header.hash, transactions: next.transactions },
    { type: 'getblocktxn', blockHash: hash, indexes: [chance.below(3)] },
    { type: 'getcfilters', filterType: 0, startHeight: chance.below(40), stop: hash },
    { type: 'sendcmpct', highBandwidth: chance.oneIn(2), version: 2n },
    { type: 'notfound', items: [{ kind: chance.pick(kinds), hash }] },
  ]);
}

describe('conversations by chance', () => {
  it('P18: never fail a node, whatever comes in whatever order, and keep no honest peer from its answers', async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const chance = chanceOf(seed, 'conversation', 0);
      const world = new SyncWorld();
      const filters = async () => ({ filter: Uint8Array.of(0), header: new Uint8Array(32) });
      const node = await world.node('10.0.0.1', { services: ALL_SERVICES, filters });
      await node.give(CHAIN.slice(0, 20));
      const honest = await world.peer(node, '10.0.8.1');
      const peers: ScriptedPeer[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const at = chance.below(PEERS);
        if (peers[at] === undefined || peers[at].closed !== undefined) {
          peers[at] = await world.call(node, `10.0.9.${at}`);
          if (!chance.oneIn(4)) await peers[at].greet();
        }
        const peer = peers[at];
        for (let count = chance.below(10); count > 0; count--) {
          const message = chance.oneIn(2) ? meaningful(chance, node) : chance.pick(MESSAGE_EXAMPLES);
          const payload = encodeMessage(message);
          peer.sendRaw(message.type, chance.oneIn(3) ? mutate([payload], chance) : payload);
        }
        if (chance.oneIn(10)) peer.connection.close('enough');
        await world.advance(chance.oneIn(10) ? chance.below(100_000) : 10);
        assert.equal(node.failures[0], undefined, `seed ${seed}, round ${round}`);
      }
      await honest.sync(BigInt(seed) + 1_000n);
      assert.equal(honest.closed, undefined);
      assert.ok(node.network.peers().length <= PEERS + 1);
      for (const peer of peers) peer?.connection.close('enough');
      await world.advance(10);
      assert.equal(node.network.peers().length, 1, 'nothing is left of those that went');
      await world.close();
    }
  });
});
