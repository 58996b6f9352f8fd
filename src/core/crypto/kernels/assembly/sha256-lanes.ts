/**
 * SHA-256 in four lanes of a vector: four messages at once, each word of which is one lane of a v128.
 *
 * A lane state is 8 vectors of 16 bytes, word by word; a schedule is 64 of them.
 * Rotations take three instructions each, for WebAssembly has none; measured, that and loads from the schedule beat every variant
 * that keeps more in registers, of which x86-64 has 15 to give.
 */
import { K } from './sha256';

/** The state before a block. */
const BEFORE: usize = memory.data(128, 16);
/** Half of four digests on their way out of the lanes. */
const TRANSPOSED: usize = memory.data(64, 16);

// @ts-ignore: decorator
@inline
export function rotate(x: v128, bits: i32): v128 {
  return v128.or(i32x4.shr_u(x, bits), i32x4.shl(x, 32 - bits));
}

// @ts-ignore: decorator
@inline
function bigSigma0(x: v128): v128 {
  return v128.xor(v128.xor(rotate(x, 2), rotate(x, 13)), rotate(x, 22));
}

// @ts-ignore: decorator
@inline
function bigSigma1(x: v128): v128 {
  return v128.xor(v128.xor(rotate(x, 6), rotate(x, 11)), rotate(x, 25));
}

// @ts-ignore: decorator
@inline
export function smallSigma0(x: v128): v128 {
  return v128.xor(v128.xor(rotate(x, 7), rotate(x, 18)), i32x4.shr_u(x, 3));
}

// @ts-ignore: decorator
@inline
export function smallSigma1(x: v128): v128 {
  return v128.xor(v128.xor(rotate(x, 17), rotate(x, 19)), i32x4.shr_u(x, 10));
}

/**
 * First half of a round: the new h, before the second half is added. `at` is four times the number of the round, `words` is where
 * its schedule lies.
 */
// @ts-ignore: decorator
@inline
export function half1(h: v128, e: v128, f: v128, g: v128, words: usize, at: usize): v128 {
  const choice = v128.xor(g, v128.and(e, v128.xor(f, g)));
  const constant = i32x4.add(v128.load_splat<u32>(K + at), v128.load(words + (at << 2)));
  return i32x4.add(i32x4.add(i32x4.add(h, constant), choice), bigSigma1(e));
}

/** Second half of a round. */
// @ts-ignore: decorator
@inline
export function half2(h: v128, a: v128, b: v128, c: v128): v128 {
  const majority = v128.xor(b, v128.and(v128.xor(a, b), v128.xor(b, c)));
  return i32x4.add(i32x4.add(h, bigSigma0(a)), majority);
}

/** Works out words `from` to `to` - 1 of a schedule. */
export function expandLanes(words: usize, from: usize, to: usize): void {
  for (let w = words + (from << 4); w < words + (to << 4); w += 16) {
    const near = i32x4.add(smallSigma1(v128.load(w - 32)), v128.load(w - 112));
    const far = i32x4.add(smallSigma0(v128.load(w - 240)), v128.load(w - 256));
    v128.store(w, i32x4.add(near, far));
  }
}

/** Takes the state through rounds `from` to `to` - 1, a multiple of 8. The state before is not added. */
export function laneRounds(state: usize, words: usize, from: usize, to: usize): void {
  let a = v128.load(state, 0);
  let b = v128.load(state, 16);
  let c = v128.load(state, 32);
  let d = v128.load(state, 48);
  let e = v128.load(state, 64);
  let f = v128.load(state, 80);
  let g = v128.load(state, 96);
  let h = v128.load(state, 112);
  for (let at = from << 2; at < to << 2; at += 32) {
    h = half1(h, e, f, g, words, at); d = i32x4.add(d, h); h = half2(h, a, b, c);
    g = half1(g, d, e, f, words, at + 4); c = i32x4.add(c, g); g = half2(g, h, a, b);
    f = half1(f, c, d, e, words, at + 8); b = i32x4.add(b, f); f = half2(f, g, h, a);
    e = half1(e, b, c, d, words, at + 12); a = i32x4.add(a, e); e = half2(e, f, g, h);
    d = half1(d, a, b, c, words, at + 16); h = i32x4.add(h, d); d = half2(d, e, f, g);
    c = half1(c, h, a, b, words, at + 20); g = i32x4.add(g, c); c = half2(c, d, e, f);
    b = half1(b, g, h, a, words, at + 24); f = i32x4.add(f, b); b = half2(b, c, d, e);
    a = half1(a, f, g, h, words, at + 28); e = i32x4.add(e, a); a = half2(a, b, c, d);
  }
  v128.store(state, a, 0);
  v128.store(state, b, 16);
  v128.store(state, c, 32);
  v128.store(state, d, 48);
  v128.store(state, e, 64);
  v128.store(state, f, 80);
  v128.store(state, g, 96);
  v128.store(state, h, 112);
}

