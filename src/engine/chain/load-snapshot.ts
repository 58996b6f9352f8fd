import { bytesEqual } from '../../core/base/bytes.ts';
import type { SnapshotBase } from '../../core/params/types.ts';
import { type BlockHash, toDisplayHex, zeroHash } from '../../core/primitives/ids.ts';
import type { CoinStore } from '../ports/coin-store.ts';
import { coinKey, encodeCoin } from './coin-codec.ts';
import type { SnapshotHead } from './coin-snapshot.ts';
import { countCoins } from './coin-stats.ts';
import type { StoredCoin } from './past-coins.ts';
import { SnapshotError, type SnapshotReader } from './read-snapshot.ts';

/** Coins that are written together: as much as a flush of the coin cache writes. */
const BATCH_SIZE_BYTES_MAX = 16 << 20;

/** What a coin takes in memory besides its key and value. */
const COIN_OVERHEAD_BYTES = 200;

/** Stands for the tip of coins that are not all there. No block has it. */
const NO_TIP = zeroHash<BlockHash>();

/** What coins are loaded into, and how. */
export interface LoadCoinsOptions {
  readonly head: SnapshotHead;
  readonly base: SnapshotBase;
  readonly maxMoney: bigint;
  /** Empty. */
  readonly store: CoinStore;
  /** Called now and then, so that others have their turn; it throws where the work is to end. */
  readonly pause: () => Promise<void>;
  /** Told of the coins that are written, now and then. */
  readonly onProgress: (coins: number) => void;
}

/**
 * Puts the coins of a file into a store, which has the base as its tip when all of them are there and their hash is the one that is known.
 *
 * @throws SnapshotError where the file is not what it should be; the store must not be used then
 */
export async function loadCoins(reader: SnapshotReader, options: LoadCoinsOptions): Promise<void> {
  const { head, base, maxMoney, store, pause, onProgress } = options;
  let batch: StoredCoin[] = [];
  let sizeBytes = 0;
  let written = 0;
  const write = async (): Promise<void> => {
    await store.apply({ puts: batch, deletes: [], tip: NO_TIP });
    written += batch.length;
    batch = [];
    sizeBytes = 0;
    onProgress(written);
    await pause();
  };
  for await (const { outPoint, coin } of reader.coins(head, { heightMax: base.height, maxMoney })) {
    const entry: StoredCoin = [coinKey(outPoint), encodeCoin(coin)];
    batch.push(entry);
    sizeBytes += COIN_OVERHEAD_BYTES + entry[0].length + entry[1].length;
    if (batch.length % PAUSE_EVERY === 0) await pause();
    if (sizeBytes >= BATCH_SIZE_BYTES_MAX) await write();
  }
  await write();
  // What is hashed is what is stored: neither the file nor the store need be trusted then.
  const { hashSerialized } = await countCoins(store.entries(), 'hash_serialized_3', pause);
  if (hashSerialized === undefined || !bytesEqual(hashSerialized, base.coinsHash)) {
    const found = hashSerialized === undefined ? 'none' : toDisplayHex(hashSerialized);
    throw new SnapshotError(
      'coins',
      `Population failed: Bad snapshot content hash: expected ${toDisplayHex(base.coinsHash)}, got ${found}`,
    );
  }
  await store.apply({ puts: [], deletes: [], tip: base.blockHash });
}

/** Coins between two pauses: a few milliseconds' worth. */
const PAUSE_EVERY = 1_000;
