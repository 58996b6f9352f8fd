/** A count of hashes at a time. */
interface Sample {
  readonly atMs: number;
  readonly hashes: bigint;
}

/** Length of the window. */
const WINDOW_MS = 10_000;

/** Hashes a second over the last ten seconds, from counts that are taken now and then. */
export class HashRate {
  #samples: Sample[] = [];

  /** Takes a count. Monotonic time. */
  sample(atMs: number, hashes: bigint): void {
    this.#samples.push({ atMs, hashes });
    // One sample at or before the window's beginning stays, so that the whole window is covered.
    while (this.#samples.length > 2 && this.#samples[1]!.atMs <= atMs - WINDOW_MS) this.#samples.shift();
  }

  /** Forgets everything: the search was stopped. */
  reset(): void {
    this.#samples = [];
  }

  /** Hashes a second up to a count taken now; 0 before the first sample. */
  perSecond(atMs: number, hashes: bigint): number {
    const first = this.#samples[0];
    if (first === undefined || atMs <= first.atMs) return 0;
    return (Number(hashes - first.hashes) * 1_000) / (atMs - first.atMs);
  }
}
