/**
 * The points that a sum is made of: multiples of the key, and those that its digits name, added to each other before they are added to the sum,
 * two of the key at each place and two of G at every other. They have Z = 1 and stay so, for what this divides by is inverted all at once, which
 * is cheaper than sums with a Z.
 */
import {
  addField,
  carryCombined,
  copyField,
  copyPoint,
  FIELD,
  invert,
  isZeroField,
  multiplyField,
  ONE,
  readField,
  selectField,
  subtractField,
} from './field-lanes';
import { product, square } from './field-product';
import { AFFINE, BASE_TABLE_BYTES, digitsAt, pickBase, pickOwn } from './multiples-lanes';
import { BASE_HIGH, BASE_LOW, FIRST, KEY_MULTIPLES, SECOND } from './multipliers';
import { addAffine } from './points-lanes';
import {
  BASE_PAIRS,
  BASE_PLACES,
  BASE_TABLES,
  BASE_TERMS,
  DIGITS_AT,
  GROUP,
  KEY_PAIRS,
  KEY_TABLE,
  MULTIPLE_PAIRS,
  PAIRS,
  PRODUCTS,
  SECOND_X,
  TERM,
  TERMS,
  WORK,
} from './signatures-layout';

/** β of the endomorphism, a third root of 1: in all lanes, and as bytes. */
const BETA: usize = memory.data(160, 16);
const BETA_BYTES: usize = memory.data<u8>([
  0x7a, 0xe9, 0x6a, 0x2b, 0x65, 0x7c, 0x07, 0x10, 0x6e, 0x64, 0x47, 0x9e, 0xac, 0x34, 0x34, 0xe9,
  0x9c, 0xf0, 0x49, 0x75, 0x12, 0xf5, 0x89, 0x95, 0xc1, 0x39, 0x6c, 0x28, 0x71, 0x95, 0x01, 0xee,
], 16);

const A: usize = memory.data(320, 16);
const B: usize = memory.data(320, 16);
const DIFFERENCE: usize = memory.data(160, 16);
const INVERSE: usize = memory.data(160, 16);
const SLOPE: usize = memory.data(160, 16);
const PRODUCT: usize = memory.data(160, 16);
/** The lanes in which A and B are nothing. */
const NONE: usize = memory.data(32, 16);
const LANES: usize = memory.data(16, 16);

// @ts-ignore: decorator
@inline
function isZeroDigit(digits: usize): v128 {
  return i32x4.eq(digitsAt(digits), i32x4.splat(0));
}

/** The greatest power of 2 below the multiple that a pair gives: it is one of the two, and the rest the other. */
function powerBelow(pair: usize): usize {
  return <usize>1 << (31 - clz<u32>(<u32>pair + 1));
}

/** Whether both points of a pair are the same. */
function isDoubling(pair: usize): bool {
  return pair < MULTIPLE_PAIRS && pair + 2 == 2 * powerBelow(pair);
}

/** Where the sum of a pair goes. */
function placeOfPair(group: usize, pair: usize): usize {
  if (pair < MULTIPLE_PAIRS) return group + KEY_TABLE + (pair + 1) * AFFINE;
  if (pair < KEY_PAIRS) return group + TERMS + (pair - MULTIPLE_PAIRS) * TERM;
  if (pair < BASE_PAIRS) return group + BASE_TERMS + (pair - KEY_PAIRS) * TERM;
  return group + TERMS + 2 * (pair - BASE_PAIRS) * TERM;
}

/** The points of a pair to A and B, of those that are picked only x unless `withY`. */
function loadPair(group: usize, pair: usize, withY: bool): void {
  const digits = group + DIGITS_AT;
  if (pair < MULTIPLE_PAIRS) {
    const power = powerBelow(pair);
    copyPoint(A, group + KEY_TABLE + (pair + 1 - power) * AFFINE);
    copyPoint(B, group + KEY_TABLE + (power - 1) * AFFINE);
    v128.store(NONE, i32x4.splat(0));
    v128.store(NONE, i32x4.splat(0), 16);
  } else if (pair < KEY_PAIRS) {
    const first = digits + FIRST + ((pair - MULTIPLE_PAIRS) << 3);
    const second = digits + SECOND + ((pair - MULTIPLE_PAIRS) << 3);
    const tableY = withY ? group + KEY_TABLE + FIELD : 0;
    pickOwn(A, first, group + KEY_TABLE, AFFINE, tableY);
    pickOwn(B, second, group + SECOND_X, FIELD, tableY);
    v128.store(NONE, isZeroDigit(first));
    v128.store(NONE, isZeroDigit(second), 16);
  } else if (pair < BASE_PAIRS) {
    const low = digits + BASE_LOW + ((pair - KEY_PAIRS) << 3);
    const high = digits + BASE_HIGH + ((pair - KEY_PAIRS) << 3);
    pickBase(A, low, BASE_TABLES, withY);
    pickBase(B, high, BASE_TABLES + BASE_TABLE_BYTES, withY);
    v128.store(NONE, isZeroDigit(low));
    v128.store(NONE, isZeroDigit(high), 16);
  } else {
    const term = placeOfPair(group, pair);
    const other = placeOfPair(group, pair - BASE_PLACES);
    copyPoint(A, term);
    copyPoint(B, other);
    v128.store(NONE, v128.load(term, AFFINE));
    v128.store(NONE, v128.load(other, AFFINE), 16);
  }
}

