/**
 * Rows that blocks changed in an index and that are not written yet, in front of those that are.
 *
 * Keys and values lie one behind the other in one array, found by an open-addressing table of numbers. A `Map` by strings took 11 µs of
 * CPU for a row from `put` to the batch, most of it to make strings of keys and keys of strings, and collecting them; this takes 1.
 *
 * @module
 */

import type { IndexStore } from '../ports/index-store.ts';

const BYTES_MIN = 1 << 16;
const SLOTS_MIN = 1 << 12;

/** Of each row four numbers: where its key begins, the key's length, the room behind it for a value, and what is to be done. */
const FIELDS = 4;
const KEY_LENGTH = 1;
const ROOM = 2;
const STATE = 3;

/** States of a row below zero; from zero on it is the length of the value to put. */
const DELETED = -1;
/** The store never had the row and need not hear of it. */
const FORGOTTEN = -2;
/** States of a row that the store does not have: `length` becomes this less the length. */
const FRESH_BASE = -3;

/** The length of the value that a state stands for, or undefined where there is none. */
function valueLength(state: number): number | undefined {
  if (state >= 0) return state;
  return state <= FRESH_BASE ? FRESH_BASE - state : undefined;
}

/** Whether the store beneath is known not to have the row. */
function isFresh(state: number): boolean {
  return state <= FORGOTTEN;
}

/** The changes of some blocks, the last change of a row being the one that counts. */
export class PendingRows {
  readonly #store: Pick<IndexStore, 'load'>;
  readonly #salt: number;
  #bytes = new Uint8Array(BYTES_MIN);
  #used = 0;
  #rows = new Int32Array((SLOTS_MIN / 2) * FIELDS);
  #count = 0;
  /** One more than the number of the row that lies there, or 0. */
  #slots = new Int32Array(SLOTS_MIN);

  /** @param salt - makes places unpredictable, so that nobody can choose rows that share one */
  constructor(store: Pick<IndexStore, 'load'>, salt: number) {
    this.#store = store;
    this.#salt = salt;
  }

  /** Memory that the rows take. */
  get sizeBytes(): number {
    return this.#used + this.#count * 4 * (FIELDS + 2);
  }

  /** Sets a row. Neither array is kept. */
  put(key: Uint8Array, value: Uint8Array): void {
    this.#put(key, value, false);
  }

  /** Sets a row of which the index has none so far: if it is deleted before it is written, nothing needs to be. */
  putNew(key: Uint8Array, value: Uint8Array): void {
    this.#put(key, value, true);
  }

