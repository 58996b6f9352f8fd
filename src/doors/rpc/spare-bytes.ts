/**
 * Memory of long answers and of what they are made of, used again.
 *
 * @module
 */

import type { TakeMemory } from '../../engine/ports/block-store.ts';

/** What is kept at most. */
const SPARE_SIZE_MAX = 8 * 1024 * 1024;

/** Shorter ones are not worth keeping. */
const SPARE_SIZE_MIN = 64 * 1024;

/**
 * Buffers that blocks are read into and answers written, which come back when nobody looks at them any more. A new one for each would cost
 * the system as much to map and the garbage collector as much to forget as writing it does.
 */
export class SpareBytes {
  /** The one that came back first stands first. */
  readonly #spare: Buffer[] = [];
  #sizeBytes = 0;

  /** At least so many bytes, with anything in them. */
  take(sizeBytes: number): Buffer {
    let best = -1;
    for (const [at, { length }] of this.#spare.entries()) {
      if (length >= sizeBytes && (best < 0 || length < this.#spare[best]!.length)) best = at;
    }
    const [found] = best < 0 ? [] : this.#spare.splice(best, 1);
    if (found === undefined) return Buffer.allocUnsafeSlow(sizeBytes);
    this.#sizeBytes -= found.length;
    return found;
  }

  /** A buffer that was taken here comes back, and nobody looks at it any more. Over the limit those that have waited longest are let go. */
  give(buffer: Buffer): void {
    if (buffer.length < SPARE_SIZE_MIN || buffer.length > SPARE_SIZE_MAX) return;
    this.#spare.push(buffer);
    this.#sizeBytes += buffer.length;
    while (this.#sizeBytes > SPARE_SIZE_MAX) this.#sizeBytes -= this.#spare.shift()?.length ?? 0;
  }
}

/** What one answer reads into, given back all at once. Without spare memory it is new each time, and nothing is given back. */
export class Loan {
  readonly #spare: SpareBytes | undefined;
  readonly #taken: Buffer[] = [];

  constructor(spare: SpareBytes | undefined) {
    this.#spare = spare;
  }

  /** At least so many bytes, with anything in them. */
  readonly take: TakeMemory = (sizeBytes) => {
    if (this.#spare === undefined) return Buffer.allocUnsafeSlow(sizeBytes);
    const buffer = this.#spare.take(sizeBytes);
    this.#taken.push(buffer);
    return buffer;
  };

  /** Nobody looks at what was taken any more. */
  readonly end = (): void => {
    for (const buffer of this.#taken.splice(0)) this.#spare?.give(buffer);
  };
}
