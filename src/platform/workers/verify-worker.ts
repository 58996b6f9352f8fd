/**
 * A thread that runs scripts: one order at a time, answered in turn.
 *
 * @module
 */

import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { chooseSecp256k1 } from '../../core/crypto/node/choose-secp256k1.ts';
import { useNodeSha256 } from '../../core/crypto/node/long-sha256.ts';
import type { Secp256k1 } from '../../core/crypto/secp256k1.ts';
import { type PartOfJob, type PlainJob, verifyJobs } from '../../engine/chain/verify-job.ts';
import type { VerifyOrder, VerifyReport, VerifyWorkerData } from './verify-messages.ts';
import { decodeJobs } from './verify-messages.ts';

function firstFailure(parts: readonly PartOfJob<PlainJob>[], engine: Secp256k1): VerifyReport {
  for (const failure of verifyJobs(parts, engine)) if (failure !== undefined) return failure;
  return undefined;
}

/** Linux knows a priority for each thread: the node's own, which answers everybody, comes first. Elsewhere it would be that of the process. */
const PRIORITY = 5;

if (process.platform === 'linux') setPriority(PRIORITY);
useNodeSha256();
const port = parentPort!;
const { secp256k1: name, togetherFrom } = workerData as VerifyWorkerData;
const secp256k1 = { ...chooseSecp256k1(name), togetherFrom };
port.on('message', (order: VerifyOrder) => {
  if (order === 'end') port.close();
  else port.postMessage(firstFailure(decodeJobs(order), secp256k1));
});
