/**
 * Inverses modulo an odd number of 256 bits, for public values only: Kaliski's almost inverse (IEEE Transactions on Computers 44, 1995), which
 * halves and doubles but never divides, and 1 / 2^k for what it leaves to do.
 *
 * Numbers are 4 words of 64 bits, the lowest first; R and S have a fifth.
 */

const U: usize = memory.data(32, 16);
const V: usize = memory.data(32, 16);
const D: usize = memory.data(32, 16);
const R: usize = memory.data(48, 16);
const S: usize = memory.data(48, 16);

/** Least k of an almost inverse; the greatest is 256 more. */
const K_MIN: i32 = 255;

/** Bytes of a table of 1 / 2^k for each of them. */
export const HALVES_BYTES: usize = 257 * 32;

/** a / 2^bits of an even a in place, bits from 1 to 63. */
function shiftRight(a: usize, bits: u64): void {
  const rest = 64 - bits;
  const a1 = load<u64>(a, 8);
  const a2 = load<u64>(a, 16);
  const a3 = load<u64>(a, 24);
  store<u64>(a, (load<u64>(a) >> bits) | (a1 << rest));
  store<u64>(a, (a1 >> bits) | (a2 << rest), 8);
  store<u64>(a, (a2 >> bits) | (a3 << rest), 16);
  store<u64>(a, a3 >> bits, 24);
}

/** a·2^bits in place, of five words. */
function shiftLeft(a: usize, bits: u64): void {
  const rest = 64 - bits;
  const a0 = load<u64>(a);
  const a1 = load<u64>(a, 8);
  const a2 = load<u64>(a, 16);
  const a3 = load<u64>(a, 24);
  store<u64>(a, a0 << bits);
  store<u64>(a, (a1 << bits) | (a0 >> rest), 8);
  store<u64>(a, (a2 << bits) | (a1 >> rest), 16);
  store<u64>(a, (a3 << bits) | (a2 >> rest), 24);
  store<u64>(a, (load<u64>(a, 32) << bits) | (a3 >> rest), 32);
}

/** a + b to a. Returns what is carried out of 256 bits. */
function add(a: usize, b: usize): u64 {
  const a0 = load<u64>(a);
  const a1 = load<u64>(a, 8);
  const a2 = load<u64>(a, 16);
  const a3 = load<u64>(a, 24);
  const s0 = a0 + load<u64>(b);
  const c0 = u64(s0 < a0);
  const t1 = a1 + load<u64>(b, 8);
  const s1 = t1 + c0;
  const c1 = u64(t1 < a1) | u64(s1 < c0);
  const t2 = a2 + load<u64>(b, 16);
  const s2 = t2 + c1;
  const c2 = u64(t2 < a2) | u64(s2 < c1);
  const t3 = a3 + load<u64>(b, 24);
  const s3 = t3 + c2;
  store<u64>(a, s0);
  store<u64>(a, s1, 8);
  store<u64>(a, s2, 16);
  store<u64>(a, s3, 24);
  return u64(t3 < a3) | u64(s3 < c2);
}

/** a - b to `out`. Returns whether b was more, when the result is 2^256 too large. */
function subtract(out: usize, a: usize, b: usize): bool {
  const a0 = load<u64>(a);
  const a1 = load<u64>(a, 8);
  const a2 = load<u64>(a, 16);
  const a3 = load<u64>(a, 24);
  const d0 = a0 - load<u64>(b);
  const c0 = u64(d0 > a0);
  const t1 = a1 - load<u64>(b, 8);
  const d1 = t1 - c0;
  const c1 = u64(t1 > a1) | u64(d1 > t1);
  const t2 = a2 - load<u64>(b, 16);
  const d2 = t2 - c1;
  const c2 = u64(t2 > a2) | u64(d2 > t2);
  const t3 = a3 - load<u64>(b, 24);
  const d3 = t3 - c2;
  store<u64>(out, d0);
  store<u64>(out, d1, 8);
  store<u64>(out, d2, 16);
  store<u64>(out, d3, 24);
  return t3 > a3 || d3 > t3;
}

/** Halves u as long as it is even, and doubles s as often. Returns how often. */
function halveWhileEven(u: usize, s: usize): u64 {
  let times: u64 = 0;
  for (let bits = ctz(load<u64>(u)); bits != 0; bits = ctz(load<u64>(u))) {
    // A shift by 64 would be one by 0.
    if (bits > 63) bits = 63;
    shiftRight(u, bits);
    shiftLeft(s, bits);
    times += bits;
  }
  return times;
}

/** 1 / a modulo an odd number, of an a from 1 to that number minus 1 that has no divisor in common with it, times 2^k: to `out`. Returns k. */
function almostInverse(out: usize, a: usize, modulus: usize): u64 {
  memory.copy(U, modulus, 32);
  memory.copy(V, a, 32);
  memory.fill(R, 0, 48);
  memory.fill(S, 0, 48);
  store<u64>(S, 1);
  let k = halveWhileEven(V, R);
  // Modulo the number and up to a power of 2, U is -a·R and V is a·S.
  while (true) {
    if (subtract(D, U, V)) {
      subtract(V, V, U);
      store<u64>(S, load<u64>(S, 32) + load<u64>(R, 32) + add(S, R), 32);
      k += halveWhileEven(V, R);
    } else {
      if ((load<u64>(D) | load<u64>(D, 8) | load<u64>(D, 16) | load<u64>(D, 24)) == 0) break;
      v128.store(U, v128.load(D));
      v128.store(U, v128.load(D, 16), 16);
      store<u64>(R, load<u64>(R, 32) + load<u64>(S, 32) + add(R, S), 32);
      k += halveWhileEven(U, S);
    }
  }
  // Both are 1 now, and R is below the modulus.
  subtract(out, modulus, R);
  return k;
}

/** Makes the table of 1 / 2^k modulo an odd number. */
export function makeHalves(table: usize, modulus: usize): void {
  memory.fill(U, 0, 32);
  store<u64>(U, 1);
  for (let k = 0; k <= K_MIN + 256; k++) {
    if (k >= K_MIN) memory.copy(table + <usize>(k - K_MIN) * 32, U, 32);
    const carry = (load<u64>(U) & 1) == 0 ? 0 : add(U, modulus);
    shiftRight(U, 1);
    store<u64>(U, load<u64>(U, 24) | (carry << 63), 24);
  }
}

/**
 * 1 / a modulo an odd number, but for a factor: whoever multiplies what goes to `out` by the number whose address is returned, out of the table
 * that `makeHalves` made, has it.
 */
export function invertPartly(out: usize, a: usize, modulus: usize, halves: usize): usize {
  return halves + <usize>(almostInverse(out, a, modulus) - K_MIN) * 32;
}
