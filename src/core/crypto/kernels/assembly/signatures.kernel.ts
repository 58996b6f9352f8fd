/**
 * Checks signatures of secp256k1 many at a time: sums a·G + b·P, four in step, a lane of 32 bits each (field-lanes.ts). A verdict of 1 says that a
 * check holds. One of 0 says that it is not known to: it does not hold, or it came to a corner of the formulas, or its numbers are out of
 * range; whoever asks finds out by another engine.
 *
 * Why no wrong sum can pass: a check holds when an x that was worked out is the one that was expected, so a mistake would have to hit 1 of 2^256
 * values. What formulas do come to where they do not hold, Z = 0 (points-lanes.ts) or a product of 0 (terms-lanes.ts), is never taken for an
 * answer.
 *
 * A check is a record of 160 bytes at `inputOffset()`: its kind, the parity of the expected y (of a tweak), 29 bytes of nothing, then the key,
 * compressed: 2 or 3 and x, and three numbers of 32 bytes, big-endian:
 *
 * - 1, ECDSA: the message's hash, r, s;
 * - 2, BIP-340: e, r, s, and the key begins with 2;
 * - 3, a tweak by BIP-341: 0, the tweaked key's x, the tweak, and the key begins with 2.
 */
import {
  addField,
  copyField,
  FIELD,
  fillField,
  invert,
  isOddField,
  isZeroField,
  negateWhere,
  ONE,
  prepareField,
  readField,
  selectField,
  squareRoot,
  subtractField,
  writeField,
} from './field-lanes';
import { product, square } from './field-product';
import { AFFINE, makeBaseTables, POINT, readGenerator } from './multiples-lanes';
import { KEY_BITS, KEY_DIGITS, writeBaseDigits, writeKeyDigits } from './multipliers';
import { double, normalize } from './points-lanes';
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
import {
  BASE_TABLES,
  BEFORE,
  CHECKS,
  DIGITS_AT,
  END,
  GROUP,
  INPUT,
  KEY_TABLE,
  NUMBERS,
  OUTPUT,
  RECORD,
  SUM,
  WORK,
} from './signatures-layout';
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
const Y: usize = memory.data(160, 16);
const Z: usize = memory.data(160, 16);
const ALL: usize = memory.data(160, 16);
const BYTES: usize = memory.data(32, 16);
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
  makeBaseTables(BASE_TABLES, WORK, 256);
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
  readScalar(at + S, NUMBER);
  if (!isBelowOrder(NUMBER)) return false;
  if (kind != ECDSA) return true;
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
      memory.fill(base, 0, 2 * SCALAR);
    } else if (load<u8>(at) == ECDSA) {
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
  }
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

/** Reads the keys of four checks to X and Y. G stands in for one that is no point, whose verdict is 0 then. */
function readKeys(first: usize): void {
  for (let lane: usize = 0; lane < 4; lane++) readField(X, lane, record(first + lane) + KEY);
  square(Y, X);
  product(Y, Y, X);
  addField(Y, Y, SEVEN);
  squareRoot(Z, Y);
  square(ALL, Z);
  subtractField(ALL, ALL, Y);
  for (let lane: usize = 0; lane < 4; lane++) {
    if (!isZeroField(ALL, lane)) store<u8>(OUTPUT + first + lane, 0);
    const isBad = load<u8>(OUTPUT + first + lane) == 0;
    const isOther = isOddField(Z, lane) != ((load<u8>(record(first + lane), KEY_FORM) & 1) == 1);
    store<i32>(LANES + (lane << 2), isBad ? -1 : 0);
    store<i32>(LANES + 16 + (lane << 2), isOther ? -1 : 0);
  }
  const bad = v128.load(LANES);
  negateWhere(Y, Z, v128.load(LANES, 16));
  if (!v128.any_true(bad)) return;
  readGenerator(ALL_POINT);
  selectField(X, ALL_POINT, X, bad);
  selectField(Y, ALL_POINT + FIELD, Y, bad);
}

const LOST: usize = memory.data(16, 16);
const LANES: usize = memory.data(32, 16);
const ALL_POINT: usize = memory.data(320, 16);

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

/** Whether a point with Z = 1 is in a lane what the lane's check expects. */
function isExpected(check: usize, point: usize, lane: usize): bool {
  const at = record(check);
  const kind = load<u8>(at);
  writeField(BYTES, point, lane);
  if (kind == ECDSA) {
    readScalar(BYTES, NUMBER);
    if (!isBelowOrder(NUMBER)) subtractScalar(NUMBER, ORDER, NUMBER);
    readScalar(at + R, OTHER);
    return memory.compare(NUMBER, OTHER, SCALAR) == 0;
  }
  const isOdd = kind == TWEAK && load<u8>(at, PARITY) == 1;
  return memory.compare(BYTES, at + R, 32) == 0 && isOddField(point + FIELD, lane) == isOdd;
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
    readKeys(i << 2);
    copyField(group + KEY_TABLE, X);
    copyField(group + KEY_TABLE + FIELD, Y);
    for (let lane: usize = 0; lane < 4; lane++) {
      writeBaseDigits(group + DIGITS_AT, lane, baseNumber((i << 2) + lane));
      writeKeyDigits(group + DIGITS_AT, lane, keyNumber((i << 2) + lane));
    }
  }
  v128.store(LOST, makeTerms(groups));
  for (let i: usize = 0; i < groups; i++) {
    const group = WORK + i * GROUP;
    addUp(group);
    for (let lane: usize = 0; lane < 4; lane++) {
      const isNone = isZeroField(group + SUM + AFFINE, lane) || load<i32>(LOST + (lane << 2)) != 0;
      if (isNone) store<u8>(OUTPUT + (i << 2) + lane, 0);
      store<i32>(LANES + (lane << 2), isNone ? -1 : 0);
    }
    selectField(group + SUM + AFFINE, ONE, group + SUM + AFFINE, v128.load(LANES));
  }
  invertAll(groups, SUM + AFFINE);
  for (let i: usize = 0; i < groups; i++) {
    const sum = WORK + i * GROUP + SUM;
    normalize(sum, sum + AFFINE);
    for (let lane: usize = 0; lane < 4; lane++) {
      const check = (i << 2) + lane;
      if (load<u8>(OUTPUT + check) == 1 && !isExpected(check, sum, lane)) store<u8>(OUTPUT + check, 0);
    }
  }
}
