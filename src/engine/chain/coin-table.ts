/**
 * Coins by their outpoint, packed into plain memory: an open-addressing table over entries in chunks.
 *
 * A `Map` of byte arrays took 1.8 µs an operation and 615 MB at 1.5 million coins, with pauses of the garbage collector of 39 ms; such a
 * table 0.4 µs, 199 MB and 0.7 ms. Entries are only ever appended: what is no longer used is left lying until `compact` or `clear`.
 *
 * @module
 */

import { assert } from '../../core/base/assert.ts';
import type { OutPoint } from '../../core/primitives/transaction.ts';
import { COIN_KEY_SIZE_BYTES } from '../ports/coin-store.ts';
import { writeCoinKey } from './coin-codec.ts';

/** The coin is unspent and its value stands in the entry. */
export const UNSPENT = 1;
/** The store beneath says something else: to be written. */
export const DIRTY = 2;
/** The store beneath does not have the coin: if it is spent before it is written, nothing needs to be. */
export const FRESH = 4;
/** Another entry has taken this one's place. */
const DEAD = 8;

const CHUNK_WORDS_LOG2 = 18;
const CHUNK_WORDS = 1 << CHUNK_WORDS_LOG2;
const CHUNK_SIZE_BYTES = CHUNK_WORDS * 4;
const KEY_WORDS = COIN_KEY_SIZE_BYTES / 4;
/** After the key one word: the flags in its low byte, above them the value's length. */
const HEADER_WORDS = KEY_WORDS + 1;
const SLOTS_MIN = 1 << 12;

interface Chunk {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  /** Words in use. */
  used: number;
}

function createChunk(): Chunk {
  const bytes = new Uint8Array(CHUNK_SIZE_BYTES);
  return { bytes, words: new Uint32Array(bytes.buffer), used: 0 };
}

/** Words of an entry with a value of this many bytes. */
function entryWords(valueSizeBytes: number): number {
  return HEADER_WORDS + ((valueSizeBytes + 3) >>> 2);
}

/** Where in its chunk an entry begins. */
function wordOf(entry: number): number {
  return (entry - 1) & (CHUNK_WORDS - 1);
}

/** One entry as it is walked over. Key and value are views: they last until the table changes. */
export interface CoinEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly flags: number;
}

/** The table. An entry is named by a reference, a number from 1 on that is void after `compact` and `clear`. */
export class CoinTable {
  readonly #salt: number;
  readonly #keyBytes = new Uint8Array(COIN_KEY_SIZE_BYTES);
  readonly #keyWords = new Uint32Array(this.#keyBytes.buffer);
  #chunks: Chunk[] = [createChunk()];
  #slots = new Int32Array(SLOTS_MIN);
  #count = 0;
  #idleWords = 0;

  /** @param salt - makes places unpredictable, so that nobody can choose transactions that share one */
  constructor(salt: number) {
    this.#salt = salt;
  }

  /** Number of coins that it says anything about. */
  get count(): number {
    return this.#count;
  }

  /** Memory it takes. */
  get sizeBytes(): number {
    return this.#chunks.length * CHUNK_SIZE_BYTES + this.#slots.length * 4;
  }

  /** Memory that `compact` would free, roughly. */
  get idleBytes(): number {
    return this.#idleWords * 4;
  }

  /** The entry of an outpoint, or 0. */
  find(outPoint: OutPoint): number {
    return this.#slots[this.#slotOf(outPoint)]!;
  }

  flags(entry: number): number {
    return this.#chunkOf(entry).words[wordOf(entry) + KEY_WORDS]! & 0xff;
  }

  setFlags(entry: number, flags: number): void {
    const at = wordOf(entry) + KEY_WORDS;
    const { words } = this.#chunkOf(entry);
    const before = words[at]!;
    const size = entryWords(before >>> 8);
    this.#idleWords += (isIdle(flags) ? size : 0) - (isIdle(before) ? size : 0);
    words[at] = (before & ~0xff) | flags;
  }

  /** A view of the value. */
  value(entry: number): Uint8Array {
    const chunk = this.#chunkOf(entry);
    return valueAt(chunk, wordOf(entry));
  }

