/**
 * RIPEMD-160 of a message of 32 bytes, which is all that HASH160 needs, or of any message padded by the caller.
 *
 * Two lines of 80 steps run over the same block with different orders, shifts and constants, and are added at the end. The steps are
 * written out, one of each line in turn, so that the processor works on both at once; the five variables of a line change roles instead
 * of places. Measured: 165 ns a block, against 255 in loops that look the orders and shifts up.
 */

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

/** What takes the place of `a` in one step. */
// @ts-ignore: decorator
@inline
function step(kind: u32, a: u32, b: u32, c: u32, d: u32, e: u32, constant: u32, word: u32, shift: u32): u32 {
  return rotl(a + mix(kind, b, c, d) + word + constant, shift) + e;
}

/** Round 1 of 5. */
function round1(block: usize): void {
  let al = load<u32>(LEFT, 0);
  let bl = load<u32>(LEFT, 4);
  let cl = load<u32>(LEFT, 8);
  let dl = load<u32>(LEFT, 12);
  let el = load<u32>(LEFT, 16);
  let ar = load<u32>(RIGHT, 0);
  let br = load<u32>(RIGHT, 4);
  let cr = load<u32>(RIGHT, 8);
  let dr = load<u32>(RIGHT, 12);
  let er = load<u32>(RIGHT, 16);
  al = step(0, al, bl, cl, dl, el, 0x00000000, load<u32>(block, 0), 11); cl = rotl(cl, 10);
  ar = step(4, ar, br, cr, dr, er, 0x50a28be6, load<u32>(block, 20), 8); cr = rotl(cr, 10);
  el = step(0, el, al, bl, cl, dl, 0x00000000, load<u32>(block, 4), 14); bl = rotl(bl, 10);
  er = step(4, er, ar, br, cr, dr, 0x50a28be6, load<u32>(block, 56), 9); br = rotl(br, 10);
  dl = step(0, dl, el, al, bl, cl, 0x00000000, load<u32>(block, 8), 15); al = rotl(al, 10);
  dr = step(4, dr, er, ar, br, cr, 0x50a28be6, load<u32>(block, 28), 9); ar = rotl(ar, 10);
  cl = step(0, cl, dl, el, al, bl, 0x00000000, load<u32>(block, 12), 12); el = rotl(el, 10);
  cr = step(4, cr, dr, er, ar, br, 0x50a28be6, load<u32>(block, 0), 11); er = rotl(er, 10);
  bl = step(0, bl, cl, dl, el, al, 0x00000000, load<u32>(block, 16), 5); dl = rotl(dl, 10);
  br = step(4, br, cr, dr, er, ar, 0x50a28be6, load<u32>(block, 36), 13); dr = rotl(dr, 10);
  al = step(0, al, bl, cl, dl, el, 0x00000000, load<u32>(block, 20), 8); cl = rotl(cl, 10);
  ar = step(4, ar, br, cr, dr, er, 0x50a28be6, load<u32>(block, 8), 15); cr = rotl(cr, 10);
  el = step(0, el, al, bl, cl, dl, 0x00000000, load<u32>(block, 24), 7); bl = rotl(bl, 10);
  er = step(4, er, ar, br, cr, dr, 0x50a28be6, load<u32>(block, 44), 15); br = rotl(br, 10);
  dl = step(0, dl, el, al, bl, cl, 0x00000000, load<u32>(block, 28), 9); al = rotl(al, 10);
  dr = step(4, dr, er, ar, br, cr, 0x50a28be6, load<u32>(block, 16), 5); ar = rotl(ar, 10);
  cl = step(0, cl, dl, el, al, bl, 0x00000000, load<u32>(block, 32), 11); el = rotl(el, 10);
  cr = step(4, cr, dr, er, ar, br, 0x50a28be6, load<u32>(block, 52), 7); er = rotl(er, 10);
  bl = step(0, bl, cl, dl, el, al, 0x00000000, load<u32>(block, 36), 13); dl = rotl(dl, 10);
  br = step(4, br, cr, dr, er, ar, 0x50a28be6, load<u32>(block, 24), 7); dr = rotl(dr, 10);
  al = step(0, al, bl, cl, dl, el, 0x00000000, load<u32>(block, 40), 14); cl = rotl(cl, 10);
  ar = step(4, ar, br, cr, dr, er, 0x50a28be6, load<u32>(block, 60), 8); cr = rotl(cr, 10);
  el = step(0, el, al, bl, cl, dl, 0x00000000, load<u32>(block, 44), 15); bl = rotl(bl, 10);
  er = step(4, er, ar, br, cr, dr, 0x50a28be6, load<u32>(block, 32), 11); br = rotl(br, 10);
  dl = step(0, dl, el, al, bl, cl, 0x00000000, load<u32>(block, 48), 6); al = rotl(al, 10);
  dr = step(4, dr, er, ar, br, cr, 0x50a28be6, load<u32>(block, 4), 14); ar = rotl(ar, 10);
  cl = step(0, cl, dl, el, al, bl, 0x00000000, load<u32>(block, 52), 7); el = rotl(el, 10);
  cr = step(4, cr, dr, er, ar, br, 0x50a28be6, load<u32>(block, 40), 14); er = rotl(er, 10);
  bl = step(0, bl, cl, dl, el, al, 0x00000000, load<u32>(block, 56), 9); dl = rotl(dl, 10);
  br = step(4, br, cr, dr, er, ar, 0x50a28be6, load<u32>(block, 12), 12); dr = rotl(dr, 10);
  al = step(0, al, bl, cl, dl, el, 0x00000000, load<u32>(block, 60), 8); cl = rotl(cl, 10);
  ar = step(4, ar, br, cr, dr, er, 0x50a28be6, load<u32>(block, 48), 6); cr = rotl(cr, 10);
  store<u32>(LEFT, al, 0);
  store<u32>(LEFT, bl, 4);
  store<u32>(LEFT, cl, 8);
  store<u32>(LEFT, dl, 12);
  store<u32>(LEFT, el, 16);
  store<u32>(RIGHT, ar, 0);
  store<u32>(RIGHT, br, 4);
  store<u32>(RIGHT, cr, 8);
  store<u32>(RIGHT, dr, 12);
  store<u32>(RIGHT, er, 16);
}

