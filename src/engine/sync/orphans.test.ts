import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { output, pay } from '../../../test/support/mempool-world.ts';
import type { Txid } from '../../core/primitives/ids.ts';
import type { Transaction } from '../../core/primitives/transaction.ts';
import { makeTransaction, transactionWeightWu } from '../../core/primitives/transaction.ts';
import { ORPHAN_EXPIRY_MS, ORPHAN_WEIGHT_WU_MAX, ORPHANS_PER_PEER_MAX, Orphans } from './orphans.ts';
import type { PeerId } from './peer.ts';

const peer = (number: number) => number as PeerId;

function txidOf(number: number): Txid {
  const txid = new Uint8Array(32);
  new DataView(txid.buffer).setUint32(0, number + 1);
  return txid as Txid;
}

/** A transaction of `size` outputs that spends an unknown one. */
function orphan(number: number, outputs = 1): Transaction {
  return pay({ inputs: [{ txid: txidOf(number), vout: 0 }], outputs: new Array(outputs).fill(output(1_000n)) });
}

/** One of exactly that weight: bytes of its script count four times. */
function ofWeight(weightWu: number): Transaction {
  const make = (size: number) =>
    makeTransaction({
      version: 2,
      inputs: [{ prevout: { txid: txidOf(0), vout: 0 }, scriptSig: new Uint8Array(size), sequence: 0, witness: [] }],
      outputs: [],
      lockTime: 0,
    });
  const tx = make(100_000 - 56);
  return make(100_000 - 56 + (weightWu - transactionWeightWu(tx)) / 4);
}

describe('Orphans', () => {
  it('keeps a copy, once, and gives it out when its parent comes', () => {
    const parent = orphan(1);
    const child = pay({ inputs: [{ txid: parent.txid, vout: 0 }], outputs: [output(1n)] });
    const orphans = new Orphans();
    assert.equal(orphans.add(child, peer(1), 0), true);
    assert.equal(orphans.add(child, peer(2), 0), false);
    assert.ok(orphans.has(child.wtxid));
    assert.deepEqual(orphans.takeChildren(orphan(2)), []);
    const [taken] = orphans.takeChildren(parent);
    assert.deepEqual(taken, { tx: child, peer: peer(1), atMs: 0 });
    assert.notEqual(taken!.tx, child);
    assert.equal(orphans.size, 0);
  });

  it('keeps 100 of a peer; another pushes out the oldest of that peer and of no other', () => {
    const orphans = new Orphans();
    const other = orphan(1_000);
    orphans.add(other, peer(2), 0);
    for (let i = 0; i < ORPHANS_PER_PEER_MAX; i++) orphans.add(orphan(i), peer(1), 1);
    assert.equal(orphans.size, ORPHANS_PER_PEER_MAX + 1);
    orphans.add(orphan(500), peer(1), 2);
    assert.equal(orphans.size, ORPHANS_PER_PEER_MAX + 1);
    assert.equal(orphans.has(orphan(0).wtxid), false);
    assert.ok(orphans.has(orphan(1).wtxid) && orphans.has(orphan(500).wtxid) && orphans.has(other.wtxid));
  });

  it('takes one of 400,000 weight units, none heavier, and no two of them from one peer', () => {
    const orphans = new Orphans();
    const heaviest = ofWeight(ORPHAN_WEIGHT_WU_MAX);
    assert.equal(transactionWeightWu(heaviest), ORPHAN_WEIGHT_WU_MAX);
    assert.equal(orphans.add(ofWeight(ORPHAN_WEIGHT_WU_MAX + 4), peer(1), 0), false);
    assert.equal(orphans.add(heaviest, peer(1), 0), true);
    const large = orphan(3, 100);
    assert.equal(orphans.add(large, peer(1), 0), true);
    assert.equal(orphans.has(heaviest.wtxid), false, 'its place is needed');
    assert.equal(orphans.add(heaviest, peer(2), 0), true);
    assert.equal(orphans.size, 2);
  });

  it('forgets those of a peer that is gone, and those whose outputs a block spent', () => {
    const orphans = new Orphans();
    orphans.add(orphan(1), peer(1), 0);
    orphans.add(orphan(2), peer(2), 0);
    orphans.add(orphan(3), peer(2), 0);
    orphans.gone(peer(1));
    orphans.spent([
      { txid: txidOf(2), vout: 0 },
      { txid: txidOf(3), vout: 1 },
    ]);
    assert.equal(orphans.size, 1);
    assert.ok(orphans.has(orphan(3).wtxid));
  });

  it('forgets after twenty minutes, not before', () => {
    const orphans = new Orphans();
    orphans.add(orphan(1), peer(1), 0);
    orphans.add(orphan(2), peer(1), 1_000);
    assert.equal(orphans.expire(ORPHAN_EXPIRY_MS - 1), ORPHAN_EXPIRY_MS);
    assert.equal(orphans.size, 2);
    assert.equal(orphans.expire(ORPHAN_EXPIRY_MS), ORPHAN_EXPIRY_MS + 1_000);
    assert.equal(orphans.size, 1);
    assert.equal(orphans.expire(ORPHAN_EXPIRY_MS + 1_000), undefined);
    assert.equal(orphans.size, 0);
  });
});
