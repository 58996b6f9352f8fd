/**
 * The light client's world in a browser: WebSocket streams, IndexedDB stores, the clock and chance.
 *
 * Owns what needs the DOM, which is checked against the DOM's types alone (tsconfig.browser.json). Does not own a rule or a decision. Begin with
 * indexed-stores.ts for what is kept, web-socket-transport.ts for how nodes are called. This file is the one place of the room that touches
 * timers and dates.
 *
 * @module
 */

import type { Clock, Timer } from '../../engine/ports/clock.ts';

/** Timers run at once when asked to wait longer than a signed 32-bit number of milliseconds. */
const TIMEOUT_MS_MAX = 0x7fffffff;

/** Runs waiting turns one by one. A message is handed over without the pause that timers have, also in a page that is not shown. */
class Turns {
  readonly #channel = new MessageChannel();
  readonly #waiting: (() => void)[] = [];

  constructor() {
    this.#channel.port1.onmessage = () => this.#waiting.shift()?.();
  }

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#channel.port2.postMessage(undefined);
    });
  }
}

/** The clock of this browser. Timers of a page that is not shown may run late, never early. */
export function createBrowserClock(): Clock {
  const turns = new Turns();
  const handles = new Map<number, ReturnType<typeof setTimeout>>();
  let lastId = 0;
  const arm = (id: number, dueMs: number, action: () => void): void => {
    const delayMs = Math.ceil(Math.max(0, dueMs - performance.now()));
    const run = (): void => {
      if (performance.now() < dueMs) {
        arm(id, dueMs, action);
        return;
      }
      handles.delete(id);
      action();
    };
    handles.set(id, setTimeout(run, Math.min(delayMs, TIMEOUT_MS_MAX)));
  };
  return {
    nowSeconds: () => Math.floor(Date.now() / 1000),
    monotonicMs: () => performance.now(),
    after: (delayMs, action): Timer => {
      const id = ++lastId;
      arm(id, performance.now() + delayMs, action);
      return { id };
    },
    cancel: ({ id }) => {
      clearTimeout(handles.get(id));
      handles.delete(id);
    },
    yield: () => turns.next(),
  };
}
