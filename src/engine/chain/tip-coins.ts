import type { BlockHash } from '../../core/primitives/ids.ts';
import type { CoinBatch, CoinStore } from '../ports/coin-store.ts';

/** The coins of the tip, wherever they lie: those of a snapshot take the place of the chain's own. */
export class TipCoins implements CoinStore {
  #store: CoinStore;

  constructor(store: CoinStore) {
    this.#store = store;
  }

  /** Goes on with another store. Nothing may be under way, nor may anything be left to write. */
  switchTo(store: CoinStore): void {
    this.#store = store;
  }

  tip(): Promise<BlockHash | undefined> {
    return this.#store.tip();
  }

  load(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    return this.#store.load(keys);
  }

  async check(keys?: readonly Uint8Array[]): Promise<void> {
    await this.#store.check?.(keys);
  }

  apply(batch: CoinBatch): Promise<void> {
    return this.#store.apply(batch);
  }

  entries(): ReturnType<CoinStore['entries']> {
    return this.#store.entries();
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}
