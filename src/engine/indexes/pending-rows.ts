/**
 * Rows that blocks changed in an index and that are not written yet, in front of those that are.
 *
 * @module
 */

import type { HashKey } from '../../core/primitives/ids.ts';
import { hashKey, hashOfKey } from '../../core/primitives/ids.ts';
import type { IndexStore } from '../ports/index-store.ts';

/** What one row takes in memory besides its bytes, estimated. */
const ROW_OVERHEAD_BYTES = 100;

/** The changes of some blocks, the last change of a row being the one that counts. */
export class PendingRows {
  readonly #store: Pick<IndexStore, 'load'>;
  /** Undefined for a row that is deleted. */
  readonly #rows = new Map<HashKey, Uint8Array | undefined>();
  #sizeBytes = 0;

  constructor(store: Pick<IndexStore, 'load'>) {
    this.#store = store;
  }

  /** Memory that the rows take, estimated. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.#set(key, value);
  }

  delete(key: Uint8Array): void {
    this.#set(key, undefined);
  }

  #set(key: Uint8Array, value: Uint8Array | undefined): void {
    this.#rows.set(hashKey(key), value);
    this.#sizeBytes += key.length + (value?.length ?? 0) + ROW_OVERHEAD_BYTES;
  }

  /** A value or undefined for each key, as they will be once everything is written. */
  async load(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    const unknown = keys.filter((key) => !this.#rows.has(hashKey(key)));
    const stored = (await this.#store.load(unknown))[Symbol.iterator]();
    return keys.map((key) => (this.#rows.has(hashKey(key)) ? this.#rows.get(hashKey(key)) : stored.next().value));
  }

  /** The rows to write. */
  *puts(): Generator<readonly [key: Uint8Array, value: Uint8Array]> {
    for (const [key, value] of this.#rows) if (value !== undefined) yield [hashOfKey(key), value];
  }

  /** The keys of rows to delete. */
  *deletes(): Generator<Uint8Array> {
    for (const [key, value] of this.#rows) if (value === undefined) yield hashOfKey(key);
  }

  /** Forgets them, after they were written. */
  clear(): void {
    this.#rows.clear();
    this.#sizeBytes = 0;
  }
}
