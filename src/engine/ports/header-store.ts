import type { BlockHeader } from '../../core/primitives/block.ts';
import type { FilePosition } from './block-store.ts';

/** A header and what is known of its block. */
export interface StoredHeader {
  readonly header: BlockHeader;
  readonly height: number;
  /** Bits whose meaning the chain owns. */
  readonly status: number;
  /** Transactions in the block, 0 while it is not here. */
  readonly txCount: number;
  /** Order of arrival, which decides between tips of equal work. */
  readonly sequence: number;
  readonly block: FilePosition | undefined;
  readonly undo: FilePosition | undefined;
}

/** The header tree's rows. */
export interface HeaderStore {
  /** Every row, parents before children. */
  load(): AsyncIterable<StoredHeader>;
  /** Writes rows, replacing those of the same hash, in one durable batch. */
  put(rows: readonly StoredHeader[]): Promise<void>;
  close(): Promise<void>;
}
