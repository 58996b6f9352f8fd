/**
 * Numbers modulo p = 2^256 - 2^32 - 977, the field of secp256k1, four at a time: one in each lane of 32 bits. For public values only: what
 * is taken depends on them.
 *
 * A number is 20 signed digits of 13 bits, two in a lane, so 160 bytes hold four numbers. `product` and `square` give digits of -4096 to 4095
 * (digit 5 up to 260 beyond), which is called size 1; a sum has the sum of the sizes. Sizes may be multiplied while their product is at most 5.5, so
 * that no column of a product leaves 32 bits, and added up to 7, so that no digit leaves 16. `carrySubtracted` and its like bring size 4 back to 1, but
 * for digits 0 and 2, which may be half as much again. The sizes stand in brackets where they matter.
 */
import { product } from './field-product';
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

/** What pairs of digits give to those above them. */
// @ts-ignore: decorator
@inline
function carriesOf(digits: v128): v128 {
  return i16x8.shr_s(i16x8.add(digits, i16x8.splat(4096)), 13);
}

/** Pairs of digits without their carries, and with those from below. */
// @ts-ignore: decorator
@inline
function carried(digits: v128, carries: v128, before: v128): v128 {
  const moved = v128.or(i32x4.shl(carries, 16), i32x4.shr_u(before, 16));
  return i16x8.add(i16x8.sub(digits, i16x8.shl(carries, 13)), moved);
}

/** times·a - timesB·b, of the few numbers of times that there are. */
// @ts-ignore: decorator
@inline
function difference(a: usize, times: i16, b: usize, timesB: i16, at: usize): v128 {
  const first = times == 1 ? v128.load(a + at) : i16x8.mul(v128.load(a + at), i16x8.splat(times));
  if (timesB == 0) return first;
  const second = v128.load(b + at);
  return i16x8.sub(first, timesB == 1 ? second : i16x8.shl(second, timesB - 1));
}

/**
 * times·a - timesB·b [up to 4], with a timesB of 0, 1 or 2, with its digits brought back to 13 bits [1]: each gives what it has above to the next,
 * and the last one, 2^260 = 2^36 + 15632 times, to the first three.
 */
// @ts-ignore: decorator
@inline
function carryDifference(out: usize, a: usize, times: i16, b: usize, timesB: i16): void {
  const top = i32x4.shr_u(carriesOf(difference(a, times, b, timesB, 144)), 16);
  const first = difference(a, times, b, timesB, 0);
  let before = carriesOf(first);
  // 15632 is 2·8192 - 752.
  const more = i16x8.mul(v128.or(top, i32x4.shl(top, 16)), i32x4.splat((2 << 16) | (-752 & 0xffff)));
  v128.store(out, i16x8.add(carried(first, before, i32x4.splat(0)), more));
  const next = difference(a, times, b, timesB, 16);
  let carries = carriesOf(next);
  v128.store(out, i16x8.add(carried(next, carries, before), i16x8.shl(top, 10)), 16);
  before = carries;
  for (let i: usize = 32; i < FIELD; i += 16) {
    const digits = difference(a, times, b, timesB, i);
    carries = carriesOf(digits);
    v128.store(out + i, carried(digits, carries, before));
    before = carries;
  }
}

/** 3·a with its digits brought back to 13 bits [1], but for digits 0 and 2, which may be half as much again. */
export function carryThrice(out: usize, a: usize): void {
  carryDifference(out, a, 3, a, 0);
}

/** a - b [up to 4] in the same way. */
export function carrySubtracted(out: usize, a: usize, b: usize): void {
  carryDifference(out, a, 1, b, 1);
}

/** a - 2·b [up to 4] in the same way. */
export function carrySubtractedTwice(out: usize, a: usize, b: usize): void {
  carryDifference(out, a, 1, b, 2);
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
const ALL_FOUR: usize = memory.data(160, 16);
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
  product(ALL_FOUR, a, NEIGHBOURS);
  for (let i: usize = 0; i < FIELD; i += 16) {
    const pairs = v128.load(ALL_FOUR + i);
    v128.store(OTHERS + i, v128.shuffle<i32>(pairs, pairs, 2, 3, 0, 1));
  }
  product(ALL_FOUR, ALL_FOUR, OTHERS);
  product(NEIGHBOURS, NEIGHBOURS, OTHERS);
  if (isZeroField(ALL_FOUR, 0)) {
    fillField(out, 0);
    return;
  }
  writeField(BYTES, ALL_FOUR, 0);
  for (let i: usize = 0; i < 32; i += 8) store<u64>(NUMBER + i, bswap(load<u64>(BYTES + 24 - i)));
  const rest = invertPartly(NUMBER, NUMBER, PRIME, HALVES);
  readWords(ALL_FOUR, NUMBER);
  readWords(OTHERS, rest);
  product(ALL_FOUR, ALL_FOUR, OTHERS);
  product(out, ALL_FOUR, NEIGHBOURS);
}
