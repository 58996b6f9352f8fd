import type { BlockHash } from '../../core/primitives/ids.ts';
import type { Random } from '../ports/random.ts';
import type { HeaderTable } from './header-table.ts';

/** Tables of which each has its share of the hashes, so that none is ever large: with 5 million headers one is moved in some 2 ms. */
const PART_COUNT = 256;
const PART_SLOTS_MIN = 16;
const GROWTH = 1.25;
const FILL_MAX = 0.75;
/** The fullest part of a reserve has some more than its share. */
const RESERVE_SPREAD = 1.05;

/** Slots with row numbers from 1 on, 0 where there is none. A hash is in its place or in the first free slot after it. */
interface Part {
  slots: Uint32Array;
  count: number;
}

/** Which hash is which row: open addressing, 4 bytes a slot, 5.4 to 6.7 a header. The hashes themselves are in the table. */
export class HeaderIndex {
  readonly #table: HeaderTable;
  readonly #parts: Part[] = Array.from({ length: PART_COUNT }, () => ({ slots: new Uint32Array(PART_SLOTS_MIN), count: 0 }));
  readonly #saltA: number;
  readonly #saltB: number;
  #count = 0;
  readonly #keyBytes = new Uint8Array(32);
  readonly #key = new Uint32Array(this.#keyBytes.buffer);

  /** @param random - makes places unpredictable, so that nobody can mine headers that share one; without it they are always the same */
  constructor(table: HeaderTable, random?: Random) {
    this.#table = table;
    this.#saltA = random?.below(2 ** 32) ?? 0;
    this.#saltB = random?.below(2 ** 32) ?? 0;
  }

  /** Number of hashes. */
  get count(): number {
    return this.#count;
  }

  /** Memory it takes. */
  get sizeBytes(): number {
    return this.#parts.reduce((sum, { slots }) => sum + slots.byteLength, 0);
  }

  /** The row of a hash, -1 where there is none. */
  find(hash: BlockHash): number {
    this.#keyBytes.set(hash);
    return this.#find();
  }

  /** The same for 32 bytes of a longer array. */
  findAt(bytes: Uint8Array, at: number): number {
    for (let i = 0; i < 32; i++) this.#keyBytes[i] = bytes[at + i]!;
    return this.#find();
  }

  #find(): number {
    const place = this.#placeOf(this.#key[0]!, this.#key[1]!);
    const { slots } = this.#parts[place >>> 24]!;
    for (let slot = slotOf(place, slots.length); ; slot = slot + 1 === slots.length ? 0 : slot + 1) {
      const row = slots[slot]! - 1;
      if (row < 0 || this.#table.hasHash(row, this.#key)) return row;
    }
  }

  /** Takes a row of the table whose hash is not here yet. */
  add(row: number): void {
    const place = this.#placeOfRow(row);
    const part = this.#parts[place >>> 24]!;
    if (part.count + 1 > part.slots.length * FILL_MAX) this.#grow(part);
    insert(part.slots, place, row + 1);
    part.count++;
    this.#count++;
  }

  /** Makes room for so many hashes in all, where that is many more than there are: each is then put into its place once. */
  reserve(count: number): void {
    const slotCount = Math.ceil((count / PART_COUNT) * (1 / FILL_MAX) * RESERVE_SPREAD);
    for (const part of this.#parts) if (slotCount > part.slots.length * GROWTH) this.#grow(part, slotCount);
  }

  #grow(part: Part, slotCount: number = Math.ceil(part.slots.length * GROWTH)): void {
    const slots = new Uint32Array(slotCount);
    for (const entry of part.slots) if (entry !== 0) insert(slots, this.#placeOfRow(entry - 1), entry);
    part.slots = slots;
  }

  #placeOfRow(row: number): number {
    return this.#placeOf(this.#table.hashWord(row, 0), this.#table.hashWord(row, 1));
  }

  /** 32 bits of two words of the hash, which are the least zero ones of a block's, and of chance: the first 8 name the part. */
  #placeOf(low: number, high: number): number {
    let place = Math.imul(low ^ this.#saltA, 0x85ebca6b);
    place = Math.imul(place ^ (place >>> 15) ^ this.#saltB, 0xc2b2ae35);
    place = Math.imul(place ^ (place >>> 13) ^ high, 0x9e3779b1);
    place = Math.imul(place ^ (place >>> 16) ^ this.#saltA, 0x85ebca6b);
    return (place ^ (place >>> 13)) >>> 0;
  }
}

/** The slot that a place's lower 24 bits lead to. */
function slotOf(place: number, slotCount: number): number {
  return Math.floor(((place & 0xffffff) / 0x1000000) * slotCount);
}

function insert(slots: Uint32Array, place: number, entry: number): void {
  let slot = slotOf(place, slots.length);
  while (slots[slot] !== 0) slot = slot + 1 === slots.length ? 0 : slot + 1;
  slots[slot] = entry;
}
