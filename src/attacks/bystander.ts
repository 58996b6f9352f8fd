import type { Clock, Timer } from '../engine/ports/clock.ts';
import type { Link } from './link.ts';

/** Between two pings. */
const PING_EVERY_MS = 200;

/** Round trips that were measured. */
export interface Latency {
  readonly count: number;
  readonly medianMs: number;
  readonly slowestMs: number;
}

/** An honest peer that wants nothing but to be answered: what others notice of an attack. */
export class Bystander {
  readonly #link: Link;
  readonly #clock: Clock;
  #times: number[] = [];
  #timer: Timer | undefined;
  #isOver = false;
  #round: Promise<void> = Promise.resolve();

  constructor(link: Link, clock: Clock) {
    this.#link = link;
    this.#clock = clock;
  }

  /** Pings from now on, one at a time, and forgets what it measured before. */
  begin(): void {
    this.#times = [];
    if (this.#timer === undefined) this.#round = this.#ping();
  }

  async #ping(): Promise<void> {
    const startMs = this.#clock.monotonicMs();
    const settled = await this.#link.settled();
    if (settled === 'answered') this.#times.push(this.#clock.monotonicMs() - startMs);
    this.#link.forget();
    if (this.#isOver || settled !== 'answered') return;
    this.#timer = this.#clock.after(PING_EVERY_MS, () => {
      this.#round = this.#ping();
    });
  }

  /** Pings no more; waits for the answer to the last. @returns whether it is still answered */
  async end(): Promise<boolean> {
    this.#isOver = true;
    if (this.#timer !== undefined) this.#clock.cancel(this.#timer);
    await this.#round;
    return this.#link.over === undefined && (await this.#link.settled()) === 'answered';
  }

  /** What it measured. */
  get latency(): Latency {
    const sorted = [...this.#times].sort((a, b) => a - b);
    return { count: sorted.length, medianMs: sorted[sorted.length >> 1] ?? 0, slowestMs: sorted.at(-1) ?? 0 };
  }
}
