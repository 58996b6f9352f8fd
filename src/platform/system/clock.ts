/**
 * The system's clock and source of chance, for Node. This folder is the one place of the node that touches timers and dates.
 *
 * @module
 */

import { performance } from 'node:perf_hooks';
import type { Clock, Timer } from '../../engine/ports/clock.ts';

/** Node's timers run at once when asked to wait longer than a signed 32-bit number of milliseconds. */
const TIMEOUT_MS_MAX = 0x7fffffff;

/**
 * A clock whose wall time can be set by hand, as `setmocktime` does, and whose timers can be run ahead, as `mockscheduler` does. Its own monotonic time
 * follows neither.
 */
export interface SystemClock extends Clock {
  /** Lets the wall clock stand at these seconds since 1970; undefined lets it run again. */
  setMockTime(seconds: number | undefined): void;
  /** Lets every timer that is set run so much earlier. */
  advanceTimers(ms: number): void;
  /** The same clock with a monotonic time that stands still while the wall clock does, and goes on by each step that it is set forward by. */
  readonly settable: Clock;
}

/** A timer that is set. */
interface Armed {
  dueMs: number;
  readonly action: () => void;
  handle: NodeJS.Timeout | undefined;
}

/** Timers of Node that keep no process alive. */
class Timers {
  readonly #armed = new Map<number, Armed>();
  #lastId = 0;

  set(delayMs: number, action: () => void): Timer {
    const id = ++this.#lastId;
    const armed: Armed = { dueMs: performance.now() + delayMs, action, handle: undefined };
    this.#armed.set(id, armed);
    this.#arm(id, armed);
    return { id };
  }

  cancel({ id }: Timer): void {
    clearTimeout(this.#armed.get(id)?.handle);
    this.#armed.delete(id);
  }

  advance(ms: number): void {
    for (const [id, armed] of this.#armed) {
      clearTimeout(armed.handle);
      armed.dueMs -= ms;
      this.#arm(id, armed);
    }
  }

  /** Waits for the rest of the time, again where one turn of Node's timer ended early (they are rounded) or cannot be as long. */
  #arm(id: number, armed: Armed): void {
    const delayMs = Math.ceil(Math.max(0, armed.dueMs - performance.now()));
    const run = (): void => {
      if (performance.now() < armed.dueMs) {
        this.#arm(id, armed);
      } else {
        this.#armed.delete(id);
        armed.action();
      }
    };
    armed.handle = setTimeout(run, Math.min(delayMs, TIMEOUT_MS_MAX)).unref();
  }
}

/** The clock of this machine. */
export function createSystemClock(): SystemClock {
  const timers = new Timers();
  let mockSeconds: number | undefined;
  /** Where the settable time stands while it does, and what it is ahead of the monotonic one while it runs. */
  let stoodMs = 0;
  let aheadMs = 0;
  const wallMs = (): number => (mockSeconds === undefined ? Date.now() : mockSeconds * 1000);
  const settableMs = (): number => (mockSeconds === undefined ? performance.now() + aheadMs : stoodMs);
  const clock: Clock = {
    nowSeconds: () => Math.floor(wallMs() / 1000),
    monotonicMs: () => performance.now(),
    after: (delayMs, action) => timers.set(delayMs, action),
    cancel: (timer) => timers.cancel(timer),
    yield: () => new Promise((resolve) => setImmediate(resolve)),
  };
  return {
    ...clock,
    settable: { ...clock, monotonicMs: settableMs },
    advanceTimers: (ms) => timers.advance(ms),
    setMockTime: (seconds) => {
      const [beforeMs, wallBeforeMs] = [settableMs(), wallMs()];
      mockSeconds = seconds;
      stoodMs = beforeMs + Math.max(0, wallMs() - wallBeforeMs);
      aheadMs = stoodMs - performance.now();
    },
  };
}
