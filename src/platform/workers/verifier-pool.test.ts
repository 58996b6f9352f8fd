import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { Worker } from 'node:worker_threads';
import { broken, scriptVerifierSuite, signedJobs } from '../../../test/support/script-verifier-suite.ts';
import { engines } from '../../../test/support/secp256k1-engines.ts';
import { createInlineVerifier } from '../../engine/chain/inline-verifier.ts';
import type { NodeError } from '../../engine/ports/node-error.ts';
import type { ScriptJob, ScriptVerifier } from '../../engine/ports/script-verifier.ts';
import { VerifierPool, type VerifierPoolOptions } from './verifier-pool.ts';
import { decodeJobs, encodeJobs } from './verify-messages.ts';
import { cutIntoSlices } from './verify-slices.ts';

const [engine] = engines;
const OURS = new URL(`./verify-worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);

const unexpected = (error: NodeError) => assert.fail(error);

/** The inline verifier, which counts how often it is asked. */
function countingInline(): ScriptVerifier & { calls: number } {
  const inline = createInlineVerifier({ secp256k1: engine! });
  return {
    calls: 0,
    verify(jobs) {
      this.calls++;
      return inline.verify(jobs);
    },
    close: () => inline.close(),
  };
}

function makePool(options: Partial<VerifierPoolOptions> = {}): VerifierPool {
  const inline = createInlineVerifier({ secp256k1: engine! });
  return new VerifierPool({ workers: 2, inline, secp256k1: 'prebuilt', togetherFrom: undefined, failed: unexpected, ...options });
}

/** A pool that is closed with the test, or threads would outlive one that fails. */
function openPool(t: TestContext, options: Partial<VerifierPoolOptions> = {}): VerifierPool {
  const pool = makePool(options);
  t.after(() => pool.close());
  return pool;
}

/** A worker's file that runs `source`, which may go on as ours. */
function entryOf(source: string): URL {
  const go = `const go = () => import(${JSON.stringify(OURS.href)});`;
  return new URL(`data:text/javascript,${encodeURIComponent(`${go}\n${source}`)}`);
}

describe('verifying scripts on worker threads', () => {
  describe('two threads', () => scriptVerifierSuite(() => makePool()));
  describe('two threads that make many checks together', () => scriptVerifierSuite(() => makePool({ togetherFrom: 2 })));
  describe('three threads for little work', () => scriptVerifierSuite(() => makePool({ workers: 3 })));

  it('starts threads with the first jobs that are worth it: 64 ordinary inputs, not 63', async (t) => {
    const inline = countingInline();
    const pool = openPool(t, { workers: 3, inline });
    assert.equal(await pool.verify(signedJobs([60, 3])), undefined);
    assert.deepEqual([pool.workers, inline.calls], [0, 1]);
    assert.equal(await pool.verify(signedJobs([60, 4])), undefined);
    assert.deepEqual([pool.workers, inline.calls], [3, 1]);
    await pool.close();
    assert.equal(pool.workers, 0);
    assert.throws(() => pool.verify([]), /closed/);
  });

  it('hands over jobs as they are', () => {
    const jobs: ScriptJob[] = signedJobs([3, 1]).map((job, i) => (i === 0 ? job : { ...job, blockFlags: 5 }));
    const read = decodeJobs(encodeJobs(jobs.map((job, i) => ({ job, from: i, to: i + 1 }))));
    assert.deepEqual(
      read.map(({ job: { tx, spentOutputs, flags, blockFlags }, from, to }) => [
        from,
        to,
        tx.version,
        tx.inputs,
        tx.outputs,
        tx.lockTime,
        spentOutputs,
        flags,
        blockFlags,
      ]),
      jobs.map(({ tx, spentOutputs, flags, blockFlags }, i) => [
        i,
        i + 1,
        tx.version,
        tx.inputs,
        tx.outputs,
        tx.lockTime,
        spentOutputs,
        flags,
        blockFlags,
      ]),
    );
  });

  it('shares one transaction of many inputs out, and names the first of them that fails', async (t) => {
    const inline = countingInline();
    const pool = openPool(t, { inline });
    const [small, large] = signedJobs([2, 500]) as [ScriptJob, ScriptJob];
    assert.deepEqual(cutIntoSlices([small, large]).slice(1), [[{ place: 1, from: 0, to: 380 }], [{ place: 1, from: 380, to: 500 }]]);
    assert.equal(await pool.verify([small, large]), undefined);
    assert.deepEqual(await pool.verify([small, broken(large, 480)]), { jobIndex: 1, inputIndex: 480, error: 'OP_RETURN' });
    const both = broken(broken(large, 480), 10);
    assert.deepEqual(await pool.verify([small, both]), { jobIndex: 1, inputIndex: 10, error: 'OP_RETURN' });
    assert.equal(inline.calls, 0);
  });

  // The class of CVE-2024-52911: a block is refused while threads are still busy with it.
  it('answers at the first failure, while the rest of the jobs is still under way, and is good for the next', async (t) => {
    const pool = openPool(t);
    const jobs = signedJobs(Array.from({ length: 200 }, () => 8));
    const answers: string[] = [];
    const early = pool.verify([broken(jobs[0]!, 0), ...jobs.slice(1)]).then((failure) => answers.push(`early ${failure?.jobIndex}`));
    const next = pool.verify(jobs).then((failure) => answers.push(`next ${failure?.jobIndex}`));
    await Promise.all([early, next]);
    assert.deepEqual(answers, ['early 0', 'next undefined']);
    const last = pool.verify([broken(jobs[0]!, 0), ...jobs.slice(1)]);
    await pool.close();
    assert.equal((await last)?.jobIndex, 0);
  });

  it('gives the work of a thread that died to another', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'quoin-verifier-'));
    // Threads are numbered as they are made, so the two that come after this one are the pool's first: they die of their first order.
    const last = new Worker('', { eval: true });
    const { threadId } = last;
    await once(last, 'exit');
    const source = `import { mkdirSync } from 'node:fs';
      import { parentPort, threadId } from 'node:worker_threads';
      if (threadId > ${threadId + 2}) await go();
      else {
        parentPort.on('message', () => {
          mkdirSync(${JSON.stringify(`${folder}/`)} + threadId);
          throw new Error('died');
        });
      }`;
    const inline = countingInline();
    const pool = openPool(t, { inline, entry: entryOf(source) });
    const jobs = signedJobs(Array.from({ length: 50 }, () => 4));
    assert.deepEqual(await pool.verify([...jobs, broken(jobs[0]!, 2)]), { jobIndex: 50, inputIndex: 2, error: 'OP_RETURN' });
    assert.deepEqual(
      readdirSync(folder)
        .map(Number)
        .sort((a, b) => a - b),
      [threadId + 1, threadId + 2],
    );
    assert.deepEqual([pool.workers, inline.calls], [2, 0]);
    await pool.close();
    rmSync(folder, { recursive: true });
  });

  it('says which threads are lost, and does the work itself once there is none', async (t) => {
    const failures: NodeError[] = [];
    const inline = countingInline();
    const entry = entryOf('throw new Error("broken")');
    const pool = openPool(t, { inline, entry, failed: (error) => failures.push(error) });
    const jobs = signedJobs(Array.from({ length: 50 }, () => 4));
    const [holds, fails] = await Promise.all([pool.verify(jobs), pool.verify([...jobs, broken(jobs[0]!, 2)])]);
    assert.equal(holds, undefined);
    assert.deepEqual(fails, { jobIndex: 50, inputIndex: 2, error: 'OP_RETURN' });
    assert.deepEqual(
      failures.map(({ code }) => code),
      ['worker-failed', 'worker-failed'],
    );
    assert.match(String(failures[0]!.cause), /broken/);
    assert.deepEqual([pool.workers, inline.calls], [0, 2]);
    assert.equal(await pool.verify(jobs), undefined);
    assert.equal(inline.calls, 3);
    await pool.close();
  });
});
