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
const DIRTY_LIST_MIN = 1 << 10;
/** Chunks kept for use when what they held is dropped: others wait for a collection of garbage, while new ones are made in their place. */
const SPARE_CHUNKS_MAX = 64;

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
}

/** The table. An entry is named by a reference, a number from 1 on that is void after `compact` and `clear`. */
export class CoinTable {
  readonly #salt: number;
  readonly #keyBytes = new Uint8Array(COIN_KEY_SIZE_BYTES);
  readonly #keyWords = new Uint32Array(this.#keyBytes.buffer);
  #chunks: Chunk[] = [createChunk()];
  readonly #spare: Chunk[] = [];
  #slots = new Int32Array(SLOTS_MIN);
  #count = 0;
  #idleWords = 0;
  /** Every entry that is to be written, and some that no longer are: a flush need not look at all the others. */
  #dirty = new Int32Array(DIRTY_LIST_MIN);
  #dirtyListed = 0;
  #dirtyCount = 0;
  #dirtyWords = 0;

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
    return this.#chunks.length * CHUNK_SIZE_BYTES + this.#slots.length * 4 + this.#dirty.length * 4;
  }

  /** Memory of the entries that are to be written. */
  get dirtyBytes(): number {
    return this.#dirtyWords * 4;
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
    if (((before ^ flags) & DIRTY) === 0) return;
    if ((flags & DIRTY) !== 0) this.#noteDirty(entry, size);
    else {
      this.#dirtyCount--;
      this.#dirtyWords -= size;
    }
  }

  /** Puts an entry on the list of those to be written. */
  #noteDirty(entry: number, size: number): void {
    if (this.#dirtyListed === this.#dirty.length) this.#makeRoomInList();
    this.#dirty[this.#dirtyListed++] = entry;
    this.#dirtyCount++;
    this.#dirtyWords += size;
  }

  /** Takes from the list what need not be written any more; where that is less than half of it, the list grows. */
  #makeRoomInList(): void {
    const list = this.#dirtyCount * 2 > this.#dirty.length ? new Int32Array(this.#dirty.length * 2) : this.#dirty;
    let kept = 0;
    for (const entry of this.#dirty) if ((this.flags(entry) & DIRTY) !== 0) list[kept++] = entry;
    this.#dirty = list;
    this.#dirtyListed = kept;
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

  /** Every entry that is to be written: those of coins that are there, or the others. */
  *dirtyEntries(unspent: boolean): Generator<CoinEntry> {
    const wanted = unspent ? UNSPENT | DIRTY : DIRTY;
    for (let i = 0; i < this.#dirtyListed; i++) {
      const entry = this.#dirty[i]!;
      const chunk = this.#chunkOf(entry);
      const at = wordOf(entry);
      if ((chunk.words[at + KEY_WORDS]! & (UNSPENT | DIRTY)) !== wanted) continue;
      yield { key: chunk.bytes.subarray(at * 4, at * 4 + COIN_KEY_SIZE_BYTES), value: valueAt(chunk, at) };
    }
  }

  /** To be called when the store beneath has all that was to be written. */
  settle(): void {
    for (let i = 0; i < this.#dirtyListed; i++) {
      const entry = this.#dirty[i]!;
      const flags = this.flags(entry);
      if ((flags & DIRTY) !== 0) this.setFlags(entry, (flags & UNSPENT) !== 0 ? UNSPENT : FRESH);
    }
    this.#dropDirtyList();
  }

  #dropDirtyList(): void {
    this.#dirty = new Int32Array(DIRTY_LIST_MIN);
    this.#dirtyListed = 0;
    this.#dirtyCount = 0;
    this.#dirtyWords = 0;
  }

  /** Drops everything. */
  clear(): void {
    for (const chunk of this.#chunks) this.#keepSpare(chunk);
    this.#empty();
  }

  #keepSpare(chunk: Chunk): void {
    chunk.used = 0;
    if (this.#spare.length < SPARE_CHUNKS_MAX) this.#spare.push(chunk);
  }

  #empty(): void {
    this.#chunks = [this.#spare.pop() ?? createChunk()];
    this.#slots = new Int32Array(SLOTS_MIN);
    this.#count = 0;
    this.#idleWords = 0;
    this.#dropDirtyList();
  }

  /** Drops what neither says that a coin is there nor has to be written. What one chunk held goes into those emptied before it, so it needs little memory. */
  compact(): void {
    const old = this.#chunks;
    this.#empty();
    for (const chunk of old) {
      for (let at = 0; at < chunk.used; ) {
        const head = chunk.words[at + KEY_WORDS]!;
        if (!isIdle(head)) this.#adopt(chunk, at, head & 0xff);
        at += entryWords(head >>> 8);
      }
      this.#keepSpare(chunk);
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
      chunk = this.#spare.pop() ?? createChunk();
      this.#chunks.push(chunk);
    }
    const at = chunk.used;
    chunk.used += size;
    chunk.words.set(this.#keyWords, at);
    chunk.words[at + KEY_WORDS] = (value.length << 8) | flags;
    chunk.bytes.set(value, (at + HEADER_WORDS) * 4);
    if (isIdle(flags)) this.#idleWords += size;
    const entry = (this.#chunks.length - 1) * CHUNK_WORDS + at + 1;
    if ((flags & DIRTY) !== 0) this.#noteDirty(entry, size);
    return entry;
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
    const old = this.#slots;
    for (let i = 0; i < old.length; i++) {
      const entry = old[i]!;
      if (entry === 0) continue;
      let slot = hashOf(this.#chunkOf(entry).words, wordOf(entry), this.#salt) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = entry;
    }
    this.#slots = slots;
  }
}

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
