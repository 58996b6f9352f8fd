import { sha256 } from '../core/crypto/sha256.ts';
import { ByteWriter } from '../core/primitives/byte-writer.ts';
import { type HashKey, hashKey } from '../core/primitives/ids.ts';
import type { ScriptFailure, ScriptJob, ScriptVerifier } from '../engine/ports/script-verifier.ts';

/** Verdicts that are remembered; the oldest make room. */
const VERDICTS_MAX = 50_000;

/** The verdict on one transaction; undefined where all its inputs hold. */
type Verdict = Omit<ScriptFailure, 'jobIndex'> | undefined;

/** Everything that a verdict follows from: the wtxid stands for the transaction's bytes; what it spends and the flags are the rest. */
function keyOf({ tx, spentOutputs, flags, blockFlags }: ScriptJob): HashKey {
  // What it is known to hold under only saves work: the verdict is the same without.
  const writer = new ByteWriter()
    .raw(tx.wtxid)
    .u32(flags)
    .u32(blockFlags ?? flags);
  for (const { value, scriptPubKey } of spentOutputs) writer.u64(value).varBytes(scriptPubKey);
  return hashKey(sha256(writer.finish()));
}

/** A verifier that counts. */
export interface SharedVerifier extends ScriptVerifier {
  /** Transactions whose verdict was asked for. */
  readonly asked: number;
  /** Those of them whose verdict was known. */
  readonly shared: number;
}

/**
 * A verifier for many nodes of one process: a verdict is a pure function of its job, so what one node has found out holds for all. Each node still asks,
 * under its own flags and with the coins that it has itself.
 */
export function createSharedVerifier(inner: ScriptVerifier): SharedVerifier {
  const verdicts = new Map<HashKey, Verdict>();
  const counts = { asked: 0, shared: 0 };
  const judge = async (job: ScriptJob): Promise<Verdict> => {
    const key = keyOf(job);
    counts.asked++;
    if (verdicts.has(key)) {
      counts.shared++;
      return verdicts.get(key);
    }
    const failure = await inner.verify([job]);
    const verdict = failure && { inputIndex: failure.inputIndex, error: failure.error };
    verdicts.set(key, verdict);
    if (verdicts.size > VERDICTS_MAX) {
      for (const oldest of verdicts.keys()) {
        verdicts.delete(oldest);
        break;
      }
    }
    return verdict;
  };
  return {
    get asked() {
      return counts.asked;
    },
    get shared() {
      return counts.shared;
    },
    async verify(jobs) {
      for (const [jobIndex, job] of jobs.entries()) {
        const verdict = await judge(job);
        if (verdict !== undefined) return { jobIndex, ...verdict };
      }
      return undefined;
    },
    close: async () => {},
  };
}
