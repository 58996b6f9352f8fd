import { rm } from 'node:fs/promises';
import { DecodeError } from '../../core/primitives/decode-error.ts';
import type { HeaderPage, HeaderRows, HeaderStore } from '../../engine/ports/header-store.ts';
import { HEADER_PAGE_ROWS, HEADER_ROW_SIZE_BYTES } from '../../engine/ports/header-store.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import type { StoredNetwork } from './database-identity.ts';
import { checkRoom } from './disk-reserve.ts';
import { decodePage, decodePageKey, encodePageKey, OLD_ROW_PREFIX, PAGE_PREFIX, packOldRow } from './header-row.ts';
import type { LevelDatabase, LevelDatabaseOptions } from './level-database.ts';
import { openDatabase } from './open-database.ts';

/** Version of the rows; docs/data-folder.md says what each was. */
const HEADER_FORMAT_VERSION = 2;

const PAGES = { gte: Uint8Array.of(PAGE_PREFIX), lt: Uint8Array.of(PAGE_PREFIX + 1) };
const OLD_ROWS = { gte: Uint8Array.of(OLD_ROW_PREFIX), lt: Uint8Array.of(OLD_ROW_PREFIX + 1) };

/** Pages are read once, at the start: a cache would hold what nobody asks for again. */
const CACHE_SIZE_BYTES = 1 << 20;
const WRITE_BUFFER_SIZE_BYTES = 4 << 20;

/** Room that a page takes in the log, rounded up, and that what LevelDB writes beside the pages takes. */
const PAGE_ROOM_BYTES = 2_560;
const BESIDE_SIZE_BYTES = 65_536;
/** Pages deleted, or made of single rows, in one batch. */
const PAGES_PER_BATCH = 1_000;

/** A header store that can be emptied, durably. Cut short, it has lost some of its rows. */
export interface ClearableHeaderStore extends HeaderStore {
  clear(): Promise<void>;
}

/** What is to be done where the header tree is damaged: it says where each block lies. */
const ADVICE = 'start with --reindex, which makes headers and coins anew from the block files';

/** Opens the header tree of a folder. @throws NodeError as `openDatabase` */
export async function openLevelHeaderStore(
  location: string,
  network: StoredNetwork,
  { thorough, onUpgrade }: Pick<LevelDatabaseOptions, 'thorough' | 'onUpgrade'> = {},
): Promise<ClearableHeaderStore> {
  const open = (): Promise<LevelDatabase> =>
    openDatabase({
      location,
      network,
      version: HEADER_FORMAT_VERSION,
      advice: () => ADVICE,
      thorough,
      onUpgrade,
      cacheSizeBytes: CACHE_SIZE_BYTES,
      writeBufferSizeBytes: WRITE_BUFFER_SIZE_BYTES,
    });
  const database = await open();
  const store = new LevelHeaderStore(database, open);
  try {
    await store.gatherOldRows();
  } catch (error) {
    await database.close();
    throw error;
  }
  return store;
}

class LevelHeaderStore implements ClearableHeaderStore {
  #database: LevelDatabase;
  readonly #open: () => Promise<LevelDatabase>;

  constructor(database: LevelDatabase, open: () => Promise<LevelDatabase>) {
    this.#database = database;
    this.#open = open;
  }

  load(): AsyncIterable<HeaderRows> {
    let next = 0;
    let isFull = true;
    return this.#database.entries(PAGES, (key, value) =>
      this.#decoded(() => {
        const number = decodePageKey(key);
        if (number !== next || !isFull) throw new DecodeError('page', number, `does not follow page ${next - 1}`);
        const rows = decodePage(value);
        next++;
        isFull = rows.count === HEADER_PAGE_ROWS;
        return rows;
      }),
    );
  }

  async put(pages: readonly HeaderPage[]): Promise<void> {
    if (pages.length === 0) return;
    // A write that LevelDB began and could not end would leave the database closed to writes, also when there is room again.
    await checkRoom(this.#database.location, pages.length * PAGE_ROOM_BYTES + BESIDE_SIZE_BYTES);
    await this.#database.write((writer) => {
      for (const { number, rows } of pages) writer.put(encodePageKey(number), rows.bytes);
    });
  }

  /**
   * Makes pages of rows that were stored by themselves, as they were once; those sort by height, parents before children. Each batch takes
   * the rows away that it makes full pages of, so that where it is cut short the next opening goes on.
   */
  async gatherOldRows(): Promise<void> {
    let keys: Uint8Array[] = [];
    let pages: Uint8Array[] = [];
    let number = await this.#pageCount();
    const write = async (): Promise<void> => {
      await checkRoom(this.#database.location, pages.length * PAGE_ROOM_BYTES + BESIDE_SIZE_BYTES);
      await this.#database.write((writer) => {
        for (const page of pages) writer.put(encodePageKey(number++), page);
        for (const key of keys) writer.delete(key);
      });
      [keys, pages] = [[], []];
    };
    for await (const [key, value] of this.#database.entries(OLD_ROWS, (...row) => row)) {
      const at = (keys.length % HEADER_PAGE_ROWS) * HEADER_ROW_SIZE_BYTES;
      if (at === 0 && pages.length === PAGES_PER_BATCH) await write();
      if (at === 0) pages.push(new Uint8Array(HEADER_PAGE_ROWS * HEADER_ROW_SIZE_BYTES));
      const page = pages[pages.length - 1]!;
      this.#decoded(() => packOldRow(key, value, page, at));
      keys.push(key);
    }
    if (keys.length === 0) return;
    const last = pages.length - 1;
    pages[last] = pages[last]!.subarray(0, (((keys.length - 1) % HEADER_PAGE_ROWS) + 1) * HEADER_ROW_SIZE_BYTES);
    await write();
  }

  async #pageCount(): Promise<number> {
    const last = this.#database.entries({ ...PAGES, reverse: true, limit: 1 }, (key) => this.#decoded(() => decodePageKey(key)));
    for await (const number of last) return number + 1;
    return 0;
  }

  #decoded<T>(decode: () => T): T {
    try {
      return decode();
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      throw this.#database.damaged(`a broken row: ${error.message}`, error);
    }
  }

  /** Deletes the rows; where they cannot even be listed, the files that they are in. */
  async clear(): Promise<void> {
    try {
      await this.#deleteRows();
    } catch (error) {
      if (!(error instanceof NodeError) || error.code !== 'database-damaged') throw error;
      const { location } = this.#database;
      await this.#database.close();
      await rm(location, { recursive: true, force: true });
      this.#database = await this.#open();
    }
  }

  async #deleteRows(): Promise<void> {
    const doomed: Uint8Array[] = [];
    const deleteThem = (): Promise<void> => {
      const keys = doomed.splice(0);
      return this.#database.write((writer) => {
        for (const key of keys) writer.delete(key);
      });
    };
    for await (const key of this.#database.keys(PAGES)) {
      if (doomed.push(key.slice()) >= PAGES_PER_BATCH) await deleteThem();
    }
    if (doomed.length > 0) await deleteThem();
  }

  async close(): Promise<void> {
    await this.#database.close();
  }
}
