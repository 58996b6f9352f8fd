import { naturalLog } from '../../core/base/natural-log.ts';
import type { Random } from '../ports/random.ts';

/**
 * Milliseconds until the next event of a Poisson process: what somebody who only watches the times cannot tell from a process that began
 * at another moment. At most 40 times the mean, so that a deadline is always near.
 */
export function poissonDelayMs(random: Random, meanMs: number): number {
  const uniform = (random.below(0x100000000) + 1) / 0x100000000;
  return Math.min(naturalLog(1 / uniform) * meanMs, 40 * meanMs);
}
