import { compareBytes } from '../../core/base/bytes.ts';
import { type HashKey, hashKey } from '../../core/primitives/ids.ts';
import type { HeaderStore, StoredHeader } from '../../engine/ports/header-store.ts';

/** By height, then by hash: parents before children. */
function compareRows(a: StoredHeader, b: StoredHeader): number {
  return a.height - b.height || compareBytes(a.header.hash, b.header.hash);
}

async function* each(rows: readonly StoredHeader[]): AsyncGenerator<StoredHeader> {
  yield* rows;
}

/** Header rows in memory. Closing it forgets nothing, so a test can start a second node on what a first one left. */
export function createMemoryHeaderStore(): HeaderStore {
  return new MemoryHeaderStore();
}

class MemoryHeaderStore implements HeaderStore {
  readonly #rows = new Map<HashKey, StoredHeader>();

  load(): AsyncIterable<StoredHeader> {
    return each([...this.#rows.values()].sort(compareRows));
  }

  async put(rows: readonly StoredHeader[]): Promise<void> {
    for (const row of rows) this.#rows.set(hashKey(row.header.hash), row);
  }

  async close(): Promise<void> {}
}
