/**
 * Reading a user's JSON field by field: each wrong one is noted with its name, and the reading goes on, so that all of them are
 * told at once.
 *
 * @module
 */

import { fromHex, toHex } from '../base/bytes.ts';

/** What is wrong with one field of a network file. */
export interface FieldProblem {
  /** Path of the field, for instance `pow.bits`; empty where it is the file as a whole. */
  readonly field: string;
  /** What is wrong, in words that follow the field's name. */
  readonly problem: string;
}

/** Most problems that are told; a file that is something else altogether has no use for more. */
export const FIELD_PROBLEMS_MAX = 20;

/** Most characters of a user's own value that a problem repeats. */
const SHOWN_LENGTH_MAX = 40;

/** A value as a problem shows it: JSON, cut short, anything unprintable replaced. */
function shown(value: unknown): string {
  // JSON has no name for a number that is too large for it, such as 1e999.
  const text = (typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'nothing')).replace(/[^\x20-\x7e]/g, '?');
  return text.length <= SHOWN_LENGTH_MAX ? text : `${text.slice(0, SHOWN_LENGTH_MAX)}...`;
}

/** Name of a field inside another. Names come from the file: they are shown, so cut and made printable. */
export function pathOf(parent: string, key: string): string {
  const name = key.replace(/[^\x20-\x7e]/g, '?').slice(0, SHOWN_LENGTH_MAX);
  return parent === '' ? name : `${parent}.${name}`;
}

/** One object of the file. Where a value is wrong, its reader notes the problem and gives a stand-in that nothing must rely on. */
export class FieldReader {
  readonly path: string;
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #known = new Set<string>();
  #problems: FieldProblem[];

  /** Anything but an object is noted, and every field of it reads as missing without further words. */
  constructor(value: unknown, path: string, problems: FieldProblem[]) {
    this.path = path;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    this.#values = isObject ? (value as Record<string, unknown>) : {};
    this.#problems = problems;
    if (isObject) return;
    this.#note(path, value === undefined ? 'is missing' : `must be an object, not ${shown(value)}`);
    // Its fields are missing because it is: they are noted where nobody looks.
    this.#problems = [];
  }

  #note(field: string, problem: string): void {
    if (this.#problems.length < FIELD_PROBLEMS_MAX) this.#problems.push({ field, problem });
  }

  /** Whether nothing was wrong yet, in this object or any other of the file. */
  get sound(): boolean {
    return this.#problems.length === 0;
  }

  /** Notes a problem of one of this object's fields. */
  refuse(key: string, problem: string): void {
    this.#note(pathOf(this.path, key), problem);
  }

  /** Whether the field is there. Inherited properties are not fields. */
  has(key: string): boolean {
    this.#known.add(key);
    return Object.hasOwn(this.#values, key);
  }

  /** The field as it stands, or undefined. */
  value(key: string): unknown {
    return this.has(key) ? this.#values[key] : undefined;
  }

  #wrong(key: string, wanted: string): void {
    const value = this.value(key);
    this.refuse(key, value === undefined ? `is missing: it must be ${wanted}` : `must be ${wanted}, not ${shown(value)}`);
  }

  /** An object inside this one. */
  object(key: string): FieldReader {
    return new FieldReader(this.value(key), pathOf(this.path, key), this.#problems);
  }

  /** The objects of a list; no more than `countMax`. */
  objects(key: string, countMax: number): FieldReader[] {
    const value = this.value(key);
    if (!Array.isArray(value) || value.length > countMax) {
      this.#wrong(key, `a list of at most ${countMax} objects`);
      return [];
    }
    return value.map((each, index) => new FieldReader(each, `${pathOf(this.path, key)}.${index}`, this.#problems));
  }

  /** A whole number from `min` to `max`, both allowed. */
  integer(key: string, limits: { readonly min: number; readonly max: number }): number {
    const value = this.value(key);
    if (typeof value === 'number' && Number.isInteger(value) && value >= limits.min && value <= limits.max) return value;
    this.#wrong(key, `a whole number from ${limits.min} to ${limits.max}`);
    return limits.min;
  }

  /** The same, or null. */
  integerOrNull(key: string, limits: { readonly min: number; readonly max: number }): number | null {
    if (this.value(key) === null) return null;
    const value = this.value(key);
    if (typeof value === 'number' && Number.isInteger(value) && value >= limits.min && value <= limits.max) return value;
    this.#wrong(key, `null or a whole number from ${limits.min} to ${limits.max}`);
    return null;
  }

  /** Base units: a whole number that JSON holds exactly. */
  amount(key: string, max: bigint): bigint {
    return BigInt(this.integer(key, { min: 0, max: Number(max) }));
  }

  boolean(key: string): boolean {
    const value = this.value(key);
    if (typeof value === 'boolean') return value;
    this.#wrong(key, 'true or false');
    return false;
  }

  /** Text that the test accepts; `wanted` says what that is. */
  text(key: string, accepts: (text: string) => boolean, wanted: string): string {
    const value = this.value(key);
    if (typeof value === 'string' && accepts(value)) return value;
    this.#wrong(key, wanted);
    return '';
  }

  /** One of a few words. */
  word<Word extends string>(key: string, words: readonly [Word, ...Word[]]): Word {
    const value = this.value(key);
    const word = words.find((each) => each === value);
    if (word === undefined) this.#wrong(key, `one of ${words.map((each) => `"${each}"`).join(', ')}`);
    return word ?? words[0];
  }

  /** Bytes as hexadecimal, `min` to `max` of them. */
  hex(key: string, limits: { readonly min: number; readonly max: number }): Uint8Array {
    const value = this.value(key);
    const { min, max } = limits;
    const bytes = typeof value === 'string' && value.length <= 2 * max ? fromHex(value) : undefined;
    if (bytes !== undefined && bytes.length >= min) return bytes;
    this.#wrong(key, min === max ? `${2 * min} hexadecimal digits` : `hexadecimal text of ${min} to ${max} bytes`);
    return new Uint8Array(min);
  }

  /** Unsigned 32 bits, written as 8 hexadecimal digits. */
  hexU32(key: string): number {
    return Number(`0x${toHex(this.hex(key, { min: 4, max: 4 }))}`);
  }

  /** A list of texts. */
  texts(key: string, accepts: (text: string) => boolean, limits: { readonly countMax: number; readonly wanted: string }): string[] {
    const value = this.value(key);
    if (Array.isArray(value) && value.length <= limits.countMax && value.every((each) => typeof each === 'string' && accepts(each)))
      return [...(value as string[])];
    this.#wrong(key, `a list of at most ${limits.countMax} ${limits.wanted}`);
    return [];
  }

  /** Notes every field that nothing asked for. Call it when the object has been read. */
  end(): void {
    for (const key of Object.keys(this.#values)) if (!this.#known.has(key)) this.refuse(key, 'is not a field of a network file');
  }
}
