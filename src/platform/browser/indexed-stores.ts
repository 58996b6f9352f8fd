import { concatBytes } from '../../core/base/bytes.ts';
import type { NetworkParams } from '../../core/params/types.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import { HEADER_PAGE_ROWS, HEADER_ROW_SIZE_BYTES, type HeaderRows, type HeaderStore } from '../../engine/ports/header-store.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import type { RowStore } from '../../engine/ports/row-store.ts';
import { IndexedDatabase } from './indexed-database.ts';
import { lockForTab } from './tab-lock.ts';

/** Records that are read at a time: some 1.3 MB of headers, or of filter headers. */
const PAGES_PER_TURN = 512;
const ROWS_PER_TURN = 40;

/** Both stores of a light client. */
export interface IndexedStores {
  readonly headers: HeaderStore;
  readonly rows: RowStore;
  /** Ends both, and lets other tabs have them. */
  close(): Promise<void>;
}

/** Pages of one turn put together; a page that is missing or cut short would move all rows after it. */
function joinPages(records: readonly (readonly [number, Uint8Array])[], first: number, name: string): HeaderRows {
  for (const [i, [number, bytes]] of records.entries()) {
    const isLast = i === records.length - 1;
    const isWhole = bytes.length === HEADER_PAGE_ROWS * HEADER_ROW_SIZE_BYTES;
    if (number !== first + i || bytes.length % HEADER_ROW_SIZE_BYTES !== 0 || !(isWhole || isLast)) {
      throw new NodeError('database-damaged', `The headers kept as "${name}" are damaged: forget what is kept, and it is fetched again.`);
    }
  }
  const bytes = concatBytes(...records.map(([, each]) => each));
  return { count: bytes.length / HEADER_ROW_SIZE_BYTES, bytes };
}

function headerStore(database: IndexedDatabase, name: string): HeaderStore {
  return {
    load: () => {
      const records = database.read<number, Uint8Array>('headers', PAGES_PER_TURN);
      return (async function* () {
        let next = 0;
        for await (const each of records) {
          yield joinPages(each, next, name);
          next += each.length;
        }
      })();
    },
    put: async (pages) => {
      if (pages.length === 0) return;
      await database.write('headers', (store) => {
        for (const { number, rows } of pages) store.put(rows.bytes.slice(0, rows.count * HEADER_ROW_SIZE_BYTES), number);
      });
    },
    close: async () => {},
  };
}

function rowStore(database: IndexedDatabase): RowStore {
  return {
    entries: () => {
      const records = database.read<string, Uint8Array>('rows', ROWS_PER_TURN);
      return (async function* () {
        for await (const each of records) yield* each;
      })();
    },
    apply: ({ puts, deletes }) =>
      database.write('rows', (store) => {
        for (const key of deletes) store.delete(key);
        for (const [key, value] of puts) store.put(value.slice(), key);
      }),
    close: async () => {},
  };
}

/**
 * Opens what a light client of this browser keeps under a name: one database, which one tab at a time has.
 *
 * @throws NodeError `data-dir-locked` where another tab has it; `data-dir-network`, `data-dir-version`, `data-dir-unusable`, `disk-full`
 */
export async function openIndexedStores(name: string, params: NetworkParams, clock: Clock): Promise<IndexedStores> {
  const unlock = await lockForTab(name, clock);
  try {
    const database = await IndexedDatabase.open(name, params);
    const close = async (): Promise<void> => {
      database.close();
      unlock();
    };
    return { headers: headerStore(database, name), rows: rowStore(database), close };
  } catch (error) {
    unlock();
    throw error;
  }
}
