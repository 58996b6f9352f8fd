/**
 * One LevelDB folder: opened, locked, recognised, and its errors told in the house's words.
 *
 * LevelDB locks its LOCK file, and the kernel releases that when the process ends, however it ends. It does not notice a flipped bit, nor
 * a batch that is missing in the middle of its log: each row ends with a checksum here (row-seal.ts), and batches are numbered.
 */
import { readdir } from 'node:fs/promises';
import { scheduler } from 'node:timers/promises';
import { ClassicLevel, type Iterator } from 'classic-level';
import { assert } from '../../core/base/assert.ts';
import { toHex } from '../../core/base/bytes.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import { checkIdentity, encodeIdentity, IDENTITY_KEY, type StoredNetwork, UNSEALED_VERSION } from './database-identity.ts';
import { openRow, sealRow } from './row-seal.ts';
import { systemCode, toNodeError, worldFailure } from './system-error.ts';
import { faultyTable } from './table-check.ts';
import { liveTables } from './table-list.ts';

type Level = ClassicLevel<Uint8Array, Uint8Array>;

export interface LevelDatabaseOptions {
  /** The folder; the one above it exists. */
  readonly location: string;
  /** Version of the rows' format that this program reads and writes. */
  readonly version: number;
  /** What a user can do where rows are damaged, in the words behind a colon. */
  readonly advice: () => string;
  /** A key in a user's words; hexadecimal unless given. */
  readonly rowName?: (key: Uint8Array) => string;
  /** Look at all of every table first, however many there are: the last process may have ended because one of them is damaged. */
  readonly thorough?: boolean | undefined;
  /** Told of a folder whose rows are brought to this format: how many are done. */
  readonly onUpgrade?: ((rows: number) => void) | undefined;
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

/** Writes keys with a byte before each over one array, one key after another: a batch copies them. */
export class KeyWriter {
  #bytes = new Uint8Array(64);

  constructor(prefix: number) {
    this.#bytes[0] = prefix;
  }

