/**
 * Points of secp256k1, four at a time, in Jacobian coordinates: (X, Y, Z) stands for x = X/Z², y = Y/Z³. The formulas are not for every
 * case: a sum of a point and itself, or its negative, gives Z = 0, and whatever is done then leaves Z = 0. So whoever finds
 * Z = 0 at the end knows nothing, and whoever finds another Z knows the point.
 */
import { addField, carry, FIELD, multiplyField, subtractField } from './field-lanes';
import { product, square } from './field-product';

const A: usize = memory.data(160, 16);
const B: usize = memory.data(160, 16);
const C: usize = memory.data(160, 16);
const D: usize = memory.data(160, 16);
const E: usize = memory.data(160, 16);

/** Doubles the point whose coordinates, each [1], lie one behind another. */
export function double(point: usize): void {
  const x = point;
  const y = point + FIELD;
  const z = point + 2 * FIELD;
  square(A, x);
  square(B, y);
  addField(C, y, y);
  product(z, C, z);
  // 4Y² [4], of which X·4Y² and, squared by halves, 8Y⁴ are made.
  multiplyField(C, B, 2);
  square(D, C);
  multiplyField(C, B, 4);
  product(C, C, x);
  multiplyField(A, A, 3);
  carry(A, A);
  square(B, A);
  multiplyField(E, C, 2);
  subtractField(B, B, E);
  carry(x, B);
  subtractField(C, C, x);
  product(C, C, A);
  multiplyField(D, D, 2);
  subtractField(C, C, D);
  carry(y, C);
}

/** The factor between Z before and after the last `addAffine`: where it was written. */
export const RATIO: usize = A;

/** Adds a point with Z = 1 whose coordinates, each [1], lie at x and y, to the one at `point`, which goes to `out`. */
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
  multiplyField(E, D, 2);
  subtractField(yOut, yOut, E);
  carry(out, yOut);
  subtractField(D, D, out);
  product(yOut, D, B);
  subtractField(yOut, yOut, C);
  carry(yOut, yOut);
}
