/**
 * Reads JSON without losing a digit and without trusting its size.
 *
 * `JSON.parse` would turn every number into a float, recurse as deep as it is told and fill memory with whatever fits into a body;
 * here numbers keep their text, depth and number of values are limited, and objects are Maps, which have no prototype to poison.
 *
 * @module
 */

import { isAscii } from 'node:buffer';
import { JsonNumber, JsonObject, type JsonValue } from './json-number.ts';

/** Deepest nesting that is read; Core's `MAX_JSON_DEPTH`. */
export const JSON_DEPTH_MAX = 512;

/** Most values in one text: 32 MiB of `[0,0,…]` would otherwise become gigabytes. */
export const JSON_VALUES_MAX = 1_000_000;

/** Digits of an integer that a float surely holds. */
const INTEGER_DIGITS_MAX = 15;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const INTEGER = /^-?\d+$/;
/** A run of characters that stand for themselves. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids exactly these.
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const HEX4 = /[0-9a-fA-F]{4}/y;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** Text that is not JSON, or more of it than is read. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
}

/** One reading: a text and a place in it that moves on. */
class Parser {
  readonly #text: string;
  #at = 0;
  #values = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): JsonValue {
    const value = this.#value(0);
    this.#space();
    if (this.#at !== this.#text.length) throw this.#error('more text after the value');
    return value;
  }

  #error(problem: string): JsonError {
    return new JsonError(`${problem} at character ${this.#at}`);
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
      this.#at++;
    }
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  /** Whether the next character, after space, is this one; then it is taken. */
  #takes(character: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #value(depth: number): JsonValue {
    if (depth > JSON_DEPTH_MAX) throw this.#error(`nested deeper than ${JSON_DEPTH_MAX}`);
    if (++this.#values > JSON_VALUES_MAX) throw this.#error(`more than ${JSON_VALUES_MAX} values`);
    this.#space();
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#array(depth);
      case '"':
        return this.#string();
      case 't':
        return this.#word('true', true);
      case 'f':
        return this.#word('false', false);
      case 'n':
        return this.#word('null', null);
      default:
        return this.#number();
    }
  }

  #word<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) throw this.#error('unknown word');
    this.#at += word.length;
    return value;
  }

  #number(): number | JsonNumber {
    const text = this.#match(NUMBER);
    if (text === undefined) throw this.#error('no value');
    // The sum makes a plain zero of -0.
    if (text.length <= INTEGER_DIGITS_MAX && INTEGER.test(text)) return Number(text) + 0;
    return new JsonNumber(text);
  }

  #array(depth: number): readonly JsonValue[] {
    this.#at++;
    const items: JsonValue[] = [];
    if (this.#takes(']')) return items;
    do items.push(this.#value(depth + 1));
    while (this.#takes(','));
    if (!this.#takes(']')) throw this.#error('an array does not end');
    return items;
  }

  #object(depth: number): JsonObject {
    this.#at++;
    const members = new Map<string, JsonValue>();
    let repeated: string | undefined;
    if (this.#takes('}')) return new JsonObject(members);
    do {
      this.#space();
      if (this.#text[this.#at] !== '"') throw this.#error('an object without a name');
      const name = this.#string();
      if (!this.#takes(':')) throw this.#error('a name without a value');
      const value = this.#value(depth + 1);
      if (members.has(name)) repeated ??= name;
      else members.set(name, value);
    } while (this.#takes(','));
    if (!this.#takes('}')) throw this.#error('an object does not end');
    return new JsonObject(members, repeated);
  }

  #string(): string {
    this.#at++;
    let text = this.#match(PLAIN) ?? '';
    for (let next = this.#text[this.#at]; next !== '"'; next = this.#text[this.#at]) {
      if (next !== '\\') throw this.#error('a string does not end');
      this.#at++;
      text += this.#escape() + (this.#match(PLAIN) ?? '');
    }
    this.#at++;
    if (LONE_SURROGATE.test(text)) throw this.#error('half a character');
    return text;
  }

  #escape(): string {
    const letter = this.#text[this.#at++] ?? '';
    if (letter === 'u') {
      const digits = this.#match(HEX4);
      if (digits === undefined) throw this.#error('an escape without four digits');
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const character = ESCAPES[letter];
    if (character === undefined) throw this.#error('an unknown escape');
    return character;
  }
}

/** The value of a JSON text. @throws JsonError */
export function parseJson(text: string): JsonValue {
  return new Parser(text).document();
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The same of bytes, which must be UTF-8. @throws JsonError */
export function parseJsonBytes(bytes: Uint8Array): JsonValue {
  // Nearly all is ASCII, where one character is one byte.
  if (isAscii(bytes)) return parseJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'));
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw new JsonError('the bytes are not UTF-8');
  }
  return parseJson(text);
}
