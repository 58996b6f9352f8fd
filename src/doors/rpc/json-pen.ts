/**
 * Writes JSON as bytes, for answers of a megabyte: no text is put together that would have to be copied and encoded again.
 *
 * @module
 */

import { COIN, COIN_DECIMALS, formatCoins } from './amount.ts';
import { JsonBytes, JsonEncoded, JsonHash, JsonNumber, JsonObject } from './json-number.ts';
import { type JsonOutput, nameText, needsEscape, scalarOf, writeJson } from './json-write.ts';
import { writeHex, writeHexReversed } from './render/numbers.ts';
import type { SpareBytes } from './spare-bytes.ts';

const COMMA = 0x2c;
const QUOTE = 0x22;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;

const UNITS_PER_COIN = Number(COIN);
const PLAIN_UNITS_MAX = BigInt(Number.MAX_SAFE_INTEGER);

/** JSON on one line, in UTF-8, that grows as values are written. */
export class JsonPen {
  #bytes: Buffer;
  #view: DataView;
  #length = 0;

  /**
   * @param sizeBytes - a guess of how long it becomes; beyond it everything is copied into twice as much
   * @param spare - where the memory comes from, unless it is new
   */
  constructor(sizeBytes: number, spare?: SpareBytes) {
    this.#bytes = spare?.take(sizeBytes) ?? Buffer.allocUnsafeSlow(sizeBytes);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** The memory itself, to be given back. */
  get room(): Buffer {
    return this.#bytes;
  }

  /** All that was written. */
  written(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Writes text as it is. */
  raw(text: string): void {
    // A character takes three bytes at most.
    this.#reserve(3 * text.length);
    const bytes = this.#bytes;
    const start = this.#length;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) {
        this.#length += bytes.write(text, start);
        return;
      }
      bytes[start + i] = code;
    }
    this.#length = start + text.length;
  }

  /** Writes a whole number of up to 2^53 either way. */
  integer(value: number): void {
    if (value < 0) {
      this.#byte(MINUS);
      this.integer(-value);
      return;
    }
    let digits = 1;
    for (let above = 10; above <= value; above *= 10) digits++;
    this.#reserve(digits);
    this.#digits(value, digits);
  }

  /** Writes an amount in coins, with always eight decimals. */
  coins(amount: bigint): void {
    // Numbers take a fifth of the time, and each is exact up to here.
    if (amount < 0n || amount > PLAIN_UNITS_MAX) {
      this.raw(formatCoins(amount));
      return;
    }
    const units = Number(amount);
    const part = units % UNITS_PER_COIN;
    this.integer((units - part) / UNITS_PER_COIN);
    this.#byte(POINT);
    this.#reserve(COIN_DECIMALS);
    this.#digits(part, COIN_DECIMALS);
  }

  /** Writes bytes in hexadecimal, in quotes. */
  hex(bytes: Uint8Array): void {
    const at = this.#quotes(2 * bytes.length);
    writeHex(this.#view, at, bytes);
  }

  /** Writes a hash in display order, in quotes. */
  hash(hash: Uint8Array): void {
    const at = this.#quotes(2 * hash.length);
    writeHexReversed(this.#view, at, hash);
  }

  /** Writes members of an object without braces, with a comma before each but the first; none before the first one of all. */
  members(members: { readonly [name: string]: JsonOutput }, isFirst: boolean): void {
    let comma = !isFirst;
    for (const name of Object.keys(members)) {
      const member = members[name];
      if (member === undefined) continue;
      if (comma) this.#byte(COMMA);
      comma = true;
      this.raw(nameText(name));
      this.value(member);
    }
  }

  /** Writes a value as `writeJson` does. */
  value(value: JsonOutput): void {
    if (typeof value === 'object' && value !== null) this.#object(value);
    else if (typeof value === 'string' && !needsEscape(value)) this.#quoted(value);
    else this.raw(scalarOf(value) as string);
  }

  #object(value: JsonOutput & object): void {
    if (value instanceof JsonBytes) this.hex(value.bytes);
    else if (value instanceof JsonHash) this.hash(value.hash);
    else if (value instanceof JsonNumber) this.raw(value.text);
    else if (value instanceof JsonEncoded) this.encoded(value.bytes);
    else if (value instanceof JsonObject) this.raw(writeJson(value));
    else if (Array.isArray(value)) this.#items(value);
    else {
      this.raw('{');
      this.members(value as { readonly [name: string]: JsonOutput }, true);
      this.raw('}');
    }
  }

  #items(items: readonly JsonOutput[]): void {
    this.raw('[');
    for (let i = 0; i < items.length; i++) {
      if (i > 0) this.#byte(COMMA);
      this.value(items[i]);
    }
    this.raw(']');
  }

  #quoted(text: string): void {
    this.#byte(QUOTE);
    this.raw(text);
    this.#byte(QUOTE);
  }

  /** Makes room between quotes. @returns where it begins */
  #quotes(sizeBytes: number): number {
    this.#reserve(sizeBytes + 2);
    const at = this.#length + 1;
    this.#bytes[at - 1] = QUOTE;
    this.#bytes[at + sizeBytes] = QUOTE;
    this.#length = at + sizeBytes + 1;
    return at;
  }

  /** Writes the last digits of a number that is not negative; there is room. */
  #digits(value: number, digits: number): void {
    const end = this.#length + digits;
    let left = value;
    for (let at = end - 1; at >= this.#length; at--) {
      const rest = Math.floor(left / 10);
      this.#bytes[at] = ZERO + (left - 10 * rest);
      left = rest;
    }
    this.#length = end;
  }

  #byte(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = byte;
  }

  /** Writes JSON that is in UTF-8 already. */
  encoded(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #reserve(sizeBytes: number): void {
    if (this.#length + sizeBytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * this.#bytes.length + sizeBytes);
    larger.set(this.written());
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}
