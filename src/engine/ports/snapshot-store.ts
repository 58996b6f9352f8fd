import type { BlockHash } from '../../core/primitives/ids.ts';
import type { CoinStore } from './coin-store.ts';

/**
 * What becomes of the coins of a snapshot: `active` while the history below them is not checked yet; once it is, they take the place of the
 * others at the next start (`validated`), or they turned out to be false and are given up (`invalid`).
 */
export type SnapshotState = 'active' | 'validated' | 'invalid';

/** The coins that a chain goes on from, and the block that it began with. */
export interface StoredSnapshot {
  readonly base: BlockHash;
  /** What was noted before this start; a `validated` one is none any more. */
  readonly state: 'active' | 'invalid';
  /** Undefined where they are given up. */
  readonly coins: CoinStore | undefined;
}

/** Where the coins of a snapshot lie, beside those of the chain whose history is whole. */
export interface SnapshotStore {
  /** What this start found. */
  readonly stored: StoredSnapshot | undefined;
  /** Begins anew with no coins at all; what was not noted is taken away before. Closed with the others. */
  create(): Promise<CoinStore>;
  /** Takes away what `create` began. Its coins must not be used any more. */
  discard(): Promise<void>;
  /** Notes what becomes of the coins, durably. */
  note(base: BlockHash, state: SnapshotState): Promise<void>;
  /** Forgets what was noted. */
  forget(): Promise<void>;
}

/** A file that is read from its beginning to its end. */
export interface SourceFile {
  /** Where it is. */
  readonly path: string;
  /** @throws NodeError `data-dir-unusable` where it cannot be read */
  read(): AsyncIterable<Uint8Array>;
  /** Does not fail. */
  close(): Promise<void>;
}

/** Opens a file; a path that is not absolute counts from the data folder. @throws NodeError `file-unreadable` */
export type SourceFiles = (path: string) => Promise<SourceFile>;
