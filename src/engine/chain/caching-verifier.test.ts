import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { broken, scriptVerifierSuite, signedJobs } from '../../../test/support/script-verifier-suite.ts';
import { testSecp256k1 } from '../../../test/support/test-chain.ts';
import { FLAG, MANDATORY_FLAGS, STANDARD_FLAGS } from '../../core/script/flags.ts';
import type { ScriptJob, ScriptVerifier } from '../ports/script-verifier.ts';
import { createCachingVerifier } from './caching-verifier.ts';
import { createInlineVerifier } from './inline-verifier.ts';

/** A verifier that keeps what it was asked. */
function listening(): ScriptVerifier & { readonly asked: ScriptJob[][] } {
  const inner = createInlineVerifier({ secp256k1: testSecp256k1 });
  const asked: ScriptJob[][] = [];
  return {
    asked,
    verify(jobs) {
      asked.push([...jobs]);
      return inner.verify(jobs);
    },
    close: () => inner.close(),
  };
}

const jobs = signedJobs([1, 2, 1, 1]);
const waiting = (job: ScriptJob): ScriptJob => ({ ...job, flags: STANDARD_FLAGS, blockFlags: MANDATORY_FLAGS });

describe('createCachingVerifier', () => {
  scriptVerifierSuite(() => createCachingVerifier({ inner: createInlineVerifier({ secp256k1: testSecp256k1 }) }));

  it('does not run again in a block what held in the mempool, and counts on as if it had', async () => {
    const inner = listening();
    const verifier = createCachingVerifier({ inner });
    assert.equal(await verifier.verify([waiting(jobs[1]!)]), undefined);
    inner.asked.length = 0;
    assert.equal(await verifier.verify(jobs), undefined);
    assert.deepEqual(inner.asked, [[jobs[0], jobs[2], jobs[3]]]);
    const failing = jobs.with(3, broken(jobs[3]!, 0));
    assert.deepEqual(await verifier.verify(failing), { jobIndex: 3, inputIndex: 0, error: 'OP_RETURN' });
    // Once more: a template is tried before its block is found.
    inner.asked.length = 0;
    assert.equal(await verifier.verify([jobs[1]!]), undefined);
    assert.deepEqual(inner.asked, [[]]);
  });

  it('runs it again under any other flags, fewer ones too, and in the mempool', async () => {
    const inner = listening();
    const verifier = createCachingVerifier({ inner });
    await verifier.verify([waiting(jobs[1]!)]);
    for (const flags of [STANDARD_FLAGS, MANDATORY_FLAGS & ~FLAG.TAPROOT]) {
      inner.asked.length = 0;
      const other = { ...jobs[1]!, flags };
      assert.equal(await verifier.verify([other]), undefined);
      assert.deepEqual(inner.asked, [[other]]);
    }
    inner.asked.length = 0;
    await verifier.verify([waiting(jobs[1]!)]);
    assert.equal(inner.asked[0]!.length, 1);
  });

  it('remembers nothing that failed, nothing that only a block had, and nothing with another witness', async () => {
    const inner = listening();
    const verifier = createCachingVerifier({ inner });
    const bad = broken(jobs[1]!, 1);
    assert.notEqual(await verifier.verify([waiting(bad)]), undefined);
    assert.notEqual(await verifier.verify([bad]), undefined);
    await verifier.verify(jobs);
    await verifier.verify([waiting(jobs[0]!)]);
    inner.asked.length = 0;
    await verifier.verify([jobs[2]!]);
    assert.deepEqual(inner.asked, [[jobs[2]]]);
    assert.deepEqual(await verifier.verify([broken(jobs[0]!, 0)]), { jobIndex: 0, inputIndex: 0, error: 'OP_RETURN' });
  });

  it('forgets the oldest first', async () => {
    const inner = listening();
    const verifier = createCachingVerifier({ inner, entriesMax: 2 });
    for (const job of [jobs[0]!, jobs[1]!, jobs[0]!, jobs[2]!]) await verifier.verify([waiting(job)]);
    inner.asked.length = 0;
    await verifier.verify(jobs);
    assert.deepEqual(inner.asked, [[jobs[1], jobs[3]]]);
  });
});
