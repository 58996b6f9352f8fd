import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { buildBlock, buildChain, childOf as childBlock, genesisParent } from '../../../test/support/chain-builder.ts';
import { output, pay, TRUE_OUTPUT } from '../../../test/support/mempool-world.ts';
import type { ScriptedPeer, SyncTestNode } from '../../../test/support/sync-world.ts';
import { blocksOn, SyncWorld, versionMessage } from '../../../test/support/sync-world.ts';
import { regtest } from '../../core/params/regtest.ts';
import { toDisplayHex } from '../../core/primitives/ids.ts';
import type { Transaction } from '../../core/primitives/transaction.ts';
import { makeTransaction } from '../../core/primitives/transaction.ts';
import type { InventoryItem } from '../../core/wire/inventory.ts';
import { INVENTORY } from '../../core/wire/inventory.ts';
import { SERVICES } from '../../core/wire/services.ts';
import { NOT_PREFERRED_DELAY_MS, TRANSACTION_TIMEOUT_MS, TRANSACTIONS_IN_FLIGHT_PER_PEER } from './transaction-requests.ts';

/** 120 blocks whose coinbases pay to what tests can spend; the first 20 of them have matured. */
const CHAIN = buildChain({ parent: genesisParent(regtest), params: regtest, count: 120, coinbaseScript: TRUE_OUTPUT });
const REWARD = 5_000_000_000n;

/** Spends the coinbase of a block, leaving a fee. */
function spendOf(index: number, fee = 10_000n): Transaction {
  const { txid } = CHAIN[index]!.transactions[0]!;
  return pay({ inputs: [{ txid, vout: 0 }], outputs: [output(REWARD - fee)] });
}

const childOf = (parent: Transaction, fee = 10_000n): Transaction =>
  pay({ inputs: [{ txid: parent.txid, vout: 0 }], outputs: [output(parent.outputs[0]!.value - fee)] });

const announcing = (...txs: readonly Transaction[]) => ({
  type: 'inv' as const,
  items: txs.map((tx) => ({ kind: INVENTORY.wtx, hash: tx.wtxid as Uint8Array })),
});

const ids = (items: readonly InventoryItem[]) => items.map(({ hash }) => toDisplayHex(hash));

