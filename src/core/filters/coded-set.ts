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

/**
 * Whether any of the items may be in a coded set. False is certain; true is wrong for one item in `FALSE_POSITIVE_ONE_IN`.
 *
 * @throws DecodeError where the bytes are no coded set
 */
export function codedSetMatchesAny(bytes: Uint8Array, key: Uint8Array, items: readonly Uint8Array[]): boolean {
  const reader = new ByteReader(bytes);
  const count = reader.compactSize({ what: 'filter item count', max: FILTER_ITEMS_MAX });
  const range = count * FALSE_POSITIVE_ONE_IN;
  const wanted = Float64Array.from(items, (item) => {
    sipHash24Into(key, item, hash);
    return mapToRange(hash[1]!, hash[0]!, range);
  }).sort();
  const bits = new BitReader(bytes, reader.offset);
  let value = 0;
  let at = 0;
  for (let i = 0; i < count && at < wanted.length; i++) {
    while (bits.bit() === 1) value += REMAINDER_RANGE;
    value += bits.bits(REMAINDER_BITS);
    while (at < wanted.length && wanted[at]! < value) at++;
    if (wanted[at] === value) return true;
  }
  return false;
}