/** Round 2 of 5. */
function round2(block: usize): void {
  let al = load<u32>(LEFT, 0);
  let bl = load<u32>(LEFT, 4);
  let cl = load<u32>(LEFT, 8);
  let dl = load<u32>(LEFT, 12);
  let el = load<u32>(LEFT, 16);
  let ar = load<u32>(RIGHT, 0);
  let br = load<u32>(RIGHT, 4);
  let cr = load<u32>(RIGHT, 8);
  let dr = load<u32>(RIGHT, 12);
  let er = load<u32>(RIGHT, 16);
  el = step(1, el, al, bl, cl, dl, 0x5a827999, load<u32>(block, 28), 7); bl = rotl(bl, 10);
  er = step(3, er, ar, br, cr, dr, 0x5c4dd124, load<u32>(block, 24), 9); br = rotl(br, 10);
  dl = step(1, dl, el, al, bl, cl, 0x5a827999, load<u32>(block, 16), 6); al = rotl(al, 10);
  dr = step(3, dr, er, ar, br, cr, 0x5c4dd124, load<u32>(block, 44), 13); ar = rotl(ar, 10);
  cl = step(1, cl, dl, el, al, bl, 0x5a827999, load<u32>(block, 52), 8); el = rotl(el, 10);
  cr = step(3, cr, dr, er, ar, br, 0x5c4dd124, load<u32>(block, 12), 15); er = rotl(er, 10);
  bl = step(1, bl, cl, dl, el, al, 0x5a827999, load<u32>(block, 4), 13); dl = rotl(dl, 10);
  br = step(3, br, cr, dr, er, ar, 0x5c4dd124, load<u32>(block, 28), 7); dr = rotl(dr, 10);
  al = step(1, al, bl, cl, dl, el, 0x5a827999, load<u32>(block, 40), 11); cl = rotl(cl, 10);
  ar = step(3, ar, br, cr, dr, er, 0x5c4dd124, load<u32>(block, 0), 12); cr = rotl(cr, 10);
  el = step(1, el, al, bl, cl, dl, 0x5a827999, load<u32>(block, 24), 9); bl = rotl(bl, 10);
  er = step(3, er, ar, br, cr, dr, 0x5c4dd124, load<u32>(block, 52), 8); br = rotl(br, 10);
  dl = step(1, dl, el, al, bl, cl, 0x5a827999, load<u32>(block, 60), 7); al = rotl(al, 10);
  dr = step(3, dr, er, ar, br, cr, 0x5c4dd124, load<u32>(block, 20), 9); ar = rotl(ar, 10);
  cl = step(1, cl, dl, el, al, bl, 0x5a827999, load<u32>(block, 12), 15); el = rotl(el, 10);
  cr = step(3, cr, dr, er, ar, br, 0x5c4dd124, load<u32>(block, 40), 11); er = rotl(er, 10);
  bl = step(1, bl, cl, dl, el, al, 0x5a827999, load<u32>(block, 48), 7); dl = rotl(dl, 10);
  br = step(3, br, cr, dr, er, ar, 0x5c4dd124, load<u32>(block, 56), 7); dr = rotl(dr, 10);
  al = step(1, al, bl, cl, dl, el, 0x5a827999, load<u32>(block, 0), 12); cl = rotl(cl, 10);
  ar = step(3, ar, br, cr, dr, er, 0x5c4dd124, load<u32>(block, 60), 7); cr = rotl(cr, 10);
  el = step(1, el, al, bl, cl, dl, 0x5a827999, load<u32>(block, 36), 15); bl = rotl(bl, 10);
  er = step(3, er, ar, br, cr, dr, 0x5c4dd124, load<u32>(block, 32), 12); br = rotl(br, 10);
  dl = step(1, dl, el, al, bl, cl, 0x5a827999, load<u32>(block, 20), 9); al = rotl(al, 10);
  dr = step(3, dr, er, ar, br, cr, 0x5c4dd124, load<u32>(block, 48), 7); ar = rotl(ar, 10);
  cl = step(1, cl, dl, el, al, bl, 0x5a827999, load<u32>(block, 8), 11); el = rotl(el, 10);
  cr = step(3, cr, dr, er, ar, br, 0x5c4dd124, load<u32>(block, 16), 6); er = rotl(er, 10);
  bl = step(1, bl, cl, dl, el, al, 0x5a827999, load<u32>(block, 56), 7); dl = rotl(dl, 10);
  br = step(3, br, cr, dr, er, ar, 0x5c4dd124, load<u32>(block, 36), 15); dr = rotl(dr, 10);
  al = step(1, al, bl, cl, dl, el, 0x5a827999, load<u32>(block, 44), 13); cl = rotl(cl, 10);
  ar = step(3, ar, br, cr, dr, er, 0x5c4dd124, load<u32>(block, 4), 13); cr = rotl(cr, 10);
  el = step(1, el, al, bl, cl, dl, 0x5a827999, load<u32>(block, 32), 12); bl = rotl(bl, 10);
  er = step(3, er, ar, br, cr, dr, 0x5c4dd124, load<u32>(block, 8), 11); br = rotl(br, 10);
  store<u32>(LEFT, al, 0);
  store<u32>(LEFT, bl, 4);
  store<u32>(LEFT, cl, 8);
  store<u32>(LEFT, dl, 12);
  store<u32>(LEFT, el, 16);
  store<u32>(RIGHT, ar, 0);
  store<u32>(RIGHT, br, 4);
  store<u32>(RIGHT, cr, 8);
  store<u32>(RIGHT, dr, 12);
  store<u32>(RIGHT, er, 16);
}