  /** The key with the byte before it, until the next one is written. */
  write(key: Uint8Array): Uint8Array {
    if (key.length >= this.#bytes.length) {
      const larger = new Uint8Array(key.length * 2);
      larger[0] = this.#bytes[0]!;
      this.#bytes = larger;
    }
    this.#bytes.set(key, 1);
    return this.#bytes.subarray(0, key.length + 1);
  }
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

/** Steps of filling a batch before others have a turn on the main thread: 3 ms of operations. */
const STEPS_PER_TURN = 2_000;

/** Rows fetched at once while iterating: some 100 KB, one hop to another thread. */
const ROWS_PER_FETCH = 1_000;

/**
 * The number of the last batch: this byte and the number (8, big-endian). Each batch writes its own and deletes the one before. LevelDB
 * drops damaged parts of its log without a word and goes on behind them, so two of them say that a batch between them is lost.
 */
const BATCH_PREFIX = 0x01;
const BATCHES = { gte: Uint8Array.of(BATCH_PREFIX), lt: Uint8Array.of(BATCH_PREFIX + 1) };
const NO_BYTES = new Uint8Array(0);

/** Present while the rows of format 1, which had no seals, are sealed: the last key that is done. */
const UPGRADE_KEY: Uint8Array = Uint8Array.of(0x02);

/** Rows of the database's owner begin with a byte above ours. */
const OWNED_FROM: Uint8Array = Uint8Array.of(0x03);

/** Tables are looked at as a whole before they are opened as long as they are not more than this, which takes half a second. */
const TABLES_CHECKED_BYTES_MAX = 1 << 28;

/** A file of a database that is not there, or too short. Its folder was made before, so it was taken away or cut. */
const FILE_BROKEN = /^IO error: .*(No such file or directory|Invalid argument)/;

/** A file with rows. LevelDB makes the first one after the file CURRENT, which says which files are its own. */
const ROW_FILE = /^\d+\.(ldb|sst|log)$/;

/** Codes along the chain of causes: opening wraps LevelDB's own error into another. */
function innermost(error: unknown): { readonly code: string | undefined; readonly message: string } {
  let inner = error;
  while (inner instanceof Error && inner.cause !== undefined) inner = inner.cause;
  if (!(inner instanceof Error)) return { code: undefined, message: String(inner) };
  const code = (inner as NodeJS.ErrnoException).code;
  return { code: typeof code === 'string' ? code : undefined, message: inner.message };
}

/** What LevelDB's failure means to a user. A NodeError stays what it is. `advice` is for damage. */
export function toDatabaseError(error: unknown, location: string, advice: string): NodeError {
  if (error instanceof NodeError) return error;
  const { code, message } = innermost(error);
  const options = { cause: error };
  if (code === 'LEVEL_LOCKED') return new NodeError('data-dir-locked', `${location} is in use by another process`, options);
  if (code === 'LEVEL_CORRUPTION' || FILE_BROKEN.test(message)) return damaged(location, message, advice, error);
  return (
    worldFailure(location, { code, message }, error) ??
    new NodeError('data-dir-unusable', `${location} cannot be used: ${message}`, options)
  );
}

function damaged(location: string, why: string, advice: string, cause?: unknown): NodeError {
  return new NodeError('database-damaged', `${location} is damaged (${why}): ${advice}`, { cause });
}

/** Refuses rows without CURRENT: LevelDB would take them for left-overs, delete them and begin anew. */
async function checkCurrentIsThere({ location, advice }: LevelDatabaseOptions): Promise<void> {
  const names = await readdir(location).catch((error: unknown): string[] => {
    if (systemCode(error) === 'ENOENT') return [];
    throw toNodeError(error, location);
  });
  if (names.includes('CURRENT') || !names.some((name) => ROW_FILE.test(name))) return;
  throw damaged(location, 'the file CURRENT is missing', advice());
}

/**
 * Opens a database, making it if there is none. Rows of format 1 are given their seals; where that is cut short, the next opening goes on.
 *
 * @throws NodeError `data-dir-locked`, `data-dir-version`, `data-dir-network`, `database-damaged`, `data-dir-unusable`, `disk-full`
 */
export async function openLevelDatabase(options: LevelDatabaseOptions): Promise<LevelDatabase> {
  const { location, advice } = options;
  await checkCurrentIsThere(options);
  // Before LevelDB sees them: it ends the whole process over some damage, and begins to merge tables when it is opened.
  const tables = (await liveTables(location)) ?? [];
  const sizeBytes = tables.reduce((sum, table) => sum + table.sizeBytes, 0);
  const checksAll = options.thorough === true || sizeBytes <= TABLES_CHECKED_BYTES_MAX;
  const fault = await faultyTable(location, tables, checksAll ? 'all' : 'lists');
  const level: Level = new ClassicLevel(location, { keyEncoding: 'view', valueEncoding: 'view' });
  try {
    if (fault !== undefined) {
      // Where another process has it and merges its tables, that is what is told.
      await level.open();
      throw damaged(location, fault, advice());
    }
    await level.open({
      compression: false, // Hashes and keys do not shrink, and coins come packed.
      cacheSize: options.cacheSizeBytes,
      writeBufferSize: options.writeBufferSizeBytes,
    });
    const database = new LevelDatabase(level, options);
    await database.recognise();
    return database;
  } catch (error) {
    await level.close();
    throw toDatabaseError(error, location, advice());
  }
}

/** A plain view of what LevelDB gives, which is a Buffer, whose `slice` would not copy. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

function batchKey(number: bigint): Uint8Array {
  const key = new Uint8Array(9);
  key[0] = BATCH_PREFIX;
  new DataView(key.buffer).setBigUint64(1, number, false);
  return key;
}

function batchNumber(key: Uint8Array): bigint | undefined {
  return key.length === 9 ? new DataView(key.buffer, key.byteOffset).getBigUint64(1, false) : undefined;
}

export class LevelDatabase {
  readonly #level: Level;
  readonly #options: LevelDatabaseOptions;
  /** Of the last batch. */
  #number = 0n;
  /** Ends when every batch so far has ended: LevelDB must take them in the order of their numbers. */
  #idle: Promise<unknown> = Promise.resolve();
  /**
   * Set when a write failed. LevelDB may have left half a record in its log then, and what is written behind it could be lost when
   * the log is read again; so nothing more is written until the database is opened anew, which cuts the log.
   */
  #failed: NodeError | undefined;