/** Compresses the block whose words 0 to 63 are there into the state. */
export function compressLanes(state: usize, words: usize): void {
  memory.copy(BEFORE, state, 128);
  laneRounds(state, words, 0, 64);
  for (let i: usize = 0; i < 128; i += 16) v128.store(state + i, i32x4.add(v128.load(state + i), v128.load(BEFORE + i)));
}

/**
 * Takes the state through the five rounds from `first` on. With these a search skips the three rounds before its nonce and the three
 * after the word that decides: 61 is 5 + 7 · 8.
 */
export function fiveLaneRounds(state: usize, words: usize, first: usize): void {
  let a = v128.load(state, 0);
  let b = v128.load(state, 16);
  let c = v128.load(state, 32);
  let d = v128.load(state, 48);
  let e = v128.load(state, 64);
  let f = v128.load(state, 80);
  let g = v128.load(state, 96);
  let h = v128.load(state, 112);
  const at = first << 2;
  h = half1(h, e, f, g, words, at); d = i32x4.add(d, h); h = half2(h, a, b, c);
  g = half1(g, d, e, f, words, at + 4); c = i32x4.add(c, g); g = half2(g, h, a, b);
  f = half1(f, c, d, e, words, at + 8); b = i32x4.add(b, f); f = half2(f, g, h, a);
  e = half1(e, b, c, d, words, at + 12); a = i32x4.add(a, e); e = half2(e, f, g, h);
  d = half1(d, a, b, c, words, at + 16); h = i32x4.add(h, d); d = half2(d, e, f, g);
  v128.store(state, d, 0);
  v128.store(state, e, 16);
  v128.store(state, f, 32);
  v128.store(state, g, 48);
  v128.store(state, h, 64);
  v128.store(state, a, 80);
  v128.store(state, b, 96);
  v128.store(state, c, 112);
}

/** Takes the state through one round. */
export function oneLaneRound(state: usize, words: usize, round: usize): void {
  const half = half1(v128.load(state, 112), v128.load(state, 64), v128.load(state, 80), v128.load(state, 96), words, round << 2);
  const next = half2(half, v128.load(state, 0), v128.load(state, 16), v128.load(state, 32));
  const nextE = i32x4.add(v128.load(state, 48), half);
  memory.copy(state + 16, state, 112);
  v128.store(state, next);
  v128.store(state, nextE, 64);
}

/** Copies one block from each of four places into words 0 to 15, lane by lane. */
export function loadLanes(words: usize, block0: usize, block1: usize, block2: usize, block3: usize): void {
  for (let i: usize = 0; i < 64; i += 16) {
    const row0 = bytesSwapped(v128.load(block0 + i));
    const row1 = bytesSwapped(v128.load(block1 + i));
    const row2 = bytesSwapped(v128.load(block2 + i));
    const row3 = bytesSwapped(v128.load(block3 + i));
    storeTransposed(words + (i << 2), row0, row1, row2, row3);
  }
}

/** The four vectors' columns as rows. */
// @ts-ignore: decorator
@inline
function storeTransposed(at: usize, row0: v128, row1: v128, row2: v128, row3: v128): void {
  const low01 = i32x4.shuffle(row0, row1, 0, 4, 1, 5);
  const high01 = i32x4.shuffle(row0, row1, 2, 6, 3, 7);
  const low23 = i32x4.shuffle(row2, row3, 0, 4, 1, 5);
  const high23 = i32x4.shuffle(row2, row3, 2, 6, 3, 7);
  v128.store(at, i64x2.shuffle(low01, low23, 0, 2), 0);
  v128.store(at, i64x2.shuffle(low01, low23, 1, 3), 16);
  v128.store(at, i64x2.shuffle(high01, high23, 0, 2), 32);
  v128.store(at, i64x2.shuffle(high01, high23, 1, 3), 48);
}

// @ts-ignore: decorator
@inline
function bytesSwapped(x: v128): v128 {
  return i8x16.shuffle(x, x, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}

/** Writes the four digests of a lane state one after another: 128 bytes. */
export function writeLaneDigests(state: usize, out: usize): void {
  for (let half: usize = 0; half < 2; half++) {
    const rows = state + (half << 6);
    storeTransposed(TRANSPOSED, v128.load(rows), v128.load(rows, 16), v128.load(rows, 32), v128.load(rows, 48));
    for (let lane: usize = 0; lane < 4; lane++) {
      v128.store(out + (lane << 5) + (half << 4), bytesSwapped(v128.load(TRANSPOSED + (lane << 4))));
    }
  }
}
