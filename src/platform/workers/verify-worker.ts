/**
 * A thread that runs scripts: one order at a time, answered in turn.
 *
 * @module
 */

import { parentPort, workerData } from 'node:worker_threads';
import { chooseSecp256k1 } from '../../core/crypto/node/choose-secp256k1.ts';
import type { Secp256k1 } from '../../core/crypto/secp256k1.ts';
import { verifyTransactionScripts } from '../../core/script/verify-script.ts';
import type { PlainJob, VerifyOrder, VerifyReport, VerifyWorkerData } from './verify-messages.ts';
import { decodeJobs } from './verify-messages.ts';

function firstFailure(jobs: readonly PlainJob[], secp256k1: Secp256k1): VerifyReport {
  for (const [jobIndex, { tx, spentOutputs, flags }] of jobs.entries()) {
    const failure = verifyTransactionScripts(tx, spentOutputs, flags, secp256k1);
    if (failure !== undefined) return { jobIndex, ...failure };
  }
  return undefined;
}

const port = parentPort!;
const secp256k1 = chooseSecp256k1((workerData as VerifyWorkerData).secp256k1);
port.on('message', (order: VerifyOrder) => {
  if (order === 'end') port.close();
  else port.postMessage(firstFailure(decodeJobs(order), secp256k1));
});
