/** A change of rows, applied as one. */
export interface RowBatch {
  readonly puts: Iterable<readonly [key: string, value: Uint8Array]>;
  readonly deletes: Iterable<string>;
}

/** Rows of bytes under short text keys: what a small durable state needs, such as the wallet's. */
export interface RowStore {
  /** Every row, sorted by key. */
  entries(): AsyncIterable<readonly [key: string, value: Uint8Array]>;
  /** Applies all of it or nothing, durably. */
  apply(batch: RowBatch): Promise<void>;
  close(): Promise<void>;
}
