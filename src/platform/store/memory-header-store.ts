import type { HeaderPage, HeaderRows, HeaderStore } from '../../engine/ports/header-store.ts';

async function* rowsOf(pages: readonly HeaderPage[]): AsyncGenerator<HeaderRows> {
  for (const { rows } of pages) yield rows;
}

/** Header rows in memory. Closing it forgets nothing, so a test can start a second node on what a first one left. */
export function createMemoryHeaderStore(): HeaderStore {
  return new MemoryHeaderStore();
}

class MemoryHeaderStore implements HeaderStore {
  readonly #pages = new Map<number, HeaderPage>();

  load(): AsyncIterable<HeaderRows> {
    return rowsOf([...this.#pages.values()].sort((a, b) => a.number - b.number));
  }

  async put(pages: readonly HeaderPage[]): Promise<void> {
    for (const { number, rows } of pages) this.#pages.set(number, { number, rows: { count: rows.count, bytes: rows.bytes.slice() } });
  }

  async close(): Promise<void> {}
}
