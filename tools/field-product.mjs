/**
 * Writes the AssemblyScript of the two products of the curve's field, `product` and `square`, unrolled: 39 columns of up to ten terms, which
 * nobody would want to read or type. What they work on is told in kernels/assembly/field-lanes.ts.
 *
 * Four numbers are multiplied at once, one in each lane of 32 bits. A number is 20 signed digits of 13 bits, two in a lane, and
 * `i32x4.dot_i16x8_s` multiplies two pairs of digits and adds both products. So column k of a product, the sum of all a[i]·b[k-i], is
 * the sum of dot(a[2i], a[2i+1]; b[k-2i], b[k-2i-1]) over i: the second factor is needed with each two neighbours swapped, at even and at odd
 * places (SWAPPED). 2^260 is 2^36 + 15632 modulo p, so digit i of what lies above is added 15632 times at digit i and 1024 times at
 * i + 2: one more dot each (FOLDED).
 *
 * The order matters to V8's compilers: each column ends in a store, so that its terms are loaded where they are used and not kept in
 * registers that are not there. That is what makes it three times as fast as the same sums in another order.
 */

const PAIRS = 10;
const DIGITS = 20;

/** The pairs of a factor with their digits swapped: (b[j], b[j-1]) at j, from (b[0], 0) to (0, b[19]). Leaves the pairs themselves in b0 to b9. */
function swapped(factor) {
  const lines = Array.from({ length: PAIRS }, (_, i) => `const b${i} = v128.load(${factor}, ${16 * i});`);
  lines.push('const low = i32x4.splat(0xffff);', 'v128.store(SWAPPED, v128.and(b0, low));');
  for (let i = 0; i < PAIRS; i++) {
    lines.push(`v128.store(SWAPPED, v128.shuffle<i16>(b${i}, b${i}, 1, 0, 3, 2, 5, 4, 7, 6), ${16 * (2 * i + 1)});`);
    const next = i + 1 < PAIRS ? `v128.shuffle<i16>(b${i + 1}, b${i}, 0, 9, 2, 11, 4, 13, 6, 15)` : `v128.andnot(b${i}, low)`;
    lines.push(`v128.store(SWAPPED, ${next}, ${16 * (2 * i + 2)});`);
  }
  return lines;
}

const sum = (terms) => terms.reduce((all, term) => `i32x4.add(${all}, ${term})`);
const term = (left, column, i) => `i32x4.dot_i16x8_s(${left}, v128.load(SWAPPED, ${16 * (column - 2 * i)}))`;
const isTerm = (column, i) => i >= 0 && i < PAIRS && column - 2 * i >= 0 && column - 2 * i <= DIGITS;

/** The terms of a column of a product, the first factor's pairs in a0 to a9. */
function productTerms(column) {
  const places = Array.from({ length: PAIRS }, (_, i) => i).filter((i) => isTerm(column, i));
  return sum(places.map((i) => term(`a${i}`, column, i)));
}

/** The terms of a column of a square: each two that are equal are one, of the doubled pairs in d0 to d9, and the middle one stands alone. */
function squareTerms(column) {
  const half = column >> 1;
  const middle = half >> 1;
  const terms = [];
  for (let i = 0; 2 * i < half; i++) {
    if (i < middle || column % 2 === 1) if (isTerm(column, i)) terms.push(term(`d${i}`, column, i));
  }
  if (isTerm(column, middle)) {
    const first = `v128.and(b${middle}, low)`;
    if (column % 2 === 0) terms.push(term(half % 2 === 1 ? `i16x8.add(b${middle}, ${first})` : first, column, middle));
    else if (half % 2 === 0) terms.push(term(`b${middle}`, column, middle));
  }
  return sum(terms);
}

/** Two digits of the result, from 0 to 8191 both, to where they belong. */
const paired = (place, first, second) => `v128.store(out, i16x8.sub(v128.or(${first}, i32x4.shl(${second}, 16)), bias), ${8 * place});`;

