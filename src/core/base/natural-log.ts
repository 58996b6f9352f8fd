const LN_2 = Math.LN2;
const SQRT_2 = Math.SQRT2;

/** Terms of the series: the last one kept is below 2^-55 of the first, as |z| is at most 0.1716. */
const TERMS = 11;

/**
 * The natural logarithm of a positive finite number, to about 1e-15 of it.
 *
 * `Math.log` may differ in its last bit from one engine to the next; this uses nothing but the four operations, whose results IEEE 754 fixes, so that
 * what is drawn from a seed is the same everywhere. log(x) = k·log 2 + 2·artanh(z) with x = 2^k·m, √½ < m ≤ √2, z = (m - 1)/(m + 1).
 */
export function naturalLog(value: number): number {
  let exponent = 0;
  let mantissa = value;
  // Doubling and halving are exact.
  for (; mantissa > SQRT_2; mantissa /= 2) exponent++;
  for (; mantissa * 2 <= SQRT_2; mantissa *= 2) exponent--;
  const z = (mantissa - 1) / (mantissa + 1);
  const square = z * z;
  let sum = 0;
  for (let term = TERMS - 1; term >= 0; term--) sum = sum * square + 1 / (2 * term + 1);
  return exponent * LN_2 + 2 * z * sum;
}
