import { compareBytes } from '../../core/base/bytes.ts';
import { type HashKey, hashKey } from '../../core/primitives/ids.ts';
import type { HeaderRows, HeaderStore, StoredHeader } from '../../engine/ports/header-store.ts';
import { encodeHeaderKey, encodeHeaderRow, packHeaderRows } from './header-row.ts';

/** By height, then by hash: parents before children. */
function compareRows(a: StoredHeader, b: StoredHeader): number {
  return a.height - b.height || compareBytes(a.header.hash, b.header.hash);
}

async function* packed(rows: readonly StoredHeader[]): AsyncGenerator<HeaderRows> {
  if (rows.length > 0) yield packHeaderRows(rows.map((row) => [encodeHeaderKey(row), encodeHeaderRow(row)]));
}

/** Header rows in memory. Closing it forgets nothing, so a test can start a second node on what a first one left. */
export function createMemoryHeaderStore(): HeaderStore {
  return new MemoryHeaderStore();
}

class MemoryHeaderStore implements HeaderStore {
  readonly #rows = new Map<HashKey, StoredHeader>();

  load(): AsyncIterable<HeaderRows> {
    return packed([...this.#rows.values()].sort(compareRows));
  }

  async put(rows: readonly StoredHeader[]): Promise<void> {
    for (const row of rows) this.#rows.set(hashKey(row.header.hash), row);
  }

  async close(): Promise<void> {}
}
