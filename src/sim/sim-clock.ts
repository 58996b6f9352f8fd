import type { Clock, Timer } from '../engine/ports/clock.ts';
import type { NodeClock } from '../node/create-node.ts';
import type { EventQueue, QueuedEvent } from './event-queue.ts';

const US_PER_MS = 1_000;

/** What a node's clock is made with. */
export interface SimClockOptions {
  readonly queue: EventQueue;
  /** What an honest wall clock shows when the simulation begins, seconds since 1970. */
  readonly epochSeconds: number;
  /** How far this one is ahead of it. */
  readonly skewSeconds?: number;
}

/**
 * One node's clock. Wall time and monotonic time go with the virtual time; only mock time moves the wall clock alone. When the node dies, all its
 * timers die with it.
 */
export class SimClock implements NodeClock {
  readonly #queue: EventQueue;
  readonly #epochSeconds: number;
  readonly #startUs: number;
  readonly #timers = new Map<number, QueuedEvent>();
  #lastId = 0;
  #mockSeconds: number | undefined;
  #dead = false;
  /** Where the settable time stands while it does, and what it is ahead of the monotonic one while it runs. */
  #stoodMs = 0;
  #aheadMs = 0;
  readonly settable: Clock;

  constructor({ queue, epochSeconds, skewSeconds = 0 }: SimClockOptions) {
    this.#queue = queue;
    this.#epochSeconds = epochSeconds + skewSeconds;
    this.#startUs = queue.nowUs;
    this.settable = {
      nowSeconds: () => this.nowSeconds(),
      monotonicMs: () => this.#settableMs(),
      after: (delayMs, action) => this.after(delayMs, action),
      cancel: (timer) => this.cancel(timer),
      yield: () => this.yield(),
    };
  }

  /** Timers that are set. */
  get timers(): number {
    return this.#timers.size;
  }

  nowSeconds(): number {
    return this.#mockSeconds ?? this.#epochSeconds + Math.floor(this.#queue.nowUs / 1_000_000);
  }

  /** Since the node was started. */
  monotonicMs(): number {
    return (this.#queue.nowUs - this.#startUs) / US_PER_MS;
  }

  after(delayMs: number, action: () => void): Timer {
    const id = ++this.#lastId;
    if (!this.#dead) this.#set(id, delayMs * US_PER_MS, action);
    return { id };
  }

  cancel({ id }: Timer): void {
    const event = this.#timers.get(id);
    if (event === undefined) return;
    this.#queue.cancel(event);
    this.#timers.delete(id);
  }

  /** The next turn is at the same time, behind everything that is to happen then. */
  yield(): Promise<void> {
    return new Promise((resolve) => {
      this.after(0, resolve);
    });
  }

  setMockTime(timeSeconds: number | undefined): void {
    const [beforeMs, wallBefore] = [this.#settableMs(), this.nowSeconds()];
    this.#mockSeconds = timeSeconds;
    this.#stoodMs = beforeMs + Math.max(0, this.nowSeconds() - wallBefore) * 1_000;
    this.#aheadMs = this.#stoodMs - this.monotonicMs();
  }

  advanceTimers(ms: number): void {
    for (const [id, event] of [...this.#timers]) {
      const { action, atUs } = event;
      this.#queue.cancel(event);
      if (action !== undefined) this.#queueAgain(id, atUs - this.#queue.nowUs - ms * US_PER_MS, action);
    }
  }

  /** The node is gone: nothing that it wanted to do later happens. */
  kill(): void {
    this.#dead = true;
    for (const event of this.#timers.values()) this.#queue.cancel(event);
    this.#timers.clear();
  }

  #set(id: number, delayUs: number, action: () => void): void {
    this.#queueAgain(id, delayUs, () => {
      this.#timers.delete(id);
      action();
    });
  }

  #queueAgain(id: number, delayUs: number, action: () => void): void {
    this.#timers.set(id, this.#queue.after(delayUs, action));
  }

  #settableMs(): number {
    return this.#mockSeconds === undefined ? this.monotonicMs() + this.#aheadMs : this.#stoodMs;
  }
}