describe('transaction relay', () => {
  let world: SyncWorld;
  let node: SyncTestNode;

  beforeEach(async () => {
    world = new SyncWorld();
    node = await world.node('10.0.0.1');
    await node.give(CHAIN);
  });

  afterEach(() => world.close());

  const asked = (peer: ScriptedPeer) => peer.requested(INVENTORY.wtx);
  const announced = (peer: ScriptedPeer) =>
    peer.of('inv').flatMap((message) => message.items.filter(({ kind }) => kind !== INVENTORY.block));

  /** A node that we called, and that so is asked at once. */
  async function preferred(host: string): Promise<ScriptedPeer> {
    let called: ScriptedPeer | undefined;
    await world.listen(host, (peer) => {
      called = peer;
    });
    node.network.addNode({ host, port: 7333 }, 'add');
    await world.until(() => called !== undefined);
    await called!.greet();
    return called!;
  }

  it('does not ask for what a block up to five below the best header has confirmed', async () => {
    for (const [index, { above, isAsked }] of [
      { above: 5, isAsked: false },
      { above: 6, isAsked: true },
    ].entries()) {
      const other = index === 0 ? node : await world.node('10.0.0.2');
      if (other !== node) await other.give(CHAIN);
      const tx = spendOf(index);
      const parent = other.chain.tip;
      const block = buildBlock({ parent, params: regtest, transactions: [tx] });
      const more = buildChain({ parent: childBlock(parent, block), params: regtest, count: above });
      other.chain.acceptHeaders([block, ...more].map(({ header }) => header));
      await other.give([block]);
      const peer = await world.peer(other, '10.0.9.1');
      peer.send(announcing(tx));
      await world.advance(NOT_PREFERRED_DELAY_MS + 100);
      await peer.sync();
      assert.equal(asked(peer).length > 0, isAsked, `${above} above`);
    }
  });

  it('asks for an announced transaction, takes it and announces it to the others by its wtxid', async () => {
    const tx = spendOf(0);
    const from = await preferred('10.0.0.7');
    const to = await world.peer(node, '10.0.9.1');
    from.send(announcing(tx));
    await from.sync();
    assert.deepEqual(ids(asked(from)), [toDisplayHex(tx.wtxid)]);
    from.send({ type: 'tx', tx });
    await world.until(() => announced(to).length > 0);
    assert.deepEqual(announced(to), [{ kind: INVENTORY.wtx, hash: tx.wtxid }]);
    assert.deepEqual(announced(from), [], 'not to whom it came from');
    const infos = () => node.network.peers().map(({ inventoryToSend, lastInventorySequence }) => [inventoryToSend, lastInventorySequence]);
    await world.until(() => infos().every(([waiting, sequence]) => waiting === 0 && sequence === 2));
    to.send({ type: 'getdata', items: [{ kind: INVENTORY.wtx, hash: tx.wtxid }] });
    await to.sync();
    assert.deepEqual(
      to.of('tx').map((message) => toDisplayHex(message.tx.wtxid)),
      [toDisplayHex(tx.wtxid)],
    );
    from.send(announcing(tx));
    await from.sync();
    assert.equal(asked(from).length, 1, 'what is here is not asked for');
  });

  it('spreads a transaction among three nodes in a row', async () => {
    const second = await world.node('10.0.0.2', { manualPeers: [{ host: '10.0.0.1', port: 7333 }] });
    const third = await world.node('10.0.0.3', { manualPeers: [{ host: '10.0.0.2', port: 7333 }] });
    await world.until(() => third.height === CHAIN.length);
    const parent = spendOf(0);
    const child = childOf(parent);
    for (const tx of [parent, child]) assert.equal((await third.mempool.accept(tx)).rejection, undefined);
    await world.until(() => node.mempool.size === 2 && second.mempool.size === 2);
    const [block] = await third
      .grow(0)
      .then(() => [buildBlock({ parent: third.chain.tip, params: regtest, transactions: [parent, child], fees: 20_000n })]);
    await third.give([block!]);
    await world.until(() => node.height === 121 && second.height === 121);
    assert.equal(node.mempool.size, 0);
  });

  it('waits two seconds before it asks those who called', async () => {
    const tx = spendOf(0);
    const peer = await world.peer(node);
    peer.send(announcing(tx));
    await world.advance(NOT_PREFERRED_DELAY_MS - 100);
    assert.equal(asked(peer).length, 0);
    await world.advance(200);
    assert.equal(asked(peer).length, 1);
  });

  it('asks another peer after a minute when the first keeps a transaction back, and at once when it says that it has none', async () => {
    const [a, b] = [spendOf(0), spendOf(1)];
    const first = await preferred('10.0.0.7');
    const second = await preferred('10.0.0.8');
    first.send(announcing(a, b));
    await first.sync();
    second.send(announcing(a, b));
    await second.sync();
    assert.deepEqual([asked(first).length, asked(second).length], [2, 0]);
    first.send({ type: 'notfound', items: [{ kind: INVENTORY.wtx, hash: b.wtxid }] });
    await first.sync();
    assert.deepEqual(ids(asked(second)), [toDisplayHex(b.wtxid)]);
    await world.advance(TRANSACTION_TIMEOUT_MS);
    assert.deepEqual(ids(asked(second)), [toDisplayHex(b.wtxid), toDisplayHex(a.wtxid)]);
    second.connection.close('gone');
    await world.advance(100);
    assert.equal(asked(first).length, 2, 'who did not deliver is not asked again');
  });

  it('asks another peer at once when the first leaves, and forgets orphans that it brought', async () => {
    const wanted = spendOf(0);
    const [first, second] = [await preferred('10.0.0.7'), await preferred('10.0.0.8')];
    for (const peer of [first, second]) {
      peer.send(announcing(wanted));
      await peer.sync();
    }
    first.send({ type: 'tx', tx: childOf(spendOf(1)) });
    await first.sync();
    assert.deepEqual([asked(second).length, [...node.network.orphans()].length], [0, 1]);
    first.connection.close('gone');
    await world.until(() => asked(second).length > 0, 1_000);
    assert.deepEqual(ids(asked(second)), [toDisplayHex(wanted.wtxid)]);
    assert.equal([...node.network.orphans()].length, 0);
  });

  it('asks one peer for 100 at once and for the next when one has come', async () => {
    const txs = Array.from({ length: 150 }, (_, i) => childOf(spendOf(0, BigInt(20_000 + i))));
    const peer = await preferred('10.0.0.7');
    peer.send(announcing(...txs));
    await peer.sync();
    assert.equal(asked(peer).length, TRANSACTIONS_IN_FLIGHT_PER_PEER);
    peer.send({ type: 'notfound', items: asked(peer).slice(0, 10) });
    await peer.sync();
    assert.equal(asked(peer).length, TRANSACTIONS_IN_FLIGHT_PER_PEER + 10);
  });

  it('asks for the parents of an orphan, and takes both when they have come', async () => {
    const parent = spendOf(0);
    const child = childOf(parent);
    const peer = await world.peer(node);
    peer.send({ type: 'tx', tx: child });
    await peer.sync();
    assert.equal(node.mempool.size, 0);
    const [kept] = node.network.orphans();
    assert.deepEqual([kept?.tx.wtxid, node.network.peers().some(({ id }) => id === kept?.peer)], [child.wtxid, true]);
    assert.deepEqual(peer.requested(INVENTORY.witnessTx), [{ kind: INVENTORY.witnessTx, hash: parent.txid }]);
    peer.send({ type: 'tx', tx: parent });
    await peer.sync();
    assert.equal(node.mempool.size, 2);
    assert.deepEqual(node.network.orphans(), []);
  });

  it('takes an orphan when its parent comes in a block', async () => {
    const parent = spendOf(0);
    const peer = await world.peer(node);
    peer.send({ type: 'tx', tx: childOf(parent) });
    await peer.sync();
    await node.give([buildBlock({ parent: node.chain.tip, params: regtest, transactions: [parent], fees: 10_000n })]);
    await world.until(() => node.mempool.size === 1);
  });

  it('remembers what it refused until the chain moves on', async () => {
    const cheap = spendOf(0, 0n);
    const peer = await preferred('10.0.0.7');
    peer.send({ type: 'tx', tx: cheap });
    await peer.sync();
    peer.send(announcing(cheap));
    await peer.sync();
    assert.equal(asked(peer).length, 0);
    await node.grow(1);
    peer.send(announcing(cheap));
    await peer.sync();
    assert.equal(asked(peer).length, 1);
    assert.equal(peer.closed, undefined, 'what only policy refuses is no offence');
  });

  it('does not let a refused twin with other witnesses hide the good one', async () => {
    const good = spendOf(0);
    const bad = makeTransaction({ ...good, inputs: good.inputs.map((input) => ({ ...input, witness: [Uint8Array.of(0x00)] })) });
    const peer = await preferred('10.0.0.7');
    peer.send({ type: 'tx', tx: bad });
    await peer.sync();
    const other = await preferred('10.0.0.8');
    other.send(announcing(good));
    await other.sync();
    assert.equal(asked(other).length, 1);
    other.send({ type: 'tx', tx: good });
    await other.sync();
    assert.equal(node.mempool.size, 1);
  });

  it('disconnects who sends a transaction that no version ever allowed', async () => {
    const prevout = { txid: CHAIN[0]!.transactions[0]!.txid, vout: 0 };
    const peer = await world.peer(node);
    peer.send({ type: 'tx', tx: pay({ inputs: [prevout, prevout], outputs: [output(1_000n)] }) });
    await world.until(() => peer.closed !== undefined);
    assert.deepEqual(world.closings, ['transaction-invalid']);
  });

  it('announces nothing that pays less than the peer asks for, nor to one that wants none', async () => {
    const peer = await world.peer(node, '10.0.9.1');
    peer.send({ type: 'feefilter', feeRateSatPerKvb: 1_000_000n });
    const quiet = await world.peer(node, '10.0.9.2', { relay: false });
    await peer.sync();
    await node.mempool.accept(spendOf(0, 10_000n));
    const rich = spendOf(1, 1_000_000n);
    await node.mempool.accept(rich);
    await world.advance(60_000);
    assert.deepEqual(ids(announced(peer)), [toDisplayHex(rich.wtxid)]);
    assert.deepEqual(announced(quiet), []);
  });

  it('announces by txid to a peer without wtxidrelay, and serves it with or without witnesses as it asks', async () => {
    const peer = await world.call(node);
    peer.send(versionMessage(), { type: 'verack' });
    await world.until(() => peer.of('ping').length > 0);
    const tx = spendOf(0);
    await node.mempool.accept(tx);
    await world.until(() => announced(peer).length > 0);
    assert.deepEqual(announced(peer), [{ kind: INVENTORY.tx, hash: tx.txid }]);
    peer.send({ type: 'getdata', items: [INVENTORY.tx, INVENTORY.witnessTx].map((kind) => ({ kind, hash: tx.txid })) });
    await peer.sync();
    assert.deepEqual(
      peer.of('tx').map((message) => message.tx.inputs[0]!.witness.length),
      [0, 1],
    );
    const other = spendOf(1);
    peer.send({ type: 'inv', items: [{ kind: INVENTORY.tx, hash: other.txid }] });
    await world.until(() => peer.requested(INVENTORY.witnessTx).length === 1, 3_000);
  });

  it('does not serve what it has not announced yet, and says what it does not have', async () => {
    const peer = await world.peer(node);
    const tx = spendOf(0);
    await node.mempool.accept(tx);
    const item = { kind: INVENTORY.wtx, hash: tx.wtxid as Uint8Array };
    peer.send({ type: 'getdata', items: [item] });
    await peer.sync();
    assert.deepEqual(peer.of('notfound'), [{ type: 'notfound', items: [item] }]);
    await world.until(() => announced(peer).length > 0);
    peer.send({ type: 'getdata', items: [item] });
    await peer.sync();
    assert.equal(peer.of('tx').length, 1);
  });

  it('answers the mempool message where that is on, and hangs up where it is not', async () => {
    const serving = await world.node('10.0.0.2', { services: SERVICES.network | SERVICES.witness | SERVICES.bloom });
    await serving.give(CHAIN);
    const tx = spendOf(0);
    await serving.mempool.accept(tx);
    const peer = await world.peer(serving, '10.0.9.1');
    peer.send({ type: 'mempool' });
    await peer.sync();
    assert.deepEqual(announced(peer), [{ kind: INVENTORY.wtx, hash: tx.wtxid }]);
    const refused = await world.peer(node, '10.0.9.2');
    refused.send({ type: 'mempool' });
    await world.until(() => refused.closed !== undefined);
    assert.deepEqual(world.closings, ['mempool-not-served']);
  });

  it('ignores transactions while it is far behind, not while it is a few blocks behind', async () => {
    const more = blocksOn(regtest, 200, 5);
    const peer = await preferred('10.0.0.7');
    peer.send({ type: 'headers', headers: more.slice(0, 130).map((block) => block.header) });
    peer.send(announcing(spendOf(0)));
    await peer.sync();
    assert.equal(asked(peer).length, 1, 'ten blocks behind');
    peer.send({ type: 'headers', headers: more.map((block) => block.header) });
    peer.send(announcing(spendOf(1)));
    await peer.sync();
    assert.equal(asked(peer).length, 1, 'eighty blocks behind');
  });
});
