/** The newest keys, at least `capacity` of them and never more than twice as many; for what may be forgotten. */
export class RecentSet<K> {
  readonly #capacity: number;
  #young = new Set<K>();
  #old = new Set<K>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Keys that are remembered. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  has(key: K): boolean {
    return this.#young.has(key) || (this.#old.size > 0 && this.#old.has(key));
  }

  add(key: K): void {
    if (this.has(key)) return;
    if (this.#young.size >= this.#capacity) {
      this.#old = this.#young;
      this.#young = new Set();
    }
    this.#young.add(key);
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }
}
