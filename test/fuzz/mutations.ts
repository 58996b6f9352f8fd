/**
 * Bytes that are nearly what a parser expects: valid ones cut, flipped, lengthened and mixed, and counts that promise more than comes.
 *
 * @module
 */

import { concatBytes } from '../../src/core/base/bytes.ts';
import { Chance } from '../differential/chance.ts';

/** Counts in all their forms: at their limits, too long a form for what they say, and beyond any memory. */
export const COUNTS: readonly Uint8Array[] = [
  Uint8Array.of(0),
  Uint8Array.of(0xfc),
  Uint8Array.of(0xfd, 0xff, 0xff),
  Uint8Array.of(0xfd, 1, 0),
  Uint8Array.of(0xfe, 0, 0, 0, 2),
  Uint8Array.of(0xfe, 0xff, 0xff, 0xff, 0xff),
  Uint8Array.of(0xff, ...new Uint8Array(7).fill(0xff), 0x7f),
  Uint8Array.of(0xff, ...new Uint8Array(8).fill(0xff)),
];

/** Longest that a mutated input grows. */
const INPUT_BYTES_MAX = 100_000;

type Mutation = (bytes: Uint8Array, chance: Chance, others: readonly Uint8Array[]) => Uint8Array;

/** Some bytes at a place taken out and others put there. */
function replaced(bytes: Uint8Array, at: number, count: number, by: Uint8Array): Uint8Array {
  return concatBytes(bytes.subarray(0, at), by, bytes.subarray(Math.min(bytes.length, at + count)));
}

const place = (bytes: Uint8Array, chance: Chance): number => chance.below(bytes.length + 1);

const MUTATIONS: readonly Mutation[] = [
  (bytes, chance) => chance.bitFlipped(bytes),
  (bytes, chance) => bytes.slice(0, place(bytes, chance)),
  (bytes, chance) => bytes.slice(place(bytes, chance)),
  (bytes, chance) => replaced(bytes, place(bytes, chance), chance.below(2), chance.pick(COUNTS)),
  (bytes, chance) => replaced(bytes, place(bytes, chance), chance.below(9), chance.bytes(chance.below(9))),
  (bytes, chance) => replaced(bytes, place(bytes, chance), 1, Uint8Array.of(chance.pick([0, 1, 0x7f, 0x80, 0xfd, 0xfe, 0xff]))),
  (bytes, chance) => replaced(bytes, place(bytes, chance), 0, bytes.slice(0, 1_000)),
  (bytes, chance, others) => concatBytes(bytes.subarray(0, place(bytes, chance)), chance.pick(others)),
  (_, chance) => chance.bytes(chance.below(300)),
];

/** One input for a parser whose valid inputs are `samples`: one of them, changed a few times. */
export function mutate(samples: readonly Uint8Array[], chance: Chance): Uint8Array {
  let bytes = chance.pick(samples);
  for (let times = 1 + chance.below(4); times > 0; times--) bytes = chance.pick(MUTATIONS)(bytes, chance, samples);
  return bytes.slice(0, INPUT_BYTES_MAX);
}

/** Bytes of a sample that are gone through one by one. */
const PLACES_MAX = 600;

/** Every cut of a sample, every bit of it turned, and every count at every place. */
export function* exhaustive(sample: Uint8Array): Generator<Uint8Array> {
  const places = Math.min(sample.length, PLACES_MAX);
  yield sample;
  for (let at = 0; at <= places; at++) {
    yield sample.slice(0, at);
    for (const count of COUNTS) yield replaced(sample, at, 1, count);
    for (let bit = 0; bit < 8 && at < sample.length; bit++) {
      const copy = sample.slice();
      copy[at]! ^= 1 << bit;
      yield copy;
    }
  }
}

/** The chance of one case, the same whenever it is asked for. */
export function chanceOf(seed: number, parser: string, number: number): Chance {
  let mixed = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
  for (const character of parser) mixed = Math.imul(mixed ^ character.charCodeAt(0), 0x01000193);
  return new Chance((mixed ^ Math.imul(number + 1, 0xc2b2ae35)) >>> 0);
}
