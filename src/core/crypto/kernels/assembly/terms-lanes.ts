/**
 * The points that sums are made of: multiples of the key, and those that its digits name, two at each place, added to each other before they are
 * added to the sum; and all of G, of which there is one place for each digit, so that nothing has to be doubled in between. They have Z = 1 and
 * stay so, for what this divides by is inverted all at once, which is cheaper than sums with a Z.
 */
import {
  addField,
  carrySubtracted,
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
import { AFFINE, digitsAt, pickBase, pickOwn } from './multiples-lanes';
import { BASE, FIRST, KEY_MULTIPLES, SECOND } from './multipliers';
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

/** Where the sum of a pair of the key goes. */
function placeOfKeyPair(group: usize, pair: usize): usize {
  if (pair < MULTIPLE_PAIRS) return group + KEY_TABLE + (pair + 1) * AFFINE;
  return group + TERMS + (pair - MULTIPLE_PAIRS) * TERM;
}

/** The points of a pair of the key to A and B, of those that are picked only x unless `withY`. */
function loadKeyPair(group: usize, pair: usize, withY: bool): void {
  if (pair < MULTIPLE_PAIRS) {
    const power = powerBelow(pair);
    copyPoint(A, group + KEY_TABLE + (pair + 1 - power) * AFFINE);
    copyPoint(B, group + KEY_TABLE + (power - 1) * AFFINE);
    return;
  }
  const first = group + DIGITS_AT + FIRST + ((pair - MULTIPLE_PAIRS) << 3);
  const second = group + DIGITS_AT + SECOND + ((pair - MULTIPLE_PAIRS) << 3);
  const tableY = withY ? group + KEY_TABLE + FIELD : 0;
  pickOwn(A, first, group + KEY_TABLE, AFFINE, tableY);
  pickOwn(B, second, group + SECOND_X, FIELD, tableY);
  v128.store(NONE, isZeroDigit(first));
  v128.store(NONE, isZeroDigit(second), 16);
}

/** What the slope of a pair of the key is divided by, 1 where one of the points is nothing. */
function loadKeyDifference(pair: usize): void {
  if (isDoubling(pair)) {
    addField(DIFFERENCE, A + FIELD, A + FIELD);
    return;
  }
  subtractField(DIFFERENCE, B, A);
  if (pair < MULTIPLE_PAIRS) return;
  selectField(DIFFERENCE, ONE, DIFFERENCE, v128.or(v128.load(NONE), v128.load(NONE, 16)));
}

/** How often sums of G have been added two and two, where a pair of them stands: 16 pairs of digits, 8 of their sums, 4, 2, 1. */
function stepOf(pair: usize): usize {
  return clz(BASE_PAIRS - pair) - clz(BASE_PAIRS);
}

/** The first pair of a step. */
export function basePairsBefore(step: usize): usize {
  return BASE_PAIRS + 1 - ((BASE_PAIRS + 1) >> step);
}

/** Where the sum of a pair of G goes, and where the first of its points lies after the first step. */
function placeOfBasePair(group: usize, pair: usize): usize {
  const step = stepOf(pair);
  return group + BASE_TERMS + ((pair - basePairsBefore(step)) << step) * AFFINE;
}

/** The points of a pair of G to A and B, of those that are picked only x unless `withY`, and what their slope is divided by. */
function loadBasePair(group: usize, pair: usize, withY: bool): void {
  if (pair < BASE_PLACES) {
    const digits = group + DIGITS_AT + BASE;
    pickBase(A, digits, BASE_TABLES, 2 * pair, withY);
    pickBase(B, digits, BASE_TABLES, 2 * pair + 1, withY);
  } else {
    const first = placeOfBasePair(group, pair);
    copyPoint(A, first);
    copyPoint(B, first + (AFFINE << (stepOf(pair) - 1)));
  }
  subtractField(DIFFERENCE, B, A);
}

/** The sum of A and B to `out`, by the inverse of what its slope is divided by, in PRODUCT. */
function addPair(out: usize, isSame: bool): void {
  if (isSame) {
    square(SLOPE, A);
    multiplyField(SLOPE, SLOPE, 3);
  } else {
    subtractField(SLOPE, B + FIELD, A + FIELD);
  }
  product(SLOPE, SLOPE, PRODUCT);
  square(PRODUCT, SLOPE);
  subtractField(PRODUCT, PRODUCT, A);
  carrySubtracted(out, PRODUCT, B);
  subtractField(PRODUCT, A, out);
  product(PRODUCT, PRODUCT, SLOPE);
  carrySubtracted(out + FIELD, PRODUCT, A + FIELD);
}

/** Puts right a sum of A and B at a place in the lanes in which one of them is nothing. */
function restoreOther(out: usize): void {
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

/** Puts a product of differences by, and multiplies it by the next one. */
function multiplyNext(at: usize): void {
  copyField(at, PRODUCT);
  product(PRODUCT, PRODUCT, DIFFERENCE);
}

/** Takes a difference out of the inverse of a product; what is left of the inverse for it alone goes to PRODUCT. */
function takeNext(at: usize): void {
  product(PRODUCT, INVERSE, at);
  product(INVERSE, INVERSE, DIFFERENCE);
}

/** Adds some pairs of all groups, none of which takes the sum of another of them. Returns the lanes in which the sums are lost. */
function addPairs(groups: usize, from: usize, to: usize, baseFrom: usize, baseTo: usize): v128 {
  copyField(PRODUCT, ONE);
  for (let i: usize = 0; i < groups; i++) {
    const group = WORK + i * GROUP;
    let at = group + PRODUCTS;
    for (let pair = from; pair < to; pair++, at += FIELD) {
      loadKeyPair(group, pair, false);
      loadKeyDifference(pair);
      multiplyNext(at);
    }
    for (let pair = baseFrom; pair < baseTo; pair++, at += FIELD) {
      loadBasePair(group, pair, false);
      multiplyNext(at);
    }
  }
  const lost = lostLanes();
  selectField(PRODUCT, ONE, PRODUCT, lost);
  invert(INVERSE, PRODUCT);
  for (let i = groups; i-- > 0; ) {
    const group = WORK + i * GROUP;
    let at = group + PRODUCTS + (to - from + baseTo - baseFrom) * FIELD;
    for (let pair = baseTo; pair-- > baseFrom; ) {
      at -= FIELD;
      loadBasePair(group, pair, true);
      takeNext(at);
      addPair(placeOfBasePair(group, pair), false);
    }
    for (let pair = to; pair-- > from; ) {
      at -= FIELD;
      loadKeyPair(group, pair, true);
      loadKeyDifference(pair);
      takeNext(at);
      const out = placeOfKeyPair(group, pair);
      addPair(out, isDoubling(pair));
      if (pair >= MULTIPLE_PAIRS) restoreOther(out);
    }
  }
  return lost;
}

/**
 * Makes the terms of all groups out of their keys and digits, and of G's the sum. Returns the lanes in which they are lost.
 *
 * Each round takes twice as many multiples of the keys as there are, and adds up two and two of what is left of G.
 */
export function makeTerms(groups: usize): v128 {
  let lost = i32x4.splat(0);
  let step: usize = 0;
  for (let has: usize = 1; has < <usize>KEY_MULTIPLES; has *= 2, step++) {
    lost = v128.or(lost, addPairs(groups, has - 1, 2 * has - 1, basePairsBefore(step), basePairsBefore(step + 1)));
  }
  for (let i: usize = 0; i < groups; i++) {
    const group = WORK + i * GROUP;
    for (let j: usize = 0; j < <usize>KEY_MULTIPLES; j++) product(group + SECOND_X + j * FIELD, group + KEY_TABLE + j * AFFINE, BETA);
  }
  return v128.or(lost, addPairs(groups, MULTIPLE_PAIRS, KEY_PAIRS, basePairsBefore(step), basePairsBefore(step + 1)));
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
