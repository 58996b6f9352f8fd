/**
 * Tables of multiples of points, four at a time, and what is picked from them, another one in each lane.
 */
import { copyField, copyPoint, FIELD, invert, negateWhere, ONE, readField, selectField } from './field-lanes';
import { product } from './field-product';
import { BASE_DIGITS, BASE_MULTIPLES } from './multipliers';
import { addAffine, double, normalize } from './points-lanes';

/** Bytes of a point with its Z. */
export const POINT: usize = 480;
/** Bytes of a point that has none. */
export const AFFINE: usize = 320;

const GENERATOR: usize = memory.data<u8>([
  0x79, 0xbe, 0x66, 0x7e, 0xf9, 0xdc, 0xbb, 0xac, 0x55, 0xa0, 0x62, 0x95, 0xce, 0x87, 0x0b, 0x07,
  0x02, 0x9b, 0xfc, 0xdb, 0x2d, 0xce, 0x28, 0xd9, 0x59, 0xf2, 0x81, 0x5b, 0x16, 0xf8, 0x17, 0x98,
  0x48, 0x3a, 0xda, 0x77, 0x26, 0xa3, 0xc4, 0x65, 0x5d, 0xa4, 0xfb, 0xfc, 0x0e, 0x11, 0x08, 0xa8,
  0xfd, 0x17, 0xb4, 0x48, 0xa6, 0x85, 0x54, 0x19, 0x9c, 0x47, 0xd0, 0x8f, 0xfb, 0x10, 0xd4, 0xb8,
], 16);

/** The generator's x, as bytes. */
export function generatorX(): usize {
  return GENERATOR;
}

/** Bytes of a multiple in the table of a place: 20 digits of x and of y. */
const ENTRY: usize = 80;
const BASE_TABLE: usize = <usize>BASE_MULTIPLES * ENTRY;
export const BASE_TABLES_BYTES: usize = <usize>BASE_DIGITS * BASE_TABLE;
/** Bytes that `makeBaseTables` needs for the time it takes. */
export const BASE_TABLES_WORK: usize = <usize>BASE_MULTIPLES * (POINT + FIELD);

/** The base of the places whose tables are made, a lane each; twice that; and the multiple that is made. */
const BASES: usize = memory.data(480, 16);
const STEP: usize = memory.data(480, 16);
const MULTIPLE: usize = memory.data(480, 16);
/** What the Zs of the multiples before come to. */
const PRODUCT: usize = memory.data(160, 16);
const INVERSE: usize = memory.data(160, 16);

function copyWithZ(out: usize, point: usize): void {
  copyPoint(out, point);
  copyField(out + AFFINE, point + AFFINE);
}

function toAffine(point: usize): void {
  invert(INVERSE, point + AFFINE);
  normalize(point, INVERSE);
  copyField(point + AFFINE, ONE);
}

/** 2^(8·lane)·G to BASES. */
function makeFirstBases(): void {
  for (let lane: usize = 0; lane < 4; lane++) {
    readField(BASES, lane, GENERATOR);
    readField(BASES + FIELD, lane, GENERATOR + 32);
  }
  copyField(BASES + AFFINE, ONE);
  for (let from = 1; from < 4; from++) {
    copyWithZ(MULTIPLE, BASES);
    for (let i = 0; i < 8; i++) double(MULTIPLE);
    const lanes = i32x4.ge_s(i32x4(0, 1, 2, 3), i32x4.splat(from));
    for (let i: usize = 0; i < POINT; i += FIELD) selectField(BASES + i, MULTIPLE + i, BASES + i, lanes);
  }
}

/** Writes a point with Z = 1 as an entry of four tables one behind the other, a lane to each. */
function writeEntries(entry: usize, point: usize): void {
  for (let pair: usize = 0; pair < 20; pair++) {
    const digits = point + (pair << 4);
    const at = entry + (pair << 2);
    for (let lane: usize = 0; lane < 4; lane++) store<u32>(at + lane * BASE_TABLE, load<u32>(digits + (lane << 2)));
  }
}

/** Makes the tables of the four places whose bases are in BASES. */
function makeFourTables(out: usize, points: usize): void {
  const products = points + <usize>BASE_MULTIPLES * POINT;
  copyWithZ(STEP, BASES);
  double(STEP);
  toAffine(STEP);
  copyWithZ(MULTIPLE, BASES);
  copyField(PRODUCT, ONE);
  for (let i: usize = 0; i < <usize>BASE_MULTIPLES; i++) {
    if (i > 0) addAffine(MULTIPLE, MULTIPLE, STEP, STEP + FIELD);
    copyWithZ(points + i * POINT, MULTIPLE);
    copyField(products + i * FIELD, PRODUCT);
    product(PRODUCT, PRODUCT, MULTIPLE + AFFINE);
  }
  invert(INVERSE, PRODUCT);
  for (let i: usize = <usize>BASE_MULTIPLES; i-- > 0; ) {
    const point = points + i * POINT;
    product(PRODUCT, INVERSE, products + i * FIELD);
    product(INVERSE, INVERSE, point + AFFINE);
    normalize(point, PRODUCT);
    writeEntries(out + i * ENTRY, point);
  }
}

/** Makes the tables of all places of G's multiplier at `out`; `work` has room for BASE_TABLES_WORK bytes. */
export function makeBaseTables(out: usize, work: usize): void {
  makeFirstBases();
  for (let place: usize = 0; place < <usize>BASE_DIGITS; place += 4) {
    toAffine(BASES);
    makeFourTables(out + place * BASE_TABLE, work);
    for (let i = 0; i < 32; i++) double(BASES);
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

// @ts-ignore: decorator
@inline
function placeOfByte(table: usize, byte: usize): usize {
  return table + (byte >= 128 ? byte - 128 : 127 - byte) * ENTRY;
}

/** The same from the table of a place of G's multiplier, by its four bytes at `digits`. */
export function pickBase(out: usize, digits: usize, tables: usize, place: usize, withY: bool): void {
  const at = digits + (place << 2);
  const table = tables + place * BASE_TABLE;
  const p0 = placeOfByte(table, <usize>load<u8>(at));
  const p1 = placeOfByte(table, <usize>load<u8>(at, 1));
  const p2 = placeOfByte(table, <usize>load<u8>(at, 2));
  const p3 = placeOfByte(table, <usize>load<u8>(at, 3));
  gather(out, p0, p1, p2, p3, 4);
  if (!withY) return;
  gather(out + FIELD, p0 + 40, p1 + 40, p2 + 40, p3 + 40, 4);
  // Bytes below 128 stand for negative digits.
  const bytes = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(at)));
  negateWhere(out + FIELD, out + FIELD, i32x4.lt_s(bytes, i32x4.splat(128)));
}
