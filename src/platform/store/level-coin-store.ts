import { assert } from '../../core/base/assert.ts';
import { toHex } from '../../core/base/bytes.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';
import { COIN_KEY_SIZE_BYTES, type CoinBatch, type CoinStore } from '../../engine/ports/coin-store.ts';
import type { StoredNetwork } from './database-identity.ts';
import { KeyWriter, type LevelDatabase, type LevelDatabaseOptions } from './level-database.ts';
import { openDatabase } from './open-database.ts';

/** Version of the rows; docs/data-folder.md says what each was. */
const COIN_FORMAT_VERSION = 2;

/** A coin's key is this byte and the 36 bytes of the port. */
const COIN_PREFIX = 0x43; // C
const COINS_FROM = Uint8Array.of(COIN_PREFIX);
const COINS_TO = Uint8Array.of(COIN_PREFIX + 1);

/** The tip that the coins belong to. */
const TIP_KEY = Uint8Array.of(0x54); // T

/** As the C++ node's; what is read often stands in the coin cache above, and the system keeps pages of the tables besides. */
const CACHE_SIZE_BYTES = 8 << 20;

/** A flush of the coin cache is larger than LevelDB's usual 4 MiB; fewer and larger tables are merged less often. */
const WRITE_BUFFER_SIZE_BYTES = 16 << 20;

function databaseKey(key: Uint8Array): Uint8Array {
  assert(key.length === COIN_KEY_SIZE_BYTES, 'a coin key has 36 bytes');
  const bytes = new Uint8Array(1 + COIN_KEY_SIZE_BYTES);
  bytes[0] = COIN_PREFIX;
  bytes.set(key, 1);
  return bytes;
}

/** A row in a user's words: a coin by its outpoint. */
function rowName(key: Uint8Array): string {
  if (key[0] !== COIN_PREFIX || key.length !== 1 + COIN_KEY_SIZE_BYTES)
    return key[0] === TIP_KEY[0] ? 'the row of the tip' : `the row ${toHex(key)}`;
  const vout = new DataView(key.buffer, key.byteOffset).getUint32(33, false);
  return `the coin ${toHex(key.slice(1, 33).reverse())}:${vout}`;
}

/** What is to be done where all blocks are stored. */
export const COIN_ADVICE = 'start with --reindex-chainstate, which makes the coins anew from the blocks, all of which are stored';

/** Opens the coins of a folder. `advice` is for damage. @throws NodeError as `openDatabase` */
export async function openLevelCoinStore(
  location: string,
  network: StoredNetwork,
  { advice = () => COIN_ADVICE, thorough, onUpgrade }: Partial<Pick<LevelDatabaseOptions, 'advice' | 'thorough' | 'onUpgrade'>> = {},
): Promise<CoinStore> {
  const database = await openDatabase({
    location,
    network,
    version: COIN_FORMAT_VERSION,
    advice,
    rowName,
    thorough,
    onUpgrade,
    cacheSizeBytes: CACHE_SIZE_BYTES,
    writeBufferSizeBytes: WRITE_BUFFER_SIZE_BYTES,
  });
  return new LevelCoinStore(database);
}

class LevelCoinStore implements CoinStore {
  readonly #database: LevelDatabase;

  constructor(database: LevelDatabase) {
    this.#database = database;
  }

  async tip(): Promise<BlockHash | undefined> {
    const tip = await this.#database.get(TIP_KEY);
    if (tip !== undefined && tip.length !== 32) throw this.#database.damaged('its tip is no hash');
    return tip as unknown as BlockHash | undefined;
  }

  async load(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    return keys.length === 0 ? [] : this.#database.getMany(keys.map(databaseKey));
  }

  async check(keys?: readonly Uint8Array[]): Promise<void> {
    await this.#database.checkTables(keys?.map(databaseKey));
  }

  async apply(batch: CoinBatch): Promise<void> {
    const keys = new KeyWriter(COIN_PREFIX);
    await this.#database.write(function* (writer) {
      for (const key of batch.deletes) yield writer.delete(keys.write(key));
      for (const [key, value] of batch.puts) yield writer.put(keys.write(key), value);
      writer.put(TIP_KEY, batch.tip);
    });
  }

  entries(): AsyncIterable<readonly [key: Uint8Array, value: Uint8Array]> {
    return this.#database.entries({ gte: COINS_FROM, lt: COINS_TO }, (key, value) => [key.subarray(1), value] as const);
  }

  async close(): Promise<void> {
    await this.#database.close();
  }
}
