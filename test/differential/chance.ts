/**
 * What a seeded run decides by chance.
 *
 * @module
 */

import { SeededRandom } from '../support/seeded-random.ts';

/** The same seed decides the same, in the same order of questions. */
export class Chance extends SeededRandom {
  /** From `min` to `max`, both included. */
  between(min: number, max: number): number {
    return min + this.below(max - min + 1);
  }

  /** True once in so many times. */
  oneIn(count: number): boolean {
    return this.below(count) === 0;
  }

  /** One of a list that is not empty. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  /** One of several by their weights. */
  weighted<T extends { readonly weight: number }>(items: readonly T[]): T {
    let left = this.below(items.reduce((sum, { weight }) => sum + weight, 0));
    for (const item of items) {
      left -= item.weight;
      if (left < 0) return item;
    }
    return items.at(-1) as T;
  }

  /** A copy with one bit turned; of no bytes a byte. */
  bitFlipped(bytes: Uint8Array): Uint8Array {
    if (bytes.length === 0) return this.bytes(1);
    const copy = bytes.slice();
    const at = this.below(copy.length);
    copy[at] = (copy[at] as number) ^ (1 << this.below(8));
    return copy;
  }
}
