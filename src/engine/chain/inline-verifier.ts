import type { Secp256k1 } from '../../core/crypto/secp256k1.ts';
import type { Clock } from '../ports/clock.ts';
import type { ScriptFailure, ScriptJob, ScriptVerifier } from '../ports/script-verifier.ts';
import { verifyJobs } from './verify-job.ts';

/** Work for so long at a stretch, then let others have their turn: below what a person or a peer notices. */
const STRETCH_MS = 8;

/**
 * Runs scripts on the calling thread: the reference that every other verifier must agree with.
 *
 * @param clock - with it, long work pauses between inputs
 */
export function createInlineVerifier(options: {
  readonly secp256k1: Secp256k1;
  readonly clock?: Pick<Clock, 'monotonicMs' | 'yield'>;
}): ScriptVerifier {
  const { secp256k1, clock } = options;
  return {
    async verify(jobs: readonly ScriptJob[]): Promise<ScriptFailure | undefined> {
      let since = clock?.monotonicMs() ?? 0;
      const parts = jobs.map((job) => ({ job, from: 0, to: job.tx.inputs.length }));
      for (const failure of verifyJobs(parts, secp256k1)) {
        if (failure !== undefined) return failure;
        if (clock === undefined || clock.monotonicMs() - since < STRETCH_MS) continue;
        await clock.yield();
        since = clock.monotonicMs();
      }
      return undefined;
    },
    async close(): Promise<void> {},
  };
}
