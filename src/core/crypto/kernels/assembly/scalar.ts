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

// @ts-ignore: decorator
@inline
function addRow8(sum: usize, factor: u64, b: usize): void {
  let carry: u64 = 0;
  carry = factor * load<u32>(b, 0) + load<u32>(sum, 0) + carry;
  store<u32>(sum, <u32>carry, 0);
  carry >>= 32;
  carry = factor * load<u32>(b, 4) + load<u32>(sum, 4) + carry;
  store<u32>(sum, <u32>carry, 4);
  carry >>= 32;
  carry = factor * load<u32>(b, 8) + load<u32>(sum, 8) + carry;
  store<u32>(sum, <u32>carry, 8);
  carry >>= 32;
  carry = factor * load<u32>(b, 12) + load<u32>(sum, 12) + carry;
  store<u32>(sum, <u32>carry, 12);
  carry >>= 32;
  carry = factor * load<u32>(b, 16) + load<u32>(sum, 16) + carry;
  store<u32>(sum, <u32>carry, 16);
  carry >>= 32;
  carry = factor * load<u32>(b, 20) + load<u32>(sum, 20) + carry;
  store<u32>(sum, <u32>carry, 20);
  carry >>= 32;
  carry = factor * load<u32>(b, 24) + load<u32>(sum, 24) + carry;
  store<u32>(sum, <u32>carry, 24);
  carry >>= 32;
  carry = factor * load<u32>(b, 28) + load<u32>(sum, 28) + carry;
  store<u32>(sum, <u32>carry, 28);
  carry >>= 32;
  for (let at = sum + 32; carry != 0; at += 4) {
    carry += <u64>load<u32>(at);
    store<u32>(at, <u32>carry);
    carry >>= 32;
  }
}

// @ts-ignore: decorator
@inline
function addRow5(sum: usize, factor: u64, b: usize): void {
  let carry: u64 = 0;
  carry = factor * load<u32>(b, 0) + load<u32>(sum, 0) + carry;
  store<u32>(sum, <u32>carry, 0);
  carry >>= 32;
  carry = factor * load<u32>(b, 4) + load<u32>(sum, 4) + carry;
  store<u32>(sum, <u32>carry, 4);
  carry >>= 32;
  carry = factor * load<u32>(b, 8) + load<u32>(sum, 8) + carry;
  store<u32>(sum, <u32>carry, 8);
  carry >>= 32;
  carry = factor * load<u32>(b, 12) + load<u32>(sum, 12) + carry;
  store<u32>(sum, <u32>carry, 12);
  carry >>= 32;
  carry = factor * load<u32>(b, 16) + load<u32>(sum, 16) + carry;
  store<u32>(sum, <u32>carry, 16);
  carry >>= 32;
  for (let at = sum + 20; carry != 0; at += 4) {
    carry += <u64>load<u32>(at);
    store<u32>(at, <u32>carry);
    carry >>= 32;
  }
}

/** Adds a·b, of 8 words both, to the number at `sum`, whose words above the product must have room for the carry. */
export function addProduct(sum: usize, a: usize, b: usize): void {
  for (let i: u32 = 0; i < 8; i++) addRow8(sum + (<usize>i << 2), word(a, i), b);
}

/** The same with a b of 5 words. */
export function addShortProduct(sum: usize, a: usize, aWords: u32, b: usize): void {
  for (let i: u32 = 0; i < aWords; i++) {
    const factor = word(a, i);
    if (factor != 0) addRow5(sum + (<usize>i << 2), factor, b);
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
