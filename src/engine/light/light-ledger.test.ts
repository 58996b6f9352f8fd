import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildBlock, genesisParent } from '../../../test/support/chain-builder.ts';
import { TestKey } from '../../../test/support/key-spends.ts';
import { toHex } from '../../core/base/bytes.ts';
import { chooseSecp256k1 } from '../../core/crypto/node/choose-secp256k1.ts';
import { regtest } from '../../core/params/regtest.ts';
import type { Block } from '../../core/primitives/block.ts';
import type { Transaction } from '../../core/primitives/transaction.ts';
import { LightLedger } from './light-ledger.ts';

const key = new TestKey(chooseSecp256k1('auto'), 1);
const own = toHex(key.scripts.wpkh);
const foreign = { value: 700n, scriptPubKey: Uint8Array.of(0x51) };

function ledger(): LightLedger {
  return new LightLedger({ has: (script) => toHex(script) === own });
}

function at(height: number, transactions: readonly Transaction[] = []): Block {
  return buildBlock({
    parent: { ...genesisParent(regtest), height: height - 1 },
    params: regtest,
    transactions,
    coinbaseScript: key.scripts.wpkh,
  });
}

const nodeOf = (block: Block, height: number) => ({ hash: block.header.hash, height });
const first = at(5);
const coinbase = first.transactions[0]!;
const { value } = coinbase.outputs[0]!;
const coin = { outPoint: { txid: coinbase.txid, vout: 0 }, value, kind: 'wpkh' as const };
const spending = key.spend([coin], [key.output('wpkh', value - 1_000n), foreign]);
const rival = key.spend([coin], [foreign]);
const child = key.spend(
  [{ outPoint: { txid: spending.txid, vout: 0 }, value: value - 1_000n, kind: 'wpkh' }],
  [key.output('wpkh', value - 2_000n)],
);

function holding(...waiting: readonly Transaction[]): LightLedger {
  const all = ledger();
  all.connect(first, nodeOf(first, 5));
  for (const tx of waiting) all.addWaiting(tx);
  return all;
}

describe('what a light client has found', () => {
  it('counts a coinbase as spendable from the block on in which it may be spent, and not one before', () => {
    const all = holding();
    assert.deepEqual(all.balance(103, 100), { confirmed: 0n, unconfirmed: 0n, immature: value });
    assert.deepEqual(all.balance(104, 100), { confirmed: value, unconfirmed: 0n, immature: 0n });
  });

  it('is what payments bring, less what they take', () => {
    const all = holding(spending, child);
    assert.deepEqual(
      Array.from(all.entries(), (entry) => all.payment(entry).amount),
      [value, -1_000n, -1_000n],
    );
    assert.deepEqual(all.balance(104, 100), { confirmed: 0n, unconfirmed: value - 2_000n, immature: 0n });
    assert.deepEqual(all.waiting(), [spending, child]);
  });

  it('drops what a block makes impossible, with all that builds on it, and nothing else', () => {
    const all = holding(spending, child);
    const block = at(6, [rival]);
    const found = all.connect(block, nodeOf(block, 6));
    assert.deepEqual(
      found.map(({ tx }) => toHex(tx.txid)),
      block.transactions.map(({ txid }) => toHex(txid)),
    );
    assert.deepEqual(all.waiting(), []);
    assert.equal(all.entry(child.txid), undefined);
    const same = holding(spending, child, rival);
    const confirming = at(6, [spending]);
    same.connect(confirming, nodeOf(confirming, 6));
    assert.deepEqual(same.waiting(), [child], 'it is no rival of itself');
  });

  it('waits again where its block has left the chain, to the block; coinbases are gone with what builds on them', () => {
    const all = holding();
    const second = at(6, [spending, child]);
    all.connect(second, nodeOf(second, 6));
    all.disconnectAbove(6);
    assert.deepEqual(all.waiting(), []);
    all.disconnectAbove(5);
    assert.deepEqual(
      all.waiting().map(({ txid }) => toHex(txid)),
      [spending, child].map(({ txid }) => toHex(txid)),
    );
    assert.equal(all.entry(second.transactions[0]!.txid), undefined);
    all.connect(second, nodeOf(second, 6));
    all.disconnectAbove(4);
    assert.equal(all.size, 0, 'nothing of it can ever be valid');
  });

  it('comes back from a store; of a block that left the chain meanwhile without the coinbase, whose row goes', () => {
    const all = ledger();
    all.restore(spending, undefined);
    assert.deepEqual([all.waiting().length, all.takeChanged().length], [1, 0]);
    all.restore(coinbase, undefined);
    assert.equal(all.entry(coinbase.txid), undefined);
    assert.deepEqual(all.takeChanged(), [coinbase.txid]);
  });

  it('is given up where it waits, and not where it is in a block', () => {
    const all = holding(spending, child);
    assert.equal(all.forget(coinbase.txid), false);
    assert.equal(all.forget(spending.txid), true);
    assert.equal(all.size, 1);
    assert.equal(all.forget(spending.txid), false);
  });

  it('tells of each change once, and that there was one', () => {
    const all = holding();
    const { revision } = all;
    assert.equal(all.takeChanged().length, 1);
    assert.equal(all.takeChanged().length, 0);
    all.addWaiting(spending);
    assert.ok(all.revision > revision);
    assert.deepEqual(all.takeChanged().map(toHex), [toHex(spending.txid)]);
  });
});
