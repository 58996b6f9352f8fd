/**
 * Numbers modulo p = 2^256 - 2^32 - 977, the field of secp256k1, four at a time: one in each lane of 32 bits. For public values only: what
 * is taken depends on them.
 *
 * A number is 20 signed digits of 13 bits, two in a lane, so 160 bytes hold four numbers. `product` and `square` give digits of -4096 to 4095
 * (digit 5 up to 260 beyond), which is called size 1; a sum has the sum of the sizes. Sizes may be multiplied while their product is at most 5.5, so
 * that no column of a product leaves 32 bits, and added up to 7, so that no digit leaves 16. `carryCombined` brings size 4 back to 1, but for digits 0
 * and 2, which may be half as much again. The sizes stand in brackets where they matter.
 */
import { product, square } from './field-product';
import { invertPartly, makeHalves } from './inverse';

/** Bytes of four numbers. */
export const FIELD: usize = 160;

const WORDS: usize = memory.data(40, 8);

/** Not by `memory.copy`, which is a call out of WebAssembly. */
export function copyField(out: usize, a: usize): void {
  for (let i: usize = 0; i < FIELD; i += 16) v128.store(out + i, v128.load(a + i));
}

/** Copies the two coordinates of a point. */
export function copyPoint(out: usize, a: usize): void {
  copyField(out, a);
  copyField(out + FIELD, a + FIELD);
}

export function addField(out: usize, a: usize, b: usize): void {
  for (let i: usize = 0; i < FIELD; i += 16) v128.store(out + i, i16x8.add(v128.load(a + i), v128.load(b + i)));
}

export function subtractField(out: usize, a: usize, b: usize): void {
  for (let i: usize = 0; i < FIELD; i += 16) v128.store(out + i, i16x8.sub(v128.load(a + i), v128.load(b + i)));
}

/** a, three times or any other small number of times, to `out`. */
export function multiplyField(out: usize, a: usize, times: i16): void {
  const factor = i16x8.splat(times);
  for (let i: usize = 0; i < FIELD; i += 16) v128.store(out + i, i16x8.mul(v128.load(a + i), factor));
}

/** -a in the lanes where `mask` is all ones, a in the others. */
export function negateWhere(out: usize, a: usize, mask: v128): void {
  for (let i: usize = 0; i < FIELD; i += 16) v128.store(out + i, i16x8.sub(v128.xor(v128.load(a + i), mask), mask));
}

/** a in the lanes where `mask` is all ones, b in the others. */
export function selectField(out: usize, a: usize, b: usize, mask: v128): void {
  for (let i: usize = 0; i < FIELD; i += 16) v128.store(out + i, v128.bitselect(v128.load(a + i), v128.load(b + i), mask));
}

/**
 * timesA·a + timesB·b [up to 4] with its digits brought back to 13 bits [1]: each gives what it has above to the next, and the last one,
 * 2^260 = 2^36 + 15632 times, to the first three.
 */
export function carryCombined(out: usize, a: usize, timesA: i16, b: usize, timesB: i16): void {
  const factorA = i16x8.splat(timesA);
  const factorB = i16x8.splat(timesB);
  const half = i16x8.splat(4096);
  const highest = combined(a, factorA, b, factorB, 144);
  const last = i16x8.shr_s(i16x8.add(highest, half), 13);
  const top = v128.shuffle<i16>(last, last, 1, 1, 3, 3, 5, 5, 7, 7);
  // 15632 is 2·8192 - 752.
  let more = i16x8.mul(top, i32x4.splat((2 << 16) | (-752 & 0xffff)));
  const second = i16x8.mul(top, i32x4.splat(1024));
  let before = i32x4.splat(0);
  for (let i: usize = 0; i < FIELD; i += 16) {
    const digits = combined(a, factorA, b, factorB, i);
    const carries = i16x8.shr_s(i16x8.add(digits, half), 13);
    const left = i16x8.sub(digits, i16x8.shl(carries, 13));
    const moved = v128.or(i32x4.shl(carries, 16), i32x4.shr_u(before, 16));
    v128.store(out + i, i16x8.add(i16x8.add(left, moved), more));
    before = carries;
    more = i == 0 ? second : i32x4.splat(0);
  }
}

// @ts-ignore: decorator
@inline
function combined(a: usize, factorA: v128, b: usize, factorB: v128, at: usize): v128 {
  return i16x8.add(i16x8.mul(v128.load(a + at), factorA), i16x8.mul(v128.load(b + at), factorB));
}

