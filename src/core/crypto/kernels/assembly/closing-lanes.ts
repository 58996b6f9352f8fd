/**
 * Whether the sum of a multiple of G and a multiple of a key is what is expected, four at a time, without the root that gives the key's y, which
 * would cost a quarter of all doublings.
 *
 * Let c = x³ + 7, of which a key's y is a root, where it has one. (x, y) -> (c·x, c·y'·y), with y' for the key's y, takes our curve to y² = x³ + 7c³,
 * where sums are made by the same formulas, none of which has the 7 in it, and the key lies at (c·x, c²): no root is needed to begin there. What
 * comes out, (X, Y, Z), is the point (X/W, y'·Y/(W·Z·c)) of our curve, W = c·Z². G's multiple (a, b) is made on ours. The x of both together is r
 * when
 *
 *     r + a + X/W = ((b - y'·Y/(W·Z·c)) / (a - X/W))².
 *
 * y'² being c, this times (a - X/W)²·W³ is y'·V = U without any other root in it, with
 *
 *     V = 2·b·Y·W·Z   and   U = b²·W³ + Y² - ((r + a)·W + X)·(a·W - X)².
 *
 * So the key's y must be U/V: it is, if the square of that is c, and if it is odd or even as the key says. V = 0 tells nothing and is seen.
 */
import { addField, carrySubtracted, FIELD, isOddField, isZeroField, ONE, selectField, subtractField } from './field-lanes';
import { product, square } from './field-product';
import { AFFINE } from './multiples-lanes';
import { BASE_TERMS, CUBE, PRODUCTS, SUM } from './signatures-layout';

/** What is kept of a group between the steps, where the products were. */
const U: usize = PRODUCTS;
const V: usize = U + FIELD;
const EXPECTED: usize = V + FIELD;
/** W·Z·c, and Z·c·(a·W - X). */
const SCALE: usize = EXPECTED + FIELD;
const HEIGHT: usize = SCALE + FIELD;
/** V·HEIGHT, whose inverse is wanted. */
export const DIVISOR: usize = HEIGHT + FIELD;

const W: usize = memory.data(160, 16);
const A: usize = memory.data(160, 16);
const B: usize = memory.data(160, 16);
const C: usize = memory.data(160, 16);
const LANES: usize = memory.data(16, 16);

/** Where a group's expected x is to be put. */
export function expectedX(group: usize): usize {
  return group + EXPECTED;
}

/**
 * Makes what the sum of a group is compared by, and its divisor, 1 in the lanes where it would be 0. Returns the lanes in which it is known that the
 * key, if it is there at all, has a y with which x is as expected.
 */
export function relate(group: usize): v128 {
  const x = group + SUM;
  const y = x + FIELD;
  const z = y + FIELD;
  const cube = group + CUBE;
  const a = group + BASE_TERMS;
  const b = a + FIELD;
  square(W, z);
  product(W, W, cube);
  product(C, W, z);
  // V = 2·b·Y·W·Z [2].
  product(A, C, b);
  product(A, A, y);
  addField(group + V, A, A);
  product(group + SCALE, C, cube);
  // B = a·W - X [2], the height.
  product(B, a, W);
  subtractField(B, B, x);
  product(C, z, cube);
  product(group + HEIGHT, C, B);
  product(group + DIVISOR, group + HEIGHT, group + V);
  // U = b²·W³ + Y² - ((r + a)·W + X)·B².
  addField(A, group + EXPECTED, a);
  product(A, A, W);
  addField(A, A, x);
  square(B, B);
  product(A, A, B);
  square(B, W);
  product(B, B, W);
  square(C, b);
  product(B, B, C);
  square(C, y);
  addField(B, B, C);
  carrySubtracted(group + U, B, A);
  square(A, group + U);
  square(B, group + V);
  product(B, B, cube);
  subtractField(A, A, B);
  for (let lane: usize = 0; lane < 4; lane++) {
    const isNone = isZeroField(group + DIVISOR, lane);
    store<i32>(LANES + (lane << 2), isNone ? -1 : 0);
  }
  const none = v128.load(LANES);
  selectField(group + DIVISOR, ONE, group + DIVISOR, none);
  for (let lane: usize = 0; lane < 4; lane++) store<i32>(LANES + (lane << 2), isZeroField(A, lane) ? -1 : 0);
  return v128.andnot(v128.load(LANES), none);
}

/** The key's y, and the sum's, by the inverse of the divisor, which lies in its place; they may be asked for until the next group's. */
export function settle(group: usize): void {
  const inverse = group + DIVISOR;
  product(A, group + U, group + HEIGHT);
  product(A, A, inverse);
  // The slope is (b - y·Y/SCALE) / (a - X/W): b·SCALE - y·Y over HEIGHT.
  product(B, group + BASE_TERMS + FIELD, group + SCALE);
  product(C, A, group + SUM + FIELD);
  subtractField(B, B, C);
  product(B, B, group + V);
  product(B, B, inverse);
  // What the sum's y is: slope·(a - r) - b.
  subtractField(C, group + BASE_TERMS, group + EXPECTED);
  product(B, B, C);
  subtractField(B, B, group + BASE_TERMS + FIELD);
}

/** Whether the key's y is odd in a lane. */
export function isKeyOdd(lane: usize): bool {
  return isOddField(A, lane);
}

/** Whether the sum's y is odd in a lane. */
export function isSumOdd(lane: usize): bool {
  return isOddField(B, lane);
}
