/**
 * A thread that runs scripts: one order at a time, answered in turn.
 *
 * @module
 */

import { parentPort, workerData } from 'node:worker_threads';
import { chooseSecp256k1 } from '../../core/crypto/node/choose-secp256k1.ts';
import { useNodeSha256 } from '../../core/crypto/node/long-sha256.ts';
import type { Secp256k1 } from '../../core/crypto/secp256k1.ts';
import { type PlainJob, verifyJob } from '../../engine/chain/verify-job.ts';
import type { PartOfJob, VerifyOrder, VerifyReport, VerifyWorkerData } from './verify-messages.ts';
import { decodeJobs } from './verify-messages.ts';

function firstFailure(parts: readonly PartOfJob<PlainJob>[], secp256k1: Secp256k1): VerifyReport {
  for (const [jobIndex, { job, ...range }] of parts.entries()) {
    for (const { inputIndex, error } of verifyJob(job, secp256k1, range)) if (error !== undefined) return { jobIndex, inputIndex, error };
  }
  return undefined;
}

useNodeSha256();
const port = parentPort!;
const secp256k1 = chooseSecp256k1((workerData as VerifyWorkerData).secp256k1);
port.on('message', (order: VerifyOrder) => {
  if (order === 'end') port.close();
  else port.postMessage(firstFailure(decodeJobs(order), secp256k1));
});
