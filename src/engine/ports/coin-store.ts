import type { BlockHash } from '../../core/primitives/ids.ts';

/** Bytes of a coin's key: the txid in wire order, then the output's index with its highest byte first, so that keys sort by both. */
export const COIN_KEY_SIZE_BYTES = 36;

/** A change of the coin set, with the tip that it belongs to. */
export interface CoinBatch {
  readonly puts: Iterable<readonly [key: Uint8Array, value: Uint8Array]>;
  readonly deletes: Iterable<Uint8Array>;
  /** The block whose coins these are when the batch is applied. */
  readonly tip: BlockHash;
}

/** The unspent outputs, as keys and packed values. Knows no rules. */
export interface CoinStore {
  /** The block whose coins are stored; undefined in a new store. */
  tip(): Promise<BlockHash | undefined>;
  /** A value or undefined for each key, in their order. */
  load(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]>;
  /**
   * Looks at the places in which some coins would be, or at everything: damage there can hide a coin, or one that was spent can come
   * back. Stores that cannot be damaged have no such thing.
   *
   * @throws NodeError `database-damaged`
   */
  check?(keys?: readonly Uint8Array[]): Promise<void>;
  /** Applies all of it or nothing, durably. */
  apply(batch: CoinBatch): Promise<void>;
  /** Every coin, sorted by key, as of when it was called. */
  entries(): AsyncIterable<readonly [key: Uint8Array, value: Uint8Array]>;
  close(): Promise<void>;
}
