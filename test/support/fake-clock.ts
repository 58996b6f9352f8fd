/**
 * Time that stands still until a test moves it.
 *
 * @module
 */

import type { Clock, Timer } from '../../src/engine/ports/clock.ts';

interface Pending {
  readonly id: number;
  readonly dueMs: number;
  readonly action: () => void;
}

/** Lets every promise that can settle do so: an immediate runs only once no microtask is left. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A clock set by hand. Wall clock and monotonic time move together, except where `setTime` moves the wall clock alone. */
export class FakeClock implements Clock {
  #monotonicMs = 0;
  #wallMs: number;
  #lastId = 0;
  readonly #pending = new Map<number, Pending>();

  /** @param nowSeconds - what the wall clock shows at first */
  constructor(nowSeconds = 1_700_000_000) {
    this.#wallMs = nowSeconds * 1000;
  }

  nowSeconds(): number {
    return Math.floor(this.#wallMs / 1000);
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  after(delayMs: number, action: () => void): Timer {
    const id = ++this.#lastId;
    this.#pending.set(id, { id, dueMs: this.#monotonicMs + Math.max(0, delayMs), action });
    return { id };
  }

  cancel(timer: Timer): void {
    this.#pending.delete(timer.id);
  }

  yield(): Promise<void> {
    return Promise.resolve();
  }

  /** Moves the wall clock alone, in either direction. Timers follow monotonic time and do not notice. */
  setTime(nowSeconds: number): void {
    this.#wallMs = nowSeconds * 1000;
  }

  /** Timers that wait. */
  get pendingTimers(): number {
    return this.#pending.size;
  }

  /** The earliest timer due by `untilMs`; of two due at once the one set first. */
  #next(untilMs: number): Pending | undefined {
    let next: Pending | undefined;
    for (const each of this.#pending.values()) {
      if (each.dueMs <= untilMs && (next === undefined || each.dueMs < next.dueMs)) next = each;
    }
    return next;
  }

  #moveTo(monotonicMs: number): void {
    this.#wallMs += monotonicMs - this.#monotonicMs;
    this.#monotonicMs = monotonicMs;
  }

  /**
   * Moves time on, running each timer that falls due at its own time and in order, those set meanwhile too. Promises settle
   * before the first, between the timers and after the last.
   */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#monotonicMs + ms;
    await settle();
    for (let next = this.#next(untilMs); next !== undefined; next = this.#next(untilMs)) {
      this.#pending.delete(next.id);
      this.#moveTo(Math.max(this.#monotonicMs, next.dueMs));
      next.action();
      await settle();
    }
    this.#moveTo(untilMs);
  }

  /** Moves time on in steps until `condition` holds; throws when it does not within `limitMs`. */
  async advanceUntil(condition: () => boolean, limitMs: number, stepMs = 100): Promise<void> {
    const limit = this.#monotonicMs + limitMs;
    await settle();
    while (!condition()) {
      if (this.#monotonicMs >= limit) throw new Error(`the condition did not hold within ${limitMs} ms of fake time: ${condition}`);
      await this.advance(Math.min(stepMs, limit - this.#monotonicMs));
    }
  }
}
