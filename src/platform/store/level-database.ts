/**
 * One LevelDB folder: opened, locked, recognised, and its errors told in the house's words.
 *
 * LevelDB locks its LOCK file, and the kernel releases that when the process ends, however it ends.
 */
import { readdir } from 'node:fs/promises';
import { ClassicLevel, type Iterator } from 'classic-level';
import { NodeError } from '../../engine/ports/node-error.ts';
import { checkIdentity, encodeIdentity, IDENTITY_KEY, type StoredNetwork } from './database-identity.ts';
import { diskFull, systemCode, toNodeError } from './system-error.ts';

type Level = ClassicLevel<Uint8Array, Uint8Array>;

export interface LevelDatabaseOptions {
  /** The folder; the one above it exists. */
  readonly location: string;
  /** Version of the rows' format that this program reads and writes. */
  readonly version: number;
  readonly network: StoredNetwork;
  /** Blocks of tables kept in memory. */
  readonly cacheSizeBytes: number;
  /** Bytes of the log before they become a table; twice as many may be in memory. */
  readonly writeBufferSizeBytes: number;
}

/** Takes the operations of one batch. The bytes are copied at once. */
export interface BatchWriter {
  put(key: Uint8Array, value: Uint8Array): void;
  delete(key: Uint8Array): void;
}

/** Keys from `gte` on, and below `lt`; open where one is left out. */
export interface KeyRange {
  readonly gte?: Uint8Array;
  readonly lt?: Uint8Array;
  /** From the highest key down. */
  readonly reverse?: boolean;
  /** Most rows; all unless given. */
  readonly limit?: number;
}

/** Rows fetched at once while iterating: some 100 KB, one hop to another thread. */
const ROWS_PER_FETCH = 1_000;

/** A file of a database that is not there, or too short. Its folder was made before, so it was taken away or cut. */
const FILE_BROKEN = /^IO error: .*(No such file or directory|Invalid argument)/;

/** A file with rows. LevelDB makes the first one after the file CURRENT, which says which files are its own. */
const ROW_FILE = /^\d+\.(ldb|sst|log)$/;

const DISK_FULL = /No space left on device|Disk quota exceeded|not enough space on the disk/i;

/** Codes along the chain of causes: opening wraps LevelDB's own error into another. */
function innermost(error: unknown): { readonly code: string | undefined; readonly message: string } {
  let inner = error;
  while (inner instanceof Error && inner.cause !== undefined) inner = inner.cause;
  if (!(inner instanceof Error)) return { code: undefined, message: String(inner) };
  const code = (inner as NodeJS.ErrnoException).code;
  return { code: typeof code === 'string' ? code : undefined, message: inner.message };
}

/** What LevelDB's failure means to a user. A NodeError stays what it is. */
export function toDatabaseError(error: unknown, location: string): NodeError {
  if (error instanceof NodeError) return error;
  const { code, message } = innermost(error);
  const options = { cause: error };
  if (code === 'LEVEL_LOCKED') return new NodeError('data-dir-locked', `${location} is in use by another process`, options);
  if (code === 'LEVEL_CORRUPTION' || FILE_BROKEN.test(message)) {
    return new NodeError('database-damaged', `${location} is damaged: ${message}`, options);
  }
  if (code === 'ENOSPC' || code === 'EDQUOT' || DISK_FULL.test(message)) {
    return diskFull(location, error);
  }
  return new NodeError('data-dir-unusable', `${location} cannot be used: ${message}`, options);
}

/** Refuses rows without CURRENT: LevelDB would take them for left-overs, delete them and begin anew. */
async function checkCurrentIsThere(location: string): Promise<void> {
  const names = await readdir(location).catch((error: unknown): string[] => {
    if (systemCode(error) === 'ENOENT') return [];
    throw toNodeError(error, location);
  });
  if (names.includes('CURRENT') || !names.some((name) => ROW_FILE.test(name))) return;
  throw new NodeError('database-damaged', `${location} is damaged: the file CURRENT is missing`);
}

/**
 * Opens a database, making it if there is none.
 *
 * @throws NodeError `data-dir-locked`, `data-dir-version`, `data-dir-network`, `database-damaged`, `data-dir-unusable`, `disk-full`
 */
