import type { Clock } from '../../engine/ports/clock.ts';
import { NodeError } from '../../engine/ports/node-error.ts';

/** A page that is loaded anew waits so long for the one before it to be gone. */
const WAIT_MS = 2_000;

/**
 * Takes a name for this tab alone. Browsers have locks for pages that came over https or from this machine only; elsewhere nothing is taken here,
 * and the later of two tabs takes the database from the earlier one (`IndexedDatabase`).
 *
 * @returns what gives it back
 * @throws NodeError `data-dir-locked` where another tab has it
 */
export async function lockForTab(name: string, clock: Clock): Promise<() => void> {
  const locks = (navigator as { readonly locks?: LockManager }).locks;
  if (locks === undefined) return () => undefined;
  const giveUp = new AbortController();
  const late = clock.after(WAIT_MS, () => giveUp.abort());
  return new Promise((resolve, reject) => {
    locks
      .request(name, { signal: giveUp.signal }, () => {
        clock.cancel(late);
        return new Promise<void>((release) => resolve(release));
      })
      .catch((error: unknown) => {
        reject(new NodeError('data-dir-locked', `Another tab uses what is kept as "${name}": go on there, or close it.`, { cause: error }));
      });
  });
}
