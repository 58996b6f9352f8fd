/**
 * The system's clock and source of chance, for Node. This folder is the one place of the node that touches timers and dates.
 *
 * @module
 */

import { performance } from 'node:perf_hooks';
import type { Clock, Timer } from '../../engine/ports/clock.ts';

/** Node's timers run at once when asked to wait longer than a signed 32-bit number of milliseconds. */
const TIMEOUT_MS_MAX = 0x7fffffff;

/** A clock whose wall time can be set by hand, as `setmocktime` does; timers and measurements follow monotonic time alone. */
export interface SystemClock extends Clock {
  /** Lets the wall clock stand at these seconds since 1970; undefined lets it run again. */
  setMockTime(seconds: number | undefined): void;
}

/** The clock of this machine. Its timers keep no process alive. */
export function createSystemClock(): SystemClock {
  const handles = new Map<number, NodeJS.Timeout>();
  let lastId = 0;
  let mockSeconds: number | undefined;

  /** Sets the timer, again where one turn of Node's timer ended before its time (they are rounded) or cannot be as long. */
  const arm = (id: number, dueMs: number, action: () => void): void => {
    const delayMs = Math.ceil(Math.max(0, dueMs - performance.now()));
    const handle = setTimeout(
      () => {
        if (performance.now() < dueMs) {
          arm(id, dueMs, action);
        } else {
          handles.delete(id);
          action();
        }
      },
      Math.min(delayMs, TIMEOUT_MS_MAX),
    );
    handles.set(id, handle.unref());
  };

  return {
    nowSeconds: (): number => mockSeconds ?? Math.floor(Date.now() / 1000),
    monotonicMs: (): number => performance.now(),
    after: (delayMs: number, action: () => void): Timer => {
      const id = ++lastId;
      arm(id, performance.now() + delayMs, action);
      return { id };
    },
    cancel: ({ id }: Timer): void => {
      clearTimeout(handles.get(id));
      handles.delete(id);
    },
    yield: (): Promise<void> => new Promise((resolve) => setImmediate(resolve)),
    setMockTime: (seconds: number | undefined): void => {
      mockSeconds = seconds;
    },
  };
}
