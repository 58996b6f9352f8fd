/**
 * Where the kernel of signatures keeps what: all behind the constants, since `memory.data` would carry it in the file.
 */
import { FIELD } from './field-lanes';
import { AFFINE, BASE_TABLES_BYTES, POINT } from './multiples-lanes';
import { BASE_DIGITS, DIGITS, KEY_DIGITS, KEY_MULTIPLES } from './multipliers';
import { SCALAR } from './scalar';

/** Groups of four checks in a call. */
export const GROUPS: usize = 16;
export const CHECKS: usize = 64;
/** Bytes of a check. */
export const RECORD: usize = 160;

/** Places at which sums of two multiples of the key are added, by its digits. */
export const PLACES: usize = <usize>KEY_DIGITS;
/** Sums of two points of a key: its multiples from the second on, then at each place what the digits name. */
export const MULTIPLE_PAIRS: usize = 15;
export const KEY_PAIRS: usize = MULTIPLE_PAIRS + PLACES;
/** Sums of two points of G: what the digits name, two and two, then the sums, two and two, until there is one. */
export const BASE_PLACES: usize = <usize>BASE_DIGITS / 2;
export const BASE_PAIRS: usize = <usize>BASE_DIGITS - 1;
/** At most so many sums are made at once. */
const SUMS_MAX: usize = PLACES + 1;
/** A point with Z = 1, and the lanes in which it is nothing. */
export const TERM: usize = AFFINE + 16;

/** What a group keeps between the steps. */
export const KEY_TABLE: usize = 0;
export const SECOND_X: usize = KEY_TABLE + <usize>KEY_MULTIPLES * AFFINE;
export const SUM: usize = SECOND_X + <usize>KEY_MULTIPLES * FIELD;
export const BEFORE: usize = SUM + POINT;
export const CUBE: usize = BEFORE + FIELD;
export const DIGITS_AT: usize = CUBE + FIELD;
export const TERMS: usize = DIGITS_AT + DIGITS;
export const BASE_TERMS: usize = TERMS + PLACES * TERM;
export const PRODUCTS: usize = BASE_TERMS + BASE_PLACES * AFFINE;
export const GROUP: usize = PRODUCTS + SUMS_MAX * FIELD;

export const INPUT: usize = (__heap_base + 63) & ~63;
export const OUTPUT: usize = INPUT + CHECKS * RECORD;
/** Multipliers of G and of the key, for each check. */
export const NUMBERS: usize = OUTPUT + CHECKS;
export const BASE_TABLES: usize = NUMBERS + CHECKS * 2 * SCALAR;
export const WORK: usize = BASE_TABLES + BASE_TABLES_BYTES;
export const END: usize = WORK + GROUPS * GROUP;
