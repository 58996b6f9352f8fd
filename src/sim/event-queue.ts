/**
 * What is to happen, in the order of virtual time.
 *
 * Time counts whole microseconds, so that adding delays is exact and no rounding depends on the order of additions.
 *
 * @module
 */

/** Something that will happen, unless it is cancelled. */
export interface QueuedEvent {
  readonly atUs: number;
  /** Of two at the same time the one that was queued first goes first. */
  readonly order: number;
  /** Undefined once it is cancelled. */
  action: (() => void) | undefined;
}

/** Below so many cancelled events the heap is not cleared of them. */
const CANCELLED_MIN = 1_024;

function isBefore(a: QueuedEvent, b: QueuedEvent): boolean {
  return a.atUs < b.atUs || (a.atUs === b.atUs && a.order < b.order);
}

/** A binary heap of events, and the time that it has come to. */
export class EventQueue {
  #heap: QueuedEvent[] = [];
  #nowUs = 0;
  #order = 0;
  #cancelled = 0;

  /** Microseconds since the simulation began. */
  get nowUs(): number {
    return this.#nowUs;
  }

  /** Events that will happen. */
  get size(): number {
    return this.#heap.length - this.#cancelled;
  }

  /** Lets something happen so much later; fractions of a microsecond are rounded up, what is below nothing counts as nothing. */
  after(delayUs: number, action: () => void): QueuedEvent {
    const event = { atUs: this.#nowUs + Math.max(0, Math.ceil(delayUs)), order: this.#order++, action };
    this.#heap.push(event);
    this.#rise(this.#heap.length - 1);
    return event;
  }

  /** Cancels an event; one that has happened or is cancelled stays as it is. */
  cancel(event: QueuedEvent): void {
    if (event.action === undefined) return;
    event.action = undefined;
    this.#cancelled++;
    if (this.#cancelled > CANCELLED_MIN && this.#cancelled * 2 > this.#heap.length) this.#clear();
  }

  /** Time of the next event; undefined where there is none. */
  nextAtUs(): number | undefined {
    while (this.#heap[0]?.action === undefined && this.#heap.length > 0) {
      this.#take();
      this.#cancelled--;
    }
    return this.#heap[0]?.atUs;
  }

  /** Moves to the next event and gives what it does; undefined where there is none by `untilUs`. The caller runs it. */
  next(untilUs: number): (() => void) | undefined {
    const atUs = this.nextAtUs();
    if (atUs === undefined || atUs > untilUs) return undefined;
    const event = this.#take();
    const { action } = event;
    event.action = undefined;
    this.#nowUs = event.atUs;
    return action;
  }

  /** Nothing happens until then; what is queued for earlier must have happened. */
  moveTo(atUs: number): void {
    this.#nowUs = Math.max(this.#nowUs, atUs);
  }

  #clear(): void {
    const live = this.#heap.filter(({ action }) => action !== undefined);
    this.#heap = live.sort((a, b) => (isBefore(a, b) ? -1 : 1));
    this.#cancelled = 0;
  }

  #take(): QueuedEvent {
    const heap = this.#heap;
    const first = heap[0] as QueuedEvent;
    const last = heap.pop() as QueuedEvent;
    if (heap.length > 0) {
      heap[0] = last;
      this.#sink();
    }
    return first;
  }

  #rise(from: number): void {
    const heap = this.#heap;
    const event = heap[from] as QueuedEvent;
    let at = from;
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = heap[up] as QueuedEvent;
      if (isBefore(parent, event)) break;
      heap[at] = parent;
      at = up;
    }
    heap[at] = event;
  }

  #sink(): void {
    const heap = this.#heap;
    const event = heap[0] as QueuedEvent;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, heap[child] as QueuedEvent)) child++;
      const below = heap[child] as QueuedEvent;
      if (isBefore(event, below)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = event;
  }
}
