/**
 * The coins of the tip: what the store has, under what has changed since the last flush.
 *
 * Owns which coins are in memory and what a flush writes. Does not own when to flush, nor any rule. Its invariant: about a coin that it
 * does not have, the store is right.
 *
 * @module
 */

import type { CoinChanges } from '../../core/consensus/block-effect.ts';
import type { Coin } from '../../core/consensus/coin.ts';
import type { BlockHash, HashKey } from '../../core/primitives/ids.ts';
import type { OutPoint } from '../../core/primitives/transaction.ts';
import type { CoinStore } from '../ports/coin-store.ts';
import { coinKey, decodeCoin, encodeCoin } from './coin-codec.ts';
import { CoinTable, DIRTY, FRESH, UNSPENT } from './coin-table.ts';

/**
 * Memory of coins that are to be written, at which they are: the batch, LevelDB's own table of it and the one that it is merging take a
 * multiple of this for a while, whatever the cache may take. It is three dozen full blocks of the main network.
 */
const DIRTY_BYTES_MAX = 16 << 20;

/**
 * Coins in memory up to which what is of no use is freed as soon as it is half of all, and not only when the cache is full. The rest is moved
 * at once, which must not hold up the event loop: so much takes 10 ms, twice that with the shortest scripts. So a small set of coins stays small
 * in memory, however many come and go.
 */
const MOVED_BYTES_MAX = 2 << 20;

const NO_VALUE = new Uint8Array(0);
const NOTHING_READ: ReadonlyMap<HashKey, Uint8Array | undefined> = new Map();

/** A write-back cache over a coin store. */
export class CoinCache {
  readonly #store: CoinStore;
  readonly #table: CoinTable;
  /** What was read ahead of the block that wants it, by key: of the store as it has been since the last flush. */
  #ahead: ReadonlyMap<HashKey, Uint8Array | undefined> = NOTHING_READ;
  #reading: Promise<void> = Promise.resolve();
  #flushes = 0;

  /** @param salt - any number an outsider does not know; see `CoinTable` */
  constructor(store: CoinStore, salt: number) {
    this.#store = store;
    this.#table = new CoinTable(salt);
  }

  /** Memory it takes. */
  get sizeBytes(): number {
    return this.#table.sizeBytes;
  }

  /** Whether it takes more than this and has to be flushed, or has much to write. Memory that holds nothing of use is freed first. */
  isFull(bytesMax: number): boolean {
    return this.#table.dirtyBytes > DIRTY_BYTES_MAX || (this.sizeBytes > bytesMax && !this.#compact());
  }

  /** Drops everything where it takes more than this. To be called when everything is written. */
  trim(bytesMax: number): void {
    if (this.sizeBytes > bytesMax) this.#table.clear();
  }

