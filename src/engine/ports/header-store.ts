/** Bytes of a header and what is known of its block, packed. */
export const HEADER_ROW_SIZE_BYTES = 156;

/** Stands in a packed position for the file of one that there is none of. */
export const NO_FILE = 0xffffffff;

/**
 * Where the parts of a packed row begin: height (4), hash (32), header in wire form (80), status bits that the chain owns (4), transactions in
 * the block or 0 while it is not here (4), order of arrival (8, signed), where block and undo record are (12 each: file, offset, size).
 * Integers are little-endian; the hash is the header's.
 */
export const HEADER_ROW = { height: 0, hash: 4, header: 36, status: 116, txCount: 120, sequence: 124, block: 132, undo: 144 } as const;

/** Rows of a page. */
export const HEADER_PAGE_ROWS = 16;

/** Rows packed one after another: millions are read at a start, where an object each would take longer than all else. */
export interface HeaderRows {
  readonly count: number;
  /** `count` rows of `HEADER_ROW_SIZE_BYTES`. */
  readonly bytes: Uint8Array;
}

/** Rows that are stored together: the page's number times `HEADER_PAGE_ROWS` is the number of its first row. */
export interface HeaderPage {
  readonly number: number;
  /** All rows that the page has, `HEADER_PAGE_ROWS` but on the last page. */
  readonly rows: HeaderRows;
}

/** The header tree's rows, which are numbered from 0 on. */
export interface HeaderStore {
  /** Every row in the order of their numbers, a page or more at a time. */
  load(): AsyncIterable<HeaderRows>;
  /** Writes pages, replacing those of the same number, in one durable batch. No number may be left out below them. */
  put(pages: readonly HeaderPage[]): Promise<void>;
  close(): Promise<void>;
}
