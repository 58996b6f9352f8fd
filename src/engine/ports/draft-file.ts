/** A file that is there whole in the end or not at all: until it is kept, it has another name. */
export interface DraftFile {
  /** Where it will be. */
  readonly path: string;
  /** @throws NodeError `disk-full`, `disk-low`, `data-dir-unusable` */
  append(bytes: Uint8Array): Promise<void>;
  /** Ends it: writes over its first bytes, makes it durable and gives it its name. */
  keep(head: Uint8Array): Promise<void>;
  /** To be called in the end, kept or not: deletes what was not kept. Does not fail. */
  discard(): Promise<void>;
}

/**
 * Begins a file that is not there yet. A path that is not absolute counts from the data folder.
 *
 * @throws NodeError `file-exists`, `file-unwritable`
 */
export type DraftFiles = (path: string) => Promise<DraftFile>;
