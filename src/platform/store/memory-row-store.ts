import type { RowBatch, RowStore } from '../../engine/ports/row-store.ts';

/** Rows in memory. Keeps copies. Closing it forgets nothing, as with the other stores in memory. */
export function createMemoryRowStore(): RowStore {
  const rows = new Map<string, Uint8Array>();
  return {
    async *entries() {
      yield* [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
    },
    async apply(batch: RowBatch): Promise<void> {
      const deletes = [...batch.deletes];
      const puts = Array.from(batch.puts, ([key, value]) => [key, value.slice()] as const);
      for (const key of deletes) rows.delete(key);
      for (const [key, value] of puts) rows.set(key, value);
    },
    async close(): Promise<void> {},
  };
}