  constructor(level: Level, options: LevelDatabaseOptions) {
    this.#level = level;
    this.#options = options;
  }

  get location(): string {
    return this.#level.location;
  }

  /** What is wrong with rows, with the advice to the user. */
  damaged(why: string, cause?: unknown): NodeError {
    return damaged(this.location, why, this.#options.advice(), cause);
  }

  #failure(error: unknown): NodeError {
    return toDatabaseError(error, this.location, this.#options.advice());
  }

  /** Reads the identity, or writes it into a database that has nothing in it. To be called once, before anything else. */
  async recognise(): Promise<void> {
    const { version, network } = this.#options;
    const [identity] = await this.#level.getMany([IDENTITY_KEY]);
    if (identity === undefined) {
      for await (const _ of this.#stored({})) throw this.damaged('it has rows, but does not say whose they are');
      await this.#commit((batch) => batch.put(IDENTITY_KEY, encodeIdentity(version, network)));
      return;
    }
    const found = checkIdentity(plain(identity), this.#options);
    if (found === UNSEALED_VERSION) {
      await this.#commit((batch) => {
        batch.put(IDENTITY_KEY, encodeIdentity(version, network));
        batch.put(UPGRADE_KEY, NO_BYTES);
      });
    } else {
      await this.#findNumber();
    }
    const [done] = await this.#level.getMany([UPGRADE_KEY]);
    if (done !== undefined) await this.#seal(plain(done));
  }

  /** Finds the number of the last batch. @throws NodeError where one before it is missing */
  async #findNumber(): Promise<void> {
    const numbers: (bigint | undefined)[] = [];
    for await (const [key, value] of this.#stored(BATCHES)) {
      numbers.push(openRow(key, value)?.length === 0 ? batchNumber(key) : undefined);
    }
    const [number] = numbers;
    if (numbers.length !== 1 || number === undefined) throw this.damaged('a change in the middle of its log is lost');
    this.#number = number;
  }

