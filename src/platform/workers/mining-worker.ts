/**
 * A thread that looks for nonces. It never returns to its event loop: between two slices it looks at one shared number, and only when that has
 * changed takes its new order from the port. So a new job begins within one slice, and a pause costs nothing.
 *
 * @module
 */

import { setPriority } from 'node:os';
import { receiveMessageOnPort, workerData } from 'node:worker_threads';
import { createNonceSearch } from '../../core/crypto/search-nonce.ts';
import { SlicedSearch } from '../../engine/mining/search-slice.ts';
import type { MiningOrder, MiningWorkerData } from './mining-messages.ts';

/** Hashes between two looks at the shared number: about 10 ms. */
const SLICE_HASHES = 65_536;

/** The lowest priority: whatever else the machine has to do comes first. */
const PRIORITY_LOWEST = 19;

/** The latest order on the port, or undefined where none is waiting. */
function latestOrder({ port }: MiningWorkerData): MiningOrder | undefined {
  let latest: MiningOrder | undefined;
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) latest = next.message as MiningOrder;
  return latest;
}

function run(data: MiningWorkerData): void {
  const orders = new Int32Array(data.orders);
  const hashes = new BigInt64Array(data.hashes);
  const nonceSearch = createNonceSearch();
  let seen = 0;
  let search: SlicedSearch | undefined;
  for (;;) {
    // Read before the port: an order that comes between the two is met again in the next round.
    const number = Atomics.load(orders, 0);
    if (number !== seen) {
      seen = number;
      const order = latestOrder(data);
      if (order?.kind === 'end') return;
      if (order !== undefined) search = order.kind === 'search' ? new SlicedSearch(order.job, data, nonceSearch) : undefined;
    }
    if (search === undefined) {
      Atomics.wait(orders, 0, seen);
      continue;
    }
    const outcome = search.slice(SLICE_HASHES);
    Atomics.add(hashes, 0, BigInt(search.tried));
    if (outcome.kind === 'found') data.port.postMessage(outcome.result);
    if (outcome.kind !== 'searching') search = undefined;
  }
}

// On Linux this is the calling thread's priority; elsewhere it would be the whole process'.
if (process.platform === 'linux') setPriority(PRIORITY_LOWEST);
const data = workerData as MiningWorkerData;
run(data);
data.port.close();
