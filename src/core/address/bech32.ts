/**
 * Bech32 (BIP-173) and bech32m (BIP-350), and finding the characters that are wrong in a mistyped one.
 *
 * Ours and not a package's, because a refusal must say where and why, as Core's `validateaddress` does.
 *
 * @module
 */

import { assert } from '../base/assert.ts';

/** The two checksums: bech32 for witness version 0, bech32m for the later ones. */
export type Bech32Encoding = 'bech32' | 'bech32m';

/** A text that holds together. */
export interface Bech32Text {
  readonly encoding: Bech32Encoding;
  /** Lower case. */
  readonly prefix: string;
  /** Numbers of 5 bits, the checksum left out. */
  readonly values: Uint8Array;
}

/** Why a text is neither bech32 nor bech32m. */
export interface Bech32Error {
  /** Core's words. */
  readonly problem: string;
  /** Indexes of the characters that are or may be wrong; empty where that cannot be told. */
  readonly positions: readonly number[];
}

/** Most characters of a text (BIP-173): the checksum finds no four errors in longer ones. */
export const BECH32_LENGTH_MAX = 90;

const DIGITS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const CHECKSUM_LENGTH = 6;

/** Coefficients of the generator, BIP-173. */
const GENERATOR: readonly number[] = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** What a sound text's checksum comes to. */
const CONSTANTS: Readonly<Record<Bech32Encoding, number>> = { bech32: 1, bech32m: 0x2bc830a3 };

/** One step of the checksum: the remainder so far, times x, plus the next number. */
function polymodStep(remainder: number, value: number): number {
  const top = remainder >>> 25;
  let next = ((remainder & 0x1ffffff) << 5) ^ value;
  for (let i = 0; i < GENERATOR.length; i++) if ((top >>> i) & 1) next ^= GENERATOR[i] ?? 0;
  return next;
}

/** Remainder over a prefix, spread out as BIP-173 says, and numbers. */
function polymod(prefix: string, values: Iterable<number>): number {
  let remainder = 1;
  for (let i = 0; i < prefix.length; i++) remainder = polymodStep(remainder, prefix.charCodeAt(i) >>> 5);
  remainder = polymodStep(remainder, 0);
  for (let i = 0; i < prefix.length; i++) remainder = polymodStep(remainder, prefix.charCodeAt(i) & 31);
  for (const value of values) remainder = polymodStep(remainder, value);
  return remainder;
}

/** Text of numbers of 5 bits under a lower-case prefix. What it gives is at most `BECH32_LENGTH_MAX` long; more is our bug. */
export function encodeBech32(prefix: string, values: Uint8Array, encoding: Bech32Encoding): string {
  assert(prefix.length + 1 + values.length + CHECKSUM_LENGTH <= BECH32_LENGTH_MAX, 'a bech32 text has at most 90 characters');
  const padded = new Uint8Array(values.length + CHECKSUM_LENGTH);
  padded.set(values);
  const checksum = polymod(prefix, padded) ^ CONSTANTS[encoding];
  for (let i = 0; i < CHECKSUM_LENGTH; i++) padded[values.length + i] = (checksum >>> (5 * (CHECKSUM_LENGTH - 1 - i))) & 31;
  let text = `${prefix}1`;
  for (const value of padded) text += DIGITS.charAt(value);
  return text;
}

