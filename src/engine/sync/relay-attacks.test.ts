import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { buildBlock, buildChain, genesisParent } from '../../../test/support/chain-builder.ts';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { output, pay, silentLog, TRUE_OUTPUT } from '../../../test/support/mempool-world.ts';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import type { ScriptedPeer, SyncTestNode } from '../../../test/support/sync-world.ts';
import { SyncWorld, versionMessage } from '../../../test/support/sync-world.ts';
import { regtest } from '../../core/params/regtest.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import type { Transaction } from '../../core/primitives/transaction.ts';
import { INVENTORY } from '../../core/wire/inventory.ts';
import { SERVICES } from '../../core/wire/services.ts';
import type { SyncAction } from './actions.ts';
import type { PeerId } from './peer.ts';
import { SyncMachine } from './sync-machine.ts';
import { ANNOUNCE_INBOUND_MEAN_MS } from './transaction-relay.ts';
import type { SyncMempool, WaitingTransaction } from './views.ts';

/** 110 blocks whose first ten coinbases have matured. */
const CHAIN = buildChain({ parent: genesisParent(regtest), params: regtest, count: 110, coinbaseScript: TRUE_OUTPUT });

const spendOf = (index: number): Transaction =>
  pay({ inputs: [{ txid: CHAIN[index]!.transactions[0]!.txid, vout: 0 }], outputs: [output(4_999_990_000n)] });

describe('attacks on the relay of transactions', () => {
  let world: SyncWorld;
  let node: SyncTestNode;

  beforeEach(async () => {
    world = new SyncWorld();
    node = await world.node('10.0.0.1');
    await node.give(CHAIN);
  });

  afterEach(() => world.close());

  /** Asks for transactions by all their names. @returns how many of the names were answered with them, and how many with that they are not here */
  async function ask(peer: ScriptedPeer, ...txs: readonly Transaction[]): Promise<readonly [served: number, missing: number]> {
    const [served, missing] = [peer.of('tx').length, peer.of('notfound').length];
    for (const tx of txs) {
      for (const [kind, hash] of [
        [INVENTORY.tx, tx.txid],
        [INVENTORY.witnessTx, tx.txid],
        [INVENTORY.wtx, tx.wtxid],
      ] as const) {
        peer.send({ type: 'getdata', items: [{ kind, hash }] });
      }
    }
    await peer.sync();
    return [peer.of('tx').length - served, peer.of('notfound').length - missing];
  }

  it('P26: serves what waits only once announcements to the peer were due after it came', async () => {
    const early = await world.peer(node, '10.0.9.1');
    const [first, second] = [spendOf(0), spendOf(1)];
    await node.mempool.accept(first);
    assert.deepEqual(await ask(early, first), [0, 3], 'it is not announced yet');
    const late = await world.peer(node, '10.0.9.2');
    assert.deepEqual(await ask(late, first), [0, 3], 'it came before the peer did, which cannot know of it');
    await world.until(() => early.of('inv').length > 0);
    await node.mempool.accept(second);
    for (const peer of [early, late]) {
      assert.deepEqual(await ask(peer, first), [3, 0], 'announcements were due');
      assert.deepEqual(await ask(peer, second), [0, 3]);
    }
    await world.advance(20 * ANNOUNCE_INBOUND_MEAN_MS);
    for (const peer of [early, late]) assert.deepEqual(await ask(peer, second), [3, 0]);
    assert.deepEqual(late.of('inv').flatMap(({ items }) => items).length, 1, 'what it could know of was never announced to it');
  });

  it('P26: serves nothing that waits, and says nothing of it, where the peer wanted to hear of no transactions', async () => {
    const deaf = await world.peer(node, '10.0.9.1', { relay: false });
    await node.mempool.accept(spendOf(0));
    await world.advance(20 * ANNOUNCE_INBOUND_MEAN_MS);
    assert.deepEqual(await ask(deaf, spendOf(0), spendOf(1)), [0, 0]);
    assert.deepEqual(deaf.of('inv'), []);
  });

  it('P26: serves the transactions of the last block to everybody who may ask', async () => {
    const peer = await world.peer(node, '10.0.9.1');
    const tx = spendOf(0);
    await node.give([buildBlock({ parent: node.chain.tip, params: regtest, transactions: [tx] })]);
    assert.deepEqual(await ask(peer, tx), [3, 0]);
  });
});