/** Round 3 of 5. */
function round3(block: usize): void {
  let al = load<u32>(LEFT, 0);
  let bl = load<u32>(LEFT, 4);
  let cl = load<u32>(LEFT, 8);
  let dl = load<u32>(LEFT, 12);
  let el = load<u32>(LEFT, 16);
  let ar = load<u32>(RIGHT, 0);
  let br = load<u32>(RIGHT, 4);
  let cr = load<u32>(RIGHT, 8);
  let dr = load<u32>(RIGHT, 12);
  let er = load<u32>(RIGHT, 16);
  dl = step(2, dl, el, al, bl, cl, 0x6ed9eba1, load<u32>(block, 12), 11); al = rotl(al, 10);
  dr = step(2, dr, er, ar, br, cr, 0x6d703ef3, load<u32>(block, 60), 9); ar = rotl(ar, 10);
  cl = step(2, cl, dl, el, al, bl, 0x6ed9eba1, load<u32>(block, 40), 13); el = rotl(el, 10);
  cr = step(2, cr, dr, er, ar, br, 0x6d703ef3, load<u32>(block, 20), 7); er = rotl(er, 10);
  bl = step(2, bl, cl, dl, el, al, 0x6ed9eba1, load<u32>(block, 56), 6); dl = rotl(dl, 10);
  br = step(2, br, cr, dr, er, ar, 0x6d703ef3, load<u32>(block, 4), 15); dr = rotl(dr, 10);
  al = step(2, al, bl, cl, dl, el, 0x6ed9eba1, load<u32>(block, 16), 7); cl = rotl(cl, 10);
  ar = step(2, ar, br, cr, dr, er, 0x6d703ef3, load<u32>(block, 12), 11); cr = rotl(cr, 10);
  el = step(2, el, al, bl, cl, dl, 0x6ed9eba1, load<u32>(block, 36), 14); bl = rotl(bl, 10);
  er = step(2, er, ar, br, cr, dr, 0x6d703ef3, load<u32>(block, 28), 8); br = rotl(br, 10);
  dl = step(2, dl, el, al, bl, cl, 0x6ed9eba1, load<u32>(block, 60), 9); al = rotl(al, 10);
  dr = step(2, dr, er, ar, br, cr, 0x6d703ef3, load<u32>(block, 56), 6); ar = rotl(ar, 10);
  cl = step(2, cl, dl, el, al, bl, 0x6ed9eba1, load<u32>(block, 32), 13); el = rotl(el, 10);
  cr = step(2, cr, dr, er, ar, br, 0x6d703ef3, load<u32>(block, 24), 6); er = rotl(er, 10);
  bl = step(2, bl, cl, dl, el, al, 0x6ed9eba1, load<u32>(block, 4), 15); dl = rotl(dl, 10);
  br = step(2, br, cr, dr, er, ar, 0x6d703ef3, load<u32>(block, 36), 14); dr = rotl(dr, 10);
  al = step(2, al, bl, cl, dl, el, 0x6ed9eba1, load<u32>(block, 8), 14); cl = rotl(cl, 10);
  ar = step(2, ar, br, cr, dr, er, 0x6d703ef3, load<u32>(block, 44), 12); cr = rotl(cr, 10);
  el = step(2, el, al, bl, cl, dl, 0x6ed9eba1, load<u32>(block, 28), 8); bl = rotl(bl, 10);
  er = step(2, er, ar, br, cr, dr, 0x6d703ef3, load<u32>(block, 32), 13); br = rotl(br, 10);
  dl = step(2, dl, el, al, bl, cl, 0x6ed9eba1, load<u32>(block, 0), 13); al = rotl(al, 10);
  dr = step(2, dr, er, ar, br, cr, 0x6d703ef3, load<u32>(block, 48), 5); ar = rotl(ar, 10);
  cl = step(2, cl, dl, el, al, bl, 0x6ed9eba1, load<u32>(block, 24), 6); el = rotl(el, 10);
  cr = step(2, cr, dr, er, ar, br, 0x6d703ef3, load<u32>(block, 8), 14); er = rotl(er, 10);
  bl = step(2, bl, cl, dl, el, al, 0x6ed9eba1, load<u32>(block, 52), 5); dl = rotl(dl, 10);
  br = step(2, br, cr, dr, er, ar, 0x6d703ef3, load<u32>(block, 40), 13); dr = rotl(dr, 10);
  al = step(2, al, bl, cl, dl, el, 0x6ed9eba1, load<u32>(block, 44), 12); cl = rotl(cl, 10);
  ar = step(2, ar, br, cr, dr, er, 0x6d703ef3, load<u32>(block, 0), 13); cr = rotl(cr, 10);
  el = step(2, el, al, bl, cl, dl, 0x6ed9eba1, load<u32>(block, 20), 7); bl = rotl(bl, 10);
  er = step(2, er, ar, br, cr, dr, 0x6d703ef3, load<u32>(block, 16), 7); br = rotl(br, 10);
  dl = step(2, dl, el, al, bl, cl, 0x6ed9eba1, load<u32>(block, 48), 5); al = rotl(al, 10);
  dr = step(2, dr, er, ar, br, cr, 0x6d703ef3, load<u32>(block, 52), 5); ar = rotl(ar, 10);
  store<u32>(LEFT, al, 0);
  store<u32>(LEFT, bl, 4);
  store<u32>(LEFT, cl, 8);
  store<u32>(LEFT, dl, 12);
  store<u32>(LEFT, el, 16);
  store<u32>(RIGHT, ar, 0);
  store<u32>(RIGHT, br, 4);
  store<u32>(RIGHT, cr, 8);
  store<u32>(RIGHT, dr, 12);
  store<u32>(RIGHT, er, 16);
}

