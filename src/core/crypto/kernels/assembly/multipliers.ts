/**
 * How often a point is to be added to itself, as signed digits: the multiplier of a key is split in two of 128 bits by the endomorphism of
 * secp256k1 (Gallant, Lambert and Vanstone, CRYPTO 2001), λ·(x, y) = (β·x, y); that of G is cut in bytes, each for another multiple of G.
 */
import { addProduct, addShortProduct, ORDER, SCALAR, subtractScalar, word } from './scalar';

/** Bits of a digit of a key's multiplier, and how many digits 130 bits have. */
export const KEY_BITS: i32 = 5;
export const KEY_DIGITS: i32 = 26;
/** Multiples of a key that its table has: as many as a digit may be. */
export const KEY_MULTIPLES: i32 = 16;

/** Digits of G's multiplier, of 8 bits each. All are odd, so that none is 0: ±1, ±3 to ±255. */
export const BASE_DIGITS: i32 = 32;
/** Multiples of 2^(8·i)·G that the table of place i has: 1, 3 to 255. */
export const BASE_MULTIPLES: i32 = 128;

/** Bytes of the digits of four lanes: by kind, place and lane, those of keys of 16 bits, those of G of 8. */
export const FIRST: usize = 0;
export const SECOND: usize = 208;
export const BASE: usize = 416;
export const DIGITS: usize = 544;

/** A basis of the lattice of (a, b) with a + b·λ = 0 modulo n: (B2, -B1) and (A2, B2); and round(2^384·B2 / n), round(2^384·B1 / n). */
const B1: usize = memory.data<u32>([0x0abfe4c3, 0x6f547fa9, 0x010e8828, 0xe4437ed6, 0], 16);
const B2: usize = memory.data<u32>([0x9284eb15, 0xe86c90e4, 0xa7d46bcd, 0x3086d221, 0], 16);
const A2: usize = memory.data<u32>([0x9d44cfd8, 0x57c1108d, 0xa8e2f3f6, 0x14ca50f7, 1], 16);
const G1: usize = memory.data<u32>([
  0x45dbb031, 0xe893209a, 0x71e8ca7f, 0x3daa8a14, 0x9284eb15, 0xe86c90e4, 0xa7d46bcd, 0x3086d221,
], 16);
const G2: usize = memory.data<u32>([
  0x8ac47f71, 0x1571b4ae, 0x9df506c6, 0x221208ac, 0x0abfe4c4, 0x6f547fa9, 0x010e8828, 0xe4437ed6,
], 16);

const PRODUCT: usize = memory.data(80, 16);
const C1: usize = memory.data(32, 16);
const C2: usize = memory.data(32, 16);
const HALF: usize = memory.data(64, 16);

/** round(number·factor / 2^384), 5 words to `out`. */
function multiplyAndShift(out: usize, number: usize, factor: usize): void {
  memory.fill(PRODUCT, 0, 80);
  addProduct(PRODUCT, number, factor);
  let above = word(PRODUCT, 11) >> 31;
  for (let i: u32 = 0; i < 4; i++) {
    above += word(PRODUCT, 12 + i);
    store<u32>(out + (i << 2), <u32>above);
    above >>= 32;
  }
  store<u32>(out, <u32>above, 16);
}

/** Takes a·b from the number of 5 words at `out`, modulo 2^160. */
function subtractProduct(out: usize, a: usize, b: usize): void {
  memory.fill(PRODUCT, 0, 80);
  addShortProduct(PRODUCT, a, 5, b);
  let borrow: u64 = 0;
  for (let i: u32 = 0; i < 5; i++) {
    const difference = word(out, i) - word(PRODUCT, i) - borrow;
    store<u32>(out + (i << 2), <u32>difference);
    borrow = difference >> 63;
  }
}

/** Makes the number of 5 words at `number` positive, modulo 2^160, and tells whether it was negative. */
function absolute(number: usize): bool {
  if (word(number, 4) >> 31 == 0) return false;
  let carry: u64 = 1;
  for (let i: u32 = 0; i < 5; i++) {
    carry += word(number, i) ^ 0xffffffff;
    store<u32>(number + (i << 2), <u32>carry);
    carry >>= 32;
  }
  return true;
}

/**
 * The digits of a number below 2^129, from -2^(KEY_BITS - 1) + 1 to 2^(KEY_BITS - 1), every fourth place from `out` on; of the negative one, if so.
 */
function writeDigits(out: usize, number: usize, isNegative: bool): void {
  const limit = 1 << (KEY_BITS - 1);
  let above = 0;
  for (let i = 0, at = 0; i < KEY_DIGITS; i++, at += KEY_BITS) {
    let digit = (<i32>(load<u64>(number + (at >> 3)) >> (at & 7)) & (2 * limit - 1)) + above;
    above = digit > limit ? 1 : 0;
    digit -= above * 2 * limit;
    store<i16>(out + ((<usize>i) << 3), <i16>(isNegative ? -digit : digit));
  }
}

/** The digits of a key's multiplier, a number below n, in a lane of the digits at `digits`. */
export function writeKeyDigits(digits: usize, lane: usize, number: usize): void {
  multiplyAndShift(C1, number, G1);
  multiplyAndShift(C2, number, G2);
  memory.fill(HALF, 0, 64);
  memory.copy(HALF, number, 20);
  subtractProduct(HALF, C1, B2);
  subtractProduct(HALF, C2, A2);
  let isNegative = absolute(HALF);
  memory.fill(HALF + 20, 0, 44);
  writeDigits(digits + FIRST + 2 * lane, HALF, isNegative);
  // The other one is C1·B1 - C2·B2.
  memory.fill(HALF, 0, 64);
  addShortProduct(HALF, C1, 5, B1);
  subtractProduct(HALF, C2, B2);
  isNegative = absolute(HALF);
  memory.fill(HALF + 20, 0, 44);
  writeDigits(digits + SECOND + 2 * lane, HALF, isNegative);
}

/**
 * The digits of G's multiplier, from 1 to n - 1, in a lane: of a byte b, what is meant is 2·b - 255. An even number has none, but n minus it has
 * the negative ones.
 *
 * Such bytes b[i] stand for 2·B - (2^256 - 1), where B is all of them as a number: so B is half of the number, rounded down, plus 2^255.
 */
export function writeBaseDigits(digits: usize, lane: usize, number: usize): void {
  const isEven = (load<u32>(number) & 1) == 0;
  if (isEven) subtractScalar(ORDER, number, HALF);
  else memory.copy(HALF, number, SCALAR);
  const negated: u32 = isEven ? 0xffffffff : 0;
  for (let i: u32 = 0; i < 8; i++) {
    const above = i < 7 ? word(HALF, i + 1) & 1 : 1;
    const bytes = (<u32>(word(HALF, i) >> 1) | (<u32>above << 31)) ^ negated;
    const out = digits + BASE + ((<usize>i) << 4) + lane;
    for (let j: u32 = 0; j < 4; j++) store<u8>(out + ((<usize>j) << 2), <u8>(bytes >> (j << 3)));
  }
}
