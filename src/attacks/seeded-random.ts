/**
 * Chance from a seed: the same seed gives the same bytes, on every machine.
 *
 * @module
 */

import type { Random } from '../engine/ports/random.ts';

/** A small generator (a 32-bit counter through a mixing function). Good enough for tests and attacks, never for secrets. */
export class SeededRandom implements Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  #next(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let i = 0; i < count; i++) bytes[i] = this.#next() & 0xff;
    return bytes;
  }

  below(limit: number): number {
    return Math.floor((this.#next() / 0x100000000) * limit);
  }
}
