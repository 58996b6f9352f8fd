/**
 * What every `ScriptVerifier` must do.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Txid } from '../../src/core/primitives/ids.ts';
import { makeTransaction } from '../../src/core/primitives/transaction.ts';
import { FLAG, MANDATORY_FLAGS, NO_FLAGS, STANDARD_FLAGS } from '../../src/core/script/flags.ts';
import { verifyTransactionScripts } from '../../src/core/script/verify-script.ts';
import type { ScriptFailure, ScriptJob, ScriptVerifier } from '../../src/engine/ports/script-verifier.ts';
import type { KeyCoin } from './key-spends.ts';
import { KEY_OUTPUT_KINDS, TestKey } from './key-spends.ts';
import { engines } from './secp256k1-engines.ts';
import { SeededRandom } from './seeded-random.ts';

const key = new TestKey(engines[0]!, 33);
const OUTPUT = key.output('wpkh', 1n);

/** Jobs with so many signed inputs each, of all kinds in turn; all hold under the flags of consensus. */
export function signedJobs(inputCounts: readonly number[]): ScriptJob[] {
  return inputCounts.map((inputs, number) => {
    const coins = Array.from({ length: inputs }, (_, vout): KeyCoin => {
      const txid = new Uint8Array(32).fill(number + 1) as unknown as Txid;
      return { outPoint: { txid, vout }, value: 5_000n, kind: KEY_OUTPUT_KINDS[(number + vout) % KEY_OUTPUT_KINDS.length]! };
    });
    const spentOutputs = coins.map(({ kind, value }) => key.output(kind, value));
    return { tx: key.spend(coins, [OUTPUT]), spentOutputs, flags: MANDATORY_FLAGS };
  });
}

/** The same job with one input whose own script fails; the signatures of the others do not depend on it. */
export function broken(job: ScriptJob, inputIndex: number): ScriptJob {
  const inputs = job.tx.inputs.map((input, i) => (i === inputIndex ? { ...input, scriptSig: Uint8Array.of(0x6a) } : input));
  return { ...job, tx: makeTransaction({ ...job.tx, inputs }) };
}

/** A job without inputs: nothing in it can fail. */
const EMPTY: ScriptJob = {
  tx: makeTransaction({ version: 2, inputs: [], outputs: [OUTPUT], lockTime: 0 }),
  spentOutputs: [],
  flags: MANDATORY_FLAGS,
};

/** What the rules say, one job after another. */
function expected(jobs: readonly ScriptJob[]): ScriptFailure | undefined {
  for (const [jobIndex, { tx, spentOutputs, flags }] of jobs.entries()) {
    const failure = verifyTransactionScripts(tx, spentOutputs, flags, engines[0]!);
    if (failure !== undefined) return { jobIndex, ...failure };
  }
  return undefined;
}

