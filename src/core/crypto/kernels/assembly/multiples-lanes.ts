/**
 * Tables of multiples of points, four at a time, and what is picked from them, another one in each lane.
 */
import { copyField, copyPoint, FIELD, invert, negateWhere, ONE, readField, selectField } from './field-lanes';
import { product } from './field-product';
import { BASE_MULTIPLES } from './multipliers';
import { addAffine, double, normalize } from './points-lanes';

/** Bytes of a point with its Z. */
export const POINT: usize = 480;
/** Bytes of a point that has none. */
export const AFFINE: usize = 320;

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

/** The multiple that is made, and what the Zs of those before come to. */
const MULTIPLE: usize = memory.data(480, 16);
const PRODUCT: usize = memory.data(160, 16);
const INVERSE: usize = memory.data(160, 16);

/** Writes the first two lanes of a point with Z = 1 to the tables of the bases, as their next multiple. */
function writeEntries(entry: usize, point: usize): void {
  for (let pair: usize = 0; pair < 20; pair++) {
    const digits = point + (pair << 4);
    store<u32>(entry + (pair << 2), load<u32>(digits));
    store<u32>(entry + BASE_TABLE_BYTES + (pair << 2), load<u32>(digits, 4));
  }
}

/** Makes the tables of G and of 2^128·G at `out`, one behind the other. Some multiples at a time lie at `points`, with room for `piece` of 640 bytes. */
export function makeBaseTables(out: usize, points: usize, piece: i32): void {
  const products = points + <usize>piece * POINT;
  readGenerator(BASES);
  copyPoint(MULTIPLE, BASES);
  copyField(MULTIPLE + AFFINE, ONE);
  for (let i = 0; i < 128; i++) double(MULTIPLE);
  invert(INVERSE, MULTIPLE + AFFINE);
  normalize(MULTIPLE, INVERSE);
  const second = i32x4(0, -1, 0, 0);
  selectField(BASES, MULTIPLE, BASES, second);
  selectField(BASES + FIELD, MULTIPLE + FIELD, BASES + FIELD, second);
  copyPoint(MULTIPLE, BASES);
  copyField(MULTIPLE + AFFINE, ONE);
  for (let from = 0; from < BASE_MULTIPLES; from += piece) {
    copyField(PRODUCT, ONE);
    for (let i = 0; i < piece; i++) {
      if (from + i == 1) double(MULTIPLE);
      else if (from + i > 1) addAffine(MULTIPLE, MULTIPLE, BASES, BASES + FIELD);
      const point = points + <usize>i * POINT;
      copyPoint(point, MULTIPLE);
      copyField(point + AFFINE, MULTIPLE + AFFINE);
      copyField(products + <usize>i * FIELD, PRODUCT);
      product(PRODUCT, PRODUCT, MULTIPLE + AFFINE);
    }
    invert(INVERSE, PRODUCT);
    for (let i = piece - 1; i >= 0; i--) {
      const point = points + <usize>i * POINT;
      product(PRODUCT, INVERSE, products + <usize>i * FIELD);
      product(INVERSE, INVERSE, point + AFFINE);
      normalize(point, PRODUCT);
      writeEntries(out + <usize>(from + i) * ENTRY, point);
    }
  }
}

// @ts-ignore: decorator
@inline
function placeOf(table: usize, digit: i32, size: usize): usize {
  return table + <usize>(digit == 0 ? 0 : abs(digit) - 1) * size;
}

/** Gathers a number out of four places, pair by pair. */
// @ts-ignore: decorator
@inline
function gather(out: usize, p0: usize, p1: usize, p2: usize, p3: usize, step: usize): void {
  for (let i: usize = 0; i < 10; i++) {
    const at = i * step;
    let pairs = v128.load32_zero(p0 + at);
    pairs = v128.load_lane<u32>(p1 + at, pairs, 1);
    pairs = v128.load_lane<u32>(p2 + at, pairs, 2);
    pairs = v128.load_lane<u32>(p3 + at, pairs, 3);
    v128.store(out + (i << 4), pairs);
  }
}

// @ts-ignore: decorator
@inline
export function digitsAt(digits: usize): v128 {
  return v128.load_ext<i16>(digits);
}

/**
 * Picks the multiples that four digits name from tables that the lanes have each for themselves, to `out`: their x, the entries `stepX` apart, and
 * their y, unless `tableY` is 0, negated where the digit is negative. Of a digit of 0 it picks anything.
 */
export function pickOwn(out: usize, digits: usize, tableX: usize, stepX: usize, tableY: usize): void {
  const d0 = <i32>load<i16>(digits);
  const d1 = <i32>load<i16>(digits, 2);
  const d2 = <i32>load<i16>(digits, 4);
  const d3 = <i32>load<i16>(digits, 6);
  gather(out, placeOf(tableX, d0, stepX), placeOf(tableX + 4, d1, stepX), placeOf(tableX + 8, d2, stepX), placeOf(tableX + 12, d3, stepX), 16);
  if (tableY == 0) return;
  const y0 = placeOf(tableY, d0, AFFINE);
  const y1 = placeOf(tableY + 4, d1, AFFINE);
  const y2 = placeOf(tableY + 8, d2, AFFINE);
  gather(out + FIELD, y0, y1, y2, placeOf(tableY + 12, d3, AFFINE), 16);
  negateWhere(out + FIELD, out + FIELD, i32x4.shr_s(digitsAt(digits), 31));
}

/** The same from the table of a base. */
export function pickBase(out: usize, digits: usize, table: usize, withY: bool): void {
  const p0 = placeOf(table, <i32>load<i16>(digits), ENTRY);
  const p1 = placeOf(table, <i32>load<i16>(digits, 2), ENTRY);
  const p2 = placeOf(table, <i32>load<i16>(digits, 4), ENTRY);
  const p3 = placeOf(table, <i32>load<i16>(digits, 6), ENTRY);
  gather(out, p0, p1, p2, p3, 4);
  if (!withY) return;
  gather(out + FIELD, p0 + 40, p1 + 40, p2 + 40, p3 + 40, 4);
  negateWhere(out + FIELD, out + FIELD, i32x4.shr_s(digitsAt(digits), 31));
}
