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

/** Bytes of a packed row. */
export const HEADER_ROW_SIZE_BYTES = 156;

/** Stands in a packed position for the file of one that there is none of. */
export const NO_FILE = 0xffffffff;

/** Where the parts of a packed row begin. Integers are little-endian but the height, which is big-endian; the hash is the header's. */
export const HEADER_ROW = { height: 0, hash: 4, header: 36, status: 116, txCount: 120, sequence: 124, block: 132, undo: 144 } as const;

/** Rows packed one after another: millions are read at a start, where an object each would take longer than all else. */
export interface HeaderRows {
  readonly count: number;
  /** `count` rows of `HEADER_ROW_SIZE_BYTES`; they last until the next rows are asked for. */
  readonly bytes: Uint8Array;
}

/** The header tree's rows. */
export interface HeaderStore {
  /** Every row once, parents before children, some thousand at a time. */
  load(): AsyncIterable<HeaderRows>;
  /** Writes rows, replacing those of the same hash, in one durable batch. */
  put(rows: readonly StoredHeader[]): Promise<void>;
  close(): Promise<void>;
}
