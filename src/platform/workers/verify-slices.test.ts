import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { signedJobs } from '../../../test/support/script-verifier-suite.ts';
import type { Txid } from '../../core/primitives/ids.ts';
import { makeTransaction } from '../../core/primitives/transaction.ts';
import { NO_FLAGS } from '../../core/script/flags.ts';
import { OP } from '../../core/script/opcodes.ts';
import type { ScriptJob } from '../../engine/ports/script-verifier.ts';
import { areWorthThreads, cutIntoSlices } from './verify-slices.ts';

interface Shape {
  readonly inputs: number;
  readonly witness?: readonly Uint8Array[];
  readonly scriptPubKey?: Uint8Array;
  /** Bytes of an output. */
  readonly outputBytes?: number;
  readonly blockFlags?: number;
}

const NOTHING = new Uint8Array();
const SIGNED = [new Uint8Array(64)];

/** A job of so many inputs that are all alike. */
function jobOf({ inputs, witness = SIGNED, scriptPubKey = NOTHING, outputBytes = 0, ...rest }: Shape): ScriptJob {
  const txid = new Uint8Array(32) as Txid;
  const tx = makeTransaction({
    ...{ version: 2, lockTime: 0 },
    inputs: Array.from({ length: inputs }, (_, vout) => ({ prevout: { txid, vout }, scriptSig: NOTHING, sequence: 0, witness })),
    outputs: [{ value: 0n, scriptPubKey: new Uint8Array(outputBytes) }],
  });
  return { tx, spentOutputs: tx.inputs.map(() => ({ value: 1n, scriptPubKey })), flags: NO_FLAGS, ...rest };
}

const checks = (count: number): Uint8Array => new Uint8Array(count).fill(OP.OP_CHECKSIG);

describe('what scripts are worth threads', () => {
  it('is 64 ordinary inputs, whatever they spend, and not 63', () => {
    assert.equal(areWorthThreads([]), false);
    assert.equal(areWorthThreads(signedJobs([60, 3])), false);
    assert.equal(areWorthThreads(signedJobs([60, 4])), true);
  });

  it('is one input with a large witness, by its bytes', () => {
    const most = 160 + 63 * 45;
    assert.equal(areWorthThreads([jobOf({ inputs: 1, witness: [new Uint8Array(most - 1)] })]), false);
    assert.equal(areWorthThreads([jobOf({ inputs: 1, witness: [new Uint8Array(most - 100), new Uint8Array(100)] })]), true);
    assert.equal(areWorthThreads([jobOf({ inputs: 1, scriptPubKey: new Uint8Array(most) })]), true);
  });

  it('is a few inputs whose signatures hash a large transaction each', () => {
    const outputBytes = 950_000;
    assert.equal(areWorthThreads([jobOf({ inputs: 1, scriptPubKey: checks(4), outputBytes })]), false);
    assert.equal(areWorthThreads([jobOf({ inputs: 1, scriptPubKey: checks(5), outputBytes })]), true);
    assert.equal(areWorthThreads([jobOf({ inputs: 5, scriptPubKey: checks(1), outputBytes })]), true);
    assert.equal(areWorthThreads([jobOf({ inputs: 5, scriptPubKey: checks(1), outputBytes: 9_000 })]), false);
  });
});

describe('inputs without a signature', () => {
  it('are worth threads by their bytes alone', () => {
    assert.equal(areWorthThreads([jobOf({ inputs: 959, witness: [], scriptPubKey: new Uint8Array(1) })]), false);
    assert.equal(areWorthThreads([jobOf({ inputs: 960, witness: [], scriptPubKey: new Uint8Array(1) })]), true);
    assert.equal(areWorthThreads([jobOf({ inputs: 44, witness: [new Uint8Array(63)] })]), false);
    assert.equal(areWorthThreads([jobOf({ inputs: 45, witness: [new Uint8Array(63)] })]), true);
  });
});

describe('cutting jobs into slices', () => {
  it('fills slices with 64 ordinary inputs, leaves jobs whole and those without an input out', () => {
    const jobs = [jobOf({ inputs: 63 }), jobOf({ inputs: 0 }), jobOf({ inputs: 1 }), jobOf({ inputs: 65 }), jobOf({ inputs: 2 })];
    assert.deepEqual(cutIntoSlices(jobs), [
      [
        { place: 0, from: 0, to: 63 },
        { place: 2, from: 0, to: 1 },
      ],
      [{ place: 3, from: 0, to: 65 }],
      [{ place: 4, from: 0, to: 2 }],
    ]);
  });

  it('shares the inputs of one costly transaction out, in their order and without a gap', () => {
    const jobs = [jobOf({ inputs: 3 }), jobOf({ inputs: 5_569, scriptPubKey: checks(1) }), jobOf({ inputs: 3 })];
    const slices = cutIntoSlices(jobs);
    const ranges = slices.flat().filter(({ place }) => place === 1);
    assert.equal(ranges.length, 4);
    let next = 0;
    for (const { from, to } of ranges) {
      assert.equal(from, next);
      assert.ok(to > from && to - from <= Math.ceil(5_569 / 4));
      next = to;
    }
    assert.equal(next, 5_569);
    assert.deepEqual([slices[0], slices.at(-1)], [[{ place: 0, from: 0, to: 3 }], [{ place: 2, from: 0, to: 3 }]]);
  });

  it('cuts above 20 ms, and never one input or a job that is verified under two sets of flags', () => {
    const costly = [new Uint8Array(160 + 9_955)];
    assert.equal(cutIntoSlices([jobOf({ inputs: 2, witness: costly })]).length, 1);
    assert.equal(cutIntoSlices([jobOf({ inputs: 4, witness: costly })]).length, 2);
    assert.equal(cutIntoSlices([jobOf({ inputs: 4, witness: costly, blockFlags: 0 })]).length, 1);
    assert.equal(cutIntoSlices([jobOf({ inputs: 1, witness: [new Uint8Array(3_900_000)] })]).length, 1);
  });
});
