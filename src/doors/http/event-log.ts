/**
 * The last events, numbered, for those who listen and those who come back.
 *
 * @module
 */

import { randomBytes } from 'node:crypto';

/** Events that are kept, and bytes of their texts: the newest one is kept whatever it takes. */
export const EVENTS_KEPT_MAX = 1_000;
export const EVENT_BYTES_KEPT_MAX = 4_000_000;

/** One event as it is sent. */
export interface LoggedEvent {
  /** 1 for the first since the node was started. */
  readonly sequence: number;
  readonly kind: string;
  /** JSON on one line. */
  readonly data: string;
}

/** From where a listener goes on. */
export interface Resumption {
  /** The last event that it has or will never have. */
  readonly after: number;
  /** Why it has missed some that are not kept; undefined where it has not. */
  readonly gap: 'expired' | 'restarted' | undefined;
}

/** Numbers events and keeps the last of them. An event's id names the run of the node too, since numbers begin anew with each. */
export class EventLog {
  readonly #run = randomBytes(6).toString('hex');
  readonly #events: LoggedEvent[] = [];
  readonly #listeners = new Set<() => void>();
  #bytes = 0;
  #last = 0;

  /** Number of the newest event; 0 before there was any. */
  get last(): number {
    return this.#last;
  }

  /** Number of the oldest event that is kept, or that the next one will have. */
  get first(): number {
    return this.#last - this.#events.length + 1;
  }

  /** What a client names an event by. */
  idOf(sequence: number): string {
    return `${this.#run}-${sequence}`;
  }

  /** Gives an event the next number, tells the listeners, and lets go what is too much. */
  add(kind: string, facts: object): void {
    const sequence = ++this.#last;
    const data = JSON.stringify({ sequence, kind, ...facts });
    this.#events.push({ sequence, kind, data });
    this.#bytes += data.length;
    while (this.#events.length > EVENTS_KEPT_MAX || (this.#bytes > EVENT_BYTES_KEPT_MAX && this.#events.length > 1)) {
      this.#bytes -= this.#events.shift()?.data.length ?? 0;
    }
    for (const listener of this.#listeners) listener();
  }

  /** The event with a number, while it is kept. */
  at(sequence: number): LoggedEvent | undefined {
    return this.#events[sequence - this.first];
  }

  /** Where a client goes on that has an event with this id; without one it hears of what comes from now on. */
  resume(id: string | undefined): Resumption {
    if (id === undefined) return { after: this.#last, gap: undefined };
    const [run, digits] = id.split('-');
    const sequence = run === this.#run && /^\d{1,15}$/.test(digits ?? '') ? Number(digits) : undefined;
    // An id of another run, or none at all: whatever it means, what is kept is all that there is.
    if (sequence === undefined || sequence > this.#last) return { after: this.first - 1, gap: 'restarted' };
    if (sequence < this.first - 1) return { after: this.first - 1, gap: 'expired' };
    return { after: sequence, gap: undefined };
  }

  /** Calls a listener after each event. @returns a function that ends it */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
