/**
 * Bytes in hexadecimal, sixteen at a time: the caller copies up to `PIECE` of them to `inputOffset()` and finds their digits, two for each, at
 * `outputOffset()`. Nothing outlives a call.
 */

/** Bytes of one call, a multiple of 16. */
const PIECE: i32 = 16384;

const INPUT: usize = memory.data(16384, 16);
const OUTPUT: usize = memory.data(32768, 16);

export function pieceBytes(): i32 {
  return PIECE;
}

export function inputOffset(): usize {
  return INPUT;
}

export function outputOffset(): usize {
  return OUTPUT;
}

/** Makes the digits of so many bytes; behind them the output is anything. */
export function digits(length: usize): void {
  const table = i8x16(48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 97, 98, 99, 100, 101, 102);
  const low = i8x16.splat(15);
  for (let at: usize = 0; at < length; at += 16) {
    const bytes = v128.load(INPUT + at);
    const first = i8x16.swizzle(table, i8x16.shr_u(bytes, 4));
    const second = i8x16.swizzle(table, v128.and(bytes, low));
    const to = OUTPUT + 2 * at;
    v128.store(to, i8x16.shuffle(first, second, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
    v128.store(to, i8x16.shuffle(first, second, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), 16);
  }
}
