/**
 * SHA-256 (FIPS 180-4), one message at a time: the compression function, and the constants that every kernel shares.
 *
 * A state is 8 words in memory, in the machine's order; only digests are big-endian.
 */

/** The 64 round constants. */
export const K: usize = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
], 16);

/** The state before the first block. */
export const INITIAL: usize = memory.data<u32>([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
], 16);

/** The message schedule of the block being compressed: 64 words. */
const W: usize = memory.data(256, 16);

// @ts-ignore: decorator
@inline
function bigSigma0(x: u32): u32 {
  return rotr(x, 2) ^ rotr(x, 13) ^ rotr(x, 22);
}

// @ts-ignore: decorator
@inline
function bigSigma1(x: u32): u32 {
  return rotr(x, 6) ^ rotr(x, 11) ^ rotr(x, 25);
}

// @ts-ignore: decorator
@inline
function smallSigma0(x: u32): u32 {
  return rotr(x, 7) ^ rotr(x, 18) ^ (x >>> 3);
}

// @ts-ignore: decorator
@inline
function smallSigma1(x: u32): u32 {
  return rotr(x, 17) ^ rotr(x, 19) ^ (x >>> 10);
}

// @ts-ignore: decorator
@inline
function choose(e: u32, f: u32, g: u32): u32 {
  return g ^ (e & (f ^ g));
}

// @ts-ignore: decorator
@inline
function majority(a: u32, b: u32, c: u32): u32 {
  return (a & b) | (c & (a | b));
}

/** Word `i` of the schedule, 16 or more; `at` is the address of word `i`. */
// @ts-ignore: decorator
@inline
function expand(at: usize): void {
  store<u32>(at, smallSigma1(load<u32>(at - 8)) + load<u32>(at - 28) + smallSigma0(load<u32>(at - 60)) + load<u32>(at - 64));
}

/** Compresses the 64 bytes at `block` into the state at `state`. */
export function compress(state: usize, block: usize): void {
  for (let i: usize = 0; i < 64; i += 4) store<u32>(W + i, bswap(load<u32>(block + i)));
  for (let at = W + 64; at < W + 256; at += 16) {
    expand(at);
    expand(at + 4);
    expand(at + 8);
    expand(at + 12);
  }
  rounds(state);
}

/** The 64 rounds over the schedule in `W`, eight at a time so that the eight variables change roles instead of places. */
function rounds(state: usize): void {
  let a = load<u32>(state, 0);
  let b = load<u32>(state, 4);
  let c = load<u32>(state, 8);
  let d = load<u32>(state, 12);
  let e = load<u32>(state, 16);
  let f = load<u32>(state, 20);
  let g = load<u32>(state, 24);
  let h = load<u32>(state, 28);
  for (let i: usize = 0; i < 256; i += 32) {
    const k = K + i;
    const w = W + i;
    h += bigSigma1(e) + choose(e, f, g) + load<u32>(k, 0) + load<u32>(w, 0);
    d += h;
    h += bigSigma0(a) + majority(a, b, c);
    g += bigSigma1(d) + choose(d, e, f) + load<u32>(k, 4) + load<u32>(w, 4);
    c += g;
    g += bigSigma0(h) + majority(h, a, b);
    f += bigSigma1(c) + choose(c, d, e) + load<u32>(k, 8) + load<u32>(w, 8);
    b += f;
    f += bigSigma0(g) + majority(g, h, a);
    e += bigSigma1(b) + choose(b, c, d) + load<u32>(k, 12) + load<u32>(w, 12);
    a += e;
    e += bigSigma0(f) + majority(f, g, h);
    d += bigSigma1(a) + choose(a, b, c) + load<u32>(k, 16) + load<u32>(w, 16);
    h += d;
    d += bigSigma0(e) + majority(e, f, g);
    c += bigSigma1(h) + choose(h, a, b) + load<u32>(k, 20) + load<u32>(w, 20);
    g += c;
    c += bigSigma0(d) + majority(d, e, f);
    b += bigSigma1(g) + choose(g, h, a) + load<u32>(k, 24) + load<u32>(w, 24);
    f += b;
    b += bigSigma0(c) + majority(c, d, e);
    a += bigSigma1(f) + choose(f, g, h) + load<u32>(k, 28) + load<u32>(w, 28);
    e += a;
    a += bigSigma0(b) + majority(b, c, d);
  }
  store<u32>(state, load<u32>(state, 0) + a, 0);
  store<u32>(state, load<u32>(state, 4) + b, 4);
  store<u32>(state, load<u32>(state, 8) + c, 8);
  store<u32>(state, load<u32>(state, 12) + d, 12);
  store<u32>(state, load<u32>(state, 16) + e, 16);
  store<u32>(state, load<u32>(state, 20) + f, 20);
  store<u32>(state, load<u32>(state, 24) + g, 24);
  store<u32>(state, load<u32>(state, 28) + h, 28);
}

/** The state before the first block, written to `state`. */
export function resetState(state: usize): void {
  memory.copy(state, INITIAL, 32);
}

/**
 * Ends a message: pads the `length` bytes at `tail` (what no earlier block has taken; 128 bytes after them are overwritten) and
 * compresses them. `total` is the length of the whole message in bytes.
 */
export function finishState(state: usize, tail: usize, length: usize, total: u64): void {
  const end = padTail(tail, length, total);
  for (let block = tail; block < end; block += 64) compress(state, block);
}

/** Pads the `length` bytes at `tail` and returns where the last block ends. */
export function padTail(tail: usize, length: usize, total: u64): usize {
  const end = tail + ((length + 9 + 63) & ~63);
  store<u8>(tail + length, 0x80);
  memory.fill(tail + length + 1, 0, end - 8 - (tail + length + 1));
  store<u64>(end - 8, bswap<u64>(total << 3));
  return end;
}

/** The digest of a finished state, big-endian, 32 bytes to `out`, which may be the state itself. */
export function writeDigest(state: usize, out: usize): void {
  for (let i: usize = 0; i < 32; i += 4) store<u32>(out + i, bswap(load<u32>(state + i)));
}
