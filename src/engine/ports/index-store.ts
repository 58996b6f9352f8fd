import type { BlockHash } from '../../core/primitives/ids.ts';

/** The block up to which an index is built. */
export interface IndexTip {
  readonly hash: BlockHash;
  readonly height: number;
}

/** A change of an index, with the block that it belongs to. */
export interface IndexBatch {
  readonly puts: Iterable<readonly [key: Uint8Array, value: Uint8Array]>;
  readonly deletes: Iterable<Uint8Array>;
  /** The last block whose rows these are when the batch is applied. */
  readonly tip: IndexTip;
}

/** Some keys in their order: from `gte` on and below `lt`. */
export interface IndexRange {
  readonly gte: Uint8Array;
  readonly lt: Uint8Array;
  /** From the highest key down. */
  readonly reverse?: boolean;
  /** Most rows; all of them unless given. */
  readonly limit?: number;
}

/** One index: rows of bytes that are sorted by their keys, and the block that they are complete up to. */
export interface IndexStore {
  /** The block up to which it is built; undefined in a new store. */
  tip(): Promise<IndexTip | undefined>;
  /** A value or undefined for each key, in their order. */
  load(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]>;
  /** Rows of the moment at which the first one is asked for. */
  entries(range: IndexRange): AsyncIterable<readonly [key: Uint8Array, value: Uint8Array]>;
  /** Applies all of it or nothing, durably. A key that is both put and deleted is put. */
  apply(batch: IndexBatch): Promise<void>;
  /** Forgets everything. Where it is cut short there is no tip any more, and some rows may be left. */
  clear(): Promise<void>;
  close(): Promise<void>;
}