/** `square`, `times` times over. */
export function squareTimes(out: usize, a: usize, times: i32): void {
  square(out, a);
  for (let i = 1; i < times; i++) square(out, out);
}

const X2: usize = memory.data(160, 16);
const X3: usize = memory.data(160, 16);
const X6: usize = memory.data(160, 16);
const X22: usize = memory.data(160, 16);
const X44: usize = memory.data(160, 16);
const X88: usize = memory.data(160, 16);
const POWER: usize = memory.data(160, 16);

/** a^((p + 1) / 4): a root of a where it has one. */
export function squareRoot(out: usize, a: usize): void {
  square(X2, a);
  product(X2, X2, a);
  square(X3, X2);
  product(X3, X3, a);
  squareTimes(X6, X3, 3);
  product(X6, X6, X3);
  squareTimes(POWER, X6, 3);
  product(POWER, POWER, X3);
  squareTimes(POWER, POWER, 2);
  product(POWER, POWER, X2);
  squareTimes(X22, POWER, 11);
  product(X22, X22, POWER);
  squareTimes(X44, X22, 22);
  product(X44, X44, X22);
  squareTimes(X88, X44, 44);
  product(X88, X88, X44);
  squareTimes(POWER, X88, 88);
  product(POWER, POWER, X88);
  squareTimes(POWER, POWER, 44);
  product(POWER, POWER, X44);
  squareTimes(POWER, POWER, 3);
  product(POWER, POWER, X3);
  squareTimes(POWER, POWER, 23);
  product(POWER, POWER, X22);
  squareTimes(POWER, POWER, 6);
  product(POWER, POWER, X2);
  squareTimes(out, POWER, 2);
}

/** Sets one lane to a number of 32 bytes, big-endian. [1] */
export function readField(out: usize, lane: usize, bytes: usize): void {
  let bits: u64 = 0;
  let has: i32 = 0;
  let from: i32 = 32;
  let above: i32 = 0;
  for (let i: usize = 0; i < 20; i++) {
    while (has < 13 && from > 0) {
      bits |= (<u64>load<u8>(bytes + --from)) << has;
      has += 8;
    }
    let digit = <i32>(bits & 8191) + above;
    bits >>= 13;
    has -= 13;
    above = digit > 4095 ? 1 : 0;
    digit -= above << 13;
    store<i16>(out + ((i >> 1) << 4) + (lane << 2) + ((i & 1) << 1), <i16>digit);
  }
}

/** Sets all lanes to a small number. */
export function fillField(out: usize, value: i32): void {
  memory.fill(out, 0, FIELD);
  v128.store(out, i32x4.splat(value));
}

const MASK_52: i64 = 0xfffffffffffff;

// @ts-ignore: decorator
@inline
function word(a: usize, lane: usize, index: usize): i64 {
  const at = a + (index << 5) + (lane << 2);
  return (
    <i64>load<i16>(at) + ((<i64>load<i16>(at + 2)) << 13) + ((<i64>load<i16>(at + 16)) << 26) + ((<i64>load<i16>(at + 18)) << 39)
  );
}

/** The one number from 0 to p - 1 that a lane stands for, as five words of 52 bits, the lowest first, to WORDS. */
function reduceLane(a: usize, lane: usize): void {
  // 64 times p makes it positive, whatever its digits of 16 bits are; what is above 2^256 is then folded back: 2^256 is 0x1000003d1.
  let w0 = word(a, lane, 0) + 64 * 0xffffefffffc2f;
  let w1 = word(a, lane, 1) + 64 * MASK_52;
  let w2 = word(a, lane, 2) + 64 * MASK_52;
  let w3 = word(a, lane, 3) + 64 * MASK_52;
  let w4 = word(a, lane, 4) + 64 * 0xffffffffffff;
  for (let i = 0; i < 2; i++) {
    w1 += w0 >> 52;
    w2 += w1 >> 52;
    w3 += w2 >> 52;
    w4 += w3 >> 52;
    w0 = (w0 & MASK_52) + (w4 >> 48) * 0x1000003d1;
    w1 &= MASK_52;
    w2 &= MASK_52;
    w3 &= MASK_52;
    w4 &= 0xffffffffffff;
  }
  w1 += w0 >> 52;
  w2 += w1 >> 52;
  w3 += w2 >> 52;
  w4 += w3 >> 52;
  w0 &= MASK_52;
  w1 &= MASK_52;
  w2 &= MASK_52;
  w3 &= MASK_52;
  // It is below 2^256 and a little: p is taken off where adding 2^256 - p leaves 256 bits.
  const v0 = w0 + 0x1000003d1;
  const v1 = w1 + (v0 >> 52);
  const v2 = w2 + (v1 >> 52);
  const v3 = w3 + (v2 >> 52);
  const v4 = w4 + (v3 >> 52);
  const isAbove = v4 >> 48 != 0;
  store<i64>(WORDS, isAbove ? v0 & MASK_52 : w0);
  store<i64>(WORDS, isAbove ? v1 & MASK_52 : w1, 8);
  store<i64>(WORDS, isAbove ? v2 & MASK_52 : w2, 16);
  store<i64>(WORDS, isAbove ? v3 & MASK_52 : w3, 24);
  store<i64>(WORDS, isAbove ? v4 & 0xffffffffffff : w4, 32);
}