  /**
   * Sets an outpoint's value and flags, whatever was there.
   *
   * @param lasting - flags that an entry keeps if it had them, and has if there was none
   */
  put(outPoint: OutPoint, value: Uint8Array, flags: number, lasting = 0): void {
    const slot = this.#slotOf(outPoint);
    const old = this.#slots[slot]!;
    const kept = old === 0 ? lasting : this.flags(old) & lasting;
    if (old !== 0) this.setFlags(old, DEAD);
    const entry = this.#append(value, flags | kept);
    this.#slots[slot] = entry;
    if (old !== 0) return;
    this.#count++;
    if (this.#count * 2 > this.#slots.length) this.#rehash(this.#slots.length * 2);
  }

  /** Every entry that is in force. */
  *entries(): Generator<CoinEntry> {
    for (const chunk of this.#chunks) {
      for (let at = 0; at < chunk.used; ) {
        const head = chunk.words[at + KEY_WORDS]!;
        const flags = head & 0xff;
        if ((flags & DEAD) === 0) {
          yield { key: chunk.bytes.subarray(at * 4, at * 4 + COIN_KEY_SIZE_BYTES), value: valueAt(chunk, at), flags };
        }
        at += entryWords(head >>> 8);
      }
    }
  }

  /** Drops everything. */
  clear(): void {
    this.#chunks = [createChunk()];
    this.#slots = new Int32Array(SLOTS_MIN);
    this.#count = 0;
    this.#idleWords = 0;
  }

  /** Drops what neither says that a coin is there nor has to be written. Frees one chunk after the other, so it needs little memory. */
  compact(): void {
    const old = this.#chunks;
    this.clear();
    for (let i = 0; i < old.length; i++) {
      const chunk = old[i]!;
      old[i] = EMPTY_CHUNK;
      for (let at = 0; at < chunk.used; ) {
        const head = chunk.words[at + KEY_WORDS]!;
        if (!isIdle(head)) this.#adopt(chunk, at, head & 0xff);
        at += entryWords(head >>> 8);
      }
    }
  }

  /** Copies an entry of another chunk whose key is not here yet. */
  #adopt(chunk: Chunk, at: number, flags: number): void {
    this.#keyWords.set(chunk.words.subarray(at, at + KEY_WORDS));
    const slot = this.#slotOfKey();
    this.#slots[slot] = this.#append(valueAt(chunk, at), flags);
    this.#count++;
    if (this.#count * 2 > this.#slots.length) this.#rehash(this.#slots.length * 2);
  }

  #chunkOf(entry: number): Chunk {
    return this.#chunks[(entry - 1) >>> CHUNK_WORDS_LOG2]!;
  }

  /** Appends an entry with the key at hand and returns its reference. */
  #append(value: Uint8Array, flags: number): number {
    const size = entryWords(value.length);
    assert(size <= CHUNK_WORDS, 'a coin fits into a chunk');
    let chunk = this.#chunks[this.#chunks.length - 1]!;
    if (chunk.used + size > CHUNK_WORDS) {
      chunk = createChunk();
      this.#chunks.push(chunk);
    }
    const at = chunk.used;
    chunk.used += size;
    chunk.words.set(this.#keyWords, at);
    chunk.words[at + KEY_WORDS] = (value.length << 8) | flags;
    chunk.bytes.set(value, (at + HEADER_WORDS) * 4);
    if (isIdle(flags)) this.#idleWords += size;
    return (this.#chunks.length - 1) * CHUNK_WORDS + at + 1;
  }

  /** The slot of an outpoint: where its entry is, or the empty one where it would be. Leaves the key at hand. */
  #slotOf({ txid, vout }: OutPoint): number {
    writeCoinKey(this.#keyBytes, txid, vout);
    return this.#slotOfKey();
  }

  #slotOfKey(): number {
    const mask = this.#slots.length - 1;
    const key = this.#keyWords;
    for (let slot = hashOf(key, 0, this.#salt) & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot]!;
      if (entry === 0 || this.#hasKey(entry)) return slot;
    }
  }

  #hasKey(entry: number): boolean {
    const { words } = this.#chunkOf(entry);
    const at = wordOf(entry);
    for (let i = 0; i < KEY_WORDS; i++) if (words[at + i] !== this.#keyWords[i]) return false;
    return true;
  }

  #rehash(slotCount: number): void {
    const slots = new Int32Array(slotCount);
    const mask = slotCount - 1;
    for (const entry of this.#slots) {
      if (entry === 0) continue;
      let slot = hashOf(this.#chunkOf(entry).words, wordOf(entry), this.#salt) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = entry;
    }
    this.#slots = slots;
  }
}

const EMPTY_CHUNK: Chunk = { bytes: new Uint8Array(0), words: new Uint32Array(0), used: 0 };

/** Whether an entry is of no use: the coin is not there and nothing has to be written. */
function isIdle(flags: number): boolean {
  return (flags & (UNSPENT | DIRTY)) === 0;
}

function valueAt(chunk: Chunk, at: number): Uint8Array {
  const from = (at + HEADER_WORDS) * 4;
  return chunk.bytes.subarray(from, from + (chunk.words[at + KEY_WORDS]! >>> 8));
}

/** Two words of the txid, which is random already, and the index, which is not. */
function hashOf(words: Uint32Array, at: number, salt: number): number {
  let hash = Math.imul((words[at]! ^ salt) >>> 0, 0x9e3779b1) ^ words[at + 1]!;
  hash = Math.imul(hash ^ (hash >>> 15) ^ words[at + 8]!, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13) ^ salt, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
