import { countSigops, p2shSigops } from '../../core/script/sigops.ts';
import type { ScriptJob } from '../../engine/ports/script-verifier.ts';

/**
 * What an ordinary input costs, in microseconds of a thread: a signature check (45 by libsecp256k1), its hash, and the input's share of the
 * rest. All costs here are estimates from above, for what must not be run on the node's own thread.
 */
const INPUT_COST_US = 45;

/** Bytes of scripts and witness that an ordinary input has, in which that one signature is. P2PKH has 132, P2WPKH 129, P2TR 99. */
const ORDINARY_BYTES = 160;

/** Fewer bytes of `scriptSig` and witness hold no signature. */
const SIGNED_BYTES_MIN = 64;

/** What an input without one costs, beyond its bytes. */
const UNSIGNED_COST_US = 2;

/**
 * What each byte beyond these can cost. Measured: 0.9 µs with Schnorr signatures (50 bytes of weight each), 1.3 with the keys of
 * OP_CHECKMULTISIG, 0.5 with a chain of OP_HASH256, 0.3 with OP_ROLL of 999 elements; a script of hashes of keys and lock times costs less.
 */
const BYTE_COST_US = 1;

/** What a byte costs to hash, which signatures of before segwit do with the whole transaction, each. Measured: 0.55 ns by OpenSSL. */
const HASHED_BYTE_COST_US = 0.0006;

/** Smaller transactions take less than 6 µs to hash: that hides behind the input itself, or behind the bytes of a script that does it often. */
const HASHED_SIZE_MIN = 10_000;

/** Cost from which a slice is full: that of 64 ordinary inputs, whose signatures fill one call of the kernel that makes them together. */
const SLICE_COST_US = 64 * INPUT_COST_US;

/** With less the caller does the work itself: what the workers would save, at most 1.5 ms on two cores, is not worth a detour. */
const POOL_COST_MIN_US = 64 * INPUT_COST_US;

/**
 * Cost from which the inputs of one transaction are cut into ranges, and that a range has at least. The whole transaction is written and read
 * once more for each: 1 µs an input on either side, 5 ms for the largest.
 */
const RANGE_COST_US = 20_000;

/** Ranges of one transaction, at most: with 16 the 5,569 inputs of the largest took nearly twice the CPU time that one thread takes alone. */
const RANGES_MAX = 4;

/** Inputs of one job, from `from` up to and without `to`. */
export interface JobPart {
  /** Its place among the jobs. */
  readonly place: number;
  readonly from: number;
  readonly to: number;
}

/** Signature operations of an input that run by the rules of before segwit. */
function oldSigops(scriptSig: Uint8Array, scriptPubKey: Uint8Array): number {
  return countSigops(scriptSig, false) + countSigops(scriptPubKey, false) + p2shSigops(scriptSig, scriptPubKey);
}

/** What an input may cost, in microseconds. */
function inputCostUs({ tx, spentOutputs }: ScriptJob, index: number): number {
  const { scriptSig, witness } = tx.inputs[index]!;
  const { scriptPubKey } = spentOutputs[index]!;
  let given = scriptSig.length;
  for (let i = 0; i < witness.length; i++) given += witness[i]!.length;
  const bytes = given + scriptPubKey.length;
  const cost =
    given < SIGNED_BYTES_MIN ? UNSIGNED_COST_US + bytes * BYTE_COST_US : INPUT_COST_US + Math.max(0, bytes - ORDINARY_BYTES) * BYTE_COST_US;
  if (tx.strippedSizeBytes < HASHED_SIZE_MIN) return cost;
  return cost + oldSigops(scriptSig, scriptPubKey) * tx.strippedSizeBytes * HASHED_BYTE_COST_US;
}

/** Whether jobs are worth threads. Looks no further than it has to. */
export function areWorthThreads(jobs: readonly ScriptJob[]): boolean {
  let cost = 0;
  for (const job of jobs) {
    for (let i = 0; i < job.tx.inputs.length; i++) {
      cost += inputCostUs(job, i);
      if (cost >= POOL_COST_MIN_US) return true;
    }
  }
  return false;
}

/** Ranges of one job's inputs, each with about the same cost. */
function rangesOf(costs: readonly number[], total: number, place: number): JobPart[] {
  const enough = Math.max(RANGE_COST_US, total / RANGES_MAX);
  const ranges: JobPart[] = [];
  let [from, cost] = [0, 0];
  for (const [index, each] of costs.entries()) {
    cost += each;
    if (cost < enough && index + 1 < costs.length) continue;
    ranges.push({ place, from, to: index + 1 });
    [from, cost] = [index + 1, 0];
  }
  return ranges;
}

/**
 * Jobs in slices of about the same cost, in their order: whole ones, or a range of the inputs of one that costs much. A job with
 * `blockFlags` stays whole, since all its inputs come under its flags before the first does under the block's. One without an input
 * holds, and is in none.
 */
export function cutIntoSlices(jobs: readonly ScriptJob[]): JobPart[][] {
  const slices: JobPart[][] = [];
  let parts: JobPart[] = [];
  let cost = 0;
  const close = (): void => {
    if (parts.length > 0) slices.push(parts);
    parts = [];
    cost = 0;
  };
  for (const [place, job] of jobs.entries()) {
    const inputs = job.tx.inputs.length;
    if (inputs === 0) continue;
    const costs = job.tx.inputs.map((_, index) => inputCostUs(job, index));
    const total = costs.reduce((sum, each) => sum + each, 0);
    if (total > RANGE_COST_US && job.blockFlags === undefined) {
      close();
      for (const range of rangesOf(costs, total, place)) slices.push([range]);
      continue;
    }
    parts.push({ place, from: 0, to: inputs });
    cost += total;
    if (cost >= SLICE_COST_US) close();
  }
  close();
  return slices;
}
