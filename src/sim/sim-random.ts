import type { Random } from '../engine/ports/random.ts';
import { poissonDelayMs } from '../engine/sync/poisson.ts';

/** Mixes 32 bits so that near inputs give far results. */
function mix(value: number): number {
  let z = value | 0;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
}

/** A number of 32 bits for a seed and a name. */
export function mixText(seed: number, text: string): number {
  let state = mix(seed + 0x9e3779b9);
  for (let i = 0; i < text.length; i++) state = mix(Math.imul(state, 31) + text.charCodeAt(i));
  return state;
}

/**
 * Chance from a seed: xoshiro128** of Blackman and Vigna, in whole numbers of 32 bits alone, so that the same seed gives the same on every engine.
 * Never for secrets.
 *
 * Whoever needs chance takes a `branch` by a name of its own: then drawing once more in one place moves nothing elsewhere.
 */
export class SimRandom implements Random {
  readonly #seed: number;
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(seed: number) {
    this.#seed = seed >>> 0;
    // Four different non-zero words out of the one.
    this.#a = mix(seed + 0x9e3779b9) | 1;
    this.#b = mix(seed + 0x3c6ef372);
    this.#c = mix(seed + 0xdaa66d2b);
    this.#d = mix(seed + 0x78dde6e4);
  }

  /** A source of its own for something of that name. Does not depend on what was drawn here. */
  branch(name: string): SimRandom {
    return new SimRandom(mixText(this.#seed, name));
  }

  /** The next 32 bits. */
  u32(): number {
    const product = Math.imul(this.#b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result;
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let i = 0; i < count; i += 4) {
      const word = this.u32();
      for (let j = i; j < Math.min(i + 4, count); j++) bytes[j] = word >>> (8 * (j - i));
    }
    return bytes;
  }

  below(limit: number): number {
    // A product of 32 and at most 32 bits, whose upper half is exact in a double's 53 where the limit is small, and never the limit itself.
    return Math.min(limit - 1, Math.floor((this.u32() / 0x1_0000_0000) * limit));
  }

  /** A number from `min` on, below `max`. */
  between(min: number, max: number): number {
    return min + (this.u32() / 0x1_0000_0000) * (max - min);
  }

  /** True so often, 0 to 1. */
  chance(probability: number): boolean {
    return this.u32() < probability * 0x1_0000_0000;
  }

  /** One of them; there must be one. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  /** All of them in another order. */
  shuffled<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [result[i], result[j]] = [result[j] as T, result[i] as T];
    }
    return result;
  }

  /** The time until the next event of a Poisson process. */
  exponential(mean: number): number {
    return poissonDelayMs(this, mean);
  }
}
