/**
 * Checks signatures of secp256k1 many at a time: sums a·G + b·P, four in step, a lane of 32 bits each (field-lanes.ts). A verdict of 1 says that a
 * check holds. One of 0 says that it is not known to: it does not hold, or it came to a corner of the formulas, or its numbers are out of
 * range; whoever asks finds out by another engine.
 *
 * Why no wrong sum can pass: a check holds when a number that was worked out from all the others is a root of the one that was expected
 * (closing-lanes.ts), so a mistake would have to hit 1 of 2^255 values. What formulas do come to where they do not hold, Z = 0 (points-lanes.ts) or a
 * product of 0 (terms-lanes.ts), is never taken for an answer.
 *
 * A check is a record of 160 bytes at `inputOffset()`: its kind, the parity of the expected y (of a tweak), 29 bytes of nothing, then the key,
 * compressed: 2 or 3 and x, and three numbers of 32 bytes, big-endian:
 *
 * - 1, ECDSA: the message's hash, r, s;
 * - 2, BIP-340: e, r, s, and the key begins with 2;
 * - 3, a tweak by BIP-341: 0, the tweaked key's x, the tweak, and the key begins with 2.
 */
import { DIVISOR, expectedX, isKeyOdd, isSumOdd, relate, settle } from './closing-lanes';
import { addField, copyField, FIELD, fillField, invert, ONE, prepareField, readField, selectField } from './field-lanes';
import { product, square } from './field-product';
import { AFFINE, generatorX, makeBaseTables, POINT } from './multiples-lanes';
import { KEY_BITS, KEY_DIGITS, writeBaseDigits, writeKeyDigits } from './multipliers';
import { double } from './points-lanes';
import {
  invertScalar,
  isBelowOrder,
  isZero,
  multiplyScalar,
  negateScalar,
  ORDER,
  prepareScalars,
  readScalar,
  SCALAR,
  subtractScalar,
} from './scalar';
import { BASE_TABLES, BEFORE, CHECKS, CUBE, DIGITS_AT, END, GROUP, INPUT, KEY_TABLE, NUMBERS, OUTPUT, RECORD, SUM, WORK } from './signatures-layout';
import { addTerm, makeTerms, prepareTerms } from './terms-lanes';

const PARITY: usize = 1;
const KEY_FORM: usize = 31;
const KEY: usize = 32;
const HASH: usize = 64;
const R: usize = 96;
const S: usize = 128;

const ECDSA: u8 = 1;
const TWEAK: u8 = 3;

memory.grow(<i32>((END + 65535) >> 16) - memory.size());

const SEVEN: usize = memory.data(160, 16);
const PRIME_BYTES: usize = memory.data<u8>([
  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xfc, 0x2f,
], 16);

const X: usize = memory.data(160, 16);
const Z: usize = memory.data(160, 16);
const ALL: usize = memory.data(160, 16);
const NUMBER: usize = memory.data(32, 16);
const OTHER: usize = memory.data(32, 16);
let isReady = false;

/** The products, for a test of their limits. */
export { product, square } from './field-product';

export function inputOffset(): usize {
  return INPUT;
}

/** Where verdicts appear, a byte for each check. */
export function outputOffset(): usize {
  return OUTPUT;
}

/** Checks that a call takes. */
export function capacity(): i32 {
  return <i32>CHECKS;
}

function prepare(): void {
  prepareField();
  prepareScalars();
  prepareTerms();
  fillField(SEVEN, 7);
  makeBaseTables(BASE_TABLES, WORK);
  isReady = true;
}

// @ts-ignore: decorator
@inline
function record(check: usize): usize {
  return INPUT + check * RECORD;
}

// @ts-ignore: decorator
@inline
function baseNumber(check: usize): usize {
  return NUMBERS + check * 2 * SCALAR;
}

// @ts-ignore: decorator
@inline
function keyNumber(check: usize): usize {
  return NUMBERS + check * 2 * SCALAR + SCALAR;
}

/** Whether 32 bytes, big-endian, are below p. */
function isBelowPrime(bytes: usize): bool {
  for (let i: usize = 0; i < 32; i++) {
    const difference = <i32>load<u8>(bytes + i) - <i32>load<u8>(PRIME_BYTES + i);
    if (difference != 0) return difference < 0;
  }
  return false;
}

/** Whether the numbers of a check are in range; the verdict is what is kept of it. */
function isInRange(check: usize): bool {
  const at = record(check);
  const kind = load<u8>(at);
  if (kind < ECDSA || kind > TWEAK || !isBelowPrime(at + KEY)) return false;
  // No point has x = 0, and what stands in for it would be of order 3.
  if (isZero(at + KEY, 8)) return false;
  readScalar(at + S, NUMBER);
  if (!isBelowOrder(NUMBER)) return false;
  if (kind != ECDSA) return isBelowPrime(at + R);
  readScalar(at + R, OTHER);
  return isBelowOrder(OTHER) && !isZero(NUMBER, 8) && !isZero(OTHER, 8);
}

/** Sets the numbers that G and the key are multiplied by. All s of ECDSA are inverted at once: the products of those before each, and back. */
function makeNumbers(count: usize): void {
  memory.fill(NUMBER, 0, SCALAR);
  store<u32>(NUMBER, 1);
  for (let i: usize = 0; i < count; i++) {
    if (load<u8>(OUTPUT + i) == 0 || load<u8>(record(i)) != ECDSA) continue;
    memory.copy(keyNumber(i), NUMBER, SCALAR);
    readScalar(record(i) + S, OTHER);
    multiplyScalar(NUMBER, NUMBER, OTHER);
  }
  invertScalar(NUMBER, NUMBER);
  for (let i: usize = count; i-- > 0; ) {
    const at = record(i);
    const base = baseNumber(i);
    const key = keyNumber(i);
    if (load<u8>(OUTPUT + i) == 0) {
      ignore(i);
      continue;
    }
    if (load<u8>(at) == ECDSA) {
      multiplyScalar(key, key, NUMBER);
      readScalar(at + S, OTHER);
      multiplyScalar(NUMBER, NUMBER, OTHER);
      readScalar(at + HASH, OTHER);
      multiplyScalar(base, key, OTHER);
      readScalar(at + R, OTHER);
      multiplyScalar(key, key, OTHER);
    } else {
      readScalar(at + S, base);
      makeKeyNumber(key, at);
    }
    // There are no digits of 0.
    if (isZero(base, 8)) ignore(i);
  }
}

