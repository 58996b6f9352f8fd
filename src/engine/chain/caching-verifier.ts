import type { HashKey } from '../../core/primitives/ids.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import type { ScriptFailure, ScriptJob, ScriptVerifier } from '../ports/script-verifier.ts';

/** Transactions that are remembered unless another number is given: about 100 bytes each, 10 MB in all. */
const ENTRIES_MAX = 100_000;

/**
 * A verifier that does not run again what the mempool has run under the flags of the block that it comes in: Core's script execution
 * cache. What is remembered is a transaction's wtxid, which stands for all its bytes and so for the outputs that it spends, with exactly
 * the flags it held under: never those of policy, of which one would have to believe that they leave nothing out. Keys are whole hashes,
 * so that no two transactions share one and no salt is needed. The oldest makes room for the newest.
 *
 * Only jobs with `blockFlags` are remembered; a sync, whose blocks nobody has seen before, leaves it as it is.
 */
export function createCachingVerifier(options: { readonly inner: ScriptVerifier; readonly entriesMax?: number }): ScriptVerifier {
  const { inner, entriesMax = ENTRIES_MAX } = options;
  const held = new Map<HashKey, number>();
  const isHeld = ({ tx, flags, blockFlags }: ScriptJob): boolean => blockFlags === undefined && held.get(hashKey(tx.wtxid)) === flags;
  const remember = ({ tx, blockFlags }: ScriptJob): void => {
    if (blockFlags === undefined) return;
    const key = hashKey(tx.wtxid);
    held.delete(key);
    held.set(key, blockFlags);
    if (held.size <= entriesMax) return;
    for (const oldest of held.keys()) {
      held.delete(oldest);
      break;
    }
  };
  return {
    isElsewhere: inner.isElsewhere === true,
    async verify(jobs: readonly ScriptJob[]): Promise<ScriptFailure | undefined> {
      const places: number[] = [];
      if (held.size > 0) for (const [place, job] of jobs.entries()) if (!isHeld(job)) places.push(place);
      const isNew = held.size === 0 || places.length === jobs.length;
      const failure = await inner.verify(isNew ? jobs : places.map((place) => jobs[place]!));
      if (failure !== undefined) return isNew ? failure : { ...failure, jobIndex: places[failure.jobIndex]! };
      for (const job of jobs) remember(job);
      return undefined;
    },
    close: () => inner.close(),
  };
}