/** Runs the suite; each test opens a verifier of its own and closes it. */
export function scriptVerifierSuite(open: () => ScriptVerifier): void {
  const using = async (use: (verifier: ScriptVerifier) => Promise<void>): Promise<void> => {
    const verifier = open();
    try {
      await use(verifier);
    } finally {
      await verifier.close();
    }
  };
  const jobs = signedJobs([3, 1, 40, 2, 90, 1, 1, 5, 60, 2]);

  it('finds nothing wrong with nothing, with jobs without inputs, and with what holds', () =>
    using(async (verifier) => {
      assert.equal(await verifier.verify([]), undefined);
      assert.equal(await verifier.verify([EMPTY, EMPTY]), undefined);
      assert.equal(await verifier.verify([jobs[0]!]), undefined);
      assert.equal(await verifier.verify([EMPTY, ...jobs, EMPTY]), undefined);
    }));

  it('names the one input that fails, wherever it stands', () =>
    using(async (verifier) => {
      for (const [jobIndex, job] of jobs.entries()) {
        const inputIndex = job.tx.inputs.length - 1;
        const failing = [EMPTY, ...jobs.with(jobIndex, broken(job, inputIndex))];
        assert.deepEqual(await verifier.verify(failing), { jobIndex: jobIndex + 1, inputIndex, error: 'OP_RETURN' });
      }
    }));

  it('names the first failure in order, although a later one is found sooner', () =>
    using(async (verifier) => {
      const slow = signedJobs([200, 1, 60, 60, 60]);
      const failing = [broken(slow[0]!, 199), ...slow.slice(1).map((job) => broken(job, 0))];
      assert.deepEqual(await verifier.verify(failing), { jobIndex: 0, inputIndex: 199, error: 'OP_RETURN' });
      const signature = { ...jobs[4]!, spentOutputs: jobs[4]!.spentOutputs.map((output) => ({ ...output, value: 1n })) };
      const mixed = [...jobs.slice(0, 4), signature, ...jobs.slice(5).map((job) => broken(job, 0))];
      assert.deepEqual(await verifier.verify(mixed), expected(mixed));
      assert.equal((await verifier.verify(mixed))?.jobIndex, 4);
    }));

  it('holds each job to its own flags', () =>
    using(async (verifier) => {
      const unsigned = { ...jobs[4]!, tx: makeTransaction({ ...jobs[4]!.tx, inputs: stripped(jobs[4]!) }) };
      const lenient = { ...unsigned, flags: NO_FLAGS, spentOutputs: unsigned.spentOutputs.map(() => key.output('tr', 5_000n)) };
      assert.equal(await verifier.verify([lenient, jobs[2]!]), undefined);
      assert.deepEqual(await verifier.verify([lenient, { ...lenient, flags: MANDATORY_FLAGS }]), {
        ...{ jobIndex: 1, inputIndex: 0 },
        error: 'WITNESS_PROGRAM_WITNESS_EMPTY',
      });
    }));

  it("holds a job that has flags of a block to its own and then to the block's", () =>
    using(async (verifier) => {
      const unsigned = { ...jobs[4]!, tx: makeTransaction({ ...jobs[4]!.tx, inputs: stripped(jobs[4]!) }) };
      const lenient = { ...unsigned, flags: NO_FLAGS, spentOutputs: unsigned.spentOutputs.map(() => key.output('tr', 5_000n)) };
      assert.equal(await verifier.verify([{ ...lenient, blockFlags: NO_FLAGS }]), undefined);
      const failure = { jobIndex: 0, inputIndex: 0, error: 'WITNESS_PROGRAM_WITNESS_EMPTY' };
      assert.deepEqual(await verifier.verify([{ ...lenient, blockFlags: MANDATORY_FLAGS }]), failure);
      assert.deepEqual(await verifier.verify([{ ...lenient, flags: MANDATORY_FLAGS, blockFlags: NO_FLAGS }]), failure);
      assert.equal(await verifier.verify(jobs.map((job) => ({ ...job, blockFlags: MANDATORY_FLAGS }))), undefined);
    }));

  it('takes no signature for granted but where it is known that the input could not have held without it', () =>
    using(async (verifier) => {
      const signedBy = (kind: KeyCoin['kind'], flags: number, heldUnder: number): ScriptJob => {
        const coin: KeyCoin = { outPoint: { txid: new Uint8Array(32).fill(9) as unknown as Txid, vout: 0 }, value: 5_000n, kind };
        // Signed for another lock time: whoever checks the signature finds it bad.
        const made = key.spend([coin], [OUTPUT]);
        const tx = makeTransaction({ ...made, lockTime: made.lockTime + 1 });
        return { tx, spentOutputs: [key.output(kind, 5_000n)], flags, blockFlags: flags, heldUnder };
      };
      const holds = async (...job: Parameters<typeof signedBy>) => (await verifier.verify([signedBy(...job)])) === undefined;
      assert.equal(await holds('wpkh', STANDARD_FLAGS, MANDATORY_FLAGS), true);
      assert.equal(await holds('wpkh', MANDATORY_FLAGS, MANDATORY_FLAGS), true);
      assert.equal(await holds('tr', STANDARD_FLAGS, MANDATORY_FLAGS), true);
      // Without the rule nothing of the kind was checked.
      assert.equal(await holds('wpkh', STANDARD_FLAGS, NO_FLAGS), false);
      assert.equal(await holds('wpkh', STANDARD_FLAGS, FLAG.TAPROOT), false);
      assert.equal(await holds('tr', STANDARD_FLAGS, FLAG.WITNESS), false);
      // A script that is not the output's alone may not need its signature.
      assert.equal(await holds('pkh', STANDARD_FLAGS, MANDATORY_FLAGS), false);
      // What else the stricter flags ask is still asked.
      const { tx, ...job } = signedBy('wpkh', STANDARD_FLAGS, MANDATORY_FLAGS);
      const [signature, publicKey] = tx.inputs[0]!.witness as [Uint8Array, Uint8Array];
      const odd = { ...tx.inputs[0]!, witness: [signature.with(signature.length - 1, 0x50), publicKey] };
      assert.deepEqual(await verifier.verify([{ ...job, tx: makeTransaction({ ...tx, inputs: [odd] }) }]), {
        ...{ jobIndex: 0, inputIndex: 0, error: 'SIG_HASHTYPE' },
      });
    }));

  it('answers many at once, each for itself', () =>
    using(async (verifier) => {
      const asked = jobs.map((job, jobIndex) => verifier.verify(jobs.with(jobIndex, broken(job, 0))));
      for (const [jobIndex, answer] of (await Promise.all(asked)).entries()) {
        assert.deepEqual(answer, { jobIndex, inputIndex: 0, error: 'OP_RETURN' });
      }
    }));

  it('answers what is under way when it is closed', async () => {
    const verifier = open();
    const holds = verifier.verify(jobs);
    const fails = verifier.verify([broken(jobs[0]!, 1), ...jobs]);
    await verifier.close();
    assert.equal(await holds, undefined);
    assert.deepEqual(await fails, { jobIndex: 0, inputIndex: 1, error: 'OP_RETURN' });
  });

  it('answers as one pass over jobs of any size does, whatever fails in them', () =>
    using(async (verifier) => {
      const random = new SeededRandom(52_911);
      for (let round = 0; round < 30; round++) {
        const some = jobs.filter(() => random.below(4) > 0);
        const failing = some.map((job) => (random.below(6) === 0 ? broken(job, random.below(job.tx.inputs.length)) : job));
        assert.deepEqual(await verifier.verify(failing), expected(failing), `round ${round}`);
      }
    }));
}

/** Inputs of a job without what signs them. */
function stripped({ tx }: ScriptJob) {
  return tx.inputs.map((input) => ({ ...input, scriptSig: new Uint8Array(), witness: [] }));
}
