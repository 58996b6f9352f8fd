/**
 * Numbers modulo n, the order of secp256k1, for public values only: what is done takes a time that depends on them.
 *
 * A number is 8 words of 32 bits, the lowest first. n is 2^256 - C with a C of 129 bits, so what a product has above 2^256 is folded back
 * by multiplying it with C.
 */

import { invertPartly, makeHalves } from './inverse';

export const ORDER: usize = memory.data<u32>([
  0xd0364141, 0xbfd25e8c, 0xaf48a03b, 0xbaaedce6, 0xfffffffe, 0xffffffff, 0xffffffff, 0xffffffff,
], 16);
const C: usize = memory.data<u32>([0x2fc9bebf, 0x402da173, 0x50b75fc4, 0x45512319, 1], 16);

/** Bytes of a number. */
export const SCALAR: usize = 32;

/** The words above 2^256 while they are folded, and the product. */
const HIGH: usize = memory.data(64, 16);
const PRODUCT: usize = memory.data(128, 16);
const A: usize = memory.data(32, 16);
const B: usize = memory.data(32, 16);

// @ts-ignore: decorator
@inline
export function word(number: usize, index: u32): u64 {
  return load<u32>(number + ((<usize>index) << 2));
}

/** Reads 32 bytes, big-endian. */
export function readScalar(bytes: usize, number: usize): void {
  for (let i: usize = 0; i < 32; i += 4) store<u32>(number + i, bswap(load<u32>(bytes + 28 - i)));
}

/** Adds a word of factor·b, and what was carried, to the word at `sum`. Returns what is carried on. */
// @ts-ignore: decorator
@inline
function addWord(sum: usize, factor: u64, b: usize, carry: u64): u64 {
  const total = factor * load<u32>(b) + load<u32>(sum) + carry;
  store<u32>(sum, <u32>total);
  return total >> 32;
}

/** The same for five words. */
// @ts-ignore: decorator
@inline
function addFiveWords(sum: usize, factor: u64, b: usize): u64 {
  let carry = addWord(sum, factor, b, 0);
  carry = addWord(sum + 4, factor, b + 4, carry);
  carry = addWord(sum + 8, factor, b + 8, carry);
  carry = addWord(sum + 12, factor, b + 12, carry);
  return addWord(sum + 16, factor, b + 16, carry);
}

// @ts-ignore: decorator
@inline
function addCarry(at: usize, carry: u64): void {
  for (; carry != 0; at += 4) {
    carry += <u64>load<u32>(at);
    store<u32>(at, <u32>carry);
    carry >>= 32;
  }
}

/** Adds a·b, of 8 words both, to the number at `sum`, whose words above the product must have room for the carry. */
export function addProduct(sum: usize, a: usize, b: usize): void {
  for (let i: u32 = 0; i < 8; i++, sum += 4) {
    const factor = word(a, i);
    let carry = addFiveWords(sum, factor, b);
    carry = addWord(sum + 20, factor, b + 20, carry);
    carry = addWord(sum + 24, factor, b + 24, carry);
    addCarry(sum + 32, addWord(sum + 28, factor, b + 28, carry));
  }
}

/** The same with a b of 5 words. */
export function addShortProduct(sum: usize, a: usize, aWords: u32, b: usize): void {
  for (let i: u32 = 0; i < aWords; i++, sum += 4) {
    const factor = word(a, i);
    if (factor != 0) addCarry(sum + 20, addFiveWords(sum, factor, b));
  }
}

/** a - b to `out`, of an a that is not less than b. */
export function subtractScalar(a: usize, b: usize, out: usize): void {
  let borrow: u64 = 0;
  for (let i: u32 = 0; i < 8; i++) {
    const difference = word(a, i) - word(b, i) - borrow;
    store<u32>(out + ((<usize>i) << 2), <u32>difference);
    borrow = difference >> 63;
  }
}

export function isBelowOrder(number: usize): bool {
  for (let i: i32 = 7; i >= 0; i--) {
    if (word(number, i) != word(ORDER, i)) return word(number, i) < word(ORDER, i);
  }
  return false;
}

export function isZero(number: usize, words: u32): bool {
  for (let i: u32 = 0; i < words; i++) if (word(number, i) != 0) return false;
  return true;
}

/** a·b modulo n of any two numbers to `out`, which may be one of them. */
export function multiplyScalar(out: usize, a: usize, b: usize): void {
  memory.fill(PRODUCT, 0, 128);
  addProduct(PRODUCT, a, b);
  // Each folding takes 127 bits off the top, so three of them leave nothing there but perhaps a last carry.
  while (!isZero(PRODUCT + 32, 9)) {
    memory.copy(HIGH, PRODUCT + 32, 36);
    memory.fill(PRODUCT + 32, 0, 36);
    addShortProduct(PRODUCT, HIGH, 9, C);
  }
  while (!isBelowOrder(PRODUCT)) subtractScalar(PRODUCT, ORDER, PRODUCT);
  memory.copy(out, PRODUCT, SCALAR);
}

const HALVES: usize = memory.data(8224, 16);

/** To be called once, before anything is inverted. */
export function prepareScalars(): void {
  makeHalves(HALVES, ORDER);
}

/** 1 / a modulo n of a number from 1 to n - 1. `out` may be a. */
export function invertScalar(out: usize, a: usize): void {
  const rest = invertPartly(out, a, ORDER, HALVES);
  multiplyScalar(out, out, rest);
}

/** n - a of a number below n, and 0 of 0. */
export function negateScalar(out: usize, a: usize): void {
  if (isZero(a, 8)) memory.fill(out, 0, SCALAR);
  else subtractScalar(ORDER, a, out);
}

/** -a·b modulo n of two numbers of 32 bytes, big-endian, as 32 bytes to `out`. */
export function negatedProduct(a: usize, b: usize, out: usize): void {
  readScalar(a, A);
  readScalar(b, B);
  multiplyScalar(A, A, B);
  negateScalar(B, A);
  for (let i: usize = 0; i < 32; i += 4) store<u32>(out + i, bswap(load<u32>(B + 28 - i)));
}