/** What the slope of a pair is divided by, 1 where one of the points is nothing. */
function loadDifference(pair: usize): void {
  if (isDoubling(pair)) {
    addField(DIFFERENCE, A + FIELD, A + FIELD);
    return;
  }
  subtractField(DIFFERENCE, B, A);
  selectField(DIFFERENCE, ONE, DIFFERENCE, v128.or(v128.load(NONE), v128.load(NONE, 16)));
}

/** The sum of A and B to `out`, by the inverse of what its slope is divided by, in PRODUCT. */
function addPair(out: usize, pair: usize): void {
  if (isDoubling(pair)) {
    square(SLOPE, A);
    multiplyField(SLOPE, SLOPE, 3);
  } else {
    subtractField(SLOPE, B + FIELD, A + FIELD);
  }
  product(SLOPE, SLOPE, PRODUCT);
  square(PRODUCT, SLOPE);
  subtractField(PRODUCT, PRODUCT, A);
  carryCombined(out, PRODUCT, 1, B, -1);
  subtractField(PRODUCT, A, out);
  product(PRODUCT, PRODUCT, SLOPE);
  carryCombined(out + FIELD, PRODUCT, 1, A + FIELD, -1);
  if (pair < MULTIPLE_PAIRS) return;
  const noA = v128.load(NONE);
  const noB = v128.load(NONE, 16);
  for (let i: usize = 0; i < AFFINE; i += FIELD) {
    selectField(out + i, A + i, out + i, noB);
    selectField(out + i, B + i, out + i, noA);
  }
  v128.store(out, v128.and(noA, noB), AFFINE);
}

/** The lanes whose product of differences is 0: a point met itself there, and all sums of the lane are lost. */
function lostLanes(): v128 {
  for (let lane: usize = 0; lane < 4; lane++) store<i32>(LANES + (lane << 2), isZeroField(PRODUCT, lane) ? -1 : 0);
  return v128.load(LANES);
}

/** Adds some pairs of all groups, none of which takes the sum of another of them. Returns the lanes in which the sums are lost. */
function addPairs(groups: usize, from: usize, to: usize): v128 {
  copyField(PRODUCT, ONE);
  for (let i: usize = 0; i < groups; i++) {
    const group = WORK + i * GROUP;
    for (let pair = from; pair < to; pair++) {
      loadPair(group, pair, false);
      loadDifference(pair);
      copyField(group + PRODUCTS + (pair - from) * FIELD, PRODUCT);
      product(PRODUCT, PRODUCT, DIFFERENCE);
    }
  }
  const lost = lostLanes();
  selectField(PRODUCT, ONE, PRODUCT, lost);
  invert(INVERSE, PRODUCT);
  for (let i = groups; i-- > 0; ) {
    const group = WORK + i * GROUP;
    for (let pair = to; pair-- > from; ) {
      loadPair(group, pair, true);
      loadDifference(pair);
      product(PRODUCT, INVERSE, group + PRODUCTS + (pair - from) * FIELD);
      product(INVERSE, INVERSE, DIFFERENCE);
      addPair(placeOfPair(group, pair), pair);
    }
  }
  return lost;
}

/** Makes the multiples of all groups' keys, which are the first in their tables: each round twice as many as there are. */
function makeMultiples(groups: usize): void {
  for (let has: usize = 1; has < <usize>KEY_MULTIPLES; has *= 2) addPairs(groups, has - 1, 2 * has - 1);
  for (let i: usize = 0; i < groups; i++) {
    const group = WORK + i * GROUP;
    for (let j: usize = 0; j < <usize>KEY_MULTIPLES; j++) product(group + SECOND_X + j * FIELD, group + KEY_TABLE + j * AFFINE, BETA);
  }
}

/** Makes the terms of all groups out of their keys and digits. Returns the lanes in which they are lost. */
export function makeTerms(groups: usize): v128 {
  makeMultiples(groups);
  return v128.or(addPairs(groups, MULTIPLE_PAIRS, BASE_PAIRS), addPairs(groups, BASE_PAIRS, PAIRS));
}

/** To be called once, before any terms are made. */
export function prepareTerms(): void {
  for (let lane: usize = 0; lane < 4; lane++) readField(BETA, lane, BETA_BYTES);
}

const NEXT: usize = memory.data(480, 16);

/** Adds the term at a place to a sum, in the lanes where it is something. Returns the lanes in which the sum is still nothing. */
export function addTerm(sum: usize, empty: v128, group: usize, place: usize): v128 {
  const term = group + TERMS + place * TERM;
  const none = v128.load(term, AFFINE);
  if (!v128.any_true(v128.or(none, empty))) {
    addAffine(sum, sum, term, term + FIELD);
    return empty;
  }
  addAffine(NEXT, sum, term, term + FIELD);
  selectField(NEXT, term, NEXT, empty);
  selectField(NEXT + FIELD, term + FIELD, NEXT + FIELD, empty);
  selectField(NEXT + AFFINE, ONE, NEXT + AFFINE, empty);
  for (let i: usize = 0; i < 3 * FIELD; i += FIELD) selectField(sum + i, sum + i, NEXT + i, none);
  return v128.and(empty, none);
}
