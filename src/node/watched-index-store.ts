import type { IndexStore } from '../engine/ports/index-store.ts';
import { NodeError } from '../engine/ports/node-error.ts';

/** An index store whose damage is told of, whoever reads it. */
export function watchedIndexStore(store: IndexStore, onDamage: (error: NodeError) => void): IndexStore {
  const tell = (error: unknown): never => {
    if (error instanceof NodeError && error.code === 'database-damaged') onDamage(error);
    throw error;
  };
  return {
    tip: () => store.tip().catch(tell),
    load: (keys) => store.load(keys).catch(tell),
    async *entries(range) {
      try {
        yield* store.entries(range);
      } catch (error) {
        tell(error);
      }
    },
    apply: (batch) => store.apply(batch).catch(tell),
    clear: () => store.clear(),
    close: () => store.close(),
  };
}
