/**
 * Golomb-coded sets of BIP-158: a set of byte strings in some 20 bits each, of which one can tell what is surely not in it.
 *
 * Each item is hashed to a number below `count * 784,931`; the sorted numbers' differences are written as Golomb-Rice codes with 19 bits of
 * remainder. Numbers here stay below 2^53 and are computed without bigints: this runs for every output of every block.
 *
 * @module
 */

import { assert } from '../base/assert.ts';
import { concatBytes } from '../base/bytes.ts';
import { sipHash24Into } from '../crypto/siphash.ts';
import { ByteReader } from '../primitives/byte-reader.ts';
import { ByteWriter } from '../primitives/byte-writer.ts';
import type { HashKey } from '../primitives/ids.ts';
import { hashKey } from '../primitives/ids.ts';
import { BitReader, BitWriter } from './bits.ts';

/** One item in so many that are not in the set seems to be in it. BIP-158's `M` of basic filters. */
export const FALSE_POSITIVE_ONE_IN = 784_931;

/** Bits of a code's remainder. BIP-158's `P` of basic filters. */
export const REMAINDER_BITS = 19;

/** Most items: more than a block can hold, and few enough for the range to stay below 2^48. */
export const FILTER_ITEMS_MAX = 0x0fffffff;

const REMAINDER_RANGE = 2 ** REMAINDER_BITS;
const TWO_32 = 2 ** 32;

/** The high 32 bits of a product of two 32-bit numbers. */
function high32(a: number, b: number): number {
  const low = a * (b & 0xffff);
  const high = a * (b >>> 16);
  return Math.floor(high / 65_536) + Math.floor((low + (high % 65_536) * 65_536) / TWO_32);
}

/** Bits 64 and up of `(high * 2^32 + low) * range`, for a range below 2^48: maps a hash evenly onto the numbers below the range. */
function mapToRange(high: number, low: number, range: number): number {
  const rangeHigh = Math.floor(range / TWO_32);
  const rangeLow = range >>> 0;
  const cross = low * rangeHigh;
  const middle = (Math.imul(high, rangeLow) >>> 0) + (cross % TWO_32) + high32(low, rangeLow);
  return high * rangeHigh + high32(high, rangeLow) + Math.floor(cross / TWO_32) + Math.floor(middle / TWO_32);
}

const hash = new Uint32Array(2);

/** Collects items and codes them. */
export class CodedSetBuilder {
  readonly #key: Uint8Array;
  readonly #known = new Set<HashKey>();
  readonly #hashes: number[] = [];

  /** @param key - 16 bytes for SipHash */
  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** Adds an item; one that is there already changes nothing. */
  add(item: Uint8Array): void {
    const known = hashKey(item);
    if (this.#known.has(known)) return;
    this.#known.add(known);
    sipHash24Into(this.#key, item, hash);
    this.#hashes.push(hash[1]!, hash[0]!);
  }

  /** The number of items, as a compact size, and their codes. */
  finish(): Uint8Array {
    const count = this.#known.size;
    assert(count <= FILTER_ITEMS_MAX, 'a block has fewer items');
    const range = count * FALSE_POSITIVE_ONE_IN;
    const values = new Float64Array(count);
    for (let i = 0; i < count; i++) values[i] = mapToRange(this.#hashes[2 * i]!, this.#hashes[2 * i + 1]!, range);
    values.sort();
    const writer = new BitWriter(Math.ceil(count * 2.75));
    let last = 0;
    for (const value of values) {
      const difference = value - last;
      for (let quotient = Math.floor(difference / REMAINDER_RANGE); quotient > 0; quotient--) writer.bit(1);
      writer.bit(0);
      writer.bits(difference % REMAINDER_RANGE, REMAINDER_BITS);
      last = value;
    }
    return concatBytes(new ByteWriter(1).compactSize(count).finish(), writer.finish());
  }
}

/** A coded set being looked at: its items' numbers come in their order. */
class CodedSetReader {
  readonly count: number;
  readonly #bits: BitReader;
  #value = 0;

  /** @throws DecodeError where the bytes do not begin with a number of items */
  constructor(bytes: Uint8Array) {
    const reader = new ByteReader(bytes);
    this.count = reader.compactSize({ what: 'filter item count', max: FILTER_ITEMS_MAX });
    this.#bits = new BitReader(bytes, reader.offset);
  }

  /** The numbers that the items would have in the set, in their order. */
  places(key: Uint8Array, items: readonly Uint8Array[]): Float64Array {
    const range = this.count * FALSE_POSITIVE_ONE_IN;
    return Float64Array.from(items, (item) => {
      sipHash24Into(key, item, hash);
      return mapToRange(hash[1]!, hash[0]!, range);
    }).sort();
  }

  /** The next number of the set, at most `count` times. @throws DecodeError where the bytes end before */
  next(): number {
    while (this.#bits.bit() === 1) this.#value += REMAINDER_RANGE;
    this.#value += this.#bits.bits(REMAINDER_BITS);
    return this.#value;
  }
}

/**
 * Whether any of the items may be in a coded set. False is certain; true is wrong for one item in `FALSE_POSITIVE_ONE_IN`.
 *
 * @throws DecodeError where the bytes are no coded set
 */
export function codedSetMatchesAny(bytes: Uint8Array, key: Uint8Array, items: readonly Uint8Array[]): boolean {
  const set = new CodedSetReader(bytes);
  const wanted = set.places(key, items);
  let at = 0;
  for (let i = 0; i < set.count && at < wanted.length; i++) {
    const value = set.next();
    while (at < wanted.length && wanted[at]! < value) at++;
    if (wanted[at] === value) return true;
  }
  return false;
}

/**
 * Whether each of the items may be in a coded set; false is certain. The whole set is read.
 *
 * @throws DecodeError where the bytes are no coded set
 */
export function codedSetMatchesAll(bytes: Uint8Array, key: Uint8Array, items: readonly Uint8Array[]): boolean {
  const set = new CodedSetReader(bytes);
  const wanted = set.places(key, items);
  let at = 0;
  for (let i = 0; i < set.count; i++) {
    const value = set.next();
    while (at < wanted.length && wanted[at] === value) at++;
  }
  return at === wanted.length;
}

/** The number of items that a coded set says it has. @throws DecodeError where the bytes do not begin with one */
export function codedSetCount(bytes: Uint8Array): number {
  return new CodedSetReader(bytes).count;
}
