import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { concatBytes } from '../../core/base/bytes.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';
import type { IndexBatch, IndexRange, IndexStore, IndexTip } from '../../engine/ports/index-store.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import type { StoredNetwork } from './database-identity.ts';
import { KeyWriter, type LevelDatabase } from './level-database.ts';
import { openDatabase } from './open-database.ts';
import { syncFolder } from './small-files.ts';
import { toNodeError } from './system-error.ts';

/** Version of the rows of every index; docs/data-folder.md says what each was. */
const INDEX_FORMAT_VERSION = 2;

/** Before every row's key. */
const ROW_PREFIX = 0x49; // I
const BEFORE_KEY = Uint8Array.of(ROW_PREFIX);

/** Hash (32) and height (4, little-endian) of the block up to which it is built. */
const TIP_KEY = Uint8Array.of(0x54); // T
const TIP_SIZE_BYTES = 36;

const CACHE_SIZE_BYTES = 2 << 20;
/** Larger tables are merged less often; twice as many bytes may be in memory, of each of the four indexes. */
const WRITE_BUFFER_SIZE_BYTES = 4 << 20;

function databaseKey(key: Uint8Array): Uint8Array {
  return concatBytes(BEFORE_KEY, key);
}

function encodeTip({ hash, height }: IndexTip): Uint8Array {
  const bytes = new Uint8Array(TIP_SIZE_BYTES);
  bytes.set(hash);
  new DataView(bytes.buffer).setUint32(32, height, true);
  return bytes;
}

/** What happens where an index is damaged, and what to do where it happens again and again. */
const ADVICE = 'it is made anew by itself; where that happens again, look at the disk, or start without this index';

/**
 * Opens an index in a folder of its own, which is made if it is not there. One that is damaged begins anew, of which `onDamage` is told.
 *
 * @throws NodeError as `openDatabase`
 */
export async function openLevelIndexStore(
  location: string,
  network: StoredNetwork,
  { thorough, onDamage = () => {} }: { readonly thorough?: boolean; readonly onDamage?: (error: NodeError) => void } = {},
): Promise<IndexStore> {
  try {
    await mkdir(dirname(location), { recursive: true, mode: 0o700 });
    await rm(discarded(location), { recursive: true, force: true });
  } catch (error) {
    throw toNodeError(error, dirname(location));
  }
  const open = (): Promise<LevelDatabase> => openIndexDatabase(location, network, thorough);
  try {
    return new LevelIndexStore(await open(), open);
  } catch (error) {
    if (!(error instanceof NodeError) || error.code !== 'database-damaged') throw error;
    onDamage(error);
    await discard(location);
    return new LevelIndexStore(await open(), open);
  }
}

function openIndexDatabase(location: string, network: StoredNetwork, thorough: boolean | undefined): Promise<LevelDatabase> {
  return openDatabase({
    location,
    network,
    version: INDEX_FORMAT_VERSION,
    advice: () => ADVICE,
    thorough,
    cacheSizeBytes: CACHE_SIZE_BYTES,
    writeBufferSizeBytes: WRITE_BUFFER_SIZE_BYTES,
  });
}

function discarded(location: string): string {
  return `${location}.old`;
}

/** Takes an index away: in one step out of its place, so that half of it is never taken for a whole one. */
async function discard(location: string): Promise<void> {
  try {
    await rm(discarded(location), { recursive: true, force: true });
    await rename(location, discarded(location));
    await syncFolder(dirname(location));
    await rm(discarded(location), { recursive: true, force: true });
  } catch (error) {
    throw toNodeError(error, location);
  }
}

class LevelIndexStore implements IndexStore {
  #database: LevelDatabase;
  readonly #open: () => Promise<LevelDatabase>;

  constructor(database: LevelDatabase, open: () => Promise<LevelDatabase>) {
    this.#database = database;
    this.#open = open;
  }

  async tip(): Promise<IndexTip | undefined> {
    const bytes = await this.#database.get(TIP_KEY);
    if (bytes === undefined) return undefined;
    if (bytes.length !== TIP_SIZE_BYTES) throw this.#database.damaged('its tip is none');
    const height = new DataView(bytes.buffer, bytes.byteOffset).getUint32(32, true);
    return { hash: bytes.slice(0, 32) as unknown as BlockHash, height };
  }

  async load(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    return keys.length === 0 ? [] : this.#database.getMany(keys.map(databaseKey));
  }

  entries(range: IndexRange): AsyncIterable<readonly [key: Uint8Array, value: Uint8Array]> {
    const inDatabase = { ...range, gte: databaseKey(range.gte), lt: databaseKey(range.lt) };
    return this.#database.entries(inDatabase, (key, value) => [key.subarray(1), value] as const);
  }

  async apply(batch: IndexBatch): Promise<void> {
    const keys = new KeyWriter(ROW_PREFIX);
    await this.#database.write(function* (writer) {
      for (const key of batch.deletes) yield writer.delete(keys.write(key));
      for (const [key, value] of batch.puts) yield writer.put(keys.write(key), value);
      writer.put(TIP_KEY, encodeTip(batch.tip));
    });
  }

  async clear(): Promise<void> {
    const { location } = this.#database;
    await this.#database.close();
    await discard(location);
    this.#database = await this.#open();
  }

  async close(): Promise<void> {
    await this.#database.close();
  }
}
