/**
 * Multiplication modulo n, the order of secp256k1, for public values only: it takes a time that depends on them.
 *
 * A number is 8 words of 32 bits, the lowest first. n is 2^256 - C with a C of 129 bits, so what a product has above 2^256 is folded back
 * by multiplying it with C.
 */

const N: usize = memory.data<u32>([
  0xd0364141, 0xbfd25e8c, 0xaf48a03b, 0xbaaedce6, 0xfffffffe, 0xffffffff, 0xffffffff, 0xffffffff,
], 16);
const C: usize = memory.data<u32>([0x2fc9bebf, 0x402da173, 0x50b75fc4, 0x45512319, 1], 16);
const C_WORDS: u32 = 5;

/** The words above 2^256 while they are folded, and the product. */
const HIGH: usize = memory.data(64, 16);
const PRODUCT: usize = memory.data(128, 16);
const A: usize = memory.data(32, 16);
const B: usize = memory.data(32, 16);

// @ts-ignore: decorator
@inline
function word(number: usize, index: u32): u64 {
  return load<u32>(number + ((<usize>index) << 2));
}

/** Reads 32 bytes, big-endian. */
function read(bytes: usize, number: usize): void {
  for (let i: usize = 0; i < 32; i += 4) store<u32>(number + i, bswap(load<u32>(bytes + 28 - i)));
}

/** Adds a·b to the number at `sum`, whose words above the product must have room for the carry. */
function addProduct(sum: usize, a: usize, aWords: u32, b: usize, bWords: u32): void {
  for (let i: u32 = 0; i < aWords; i++) {
    const factor = word(a, i);
    let carry: u64 = 0;
    let at = sum + ((<usize>i) << 2);
    for (let j: u32 = 0; j < bWords; j++, at += 4) {
      const total = factor * word(b, j) + <u64>load<u32>(at) + carry;
      store<u32>(at, <u32>total);
      carry = total >> 32;
    }
    for (; carry != 0; at += 4) {
      const total = <u64>load<u32>(at) + carry;
      store<u32>(at, <u32>total);
      carry = total >> 32;
    }
  }
}

/** a - b to `out`, of an a that is not less than b. */
function subtract(a: usize, b: usize, out: usize): void {
  let borrow: u64 = 0;
  for (let i: u32 = 0; i < 8; i++) {
    const difference = word(a, i) - word(b, i) - borrow;
    store<u32>(out + ((<usize>i) << 2), <u32>difference);
    borrow = difference >> 63;
  }
}

function isBelowOrder(number: usize): bool {
  for (let i: i32 = 7; i >= 0; i--) {
    if (word(number, i) != word(N, i)) return word(number, i) < word(N, i);
  }
  return false;
}

function isZero(number: usize, words: u32): bool {
  for (let i: u32 = 0; i < words; i++) if (word(number, i) != 0) return false;
  return true;
}

/** -a·b modulo n of two numbers of 32 bytes, big-endian, as 32 bytes to `out`. */
export function negatedProduct(a: usize, b: usize, out: usize): void {
  read(a, A);
  read(b, B);
  memory.fill(PRODUCT, 0, 128);
  addProduct(PRODUCT, A, 8, B, 8);
  // Each folding takes 127 bits off the top, so three of them leave nothing there but perhaps a last carry.
  while (!isZero(PRODUCT + 32, 9)) {
    memory.copy(HIGH, PRODUCT + 32, 36);
    memory.fill(PRODUCT + 32, 0, 36);
    addProduct(PRODUCT, HIGH, 9, C, C_WORDS);
  }
  while (!isBelowOrder(PRODUCT)) subtract(PRODUCT, N, PRODUCT);
  if (!isZero(PRODUCT, 8)) subtract(N, PRODUCT, PRODUCT);
  for (let i: usize = 0; i < 32; i += 4) store<u32>(out + i, bswap(load<u32>(PRODUCT + 28 - i)));
}
