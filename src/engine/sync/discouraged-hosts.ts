/** A peer that misbehaved is not called, and first to be turned away, for so long. */
export const DISCOURAGED_MS: number = 24 * 3_600_000;

/** Hosts that are remembered as discouraged; those that misbehaved longest ago make room. */
export const DISCOURAGED_MAX = 10_000;

/** Hosts that misbehaved lately. They may still connect where there is room. */
export class DiscouragedHosts {
  readonly #nowMs: () => number;
  /** Until when, in the order in which they misbehaved. */
  readonly #untilMs = new Map<string, number>();

  /** @param nowMs - monotonic */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  add(host: string): void {
    this.#untilMs.delete(host);
    this.#untilMs.set(host, this.#nowMs() + DISCOURAGED_MS);
    const [oldest] = this.#untilMs.keys();
    if (this.#untilMs.size > DISCOURAGED_MAX && oldest !== undefined) this.#untilMs.delete(oldest);
  }

  has(host: string): boolean {
    const untilMs = this.#untilMs.get(host);
    return untilMs !== undefined && this.#nowMs() < untilMs;
  }
}