/** Round 4 of 5. */
function round4(block: usize): void {
  let al = load<u32>(LEFT, 0);
  let bl = load<u32>(LEFT, 4);
  let cl = load<u32>(LEFT, 8);
  let dl = load<u32>(LEFT, 12);
  let el = load<u32>(LEFT, 16);
  let ar = load<u32>(RIGHT, 0);
  let br = load<u32>(RIGHT, 4);
  let cr = load<u32>(RIGHT, 8);
  let dr = load<u32>(RIGHT, 12);
  let er = load<u32>(RIGHT, 16);
  cl = step(3, cl, dl, el, al, bl, 0x8f1bbcdc, load<u32>(block, 4), 11); el = rotl(el, 10);
  cr = step(1, cr, dr, er, ar, br, 0x7a6d76e9, load<u32>(block, 32), 15); er = rotl(er, 10);
  bl = step(3, bl, cl, dl, el, al, 0x8f1bbcdc, load<u32>(block, 36), 12); dl = rotl(dl, 10);
  br = step(1, br, cr, dr, er, ar, 0x7a6d76e9, load<u32>(block, 24), 5); dr = rotl(dr, 10);
  al = step(3, al, bl, cl, dl, el, 0x8f1bbcdc, load<u32>(block, 44), 14); cl = rotl(cl, 10);
  ar = step(1, ar, br, cr, dr, er, 0x7a6d76e9, load<u32>(block, 16), 8); cr = rotl(cr, 10);
  el = step(3, el, al, bl, cl, dl, 0x8f1bbcdc, load<u32>(block, 40), 15); bl = rotl(bl, 10);
  er = step(1, er, ar, br, cr, dr, 0x7a6d76e9, load<u32>(block, 4), 11); br = rotl(br, 10);
  dl = step(3, dl, el, al, bl, cl, 0x8f1bbcdc, load<u32>(block, 0), 14); al = rotl(al, 10);
  dr = step(1, dr, er, ar, br, cr, 0x7a6d76e9, load<u32>(block, 12), 14); ar = rotl(ar, 10);
  cl = step(3, cl, dl, el, al, bl, 0x8f1bbcdc, load<u32>(block, 32), 15); el = rotl(el, 10);
  cr = step(1, cr, dr, er, ar, br, 0x7a6d76e9, load<u32>(block, 44), 14); er = rotl(er, 10);
  bl = step(3, bl, cl, dl, el, al, 0x8f1bbcdc, load<u32>(block, 48), 9); dl = rotl(dl, 10);
  br = step(1, br, cr, dr, er, ar, 0x7a6d76e9, load<u32>(block, 60), 6); dr = rotl(dr, 10);
  al = step(3, al, bl, cl, dl, el, 0x8f1bbcdc, load<u32>(block, 16), 8); cl = rotl(cl, 10);
  ar = step(1, ar, br, cr, dr, er, 0x7a6d76e9, load<u32>(block, 0), 14); cr = rotl(cr, 10);
  el = step(3, el, al, bl, cl, dl, 0x8f1bbcdc, load<u32>(block, 52), 9); bl = rotl(bl, 10);
  er = step(1, er, ar, br, cr, dr, 0x7a6d76e9, load<u32>(block, 20), 6); br = rotl(br, 10);
  dl = step(3, dl, el, al, bl, cl, 0x8f1bbcdc, load<u32>(block, 12), 14); al = rotl(al, 10);
  dr = step(1, dr, er, ar, br, cr, 0x7a6d76e9, load<u32>(block, 48), 9); ar = rotl(ar, 10);
  cl = step(3, cl, dl, el, al, bl, 0x8f1bbcdc, load<u32>(block, 28), 5); el = rotl(el, 10);
  cr = step(1, cr, dr, er, ar, br, 0x7a6d76e9, load<u32>(block, 8), 12); er = rotl(er, 10);
  bl = step(3, bl, cl, dl, el, al, 0x8f1bbcdc, load<u32>(block, 60), 6); dl = rotl(dl, 10);
  br = step(1, br, cr, dr, er, ar, 0x7a6d76e9, load<u32>(block, 52), 9); dr = rotl(dr, 10);
  al = step(3, al, bl, cl, dl, el, 0x8f1bbcdc, load<u32>(block, 56), 8); cl = rotl(cl, 10);
  ar = step(1, ar, br, cr, dr, er, 0x7a6d76e9, load<u32>(block, 36), 12); cr = rotl(cr, 10);
  el = step(3, el, al, bl, cl, dl, 0x8f1bbcdc, load<u32>(block, 20), 6); bl = rotl(bl, 10);
  er = step(1, er, ar, br, cr, dr, 0x7a6d76e9, load<u32>(block, 28), 5); br = rotl(br, 10);
  dl = step(3, dl, el, al, bl, cl, 0x8f1bbcdc, load<u32>(block, 24), 5); al = rotl(al, 10);
  dr = step(1, dr, er, ar, br, cr, 0x7a6d76e9, load<u32>(block, 40), 15); ar = rotl(ar, 10);
  cl = step(3, cl, dl, el, al, bl, 0x8f1bbcdc, load<u32>(block, 8), 12); el = rotl(el, 10);
  cr = step(1, cr, dr, er, ar, br, 0x7a6d76e9, load<u32>(block, 56), 8); er = rotl(er, 10);
  store<u32>(LEFT, al, 0);
  store<u32>(LEFT, bl, 4);
  store<u32>(LEFT, cl, 8);
  store<u32>(LEFT, dl, 12);
  store<u32>(LEFT, el, 16);
  store<u32>(RIGHT, ar, 0);
  store<u32>(RIGHT, br, 4);
  store<u32>(RIGHT, cr, 8);
  store<u32>(RIGHT, dr, 12);
  store<u32>(RIGHT, er, 16);
}

