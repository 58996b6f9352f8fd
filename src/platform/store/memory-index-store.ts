import { compareBytes } from '../../core/base/bytes.ts';
import type { BlockHash, HashKey } from '../../core/primitives/ids.ts';
import { hashKey, hashOfKey } from '../../core/primitives/ids.ts';
import type { IndexBatch, IndexRange, IndexStore, IndexTip } from '../../engine/ports/index-store.ts';

type Entry = readonly [key: Uint8Array, value: Uint8Array];

/** An index in memory. Keeps copies. Closing it forgets nothing, so a test can start a second node on what a first one left. */
export function createMemoryIndexStore(): IndexStore {
  return new MemoryIndexStore();
}

class MemoryIndexStore implements IndexStore {
  readonly #rows = new Map<HashKey, Uint8Array>();
  /** The keys in order; undefined after a change, until a range is asked for. */
  #sorted: Uint8Array[] | undefined;
  #tip: IndexTip | undefined;

  async tip(): Promise<IndexTip | undefined> {
    return this.#tip;
  }

  async load(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    return keys.map((key) => this.#rows.get(hashKey(key)));
  }

  async *entries({ gte, lt, reverse = false, limit = Number.POSITIVE_INFINITY }: IndexRange): AsyncGenerator<Entry> {
    this.#sorted ??= Array.from(this.#rows.keys(), (key) => hashOfKey(key)).sort(compareBytes);
    const keys = this.#sorted.filter((key) => compareBytes(key, gte) >= 0 && compareBytes(key, lt) < 0);
    if (reverse) keys.reverse();
    const rows = keys.slice(0, limit).map((key) => [key, this.#rows.get(hashKey(key)) as Uint8Array] as const);
    yield* rows;
  }

  /** Reads the whole batch before it changes anything: an iterable that throws leaves the rows as they were. */
  async apply({ puts, deletes, tip }: IndexBatch): Promise<void> {
    const gone = Array.from(deletes, hashKey);
    const put = Array.from(puts, ([key, value]) => [hashKey(key), value.slice()] as const);
    for (const key of gone) this.#rows.delete(key);
    for (const [key, value] of put) this.#rows.set(key, value);
    this.#sorted = undefined;
    this.#tip = { hash: tip.hash.slice() as unknown as BlockHash, height: tip.height };
  }

  async clear(): Promise<void> {
    this.#tip = undefined;
    this.#sorted = undefined;
    this.#rows.clear();
  }

  async close(): Promise<void> {}
}
