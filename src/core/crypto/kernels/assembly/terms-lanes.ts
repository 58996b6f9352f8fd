/**
 * The points that a sum is made of, added to each other before they are added to it: two of the key at each place, and two of G at every
 * other, become one. They have Z = 1 and stay so, for what this divides by is inverted all at once, which is cheaper than sums with a Z.
 */
import { carryCombined, copyField, FIELD, fillField, invert, isZeroField, selectField, subtractField } from './field-lanes';
import { product, square } from './field-product';
import { AFFINE, BASE_TABLE_BYTES, digitsAt, pickBase, pickOwn } from './multiples-lanes';
import { BASE_HIGH, BASE_LOW, FIRST, SECOND } from './multipliers';
import { addAffine } from './points-lanes';
import { BASE_PLACES, BASE_TABLES, BASE_TERMS, DIGITS_AT, GROUP, KEY_TABLE, PAIRS, PLACES, PRODUCTS, SECOND_X, TERM, TERMS, WORK } from './signatures-layout';

const A: usize = memory.data(320, 16);
const B: usize = memory.data(320, 16);
const DIFFERENCE: usize = memory.data(160, 16);
const INVERSE: usize = memory.data(160, 16);
const SLOPE: usize = memory.data(160, 16);
const PRODUCT: usize = memory.data(160, 16);
const ONE: usize = memory.data(160, 16);
/** The lanes in which A and B are nothing. */
const NONE: usize = memory.data(32, 16);
const LANES: usize = memory.data(16, 16);

// @ts-ignore: decorator
@inline
function isZeroDigit(digits: usize): v128 {
  return i32x4.eq(digitsAt(digits), i32x4.splat(0));
}

/** Where the sum of a pair goes. */
function placeOfPair(group: usize, pair: usize): usize {
  if (pair < PLACES) return group + TERMS + pair * TERM;
  if (pair < PLACES + BASE_PLACES) return group + BASE_TERMS + (pair - PLACES) * TERM;
  return group + TERMS + 2 * (pair - PLACES - BASE_PLACES) * TERM;
}

/** The points of a pair to A and B, only their x unless `withY`. */
function loadPair(group: usize, pair: usize, withY: bool): void {
  const digits = group + DIGITS_AT;
  if (pair < PLACES) {
    const first = digits + FIRST + (pair << 3);
    const second = digits + SECOND + (pair << 3);
    const tableY = withY ? group + KEY_TABLE + FIELD : 0;
    pickOwn(A, first, group + KEY_TABLE, AFFINE, tableY);
    pickOwn(B, second, group + SECOND_X, FIELD, tableY);
    v128.store(NONE, isZeroDigit(first));
    v128.store(NONE, isZeroDigit(second), 16);
  } else if (pair < PLACES + BASE_PLACES) {
    const low = digits + BASE_LOW + ((pair - PLACES) << 3);
    const high = digits + BASE_HIGH + ((pair - PLACES) << 3);
    pickBase(A, low, BASE_TABLES, withY);
    pickBase(B, high, BASE_TABLES + BASE_TABLE_BYTES, withY);
    v128.store(NONE, isZeroDigit(low));
    v128.store(NONE, isZeroDigit(high), 16);
  } else {
    const term = placeOfPair(group, pair);
    const other = placeOfPair(group, pair - BASE_PLACES);
    memory.copy(A, term, AFFINE);
    memory.copy(B, other, AFFINE);
    v128.store(NONE, v128.load(term, AFFINE));
    v128.store(NONE, v128.load(other, AFFINE), 16);
  }
}

/** What the slope of a pair is divided by, 1 where one of the points is nothing. */
function loadDifference(): void {
  subtractField(DIFFERENCE, B, A);
  selectField(DIFFERENCE, ONE, DIFFERENCE, v128.or(v128.load(NONE), v128.load(NONE, 16)));
}

/** The sum of A and B to `out`, by the inverse of their difference. */
function addPair(out: usize): void {
  subtractField(SLOPE, B + FIELD, A + FIELD);
  product(SLOPE, SLOPE, PRODUCT);
  square(PRODUCT, SLOPE);
  subtractField(PRODUCT, PRODUCT, A);
  carryCombined(out, PRODUCT, 1, B, -1);
  subtractField(PRODUCT, A, out);
  product(PRODUCT, PRODUCT, SLOPE);
  carryCombined(out + FIELD, PRODUCT, 1, A + FIELD, -1);
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
      loadDifference();
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
      loadDifference();
      product(PRODUCT, INVERSE, group + PRODUCTS + (pair - from) * FIELD);
      product(INVERSE, INVERSE, DIFFERENCE);
      addPair(placeOfPair(group, pair));
    }
  }
  return lost;
}

/** Makes the terms of all groups out of their tables and digits. Returns the lanes in which they are lost. */
export function makeTerms(groups: usize): v128 {
  fillField(ONE, 1);
  const first = PLACES + BASE_PLACES;
  return v128.or(addPairs(groups, 0, first), addPairs(groups, first, PAIRS));
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