  #put(key: Uint8Array, value: Uint8Array, isNew: boolean): void {
    const slot = this.#slotOf(key);
    const known = this.#slots[slot]!;
    const fresh = known === 0 ? isNew : isFresh(this.#rows[(known - 1) * FIELDS + STATE]!);
    const row = known === 0 ? this.#append(slot, key, value.length) : (known - 1) * FIELDS;
    if (this.#rows[row + ROOM]! < value.length) this.#move(row, value.length);
    this.#bytes.set(value, this.#rows[row]! + key.length);
    this.#rows[row + STATE] = fresh ? FRESH_BASE - value.length : value.length;
  }

  /** Deletes a row, whether it is there or not. */
  delete(key: Uint8Array): void {
    const slot = this.#slotOf(key);
    const known = this.#slots[slot]!;
    const row = known === 0 ? this.#append(slot, key, 0) : (known - 1) * FIELDS;
    this.#rows[row + STATE] = known !== 0 && isFresh(this.#rows[row + STATE]!) ? FORGOTTEN : DELETED;
  }

  /** A value or undefined for each key, as they will be once everything is written. */
  async load(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    const values = new Array<Uint8Array | undefined>(keys.length);
    const unknown: number[] = [];
    for (let i = 0; i < keys.length; i++) {
      const known = this.#slots[this.#slotOf(keys[i]!)]!;
      if (known === 0) unknown.push(i);
      else values[i] = this.#value((known - 1) * FIELDS)?.slice();
    }
    const stored = unknown.length === 0 ? [] : await this.#store.load(unknown.map((i) => keys[i]!));
    for (let j = 0; j < unknown.length; j++) values[unknown[j]!] = stored[j];
    return values;
  }

  /** The rows to write. Keys and values are views: they last until the next change. */
  *puts(): Generator<readonly [key: Uint8Array, value: Uint8Array]> {
    for (let row = 0; row < this.#count * FIELDS; row += FIELDS) {
      const value = this.#value(row);
      if (value !== undefined) yield [this.#key(row), value];
    }
  }

  /** The keys of rows to delete, views as well. */
  *deletes(): Generator<Uint8Array> {
    for (let row = 0; row < this.#count * FIELDS; row += FIELDS) if (this.#rows[row + STATE] === DELETED) yield this.#key(row);
  }

  /** Forgets them, after they were written. The memory is kept for the next ones, but for that of an unusual lot. */
  clear(): void {
    if (this.#bytes.length > KEPT_BYTES_MAX) this.#bytes = new Uint8Array(BYTES_MIN);
    this.#used = 0;
    this.#count = 0;
    this.#slots.fill(0);
  }

  #key(row: number): Uint8Array {
    const at = this.#rows[row]!;
    return this.#bytes.subarray(at, at + this.#rows[row + KEY_LENGTH]!);
  }

  #value(row: number): Uint8Array | undefined {
    const length = valueLength(this.#rows[row + STATE]!);
    if (length === undefined) return undefined;
    const from = this.#rows[row]! + this.#rows[row + KEY_LENGTH]!;
    return this.#bytes.subarray(from, from + length);
  }

  /** A new row with room for a value; what is to be done with it the caller says. */
  #append(slot: number, key: Uint8Array, room: number): number {
    const row = this.#count * FIELDS;
    if (row === this.#rows.length) this.#rows = grown(this.#rows, row * 2);
    const at = this.#reserve(key.length + room);
    this.#bytes.set(key, at);
    this.#rows[row] = at;
    this.#rows[row + KEY_LENGTH] = key.length;
    this.#rows[row + ROOM] = room;
    this.#slots[slot] = ++this.#count;
    if (this.#count * 2 > this.#slots.length) this.#rehash(this.#slots.length * 2);
    return row;
  }

  /** Gives a row a place with more room. Its old one is left lying until the next `clear`. */
  #move(row: number, room: number): void {
    const length = this.#rows[row + KEY_LENGTH]!;
    const at = this.#reserve(length + room);
    this.#bytes.copyWithin(at, this.#rows[row]!, this.#rows[row]! + length);
    this.#rows[row] = at;
    this.#rows[row + ROOM] = room;
  }

  #reserve(sizeBytes: number): number {
    const at = this.#used;
    this.#used += sizeBytes;
    if (this.#used > this.#bytes.length) this.#bytes = grown(this.#bytes, Math.max(this.#used, this.#bytes.length * 2));
    return at;
  }

  /** The slot of a key: where its row is, or the empty one where it would be. */
  #slotOf(key: Uint8Array): number {
    const mask = this.#slots.length - 1;
    for (let slot = hashOf(key, 0, key.length, this.#salt) & mask; ; slot = (slot + 1) & mask) {
      const known = this.#slots[slot]!;
      if (known === 0 || this.#hasKey((known - 1) * FIELDS, key)) return slot;
    }
  }

  #hasKey(row: number, key: Uint8Array): boolean {
    if (this.#rows[row + KEY_LENGTH] !== key.length) return false;
    const bytes = this.#bytes;
    const at = this.#rows[row]!;
    for (let i = key.length - 1; i >= 0; i--) if (bytes[at + i] !== key[i]) return false;
    return true;
  }

  #rehash(slotCount: number): void {
    const slots = new Int32Array(slotCount);
    const mask = slotCount - 1;
    for (let number = 1; number <= this.#count; number++) {
      const row = (number - 1) * FIELDS;
      const at = this.#rows[row]!;
      let slot = hashOf(this.#bytes, at, at + this.#rows[row + KEY_LENGTH]!, this.#salt) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number;
    }
    this.#slots = slots;
  }
}

/** Memory for keys and values that is kept between two batches. */
const KEPT_BYTES_MAX = 8 << 20;

function grown<T extends Uint8Array | Int32Array>(array: T, length: number): T {
  const larger = new (array.constructor as new (length: number) => T)(length);
  larger.set(array);
  return larger;
}

/** Four bytes at a step: keys are hashes for the most part, which would do, and numbers, which would not. */
function hashOf(bytes: Uint8Array, from: number, to: number, salt: number): number {
  let hash = salt ^ (to - from);
  let at = from;
  for (; at + 4 <= to; at += 4) {
    const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    hash = Math.imul(hash ^ word, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; at < to; at++) hash = Math.imul(hash ^ bytes[at]!, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