/** From columns to digits of -4096 to 4095, but digit 5, which may be 260 more or less: first those from 2^260 on, which are folded into the others. */
function reduced(terms) {
  const lines = ['const mask = i32x4.splat(8191), half = i32x4.splat(4096), bias = i16x8.splat(4096);'];
  lines.push('const fold = i32x4.splat((1024 << 16) | 15632);');
  for (let k = DIGITS; k < 2 * DIGITS - 1; k++) {
    const i = k - DIGITS;
    lines.push(
      `const c${k} = ${i > 0 ? `i32x4.add(i32x4.shr_s(c${k - 1}, 13), ${terms(k)})` : terms(k)};`,
      `const h${i} = v128.and(c${k}, mask);`,
    );
    lines.push(`v128.store(FOLDED, ${i > 1 ? `v128.or(h${i}, i32x4.shl(h${i - 2}, 16))` : `h${i}`}, ${16 * i});`);
  }
  lines.push('const h19 = i32x4.shr_s(c38, 13);', 'v128.store(FOLDED, v128.or(v128.and(h19, low), i32x4.shl(h17, 16)), 304);');
  for (let k = 0; k < DIGITS; k++) {
    const before = k > 0 ? `i32x4.add(half, i32x4.shr_s(y${k - 1}, 13))` : 'half';
    lines.push(`const y${k} = i32x4.add(${before}, i32x4.add(${terms(k)}, i32x4.dot_i16x8_s(v128.load(FOLDED, ${16 * k}), fold)));`);
    if (k < 6) lines.push(`v128.store(COLUMNS, v128.and(y${k}, mask), ${16 * k});`);
    else if (k % 2 === 1) lines.push(paired(k - 1, `v128.and(y${k - 1}, mask)`, `v128.and(y${k}, mask)`));
  }
  // What is above 2^260 now is of 34 bits: it is folded once more, and carried through the lowest digits.
  lines.push('const y20 = i32x4.add(i32x4.shr_s(y19, 13), i32x4.shl(h18, 10)), y21 = i32x4.add(i32x4.shr_s(y20, 13), i32x4.shl(h19, 10));');
  lines.push('const t0 = v128.and(y20, mask), t1 = v128.and(y21, mask), t2 = i32x4.shr_s(y21, 13), once = i32x4.splat(15632);');
  const more = ['i32x4.dot_i16x8_s(t0, once)', 'i32x4.dot_i16x8_s(t1, once)'];
  more.push('i32x4.dot_i16x8_s(v128.or(v128.and(t2, low), i32x4.shl(t0, 16)), fold)', 'i32x4.shl(t1, 10)', 'i32x4.shl(t2, 10)');
  for (let i = 0; i < 6; i++) {
    const parts = [`v128.load(COLUMNS, ${16 * i})`, more[i], i > 0 ? `i32x4.shr_s(z${i - 1}, 13)` : undefined];
    lines.push(`const z${i} = ${sum(parts.filter((part) => part !== undefined))};`);
  }
  const digit = (i) => (i < 5 ? `v128.and(z${i}, mask)` : `z${i}`);
  for (let i = 0; i < 6; i += 2) lines.push(paired(i, digit(i), digit(i + 1)));
  return lines;
}

const body = (lines) => lines.map((line) => `  ${line}\n`).join('');

/** The source of field-product.ts. */
export function fieldProductSource() {
  const product = [
    ...swapped('b'),
    ...Array.from({ length: PAIRS }, (_, i) => `const a${i} = v128.load(a, ${16 * i});`),
    ...reduced(productTerms),
  ];
  const doubled = Array.from({ length: PAIRS }, (_, i) => `const d${i} = i16x8.add(b${i}, b${i});`);
  const square = [...swapped('a'), ...doubled, ...reduced(squareTerms)];
  const places = Object.entries({ SWAPPED: 336, FOLDED: 320, COLUMNS: 96 });
  return [
    '/** Generated by tools/field-product.mjs, where it is told how; not in the repository. */\n',
    ...places.map(([name, size]) => `const ${name}: usize = memory.data(${size}, 16);\n`),
    '\n/** a·b to `out`, which may be one of them. */\n',
    `export function product(out: usize, a: usize, b: usize): void {\n${body(product)}}\n`,
    '\n/** a·a to `out`, which may be a. */\n',
    `export function square(out: usize, a: usize): void {\n${body(square)}}\n`,
  ].join('');
}
