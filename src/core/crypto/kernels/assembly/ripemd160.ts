/**
 * RIPEMD-160 of a message of 32 bytes, which is all that HASH160 needs, or of any message padded by the caller.
 *
 * Two lines of 80 steps run over the same block with different orders, shifts and constants, and are added at the end.
 */

/** Which word of the block each step takes: the left line's 80 bytes, then the right line's. */
const ORDER: usize = memory.data<u8>([
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
  7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8,
  3, 10, 14, 4, 9, 15, 8, 1, 2, 7, 0, 6, 13, 11, 5, 12,
  1, 9, 11, 10, 0, 8, 12, 4, 13, 3, 7, 15, 14, 5, 6, 2,
  4, 0, 5, 9, 7, 12, 2, 10, 14, 1, 3, 8, 11, 6, 15, 13,
  5, 14, 7, 0, 9, 2, 11, 4, 13, 6, 15, 8, 1, 10, 3, 12,
  6, 11, 3, 7, 0, 13, 5, 10, 14, 15, 8, 12, 4, 9, 1, 2,
  15, 5, 1, 3, 7, 14, 6, 9, 11, 8, 12, 2, 10, 0, 4, 13,
  8, 6, 4, 1, 3, 11, 15, 0, 5, 12, 2, 13, 9, 7, 10, 14,
  12, 15, 10, 4, 1, 5, 8, 7, 6, 2, 13, 14, 0, 3, 9, 11,
]);

/** How far each step rotates, in the same layout. */
const SHIFT: usize = memory.data<u8>([
  11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8,
  7, 6, 8, 13, 11, 9, 7, 15, 7, 12, 15, 9, 11, 7, 13, 12,
  11, 13, 6, 7, 14, 9, 13, 15, 14, 8, 13, 6, 5, 12, 7, 5,
  11, 12, 14, 15, 14, 15, 9, 8, 9, 14, 5, 6, 8, 6, 5, 12,
  9, 15, 5, 11, 6, 8, 13, 12, 5, 12, 13, 14, 11, 8, 5, 6,
  8, 9, 9, 11, 13, 15, 15, 5, 7, 7, 8, 11, 14, 14, 12, 6,
  9, 13, 15, 7, 12, 8, 9, 11, 7, 7, 12, 7, 6, 15, 13, 11,
  9, 7, 15, 11, 8, 6, 6, 14, 12, 13, 5, 14, 13, 13, 7, 5,
  15, 5, 8, 11, 14, 14, 6, 14, 6, 9, 12, 9, 12, 5, 15, 8,
  8, 5, 12, 9, 12, 5, 14, 6, 8, 13, 6, 5, 15, 13, 11, 11,
]);

/** Constants of the five rounds, left line then right line. */
const CONSTANT: usize = memory.data<u32>([
  0x00000000, 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xa953fd4e, 0x50a28be6, 0x5c4dd124, 0x6d703ef3, 0x7a6d76e9, 0x00000000,
], 16);

/** The state before the first block. */
const INITIAL: usize = memory.data<u32>([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0], 16);

/** The two lines at work, 5 words each. */
const LEFT: usize = memory.data(20, 16);
const RIGHT: usize = memory.data(20, 16);

/** The five round functions; the left line goes through them from 0 to 4, the right one from 4 to 0. */
// @ts-ignore: decorator
@inline
function mix(kind: u32, x: u32, y: u32, z: u32): u32 {
  if (kind == 0) return x ^ y ^ z;
  if (kind == 1) return z ^ (x & (y ^ z));
  if (kind == 2) return (x | ~y) ^ z;
  if (kind == 3) return y ^ (z & (x ^ y));
  return x ^ (y | ~z);
}

/** Sixteen steps of one line: round `round` (5 to 9 for the right line), whose function is `kind`. */
// @ts-ignore: decorator
@inline
function steps(line: usize, block: usize, round: u32, kind: u32): void {
  let a = load<u32>(line, 0);
  let b = load<u32>(line, 4);
  let c = load<u32>(line, 8);
  let d = load<u32>(line, 12);
  let e = load<u32>(line, 16);
  const constant = load<u32>(CONSTANT + (round << 2));
  for (let i: usize = round << 4; i < (round + 1) << 4; i++) {
    const word = load<u32>(block + (<usize>load<u8>(ORDER + i) << 2));
    const next = rotl(a + mix(kind, b, c, d) + word + constant, load<u8>(SHIFT + i)) + e;
    a = e;
    e = d;
    d = rotl(c, 10);
    c = b;
    b = next;
  }
  store<u32>(line, a, 0);
  store<u32>(line, b, 4);
  store<u32>(line, c, 8);
  store<u32>(line, d, 12);
  store<u32>(line, e, 16);
}

/** Writes the state before the first block. */
export function resetRipemd160(state: usize): void {
  memory.copy(state, INITIAL, 20);
}

/** Compresses the 64 bytes at `block` into the 5 words at `state`, which are little-endian as the digest is. */
export function compressRipemd160(state: usize, block: usize): void {
  memory.copy(LEFT, state, 20);
  memory.copy(RIGHT, state, 20);
  steps(LEFT, block, 0, 0);
  steps(RIGHT, block, 5, 4);
  steps(LEFT, block, 1, 1);
  steps(RIGHT, block, 6, 3);
  steps(LEFT, block, 2, 2);
  steps(RIGHT, block, 7, 2);
  steps(LEFT, block, 3, 3);
  steps(RIGHT, block, 8, 1);
  steps(LEFT, block, 4, 4);
  steps(RIGHT, block, 9, 0);
  const first = load<u32>(state);
  store<u32>(state, load<u32>(state, 4) + load<u32>(LEFT, 8) + load<u32>(RIGHT, 12), 0);
  store<u32>(state, load<u32>(state, 8) + load<u32>(LEFT, 12) + load<u32>(RIGHT, 16), 4);
  store<u32>(state, load<u32>(state, 12) + load<u32>(LEFT, 16) + load<u32>(RIGHT, 0), 8);
  store<u32>(state, load<u32>(state, 16) + load<u32>(LEFT, 0) + load<u32>(RIGHT, 4), 12);
  store<u32>(state, first + load<u32>(LEFT, 4) + load<u32>(RIGHT, 8), 16);
}