/** Whether a lane is 0. */
export function isZeroField(a: usize, lane: usize): bool {
  reduceLane(a, lane);
  return (load<i64>(WORDS) | load<i64>(WORDS, 8) | load<i64>(WORDS, 16) | load<i64>(WORDS, 24) | load<i64>(WORDS, 32)) == 0;
}

/** Whether a lane is odd. */
export function isOddField(a: usize, lane: usize): bool {
  reduceLane(a, lane);
  return (load<i64>(WORDS) & 1) != 0;
}

/** Writes a lane as 32 bytes, big-endian. */
export function writeField(bytes: usize, a: usize, lane: usize): void {
  reduceLane(a, lane);
  const w0 = load<u64>(WORDS);
  const w1 = load<u64>(WORDS, 8);
  const w2 = load<u64>(WORDS, 16);
  const w3 = load<u64>(WORDS, 24);
  const w4 = load<u64>(WORDS, 32);
  store<u64>(bytes, bswap((w4 << 16) | (w3 >> 36)));
  store<u64>(bytes, bswap((w3 << 28) | (w2 >> 24)), 8);
  store<u64>(bytes, bswap((w2 << 40) | (w1 >> 12)), 16);
  store<u64>(bytes, bswap((w1 << 52) | w0), 24);
}

/** p, its lowest word first. */
const PRIME: usize = memory.data<u32>([
  0xfffffc2f, 0xfffffffe, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff,
], 16);
const HALVES: usize = memory.data(8224, 16);
const NUMBER: usize = memory.data(32, 16);
const BYTES: usize = memory.data(32, 16);
const NEIGHBOURS: usize = memory.data(160, 16);
const OTHERS: usize = memory.data(160, 16);

/** 1 in all lanes. */
export const ONE: usize = memory.data(160, 16);

/** To be called once, before ONE is used and anything inverted. */
export function prepareField(): void {
  fillField(ONE, 1);
  makeHalves(HALVES, PRIME);
}

/** Sets all lanes to a number of 256 bits, its lowest word first. */
function readWords(out: usize, number: usize): void {
  for (let i: usize = 0; i < 32; i += 8) store<u64>(BYTES + 24 - i, bswap(load<u64>(number + i)));
  readField(out, 0, BYTES);
  for (let i: usize = 0; i < FIELD; i += 16) v128.store(out + i, i32x4.splat(load<i32>(out + i)));
}

/** 1 / a; all lanes 0 where one of them is. The four are inverted as one product. `out` is not a. */
export function invert(out: usize, a: usize): void {
  for (let i: usize = 0; i < FIELD; i += 16) {
    const pairs = v128.load(a + i);
    v128.store(NEIGHBOURS + i, v128.shuffle<i32>(pairs, pairs, 1, 0, 3, 2));
  }
  product(POWER, a, NEIGHBOURS);
  for (let i: usize = 0; i < FIELD; i += 16) {
    const pairs = v128.load(POWER + i);
    v128.store(OTHERS + i, v128.shuffle<i32>(pairs, pairs, 2, 3, 0, 1));
  }
  product(POWER, POWER, OTHERS);
  product(NEIGHBOURS, NEIGHBOURS, OTHERS);
  if (isZeroField(POWER, 0)) {
    fillField(out, 0);
    return;
  }
  writeField(BYTES, POWER, 0);
  for (let i: usize = 0; i < 32; i += 8) store<u64>(NUMBER + i, bswap(load<u64>(BYTES + 24 - i)));
  const rest = invertPartly(NUMBER, NUMBER, PRIME, HALVES);
  readWords(POWER, NUMBER);
  readWords(OTHERS, rest);
  product(POWER, POWER, OTHERS);
  product(out, POWER, NEIGHBOURS);
}
