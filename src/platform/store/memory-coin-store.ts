import { assert } from '../../core/base/assert.ts';
import { type BlockHash, type HashKey, hashKey, hashOfKey } from '../../core/primitives/ids.ts';
import { COIN_KEY_SIZE_BYTES, type CoinBatch, type CoinStore } from '../../engine/ports/coin-store.ts';

type Entry = readonly [key: Uint8Array, value: Uint8Array];

async function* each(entries: readonly (readonly [HashKey, Uint8Array])[]): AsyncGenerator<Entry> {
  for (const [key, value] of entries) yield [hashOfKey(key), value];
}

/** A coin's key as a Map's key; such strings sort as their bytes do. */
function mapKey(key: Uint8Array): HashKey {
  assert(key.length === COIN_KEY_SIZE_BYTES, 'a coin key has 36 bytes');
  return hashKey(key);
}

/** Coins in memory. Keeps copies. Closing it forgets nothing, so a test can start a second node on what a first one left. */
export function createMemoryCoinStore(): CoinStore {
  return new MemoryCoinStore();
}

class MemoryCoinStore implements CoinStore {
  readonly #coins = new Map<HashKey, Uint8Array>();
  #tip: BlockHash | undefined;

  async tip(): Promise<BlockHash | undefined> {
    return this.#tip;
  }

  async load(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    return keys.map((key) => this.#coins.get(mapKey(key)));
  }

  /** Reads the whole batch before it changes anything: an iterable that throws leaves the coins as they were. */
  async apply(batch: CoinBatch): Promise<void> {
    const deletes = Array.from(batch.deletes, mapKey);
    const puts = Array.from(batch.puts, ([key, value]) => [mapKey(key), value.slice()] as const);
    for (const key of deletes) this.#coins.delete(key);
    for (const [key, value] of puts) this.#coins.set(key, value);
    this.#tip = batch.tip.slice() as unknown as BlockHash;
  }

  /** Values are replaced, never changed, so the sorted list of now is the snapshot. */
  entries(): AsyncIterable<Entry> {
    return each([...this.#coins].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  async close(): Promise<void> {}
}
