import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { unknownHash } from '../../../test/support/chain-builder.ts';
import type { Txid } from '../primitives/ids.ts';
import type { TransactionFields } from '../primitives/transaction.ts';
import { isFinalTransaction, isPastSequenceLock, sequenceLocks } from './lock-time.ts';

const fields = (sequences: number[], lockTime = 0, version = 2): TransactionFields => ({
  version,
  lockTime,
  outputs: [],
  inputs: sequences.map((sequence, vout) => ({
    prevout: { txid: unknownHash() as unknown as Txid, vout },
    scriptSig: new Uint8Array(0),
    sequence,
    witness: [],
  })),
});

describe('isFinalTransaction', () => {
  it('lets a lock time of height h into blocks above h', () => {
    assert.equal(isFinalTransaction(fields([0], 100), 100, 0), false);
    assert.equal(isFinalTransaction(fields([0], 100), 101, 0), true);
    assert.equal(isFinalTransaction(fields([0], 0), 0, 0), true);
  });

  it('takes lock times from 500,000,000 on as seconds', () => {
    assert.equal(isFinalTransaction(fields([0], 499_999_999), 500_000_000, 0), true);
    assert.equal(isFinalTransaction(fields([0], 500_000_000), 600_000_000, 500_000_000), false);
    assert.equal(isFinalTransaction(fields([0], 500_000_000), 0, 500_000_001), true);
  });

  it('ignores the lock time only where every sequence is final', () => {
    assert.equal(isFinalTransaction(fields([0xffffffff, 0xffffffff], 100), 1, 0), true);
    assert.equal(isFinalTransaction(fields([0xffffffff, 0xfffffffe], 100), 1, 0), false);
  });
});

describe('sequenceLocks', () => {
  const medianTimeAt = (height: number): number => 1_000_000 + height * 600;

  it('asks for as many blocks on a coin as the sequence says', () => {
    const lock = sequenceLocks(fields([10]), [100], medianTimeAt);
    assert.deepEqual(lock, { height: 109, timeSeconds: -1 });
    assert.equal(isPastSequenceLock(lock, 109, 0), false);
    assert.equal(isPastSequenceLock(lock, 110, 0), true);
  });

  it('asks for units of 512 seconds since the block before the coin', () => {
    const lock = sequenceLocks(fields([0x00400002]), [100], medianTimeAt);
    const from = medianTimeAt(99);
    assert.deepEqual(lock, { height: -1, timeSeconds: from + 1_023 });
    assert.equal(isPastSequenceLock(lock, 1, from + 1_023), false);
    assert.equal(isPastSequenceLock(lock, 1, from + 1_024), true);
    assert.equal(sequenceLocks(fields([0x00400000]), [0], medianTimeAt).timeSeconds, medianTimeAt(0) - 1);
  });

  it('takes the latest of all inputs, and nothing from those that are switched off', () => {
    const lock = sequenceLocks(fields([5, 0x80000000 + 900, 0x00400001, 7]), [10, 10, 20, 5], medianTimeAt);
    assert.deepEqual(lock, { height: 14, timeSeconds: medianTimeAt(19) + 511 });
  });

  it('looks at sixteen bits of value only', () => {
    assert.equal(sequenceLocks(fields([0x0001ffff]), [0], medianTimeAt).height, 0xffff - 1);
  });

  it('locks nothing in version 1, and does in every version from 2 on, read unsigned', () => {
    assert.equal(sequenceLocks(fields([10], 0, 1), [100], medianTimeAt).height, -1);
    assert.equal(sequenceLocks(fields([10], 0, 0xffffffff), [100], medianTimeAt).height, 109);
  });
});
