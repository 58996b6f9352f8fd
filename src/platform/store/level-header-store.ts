import { DecodeError } from '../../core/primitives/decode-error.ts';
import type { HeaderRows, HeaderStore, StoredHeader } from '../../engine/ports/header-store.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import type { StoredNetwork } from './database-identity.ts';
import { checkRoom } from './disk-reserve.ts';
import { encodeHeaderKey, encodeHeaderRow, HEADER_PREFIX, packHeaderRows } from './header-row.ts';
import { type LevelDatabase, openLevelDatabase } from './level-database.ts';

/** Version of the rows; docs/data-folder.md says what each was. */
const HEADER_FORMAT_VERSION = 1;

const HEADERS_FROM = Uint8Array.of(HEADER_PREFIX);
const HEADERS_TO = Uint8Array.of(HEADER_PREFIX + 1);

/** Rows are read once, at the start: a cache would hold what nobody asks for again. */
const CACHE_SIZE_BYTES = 1 << 20;
const WRITE_BUFFER_SIZE_BYTES = 4 << 20;

/** Room that a row takes in the log, rounded up, and that what LevelDB writes beside the rows takes. */
const ROW_SIZE_BYTES = 176;
const BESIDE_SIZE_BYTES = 65_536;
/** Rows deleted in one batch. */
const ROWS_PER_BATCH = 10_000;

/** A header store that can be emptied, durably. Cut short, it has lost some of its rows. */
export interface ClearableHeaderStore extends HeaderStore {
  clear(): Promise<void>;
}

/** Opens the header tree of a folder. @throws NodeError as `openLevelDatabase` */
export async function openLevelHeaderStore(location: string, network: StoredNetwork): Promise<ClearableHeaderStore> {
  const database = await openLevelDatabase({
    location,
    network,
    version: HEADER_FORMAT_VERSION,
    cacheSizeBytes: CACHE_SIZE_BYTES,
    writeBufferSizeBytes: WRITE_BUFFER_SIZE_BYTES,
  });
  return new LevelHeaderStore(database);
}

class LevelHeaderStore implements ClearableHeaderStore {
  readonly #database: LevelDatabase;

  constructor(database: LevelDatabase) {
    this.#database = database;
  }

  load(): AsyncIterable<HeaderRows> {
    const { location } = this.#database;
    return this.#database.batches({ gte: HEADERS_FROM, lt: HEADERS_TO }, (rows) => pack(rows, location));
  }

  async put(rows: readonly StoredHeader[]): Promise<void> {
    if (rows.length === 0) return;
    // A write that LevelDB began and could not end would leave the database closed to writes, also when there is room again.
    await checkRoom(this.#database.location, rows.length * ROW_SIZE_BYTES + BESIDE_SIZE_BYTES);
    await this.#database.write((writer) => {
      for (const row of rows) writer.put(encodeHeaderKey(row), encodeHeaderRow(row));
    });
  }

  async clear(): Promise<void> {
    const doomed: Uint8Array[] = [];
    const deleteThem = (): Promise<void> => {
      const keys = doomed.splice(0);
      return this.#database.write((writer) => {
        for (const key of keys) writer.delete(key);
      });
    };
    for await (const key of this.#database.entries({ gte: HEADERS_FROM, lt: HEADERS_TO }, (each) => each.slice())) {
      if (doomed.push(key) >= ROWS_PER_BATCH) await deleteThem();
    }
    if (doomed.length > 0) await deleteThem();
  }

  async close(): Promise<void> {
    await this.#database.close();
  }
}

function pack(rows: readonly (readonly [Uint8Array, Uint8Array])[], location: string): HeaderRows {
  try {
    return packHeaderRows(rows);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new NodeError('database-damaged', `${location} has a broken row: ${error.message}`, { cause: error });
  }
}
