import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { buildBlock, buildChain, genesisParent } from '../../../test/support/chain-builder.ts';
import { output, pay, TRUE_OUTPUT } from '../../../test/support/mempool-world.ts';
import type { SyncTestNode } from '../../../test/support/sync-world.ts';
import { SyncWorld } from '../../../test/support/sync-world.ts';
import { regtest } from '../../core/params/regtest.ts';
import { INVENTORY } from '../../core/wire/inventory.ts';
import { COMPACT_VERSION } from '../../core/wire/messages/sendcmpct.ts';
import { parseSubnet } from '../../core/wire/subnet.ts';
import { TRANSACTION_TIMEOUT_MS } from './transaction-requests.ts';

const CHAIN = buildChain({ parent: genesisParent(regtest), params: regtest, count: 110, coinbaseScript: TRUE_OUTPUT });
const TX = pay({ inputs: [{ txid: CHAIN[0]!.transactions[0]!.txid, vout: 0 }], outputs: [output(4_999_990_000n)] });

describe('a node that takes blocks alone', () => {
  let world: SyncWorld;
  let node: SyncTestNode;

  beforeEach(async () => {
    world = new SyncWorld();
    node = await world.node('10.0.0.1', { blocksOnly: true });
    await node.give(CHAIN);
  });

  afterEach(() => world.close());

  it('says so, and names no fee for transactions that it does not want', async () => {
    const peer = await world.peer(node);
    await world.advance(3_600_000);
    assert.equal(peer.of('version')[0]?.relay, false);
    assert.deepEqual(peer.of('feefilter'), []);
    assert.equal(node.network.relaysTransactions, false);
    assert.equal(peer.closed, undefined);
  });

  it('lets go who announces a transaction or sends one, by either name, and asks for none', async () => {
    for (const [kind, hash] of [
      [INVENTORY.tx, TX.txid],
      [INVENTORY.wtx, TX.wtxid],
    ] as const) {
      const peer = await world.peer(node);
      peer.send({ type: 'inv', items: [{ kind, hash }] });
      await world.until(() => peer.closed !== undefined, 1_000);
      assert.deepEqual(peer.of('getdata'), []);
    }
    const peer = await world.peer(node);
    peer.send({ type: 'tx', tx: TX });
    await world.until(() => peer.closed !== undefined, 1_000);
    assert.deepEqual(world.closings, new Array(3).fill('transaction-unwanted'));
    assert.equal(node.mempool.size, 0);
  });

  it('takes transactions of those whom a user trusts with them, and tells them so', async () => {
    const subnet = parseSubnet('10.0.9.0/24')!;
    const whitelist = [{ subnet, permissions: ['relay' as const], inbound: true, outbound: false }];
    const trusting = await world.node('10.0.0.2', { blocksOnly: true, whitelist });
    await trusting.give(CHAIN);
    const peer = await world.peer(trusting, '10.0.9.1');
    assert.equal(peer.of('version')[0]?.relay, true);
    peer.send({ type: 'tx', tx: TX });
    await world.until(() => trusting.mempool.size === 1, 1_000);
    assert.deepEqual(peer.of('feefilter'), []);
    assert.deepEqual(world.closings, []);
  });

  it('announces and serves what is submitted here', async () => {
    const peer = await world.peer(node);
    await node.mempool.accept(TX);
    const item = { kind: INVENTORY.wtx, hash: TX.wtxid };
    await world.until(() => peer.of('inv').some(({ items }) => items.some(({ kind }) => kind === item.kind)), TRANSACTION_TIMEOUT_MS);
    peer.send({ type: 'getdata', items: [item] });
    await peer.sync();
    assert.equal(peer.of('tx').length, 1);
  });

  it('takes new blocks whole, and asks nobody to send compact ones unasked', async () => {
    const peer = await world.peer(node);
    peer.send({ type: 'sendcmpct', highBandwidth: false, version: COMPACT_VERSION });
    for (let i = 0; i < 3; i++) {
      const block = buildBlock({ parent: node.chain.tip, params: regtest });
      peer.send({ type: 'headers', headers: [block.header] });
      await world.until(() => peer.requested(INVENTORY.witnessBlock).length === i + 1, 1_000);
      peer.sendBlock(block);
      await world.until(() => node.chain.tip.hash.join() === block.header.hash.join(), 1_000);
    }
    assert.deepEqual(peer.requested(INVENTORY.compactBlock), []);
    assert.ok(peer.of('sendcmpct').every(({ highBandwidth }) => !highBandwidth));
    assert.deepEqual(world.closings, []);
  });
});