describe('a mempool of 50,000 transactions', () => {
  const COUNT = 50_000;
  const PEERS = 20;

  /** A mempool that is believed, and counts what it is asked. */
  class CountingMempool implements SyncMempool {
    readonly waiting = new Map<string, WaitingTransaction>();
    sequence = 1;
    lookUps = 0;
    get = (): undefined => undefined;
    getByWtxid = (wtxid: Uint8Array): WaitingTransaction | undefined => {
      this.lookUps++;
      return this.waiting.get(hashKey(wtxid));
    };
    entries = (): Iterable<WaitingTransaction> => this.waiting.values();
    minFeeRateSatPerKvb = (): bigint => 0n;
    accept = async (): Promise<Record<string, never>> => ({});
    subscribe = () => () => {};
  }

  async function greeted(mempool: CountingMempool, clock: FakeClock): Promise<SyncMachine> {
    const { chain } = await new SyncWorld().node('10.0.0.1');
    const machine = new SyncMachine({
      ...{ params: regtest, clock, random: new SeededRandom(1), log: silentLog, chain, mempool },
      ...{ services: SERVICES.network | SERVICES.witness, userAgent: '/machine/' },
    });
    machine.start({}, undefined);
    for (let i = 0; i < PEERS; i++) {
      const id = i as PeerId;
      const remote = { host: `10.0.9.${i + 1}`, port: 1 };
      machine.connected({ id, remote, local: { host: '10.0.0.1', port: 2 }, connectionType: 'inbound' });
      machine.received(id, versionMessage({ nonce: BigInt(i) }));
      machine.received(id, { type: 'wtxidrelay' });
      answerPings(machine, machine.received(id, { type: 'verack' }));
    }
    return machine;
  }

  it('P22: costs each turn as many look-ups as it announces, 1,000 at most, and one name for all peers that only listen', async () => {
    const clock = new FakeClock();
    const mempool = new CountingMempool();
    const machine = await greeted(mempool, clock);
    const txid = { inputs: [{ txid: new Uint8Array(32).fill(1) as Transaction['txid'], vout: 0 }], outputs: [output(1n)] };
    for (let lockTime = 0; lockTime < COUNT; lockTime++) {
      const waiting = { tx: pay({ ...txid, lockTime }), feeSat: 1_000n, vsizeBytes: 100, sequence: mempool.sequence++ };
      mempool.waiting.set(hashKey(waiting.tx.wtxid), waiting);
      machine.transactionAdded(waiting);
    }
    const queues = [...machine.peers.values()].map(({ transactions }) => transactions.toAnnounce);
    assert.ok(queues.every(({ size }) => size === COUNT));
    const [key] = queues[0]!.keys();
    assert.ok(
      queues.every((queue) => queue.get(key!) === queues[0]!.get(key!)),
      'the name is shared',
    );
    let turns = 0;
    const announced = new Map<PeerId, number>();
    for (; queues.some(({ size }) => size > 0) && turns < 1_000; turns++) {
      mempool.lookUps = 0;
      await clock.advance(20 * ANNOUNCE_INBOUND_MEAN_MS);
      const actions = machine.tick();
      const items = invItems(actions);
      for (const [peer, count] of items) {
        assert.ok(count <= 1_000, `${count} at once`);
        announced.set(peer, (announced.get(peer) ?? 0) + count);
      }
      const sum = [...items.values()].reduce((total, count) => total + count, 0);
      assert.equal(mempool.lookUps, sum, 'nothing is looked at that is not announced');
      answerPings(machine, actions);
    }
    assert.deepEqual([...announced.values()], new Array(PEERS).fill(COUNT));
    assert.ok(turns < 400, `${turns} turns`);
  });

  function answerPings(machine: SyncMachine, actions: readonly SyncAction[]): void {
    for (const action of actions) {
      if (action.kind === 'send' && action.message.type === 'ping') machine.received(action.peer, { ...action.message, type: 'pong' });
    }
  }

  /** How much was announced to whom. */
  function invItems(actions: readonly SyncAction[]): ReadonlyMap<PeerId, number> {
    const counts = new Map<PeerId, number>();
    for (const action of actions) {
      if (action.kind === 'send' && action.message.type === 'inv') counts.set(action.peer, action.message.items.length);
    }
    return counts;
  }
});