  /** Gives each row behind `from` its seal. Each batch says how far it goes. */
  async #seal(from: Uint8Array): Promise<void> {
    const { onUpgrade } = this.#options;
    const range = from.length === 0 ? { gte: OWNED_FROM } : { gt: from };
    const rows: (readonly [Uint8Array, Uint8Array])[] = [];
    let count = 0;
    const write = (): Promise<void> => {
      const sealed = rows.splice(0);
      count += sealed.length;
      return this.#commit((batch) => {
        for (const [key, value] of sealed) batch.put(key, sealRow(key, value));
        batch.put(UPGRADE_KEY, sealed[sealed.length - 1]![0]);
      });
    };
    for await (const row of this.#stored(range)) {
      if (rows.push(row) < ROWS_PER_FETCH) continue;
      await write();
      onUpgrade?.(count);
    }
    if (rows.length > 0) await write();
    await this.#commit((batch) => batch.delete(UPGRADE_KEY));
    onUpgrade?.(count);
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return (await this.getMany([key]))[0];
  }

  /** A value or undefined for each key, in their order. @throws NodeError */
  async getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    try {
      const values = await this.#level.getMany(keys as Uint8Array[]);
      return values.map((value, index) => (value === undefined ? undefined : this.#opened(keys[index]!, plain(value))));
    } catch (error) {
      throw this.#failure(error);
    }
  }

  #opened(key: Uint8Array, row: Uint8Array): Uint8Array {
    const value = openRow(key, row);
    if (value !== undefined) return value;
    const { rowName = (each: Uint8Array) => `the row ${toHex(each)}` } = this.#options;
    throw this.damaged(`${rowName(key)} fails its checksum`);
  }

  /**
   * Makes sure that rows that were not found are not there: in each table the place that they would be in must be whole, and the indexes
   * and filters by which `getMany` goes. Without keys, all of every table. @throws NodeError
   */
  async checkTables(keys?: readonly Uint8Array[]): Promise<void> {
    const fault = await faultyTable(this.location, (await liveTables(this.location)) ?? [], keys ?? 'all');
    if (fault !== undefined) throw this.damaged(fault);
  }

  /**
   * Writes all that `fill` says, or nothing where it throws. On disk when it returns. A `fill` that gives something back after each
   * operation is interrupted now and then, so that a long batch holds up nobody; what it reads must stay as it is meanwhile.
   *
   * @throws NodeError
   */
  write(fill: (batch: BatchWriter) => void | Iterable<void>): Promise<void> {
    return this.#commit((batch) => fill({ put: (key, value) => batch.put(key, sealRow(key, value)), delete: (key) => batch.delete(key) }));
  }

  /** Writes a batch of rows as they are to be stored, with its number. */
  async #commit(fill: (batch: BatchWriter) => void | Iterable<void>): Promise<void> {
    if (this.#failed !== undefined) throw this.#failed;
    const batch = this.#level.batch();
    try {
      const steps = fill({ put: (key, value) => void batch.put(key, value), delete: (key) => void batch.del(key) });
      let count = 0;
      if (steps !== undefined) for (const _ of steps) if (++count % STEPS_PER_TURN === 0) await scheduler.yield();
    } catch (error) {
      await batch.close();
      throw error;
    }
    const number = this.#number + 1n;
    batch.put(batchKey(number), sealRow(batchKey(number), NO_BYTES));
    batch.del(batchKey(this.#number));
    this.#number = number;
    const written = this.#idle.then(async () => {
      if (this.#failed !== undefined) throw this.#failed;
      await batch.write({ sync: true });
    });
    this.#idle = written.catch(() => undefined); // Told to whoever writes.
    try {
      await written;
    } catch (error) {
      this.#failed ??= this.#failure(error);
      throw this.#failed;
    }
  }

  /**
   * Rows in the order of their keys, as of now, whatever is written before they are read; those of the database itself are left out where
   * the range is open. `toItem` makes of each what is given out; done here, it spares each row a second asynchronous step.
   */
  entries<T>(range: KeyRange, toItem: (key: Uint8Array, value: Uint8Array) => T): AsyncIterable<T> {
    assert(range.gte === undefined || (range.gte[0] ?? 0) >= OWNED_FROM[0]!, 'rows of the database itself are its own');
    return this.#rows({ gte: OWNED_FROM, ...range }, (key, row) => toItem(key, this.#opened(key, row)));
  }

  /** Keys of a range, whatever their rows are worth. */
  keys(range: { readonly gte: Uint8Array; readonly lt: Uint8Array }): AsyncIterable<Uint8Array> {
    return this.#rows(range, (key) => key);
  }

  /** Rows as they are stored. */
  #stored(range: KeyRange & { readonly gt?: Uint8Array }): AsyncIterable<readonly [Uint8Array, Uint8Array]> {
    return this.#rows(range, (key, value) => [key, value] as const);
  }

  #rows<T>(range: KeyRange & { readonly gt?: Uint8Array }, toItem: (key: Uint8Array, value: Uint8Array) => T): AsyncIterable<T> {
    return rows(this.#level.iterator<Uint8Array, Uint8Array>(range), (error) => this.#failure(error), toItem);
  }

  async close(): Promise<void> {
    await this.#level.close();
  }
}

async function* rows<T>(
  iterator: Iterator<Level, Uint8Array, Uint8Array>,
  toFailure: (error: unknown) => NodeError,
  toItem: (key: Uint8Array, value: Uint8Array) => T,
): AsyncGenerator<T, void, undefined> {
  try {
    for (;;) {
      const fetched = await iterator.nextv(ROWS_PER_FETCH).catch((error: unknown) => {
        throw toFailure(error);
      });
      if (fetched.length === 0) return;
      for (const [key, value] of fetched) yield toItem(plain(key), plain(value));
    }
  } finally {
    await iterator.close();
  }
}
