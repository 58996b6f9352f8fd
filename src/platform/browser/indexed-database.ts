import { bytesEqual, toHex } from '../../core/base/bytes.ts';
import type { NetworkParams } from '../../core/params/types.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import { browserRandom } from './random.ts';

/** Format of what is kept; a newer one is refused by the browser itself. docs/adr/0037 tells what each was. */
const FORMAT_VERSION = 1;

/** Whose the database is and who writes to it; headers by their page's number; rows by their key. */
const OBJECT_STORES = ['about', 'headers', 'rows'] as const;

/** One of the three parts of the database. */
export type ObjectStoreName = (typeof OBJECT_STORES)[number];

const NETWORK_KEY = 'network';
const OWNER_KEY = 'owner';

/** What tells one network's data from another's, as it is kept. */
interface StoredIdentity {
  readonly messageStart: Uint8Array;
  readonly genesisHash: Uint8Array;
}

const FAILURES: Readonly<Record<string, { readonly code: 'disk-full' | 'data-dir-version'; readonly text: string }>> = {
  QuotaExceededError: { code: 'disk-full', text: 'the browser gives this page no more room: free some, or keep nothing' },
  VersionError: { code: 'data-dir-version', text: 'a newer version of this page wrote it: load the page anew, or forget what is kept' },
};

/** What a failure of the browser's database means. */
export function toStorageError(error: unknown, name: string): NodeError {
  if (error instanceof NodeError) return error;
  const { name: kind = '', message = String(error) } = (error ?? {}) as { readonly name?: string; readonly message?: string };
  const { code, text } = FAILURES[kind] ?? { code: 'data-dir-unusable' as const, text: `the browser refuses: ${message}` };
  return new NodeError(code, `What is kept as "${name}" cannot be used: ${text}.`, { cause: error });
}

/** The result of one request. Its failure is that of its transaction too. */
export function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Resolves when all of a transaction is written. */
function written(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    // An abort has no error of its own where a request's failure led to it; then that one has been told.
    transaction.onabort = () => reject(transaction.error ?? new DOMException('the transaction was given up', 'AbortError'));
  });
}

function openRequest(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, FORMAT_VERSION);
    request.onupgradeneeded = () => {
      for (const each of OBJECT_STORES) request.result.createObjectStore(each);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * One database of the browser. Every change is one durable transaction, and it is made only as long as no other tab has opened the database
 * since: whoever opened it last is its owner, and an earlier one fails with `data-dir-locked` instead of writing in between.
 */
export class IndexedDatabase {
  readonly #name: string;
  readonly #database: IDBDatabase;
  readonly #owner: string;
  #lost = false;

  private constructor(name: string, database: IDBDatabase, owner: string) {
    this.#name = name;
    this.#database = database;
    this.#owner = owner;
    // Another tab wants to forget it: what is open would keep it from that for ever.
    database.onversionchange = () => {
      this.#lost = true;
      database.close();
    };
  }

  /**
   * Opens the database of this name, or makes it.
   *
   * @throws NodeError `data-dir-network`, `data-dir-version`, `data-dir-unusable`, `disk-full`
   */
  static async open(name: string, params: NetworkParams): Promise<IndexedDatabase> {
    try {
      const database = await openRequest(name);
      const opened = new IndexedDatabase(name, database, toHex(browserRandom.bytes(16)));
      try {
        await opened.#claim(params);
      } catch (error) {
        opened.close();
        throw error;
      }
      return opened;
    } catch (error) {
      throw toStorageError(error, name);
    }
  }

  /** Makes it ours. */
  async #claim({ name, messageStart, consensus }: NetworkParams): Promise<void> {
    const transaction = this.#begin();
    const done = written(transaction);
    done.catch(() => undefined);
    const about = transaction.objectStore('about');
    const stored = (await result(about.get(NETWORK_KEY))) as StoredIdentity | undefined;
    const isOurs =
      stored === undefined || (bytesEqual(stored.messageStart, messageStart) && bytesEqual(stored.genesisHash, consensus.genesisHash));
    if (!isOurs) {
      transaction.abort();
      throw new NodeError('data-dir-network', `What is kept as "${this.#name}" belongs to another network than ${name}.`);
    }
    about.put({ messageStart, genesisHash: consensus.genesisHash } satisfies StoredIdentity, NETWORK_KEY);
    about.put(this.#owner, OWNER_KEY);
    await done;
  }

  #begin(): IDBTransaction {
    return this.#database.transaction(OBJECT_STORES, 'readwrite', { durability: 'strict' });
  }

  /**
   * Changes one part, all of it or nothing.
   *
   * @throws NodeError `data-dir-locked` where another tab has opened or forgotten the database; `disk-full`, `data-dir-unusable`
   */
  async write(part: ObjectStoreName, change: (store: IDBObjectStore) => void): Promise<void> {
    if (this.#lost) throw this.#taken('forgotten');
    try {
      const transaction = this.#begin();
      const done = written(transaction);
      done.catch(() => undefined);
      if ((await result(transaction.objectStore('about').get(OWNER_KEY))) !== this.#owner) {
        transaction.abort();
        throw this.#taken('opened');
      }
      try {
        change(transaction.objectStore(part));
      } catch (error) {
        transaction.abort();
        throw error;
      }
      await done;
    } catch (error) {
      throw toStorageError(error, this.#name);
    }
  }

  #taken(how: 'opened' | 'forgotten'): NodeError {
    return new NodeError('data-dir-locked', `Another tab has ${how} what is kept as "${this.#name}": this one has stopped.`);
  }

  /**
   * Everything that one part holds at the moment of the call, in the order of the keys, so many records at a time. The reading begins at once,
   * in one transaction, which a change that is asked for later cannot enter.
   */
  read<Key extends IDBValidKey, Value>(part: ObjectStoreName, countPerTurn: number): AsyncIterable<readonly (readonly [Key, Value])[]> {
    const ready: (readonly (readonly [Key, Value])[])[] = [];
    const reading = this.#readAll<Key, Value>(part, countPerTurn, (records) => ready.push(records));
    reading.catch(() => undefined);
    const name = this.#name;
    return (async function* () {
      try {
        await reading;
      } catch (error) {
        throw toStorageError(error, name);
      }
      for (let records = ready.shift(); records !== undefined; records = ready.shift()) yield records;
    })();
  }

  async #readAll<Key extends IDBValidKey, Value>(
    part: ObjectStoreName,
    countPerTurn: number,
    take: (records: readonly (readonly [Key, Value])[]) => void,
  ): Promise<void> {
    const store = this.#database.transaction(part, 'readonly').objectStore(part);
    let after: IDBKeyRange | undefined;
    for (;;) {
      const asked = [store.getAllKeys(after, countPerTurn), store.getAll(after, countPerTurn)] as const;
      const [keys, values] = await Promise.all([result(asked[0]), result(asked[1])]);
      const last = keys[keys.length - 1];
      if (last === undefined) return;
      take(keys.map((key, i) => [key as Key, values[i] as Value] as const));
      after = IDBKeyRange.lowerBound(last, true);
    }
  }

  /** Ends it when what is under way is written. */
  close(): void {
    this.#database.close();
  }
}

/**
 * Forgets everything that is kept under a name. Other tabs that use it are told to let go of it.
 *
 * @throws NodeError `data-dir-locked` where one does not, `data-dir-unusable`
 */
export function deleteIndexedDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(toStorageError(request.error, name));
    request.onblocked = () =>
      reject(new NodeError('data-dir-locked', `Another tab uses what is kept as "${name}": close it and try again.`));
  });
}