/** Round 5 of 5. */
function round5(block: usize): void {
  let al = load<u32>(LEFT, 0);
  let bl = load<u32>(LEFT, 4);
  let cl = load<u32>(LEFT, 8);
  let dl = load<u32>(LEFT, 12);
  let el = load<u32>(LEFT, 16);
  let ar = load<u32>(RIGHT, 0);
  let br = load<u32>(RIGHT, 4);
  let cr = load<u32>(RIGHT, 8);
  let dr = load<u32>(RIGHT, 12);
  let er = load<u32>(RIGHT, 16);
  bl = step(4, bl, cl, dl, el, al, 0xa953fd4e, load<u32>(block, 16), 9); dl = rotl(dl, 10);
  br = step(0, br, cr, dr, er, ar, 0x00000000, load<u32>(block, 48), 8); dr = rotl(dr, 10);
  al = step(4, al, bl, cl, dl, el, 0xa953fd4e, load<u32>(block, 0), 15); cl = rotl(cl, 10);
  ar = step(0, ar, br, cr, dr, er, 0x00000000, load<u32>(block, 60), 5); cr = rotl(cr, 10);
  el = step(4, el, al, bl, cl, dl, 0xa953fd4e, load<u32>(block, 20), 5); bl = rotl(bl, 10);
  er = step(0, er, ar, br, cr, dr, 0x00000000, load<u32>(block, 40), 12); br = rotl(br, 10);
  dl = step(4, dl, el, al, bl, cl, 0xa953fd4e, load<u32>(block, 36), 11); al = rotl(al, 10);
  dr = step(0, dr, er, ar, br, cr, 0x00000000, load<u32>(block, 16), 9); ar = rotl(ar, 10);
  cl = step(4, cl, dl, el, al, bl, 0xa953fd4e, load<u32>(block, 28), 6); el = rotl(el, 10);
  cr = step(0, cr, dr, er, ar, br, 0x00000000, load<u32>(block, 4), 12); er = rotl(er, 10);
  bl = step(4, bl, cl, dl, el, al, 0xa953fd4e, load<u32>(block, 48), 8); dl = rotl(dl, 10);
  br = step(0, br, cr, dr, er, ar, 0x00000000, load<u32>(block, 20), 5); dr = rotl(dr, 10);
  al = step(4, al, bl, cl, dl, el, 0xa953fd4e, load<u32>(block, 8), 13); cl = rotl(cl, 10);
  ar = step(0, ar, br, cr, dr, er, 0x00000000, load<u32>(block, 32), 14); cr = rotl(cr, 10);
  el = step(4, el, al, bl, cl, dl, 0xa953fd4e, load<u32>(block, 40), 12); bl = rotl(bl, 10);
  er = step(0, er, ar, br, cr, dr, 0x00000000, load<u32>(block, 28), 6); br = rotl(br, 10);
  dl = step(4, dl, el, al, bl, cl, 0xa953fd4e, load<u32>(block, 56), 5); al = rotl(al, 10);
  dr = step(0, dr, er, ar, br, cr, 0x00000000, load<u32>(block, 24), 8); ar = rotl(ar, 10);
  cl = step(4, cl, dl, el, al, bl, 0xa953fd4e, load<u32>(block, 4), 12); el = rotl(el, 10);
  cr = step(0, cr, dr, er, ar, br, 0x00000000, load<u32>(block, 8), 13); er = rotl(er, 10);
  bl = step(4, bl, cl, dl, el, al, 0xa953fd4e, load<u32>(block, 12), 13); dl = rotl(dl, 10);
  br = step(0, br, cr, dr, er, ar, 0x00000000, load<u32>(block, 52), 6); dr = rotl(dr, 10);
  al = step(4, al, bl, cl, dl, el, 0xa953fd4e, load<u32>(block, 32), 14); cl = rotl(cl, 10);
  ar = step(0, ar, br, cr, dr, er, 0x00000000, load<u32>(block, 56), 5); cr = rotl(cr, 10);
  el = step(4, el, al, bl, cl, dl, 0xa953fd4e, load<u32>(block, 44), 11); bl = rotl(bl, 10);
  er = step(0, er, ar, br, cr, dr, 0x00000000, load<u32>(block, 0), 15); br = rotl(br, 10);
  dl = step(4, dl, el, al, bl, cl, 0xa953fd4e, load<u32>(block, 24), 8); al = rotl(al, 10);
  dr = step(0, dr, er, ar, br, cr, 0x00000000, load<u32>(block, 12), 13); ar = rotl(ar, 10);
  cl = step(4, cl, dl, el, al, bl, 0xa953fd4e, load<u32>(block, 60), 5); el = rotl(el, 10);
  cr = step(0, cr, dr, er, ar, br, 0x00000000, load<u32>(block, 36), 11); er = rotl(er, 10);
  bl = step(4, bl, cl, dl, el, al, 0xa953fd4e, load<u32>(block, 52), 6); dl = rotl(dl, 10);
  br = step(0, br, cr, dr, er, ar, 0x00000000, load<u32>(block, 44), 11); dr = rotl(dr, 10);
  store<u32>(LEFT, al, 0);
  store<u32>(LEFT, bl, 4);
  store<u32>(LEFT, cl, 8);
  store<u32>(LEFT, dl, 12);
  store<u32>(LEFT, el, 16);
  store<u32>(RIGHT, ar, 0);
  store<u32>(RIGHT, br, 4);
  store<u32>(RIGHT, cr, 8);
  store<u32>(RIGHT, dr, 12);
  store<u32>(RIGHT, er, 16);
}

/** Writes the state before the first block. */
export function resetRipemd160(state: usize): void {
  memory.copy(state, INITIAL, 20);
}

/** Compresses the 64 bytes at `block` into the 5 words at `state`, which are little-endian as the digest is. */
export function compressRipemd160(state: usize, block: usize): void {
  memory.copy(LEFT, state, 20);
  memory.copy(RIGHT, state, 20);
  round1(block);
  round2(block);
  round3(block);
  round4(block);
  round5(block);
  const first = load<u32>(state);
  store<u32>(state, load<u32>(state, 4) + load<u32>(LEFT, 8) + load<u32>(RIGHT, 12), 0);
  store<u32>(state, load<u32>(state, 8) + load<u32>(LEFT, 12) + load<u32>(RIGHT, 16), 4);
  store<u32>(state, load<u32>(state, 12) + load<u32>(LEFT, 16) + load<u32>(RIGHT, 0), 8);
  store<u32>(state, load<u32>(state, 16) + load<u32>(LEFT, 0) + load<u32>(RIGHT, 4), 12);
  store<u32>(state, first + load<u32>(LEFT, 4) + load<u32>(RIGHT, 8), 16);
}
