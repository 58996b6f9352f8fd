/**
 * Counts what is under way, so that more is refused before it costs anything.
 *
 * @module
 */

/** Something of which there is only so much. */
export class Capacity {
  readonly #max: number;
  #used = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Takes so much of it, or nothing where so much is not left. */
  take(amount: number): boolean {
    if (this.#used + amount > this.#max) return false;
    this.#used += amount;
    return true;
  }

  release(amount: number): void {
    this.#used -= amount;
  }
}