/** Has a check be of 2·G and G, which is nothing special, and not hold. */
function ignore(check: usize): void {
  store<u8>(OUTPUT + check, 0);
  memory.fill(baseNumber(check), 0, 2 * SCALAR);
  store<u32>(baseNumber(check), 2);
  store<u32>(keyNumber(check), 1);
}

/** What the key of a check by BIP-340 or BIP-341 is multiplied by: -e, or 1. */
function makeKeyNumber(key: usize, at: usize): void {
  memory.fill(key, 0, SCALAR);
  store<u32>(key, 1);
  if (load<u8>(at) == TWEAK) return;
  readScalar(at + HASH, OTHER);
  if (!isBelowOrder(OTHER)) subtractScalar(OTHER, ORDER, OTHER);
  negateScalar(key, OTHER);
}

/** Reads the keys of four checks: x³ + 7 to CUBE, and the first multiple, on another curve (closing-lanes.ts), to the table. */
function readKeys(group: usize, first: usize): void {
  const cube = group + CUBE;
  for (let lane: usize = 0; lane < 4; lane++) {
    const isBad = load<u8>(OUTPUT + first + lane) == 0;
    readField(X, lane, isBad ? generatorX() : record(first + lane) + KEY);
  }
  square(cube, X);
  product(cube, cube, X);
  addField(cube, cube, SEVEN);
  product(group + KEY_TABLE, X, cube);
  square(group + KEY_TABLE + FIELD, cube);
}

const LANES: usize = memory.data(16, 16);

/** Replaces every group's number at `place`, none of which is 0 in any lane, by its inverse: the products of those before each, and back. */
function invertAll(groups: usize, place: usize): void {
  copyField(ALL, ONE);
  for (let i: usize = 0; i < groups; i++) {
    const group = WORK + i * GROUP;
    copyField(group + BEFORE, ALL);
    product(ALL, ALL, group + place);
  }
  invert(Z, ALL);
  for (let i: usize = groups; i-- > 0; ) {
    const group = WORK + i * GROUP;
    product(ALL, Z, group + BEFORE);
    product(Z, Z, group + place);
    copyField(group + place, ALL);
  }
}

/** The sum of a group's terms. The lanes that have none get Z = 0. */
function addUp(group: usize): void {
  const sum = group + SUM;
  let empty = i32x4.splat(-1);
  for (let i: usize = 0; i < POINT; i += FIELD) copyField(sum + i, ONE);
  for (let i = KEY_DIGITS - 1; i >= 0; i--) {
    if (i < KEY_DIGITS - 1) for (let bit = 0; bit < KEY_BITS; bit++) double(sum);
    empty = addTerm(sum, empty, group, i);
  }
  fillField(ALL, 0);
  selectField(sum + AFFINE, ALL, sum + AFFINE, empty);
}

/** Whether the key's y, and of a check by BIP-340 or BIP-341 the sum's, are odd or even as they have to be. */
function isExpected(check: usize, lane: usize): bool {
  const at = record(check);
  if (isKeyOdd(lane) != ((load<u8>(at, KEY_FORM) & 1) == 1)) return false;
  const kind = load<u8>(at);
  return kind == ECDSA || isSumOdd(lane) == (kind == TWEAK && load<u8>(at, PARITY) == 1);
}

/** Checks so many records, 1 to `capacity()`, and writes their verdicts. */
export function verify(count: usize): void {
  if (!isReady) prepare();
  const groups = (count + 3) >> 2;
  for (let i: usize = 0; i < groups << 2; i++) {
    if (i >= count) memory.fill(record(i), 0, RECORD);
    store<u8>(OUTPUT + i, isInRange(i) ? 1 : 0);
  }
  makeNumbers(groups << 2);
  for (let i: usize = 0; i < groups; i++) {
    const group = WORK + i * GROUP;
    readKeys(group, i << 2);
    for (let lane: usize = 0; lane < 4; lane++) {
      writeBaseDigits(group + DIGITS_AT, lane, baseNumber((i << 2) + lane));
      writeKeyDigits(group + DIGITS_AT, lane, keyNumber((i << 2) + lane));
    }
  }
  const lost = makeTerms(groups);
  for (let i: usize = 0; i < groups; i++) {
    const group = WORK + i * GROUP;
    addUp(group);
    for (let lane: usize = 0; lane < 4; lane++) readField(expectedX(group), lane, record((i << 2) + lane) + R);
    v128.store(LANES, v128.andnot(relate(group), lost));
    for (let lane: usize = 0; lane < 4; lane++) {
      if (load<i32>(LANES + (lane << 2)) == 0) store<u8>(OUTPUT + (i << 2) + lane, 0);
    }
  }
  invertAll(groups, DIVISOR);
  for (let i: usize = 0; i < groups; i++) {
    settle(WORK + i * GROUP);
    for (let lane: usize = 0; lane < 4; lane++) {
      const check = (i << 2) + lane;
      if (load<u8>(OUTPUT + check) == 1 && !isExpected(check, lane)) store<u8>(OUTPUT + check, 0);
    }
  }
}
