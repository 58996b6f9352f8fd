/**
 * Points of secp256k1, four at a time, in Jacobian coordinates: (X, Y, Z) stands for x = X/Z², y = Y/Z³. The formulas are not for every
 * case: a sum of a point and itself, or its negative, gives Z = 0, and whatever is done then leaves Z = 0. So whoever finds
 * Z = 0 at the end knows nothing, and whoever finds another Z knows the point.
 *
 * A point lies in memory as X, Y and, where it has one, Z. Numbers are [1] when they come in and when they go out.
 */
import { addField, carrySubtracted, carrySubtractedTwice, carryThrice, FIELD, multiplyField, subtractField } from './field-lanes';
import { product, square } from './field-product';

const A: usize = memory.data(160, 16);
const B: usize = memory.data(160, 16);
const C: usize = memory.data(160, 16);
const D: usize = memory.data(160, 16);
const E: usize = memory.data(160, 16);

/** Doubles a point with its Z. */
export function double(point: usize): void {
  const x = point;
  const y = point + FIELD;
  const z = point + 2 * FIELD;
  square(A, x);
  square(B, y);
  addField(C, y, y);
  product(z, C, z);
  // D is 4Y⁴, of 2Y² [2]; C is 4XY², of 4Y² [4].
  addField(C, B, B);
  square(D, C);
  multiplyField(C, B, 4);
  product(C, C, x);
  carryThrice(A, A);
  square(B, A);
  carrySubtractedTwice(x, B, C);
  subtractField(C, C, x);
  product(C, C, A);
  carrySubtractedTwice(y, C, D);
}

/** Adds a point with Z = 1, whose coordinates lie at `x` and `y`, to the one at `point`, which goes to `out`; they may be the same. */
export function addAffine(out: usize, point: usize, x: usize, y: usize): void {
  const z = point + 2 * FIELD;
  square(B, z);
  product(A, x, B);
  subtractField(A, A, point);
  product(B, B, z);
  product(B, B, y);
  subtractField(B, B, point + FIELD);
  // A and B [2] are the differences of x and y; C is A², D is X·A², E is A³.
  product(out + 2 * FIELD, z, A);
  square(C, A);
  product(E, A, C);
  product(D, point, C);
  product(C, point + FIELD, E);
  const yOut = out + FIELD;
  square(yOut, B);
  subtractField(yOut, yOut, E);
  carrySubtractedTwice(out, yOut, D);
  subtractField(D, D, out);
  product(yOut, D, B);
  carrySubtracted(yOut, yOut, C);
}

/** Brings a point to Z = 1, by the inverse of its Z. */
export function normalize(point: usize, inverse: usize): void {
  square(A, inverse);
  product(point, point, A);
  product(A, A, inverse);
  product(point + FIELD, point + FIELD, A);
}