/** A text's content, or why it has none. Core's `bech32::Decode` and, for the reasons, `bech32::LocateErrors`. */
export function decodeBech32(text: string): Bech32Text | Bech32Error {
  if (text.length > BECH32_LENGTH_MAX)
    return { problem: 'Bech32 string too long', positions: indexes(BECH32_LENGTH_MAX, Math.min(text.length, POSITIONS_END)) };
  const strange = strangeCharacters(text);
  if (strange.length > 0) return { problem: 'Invalid character or mixed case', positions: strange };
  const separator = text.lastIndexOf('1');
  if (separator < 0) return { problem: 'Missing separator', positions: [] };
  if (separator === 0 || separator + CHECKSUM_LENGTH >= text.length)
    return { problem: 'Invalid separator position', positions: [separator] };
  const lower = text.toLowerCase();
  const values: number[] = [];
  for (let i = separator + 1; i < lower.length; i++) {
    const value = DIGITS.indexOf(lower.charAt(i));
    if (value < 0) return { problem: 'Invalid Base 32 character', positions: [i] };
    values.push(value);
  }
  const prefix = lower.slice(0, separator);
  const remainder = polymod(prefix, values);
  for (const encoding of ['bech32', 'bech32m'] as const) {
    if (remainder === CONSTANTS[encoding]) return { encoding, prefix, values: Uint8Array.from(values.slice(0, -CHECKSUM_LENGTH)) };
  }
  return locateErrors(remainder, values.length, separator + 1);
}

/** No text needs a longer list of positions than this many characters give; a request's size does not grow into the answer's. */
const POSITIONS_END = 1_000;

function indexes(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/** Indexes of characters outside printable ASCII, and of letters in another case than the first. */
function strangeCharacters(text: string): number[] {
  const strange: number[] = [];
  let textCase: 'lower' | 'upper' | undefined;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const letterCase = code >= 97 && code <= 122 ? 'lower' : code >= 65 && code <= 90 ? 'upper' : undefined;
    textCase ??= letterCase;
    if ((letterCase !== undefined && letterCase !== textCase) || code < 33 || code > 126) strange.push(i);
  }
  return strange;
}

/**
 * The one or two characters of the data part that, put right, give either checksum; fewer wins, bech32 first.
 *
 * The checksum is linear: a wrong number changes the remainder by an amount that depends on its place and its difference only.
 * So what the remainder is off by is looked up among the changes of one error, then of two.
 */
function locateErrors(remainder: number, length: number, start: number): Bech32Error {
  const placeOfChange = new Map<number, number>();
  for (let difference = 1; difference < 32; difference++) {
    let change = difference;
    for (let place = length - 1; place >= 0; place--) {
      placeOfChange.set(change, place);
      change = polymodStep(change, 0);
    }
  }
  let best: Bech32Error = { problem: 'Invalid checksum', positions: [] };
  for (const encoding of ['bech32', 'bech32m'] as const) {
    const places = placesOf(remainder ^ CONSTANTS[encoding], placeOfChange);
    if (places.length > 0 && (best.positions.length === 0 || places.length < best.positions.length))
      best = {
        problem: `Invalid ${encoding === 'bech32' ? 'Bech32' : 'Bech32m'} checksum`,
        positions: places.map((place) => start + place),
      };
  }
  return best;
}

/** Places of the one or two errors that change a remainder by this much, in order; empty where there are more. */
function placesOf(wanted: number, placeOfChange: ReadonlyMap<number, number>): readonly number[] {
  const single = placeOfChange.get(wanted);
  if (single !== undefined) return [single];
  for (const [change, place] of placeOfChange) {
    const other = placeOfChange.get(wanted ^ change);
    if (other !== undefined) return [place, other].sort((a, b) => a - b);
  }
  return [];
}

/** Bytes as numbers of 5 bits, zero bits filling the last. */
export function bytesToValues(bytes: Uint8Array): Uint8Array {
  const values = new Uint8Array(Math.ceil((bytes.length * 8) / 5));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      values[at++] = (held >>> bits) & 31;
    }
  }
  if (bits > 0) values[at] = (held << (5 - bits)) & 31;
  return values;
}

/** Bytes of numbers of 5 bits, or undefined where 5 or more bits are left over or any of those is not zero (BIP-173). */
export function valuesToBytes(values: Uint8Array): Uint8Array | undefined {
  const bytes = new Uint8Array(Math.floor((values.length * 5) / 8));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const value of values) {
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (held >>> bits) & 255;
    }
  }
  return bits >= 5 || (held & ((1 << bits) - 1)) !== 0 ? undefined : bytes;
}
