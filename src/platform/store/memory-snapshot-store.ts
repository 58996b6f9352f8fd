import type { BlockHash } from '../../core/primitives/ids.ts';
import type { CoinStore } from '../../engine/ports/coin-store.ts';
import type { SnapshotState, SnapshotStore } from '../../engine/ports/snapshot-store.ts';
import { createMemoryCoinStore } from './memory-coin-store.ts';

/** Snapshots of a node that keeps nothing, or of a test. `next` is what the start after this one finds. */
export interface MemorySnapshotStore extends SnapshotStore {
  readonly noted: { readonly base: BlockHash; readonly state: SnapshotState } | undefined;
  /** The coins that were begun, unless they were taken away. */
  readonly begun: CoinStore | undefined;
  next(): MemorySnapshotStore;
}

/** Snapshots in memory. */
export function createMemorySnapshotStore(found?: Pick<MemorySnapshotStore, 'noted' | 'begun'>): MemorySnapshotStore {
  let { noted, begun } = found ?? { noted: undefined, begun: undefined };
  if (noted === undefined) begun = undefined;
  return {
    stored:
      noted === undefined || noted.state === 'validated'
        ? undefined
        : { base: noted.base, state: noted.state, coins: noted.state === 'active' ? begun : undefined },
    create: async () => {
      begun = createMemoryCoinStore();
      return begun;
    },
    discard: async () => {
      begun = undefined;
    },
    note: async (base, state) => {
      noted = { base, state };
    },
    forget: async () => {
      noted = undefined;
    },
    get noted() {
      return noted;
    },
    get begun() {
      return begun;
    },
    next() {
      return createMemorySnapshotStore({ noted, begun });
    },
  };
}
