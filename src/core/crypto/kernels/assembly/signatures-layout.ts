/**
 * Where the kernel of signatures keeps what: all behind the constants, since `memory.data` would carry it in the file.
 */
import { FIELD } from './field-lanes';
import { AFFINE, BASE_TABLE_BYTES, POINT } from './multiples-lanes';
import { DIGITS, KEY_DIGITS, KEY_MULTIPLES } from './multipliers';
import { SCALAR } from './scalar';

/** Groups of four checks in a call. */
export const GROUPS: usize = 16;
export const CHECKS: usize = 64;
/** Bytes of a check. */
export const RECORD: usize = 160;

/** Places at which points are added: a digit of the key's multiplier each, and at every other one two of G's. */
export const PLACES: usize = <usize>KEY_DIGITS;
export const BASE_PLACES: usize = 13;
/**
 * Sums of two points: the multiples of the key from the second on, then at each place what the key's digits name, at every other place what
 * those of G name, and there both.
 */
export const MULTIPLE_PAIRS: usize = 15;
export const KEY_PAIRS: usize = MULTIPLE_PAIRS + PLACES;
export const BASE_PAIRS: usize = KEY_PAIRS + BASE_PLACES;
export const PAIRS: usize = BASE_PAIRS + BASE_PLACES;
/** A point with Z = 1, and the lanes in which it is nothing. */
export const TERM: usize = AFFINE + 16;

/** What a group keeps between the steps. */
export const KEY_TABLE: usize = 0;
export const SECOND_X: usize = KEY_TABLE + <usize>KEY_MULTIPLES * AFFINE;
export const SUM: usize = SECOND_X + <usize>KEY_MULTIPLES * FIELD;
export const BEFORE: usize = SUM + POINT;
export const DIGITS_AT: usize = BEFORE + FIELD;
export const TERMS: usize = DIGITS_AT + DIGITS;
export const BASE_TERMS: usize = TERMS + PLACES * TERM;
export const PRODUCTS: usize = BASE_TERMS + BASE_PLACES * TERM;
/** At most so many sums are made at once: those of the key and of G. */
export const GROUP: usize = PRODUCTS + (PLACES + BASE_PLACES) * FIELD;

export const INPUT: usize = (__heap_base + 63) & ~63;
export const OUTPUT: usize = INPUT + CHECKS * RECORD;
/** Multipliers of G and of the key, for each check. */
export const NUMBERS: usize = OUTPUT + CHECKS;
export const BASE_TABLES: usize = NUMBERS + CHECKS * 2 * SCALAR;
export const WORK: usize = BASE_TABLES + 2 * BASE_TABLE_BYTES;
export const END: usize = WORK + GROUPS * GROUP;
