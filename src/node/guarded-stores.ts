import type { BlockStore } from '../engine/ports/block-store.ts';
import type { CoinStore } from '../engine/ports/coin-store.ts';
import type { DraftFiles } from '../engine/ports/draft-file.ts';
import type { IndexStore } from '../engine/ports/index-store.ts';
import type { SnapshotStore } from '../engine/ports/snapshot-store.ts';
import type { DiskGuard } from './disk-guard.ts';

/** A block store that asks a guard before it grows. */
export function guardBlocks(blocks: BlockStore, guard: Pick<DiskGuard, 'beforeGrowth'>): BlockStore {
  const { fileSizes } = blocks;
  return {
    ...(fileSizes === undefined ? {} : { fileSizes: fileSizes.bind(blocks) }),
    append: async (block) => {
      await guard.beforeGrowth(block.length);
      return blocks.append(block);
    },
    appendUndo: async (file, undo, prevBlockHash) => {
      await guard.beforeGrowth(undo.length);
      return blocks.appendUndo(file, undo, prevBlockHash);
    },
    read: (position, take) => blocks.read(position, take),
    checksum: (bytes) => blocks.checksum(bytes),
    readUndo: (position, prevBlockHash) => blocks.readUndo(position, prevBlockHash),
    files: () => blocks.files(),
    remove: (file) => blocks.remove(file),
    sizeBytes: () => blocks.sizeBytes(),
    sync: () => blocks.sync(),
    close: () => blocks.close(),
  };
}

/** A coin store that asks a guard before each flush. */
export function guardCoins(coins: CoinStore, guard: Pick<DiskGuard, 'check'>): CoinStore {
  const { check } = coins;
  return {
    ...(check === undefined ? {} : { check: check.bind(coins) }),
    tip: () => coins.tip(),
    load: (keys) => coins.load(keys),
    apply: async (batch) => {
      await guard.check(0);
      return coins.apply(batch);
    },
    entries: () => coins.entries(),
    close: () => coins.close(),
  };
}

/** Coins that are loaded from a file, in stores that ask a guard before each batch. */
export function guardSnapshots(snapshots: SnapshotStore, guard: Pick<DiskGuard, 'check'>): SnapshotStore {
  const { stored } = snapshots;
  return {
    stored: stored?.coins === undefined ? stored : { ...stored, coins: guardCoins(stored.coins, guard) },
    create: async () => guardCoins(await snapshots.create(), guard),
    discard: () => snapshots.discard(),
    note: (base, state) => snapshots.note(base, state),
    forget: () => snapshots.forget(),
  };
}

/** The rows of an index that asks a guard before each batch, of which the largest take a part of the room that is always left. */
export function guardIndex(index: IndexStore, guard: Pick<DiskGuard, 'check'>): IndexStore {
  return {
    tip: () => index.tip(),
    load: (keys) => index.load(keys),
    entries: (range) => index.entries(range),
    apply: async (batch) => {
      await guard.check(0);
      return index.apply(batch);
    },
    clear: () => index.clear(),
    close: () => index.close(),
  };
}

/** Files that ask a guard before they grow. */
export function guardDrafts(drafts: DraftFiles, guard: Pick<DiskGuard, 'beforeGrowth'>): DraftFiles {
  return async (path) => {
    const file = await drafts(path);
    return {
      path: file.path,
      append: async (bytes) => {
        await guard.beforeGrowth(bytes.length);
        return file.append(bytes);
      },
      keep: (head) => file.keep(head),
      discard: () => file.discard(),
    };
  };
}