export async function openLevelDatabase(options: LevelDatabaseOptions): Promise<LevelDatabase> {
  const { location } = options;
  await checkCurrentIsThere(location);
  const level: Level = new ClassicLevel(location, { keyEncoding: 'view', valueEncoding: 'view' });
  try {
    await level.open({
      compression: false, // Hashes and keys do not shrink, and coins come packed.
      cacheSize: options.cacheSizeBytes,
      writeBufferSize: options.writeBufferSizeBytes,
    });
    const database = new LevelDatabase(level);
    await recognise(database, options);
    return database;
  } catch (error) {
    await level.close();
    throw toDatabaseError(error, location);
  }
}

/** Reads the identity, or writes it into a database that has nothing in it. */
async function recognise(database: LevelDatabase, options: LevelDatabaseOptions): Promise<void> {
  const identity = await database.get(IDENTITY_KEY);
  if (identity !== undefined) return checkIdentity(identity, options);
  for await (const _ of database.entries({}, () => undefined)) {
    throw new NodeError('database-damaged', `${options.location} has rows, but does not say whose they are`);
  }
  await database.write((batch) => batch.put(IDENTITY_KEY, encodeIdentity(options.version, options.network)));
}

/** A plain view of what LevelDB gives, which is a Buffer, whose `slice` would not copy. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

export class LevelDatabase {
  readonly #level: Level;
  /**
   * Set when a write failed. LevelDB may have left half a record in its log then, and what is written behind it could be lost when
   * the log is read again; so nothing more is written until the database is opened anew, which cuts the log.
   */
  #failed: NodeError | undefined;

  constructor(level: Level) {
    this.#level = level;
  }

  get location(): string {
    return this.#level.location;
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return (await this.getMany([key]))[0];
  }

  /** A value or undefined for each key, in their order. @throws NodeError */
  async getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    try {
      const values = await this.#level.getMany(keys as Uint8Array[]);
      return values.map((value) => (value === undefined ? undefined : plain(value)));
    } catch (error) {
      throw toDatabaseError(error, this.location);
    }
  }

  /** Writes all that `fill` says, or nothing where it throws. On disk when it returns. @throws NodeError */
  async write(fill: (batch: BatchWriter) => void): Promise<void> {
    if (this.#failed !== undefined) throw this.#failed;
    const batch = this.#level.batch();
    try {
      fill({ put: (key, value) => void batch.put(key, value), delete: (key) => void batch.del(key) });
    } catch (error) {
      await batch.close();
      throw error;
    }
    try {
      await batch.write({ sync: true });
    } catch (error) {
      this.#failed = toDatabaseError(error, this.location);
      throw this.#failed;
    }
  }

  /**
   * Rows in the order of their keys, as of now, whatever is written before they are read. `toItem` makes of each what is given out;
   * done here, it spares each row a second asynchronous step.
   */
  entries<T>(range: KeyRange, toItem: (key: Uint8Array, value: Uint8Array) => T): AsyncIterable<T> {
    return rows(this.#level.iterator<Uint8Array, Uint8Array>(range), this.location, toItem);
  }

  /** Deletes all rows of a range, not in one step: where it is cut short some of them are left. @throws NodeError */
  async clear(range: { readonly gte: Uint8Array; readonly lt: Uint8Array }): Promise<void> {
    try {
      await this.#level.clear(range);
    } catch (error) {
      throw toDatabaseError(error, this.location);
    }
  }

  async close(): Promise<void> {
    await this.#level.close();
  }
}

async function* rows<T>(
  iterator: Iterator<Level, Uint8Array, Uint8Array>,
  location: string,
  toItem: (key: Uint8Array, value: Uint8Array) => T,
): AsyncGenerator<T, void, undefined> {
  try {
    for (;;) {
      const fetched = await iterator.nextv(ROWS_PER_FETCH).catch((error: unknown) => {
        throw toDatabaseError(error, location);
      });
      if (fetched.length === 0) return;
      for (const [key, value] of fetched) yield toItem(plain(key), plain(value));
    }
  } finally {
    await iterator.close();
  }
}
