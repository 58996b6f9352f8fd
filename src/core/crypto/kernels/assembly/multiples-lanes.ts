/**
 * Tables of multiples of points, four at a time, and a sum of points that are picked from them, another one in each lane.
 */
import { copyField, FIELD, fillField, invert, negateWhere, readField, selectField } from './field-lanes';
import { product, square } from './field-product';
import { BASE_MULTIPLES } from './multipliers';
import { addAffine, double, RATIO } from './points-lanes';

/** Bytes of a point with its Z. */
export const POINT: usize = 480;
/** Bytes of a point that has none. */
export const AFFINE: usize = 320;

const INVERSE: usize = memory.data(160, 16);
const SQUARE: usize = memory.data(160, 16);

/**
 * The next multiples of a point with Z = 1 behind the one at `point`, which is the first of them where `isFirst`: `count` points at `table`, not
 * brought to Z = 1, and at `ratios` what each one's Z is of the one before.
 */
export function nextMultiples(table: usize, ratios: usize, point: usize, affine: usize, count: i32, isFirst: bool): void {
  for (let i = 0; i < count; i++) {
    const at = table + <usize>i * AFFINE;
    if (isFirst && i == 0) {
      memory.copy(point, affine, AFFINE);
      fillField(point + AFFINE, 1);
    } else if (isFirst && i == 1) {
      double(point);
      // Z was 1 and is 2Y.
      copyField(ratios + FIELD, point + AFFINE);
    } else {
      addAffine(point, point, affine, affine + FIELD);
      copyField(ratios + <usize>i * FIELD, RATIO);
    }
    memory.copy(at, point, AFFINE);
  }
}

/** Brings what `nextMultiples` made to Z = 1, by the inverse of the last one's Z, which is overwritten. */
export function normalizeMultiples(table: usize, ratios: usize, inverse: usize, count: i32): void {
  for (let i = count - 1; i >= 0; i--) {
    const at = table + <usize>i * AFFINE;
    square(SQUARE, inverse);
    product(at, at, SQUARE);
    product(SQUARE, SQUARE, inverse);
    product(at + FIELD, at + FIELD, SQUARE);
    if (i > 0) product(inverse, inverse, ratios + <usize>i * FIELD);
  }
}

/** The generator and 2^128 times it, in the first two lanes. */
const BASES: usize = memory.data(320, 16);
const GENERATOR: usize = memory.data<u8>([
  0x79, 0xbe, 0x66, 0x7e, 0xf9, 0xdc, 0xbb, 0xac, 0x55, 0xa0, 0x62, 0x95, 0xce, 0x87, 0x0b, 0x07,
  0x02, 0x9b, 0xfc, 0xdb, 0x2d, 0xce, 0x28, 0xd9, 0x59, 0xf2, 0x81, 0x5b, 0x16, 0xf8, 0x17, 0x98,
  0x48, 0x3a, 0xda, 0x77, 0x26, 0xa3, 0xc4, 0x65, 0x5d, 0xa4, 0xfb, 0xfc, 0x0e, 0x11, 0x08, 0xa8,
  0xfd, 0x17, 0xb4, 0x48, 0xa6, 0x85, 0x54, 0x19, 0x9c, 0x47, 0xd0, 0x8f, 0xfb, 0x10, 0xd4, 0xb8,
], 16);

/** The point of lane 0 to all of them. */
export function readGenerator(affine: usize): void {
  for (let lane: usize = 0; lane < 4; lane++) {
    readField(affine, lane, GENERATOR);
    readField(affine + FIELD, lane, GENERATOR + 32);
  }
}

/** Bytes of a multiple in the table of a base: 20 digits of x and of y. */
const ENTRY: usize = 80;
export const BASE_TABLE_BYTES: usize = <usize>BASE_MULTIPLES * ENTRY;

const POINT_NOW: usize = memory.data(480, 16);