  /**
   * Begins to read from the store what a block will want that comes soon, for `load` to find. It may be asked for at any time: what is
   * read counts only for coins that nothing else is known about, and only until the next flush. The last call is the one that counts.
   */
  readAhead(wanted: ReadonlyMap<HashKey, OutPoint>): void {
    const missing = [...wanted].filter(([, outPoint]) => this.#table.find(outPoint) === 0);
    if (missing.length === 0) return;
    const flushes = this.#flushes;
    this.#reading = this.#store.load(missing.map(([, outPoint]) => coinKey(outPoint))).then(
      (values) => {
        if (flushes === this.#flushes) this.#ahead = new Map(missing.map(([key], i) => [key, values[i]]));
      },
      () => undefined, // A store that fails does so again when the block itself wants its coins, and is told of then.
    );
  }

  /**
   * The coins that there are of those asked for, with the missing ones read from the store in one batch and kept. Only one load may be
   * under way, and nothing may be applied meanwhile: a value that comes late must not hide a change.
   */
  async load(wanted: ReadonlyMap<HashKey, OutPoint>): Promise<Map<HashKey, Coin>> {
    const coins = new Map<HashKey, Coin>();
    const missing: [HashKey, OutPoint][] = [];
    for (const [key, outPoint] of wanted) {
      const entry = this.#table.find(outPoint);
      if (entry === 0) missing.push([key, outPoint]);
      else if ((this.#table.flags(entry) & UNSPENT) !== 0) coins.set(key, decodeCoin(this.#table.value(entry)));
    }
    if (missing.length === 0) return coins;
    await this.#reading;
    const unread = missing.filter(([key]) => !this.#ahead.has(key));
    const values = unread.length === 0 ? [] : await this.#store.load(unread.map(([, outPoint]) => coinKey(outPoint)));
    let next = 0;
    for (const [key, outPoint] of missing) {
      const value = unread[next]?.[0] === key ? values[next++] : this.#ahead.get(key);
      if (value === undefined) continue;
      this.#table.put(outPoint, value, UNSPENT);
      coins.set(key, decodeCoin(value));
    }
    this.#ahead = NOTHING_READ;
    return coins;
  }

  /** The coins of outpoints in their order, for a reader who does not connect blocks: nothing is kept. */
  async read(outPoints: readonly OutPoint[]): Promise<(Coin | undefined)[]> {
    const coins: (Coin | undefined)[] = [];
    const missing: number[] = [];
    for (let i = 0; i < outPoints.length; i++) {
      const entry = this.#table.find(outPoints[i]!);
      if (entry === 0) missing.push(i);
      else if ((this.#table.flags(entry) & UNSPENT) !== 0) coins[i] = decodeCoin(this.#table.value(entry));
    }
    if (missing.length > 0) {
      const values = await this.#store.load(missing.map((i) => coinKey(outPoints[i]!)));
      for (let j = 0; j < missing.length; j++) {
        const value = values[j];
        if (value !== undefined) coins[missing[j]!] = decodeCoin(value);
      }
    }
    coins.length = outPoints.length;
    return coins;
  }

  /** Forgets everything, since the store has other coins from now on. Nothing may be left to write, nor may a load be under way. */
  forget(): void {
    this.#flushes++;
    this.#ahead = NOTHING_READ;
    this.#table.clear();
  }

  /** Makes sure of coins that were not found, where the store can: of those that it was asked for. @throws NodeError `database-damaged` */
  async check(outPoints: readonly OutPoint[]): Promise<void> {
    const asked = outPoints.filter((outPoint) => this.#table.find(outPoint) === 0);
    if (asked.length > 0) await this.#store.check?.(asked.map(coinKey));
  }

  /** Makes a block's change. The coins removed must be there and those added not. */
  apply({ removed, added }: CoinChanges): void {
    for (const outPoint of removed) this.#remove(outPoint);
    for (const { outPoint, coin } of added) this.#add(outPoint, coin);
    if (this.#table.sizeBytes - this.#table.idleBytes <= MOVED_BYTES_MAX) this.#compact();
  }

  #remove(outPoint: OutPoint): void {
    const table = this.#table;
    const entry = table.find(outPoint);
    if (entry === 0) table.put(outPoint, NO_VALUE, DIRTY);
    // What the store never had is gone without a trace; the entry stays as the knowledge that there is no such coin.
    else if ((table.flags(entry) & FRESH) !== 0) table.setFlags(entry, FRESH);
    else table.setFlags(entry, DIRTY);
  }

  #add(outPoint: OutPoint, coin: Coin): void {
    // Without an entry the store is right, and the coin was not there: so the store does not have it.
    this.#table.put(outPoint, encodeCoin(coin), UNSPENT | DIRTY, FRESH);
  }

  /** Frees memory that holds nothing of use. @returns whether that was at least half of it */
  #compact(): boolean {
    if (this.#table.idleBytes * 2 < this.#table.sizeBytes) return false;
    this.#table.compact();
    return true;
  }

  /** Writes every change with the tip it belongs to, in one batch. What is in memory stays there, as what the store has too. */
  async flush(tip: BlockHash): Promise<void> {
    this.#flushes++;
    this.#ahead = NOTHING_READ;
    // A store may go through them more than once, so each is begun anew.
    const puts = { [Symbol.iterator]: () => this.#puts() };
    const deletes = { [Symbol.iterator]: () => this.#deletes() };
    await this.#store.apply({ puts, deletes, tip });
    this.#table.settle();
  }

  *#puts(): Generator<readonly [Uint8Array, Uint8Array]> {
    for (const { key, value } of this.#table.dirtyEntries(true)) yield [key, value];
  }

  *#deletes(): Generator<Uint8Array> {
    for (const { key } of this.#table.dirtyEntries(false)) yield key;
  }
}