/** Makes the tables of G and of 2^128·G at `out`, one behind the other, `pieces` multiples at a time in the memory at `table` and `ratios`. */
export function makeBaseTables(out: usize, table: usize, ratios: usize, piece: i32): void {
  readGenerator(BASES);
  memory.copy(POINT_NOW, BASES, AFFINE);
  fillField(POINT_NOW + AFFINE, 1);
  for (let i = 0; i < 128; i++) double(POINT_NOW);
  invert(INVERSE, POINT_NOW + AFFINE);
  normalizeMultiples(POINT_NOW, 0, INVERSE, 1);
  const second = i32x4(0, -1, 0, 0);
  selectField(BASES, POINT_NOW, BASES, second);
  selectField(BASES + FIELD, POINT_NOW + FIELD, BASES + FIELD, second);
  for (let from = 0; from < BASE_MULTIPLES; from += piece) {
    nextMultiples(table, ratios, POINT_NOW, BASES, piece, from == 0);
    invert(INVERSE, POINT_NOW + AFFINE);
    normalizeMultiples(table, ratios, INVERSE, piece);
    for (let i = 0; i < piece; i++) {
      for (let lane: usize = 0; lane < 2; lane++) {
        const entry = out + lane * BASE_TABLE_BYTES + <usize>(from + i) * ENTRY;
        for (let pair: usize = 0; pair < 20; pair++) {
          store<u32>(entry + (pair << 2), load<u32>(table + <usize>i * AFFINE + (pair << 4) + (lane << 2)));
        }
      }
    }
  }
}

const PICKED: usize = memory.data(320, 16);
const NEGATED: usize = memory.data(160, 16);
const SUM: usize = memory.data(480, 16);

// @ts-ignore: decorator
@inline
function placeOf(table: usize, digit: i32, size: usize): usize {
  return table + <usize>(digit == 0 ? 0 : abs(digit) - 1) * size;
}

// @ts-ignore: decorator
@inline
function pick(out: usize, p0: usize, p1: usize, p2: usize, p3: usize, step: usize): void {
  for (let i: usize = 0; i < 10; i++) {
    const at = i * step;
    let pairs = v128.load32_zero(p0 + at);
    pairs = v128.load_lane<u32>(p1 + at, pairs, 1);
    pairs = v128.load_lane<u32>(p2 + at, pairs, 2);
    pairs = v128.load_lane<u32>(p3 + at, pairs, 3);
    v128.store(out + (i << 4), pairs);
  }
}

/** Adds what is picked to the sum, in the lanes whose digit is not 0. Returns the lanes in which the sum is still nothing. */
function addPicked(sum: usize, empty: v128, digits: v128): v128 {
  const zero = i32x4.splat(0);
  negateWhere(NEGATED, PICKED + FIELD, i32x4.lt_s(digits, zero));
  const none = i32x4.eq(digits, zero);
  if (!v128.any_true(v128.or(none, empty))) {
    addAffine(sum, sum, PICKED, NEGATED);
    return empty;
  }
  addAffine(SUM, sum, PICKED, NEGATED);
  selectField(SUM, PICKED, SUM, empty);
  selectField(SUM + FIELD, NEGATED, SUM + FIELD, empty);
  fillField(PICKED, 1);
  selectField(SUM + AFFINE, PICKED, SUM + AFFINE, empty);
  for (let i: usize = 0; i < POINT; i += FIELD) selectField(sum + i, sum + i, SUM + i, none);
  return v128.and(empty, none);
}

/** Adds from tables that the lanes have each for themselves: the digits' multiples, with the x of `tableX` and the y of `tableY`. */
export function addFromOwn(sum: usize, empty: v128, tableX: usize, stepX: usize, tableY: usize, digits: usize): v128 {
  const d0 = <i32>load<i16>(digits);
  const d1 = <i32>load<i16>(digits, 2);
  const d2 = <i32>load<i16>(digits, 4);
  const d3 = <i32>load<i16>(digits, 6);
  pick(PICKED, placeOf(tableX, d0, stepX), placeOf(tableX + 4, d1, stepX), placeOf(tableX + 8, d2, stepX), placeOf(tableX + 12, d3, stepX), 16);
  pick(
    PICKED + FIELD,
    placeOf(tableY, d0, AFFINE),
    placeOf(tableY + 4, d1, AFFINE),
    placeOf(tableY + 8, d2, AFFINE),
    placeOf(tableY + 12, d3, AFFINE),
    16,
  );
  return addPicked(sum, empty, i32x4(d0, d1, d2, d3));
}

/** Adds from a table of a base. */
export function addFromBase(sum: usize, empty: v128, table: usize, digits: usize): v128 {
  const d0 = <i32>load<i16>(digits);
  const d1 = <i32>load<i16>(digits, 2);
  const d2 = <i32>load<i16>(digits, 4);
  const d3 = <i32>load<i16>(digits, 6);
  const p0 = placeOf(table, d0, ENTRY);
  const p1 = placeOf(table, d1, ENTRY);
  const p2 = placeOf(table, d2, ENTRY);
  const p3 = placeOf(table, d3, ENTRY);
  pick(PICKED, p0, p1, p2, p3, 4);
  pick(PICKED + FIELD, p0 + 40, p1 + 40, p2 + 40, p3 + 40, 4);
  return addPicked(sum, empty, i32x4(d0, d1, d2, d3));
}
