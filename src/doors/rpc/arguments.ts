/**
 * The arguments of one call: by position, by name or both, checked and read as Bitcoin Core does (`transformNamedArguments` in
 * `src/rpc/server.cpp`, `RPCHelpMan::HandleRequest`), with its codes and messages.
 *
 * @module
 */

import { fromHex } from '../../core/base/bytes.ts';
import { type Block, type BlockHeader, readBlock, readHeader } from '../../core/primitives/block.ts';
import { ByteReader } from '../../core/primitives/byte-reader.ts';
import { DecodeError } from '../../core/primitives/decode-error.ts';
import { fromDisplayHex } from '../../core/primitives/ids.ts';
import { decodeTransaction, type Satoshis, type Transaction } from '../../core/primitives/transaction.ts';
import { parseCoins } from './amount.ts';
import { RpcError } from './errors.ts';
import { JsonNumber, JsonObject, type JsonValue } from './json-number.ts';
import type { RpcMethod, RpcParameter } from './method.ts';

/** Core's words for JSON types. */
const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'bool',
  array: 'array',
  object: 'object',
};

const INT32_MIN = -0x80000000;
const INT32_MAX = 0x7fffffff;

/** Core's word for the type of a value. */
export function typeWordOf(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number' || value instanceof JsonNumber) return 'number';
  return value instanceof JsonObject ? 'object' : 'array';
}

/** Core's words for a value of a wrong type. */
export function wrongType(value: JsonValue | undefined, expected: string): string {
  return `JSON value of type ${typeWordOf(value)} is not of expected type ${expected}`;
}

/** The first of a parameter's names, under which errors and help speak of it. */
export function parameterName(parameter: RpcParameter): string {
  return parameter.name.split('|')[0] as string;
}

/** Arguments put by name into their places; what was left out before the last one is null. */
function placeNamed(params: readonly RpcParameter[], named: Map<string, JsonValue>): { places: JsonValue[]; first: number } {
  const places: JsonValue[] = [];
  let first = params.length;
  params.forEach((parameter, index) => {
    const members = takeMembers(parameter, named);
    const name = parameter.name.split('|').find((each) => named.has(each));
    if (name === undefined && members === undefined) return;
    if (name !== undefined && members !== undefined) {
      throw new RpcError('INVALID_PARAMETER', `Parameter ${name} conflicts with parameter ${[...members.members.keys()][0]}`);
    }
    while (places.length < index) places.push(null);
    places.push(members ?? (named.get(name as string) as JsonValue));
    if (name !== undefined) named.delete(name);
    first = Math.min(first, index);
  });
  return { places, first };
}

/** Members of a parameter that were given by name, put together; undefined where there is none. */
function takeMembers({ namedMembers, schema }: RpcParameter, named: Map<string, JsonValue>): JsonObject | undefined {
  if (namedMembers !== true) return undefined;
  const members = new Map<string, JsonValue>();
  for (const name of Object.keys((schema as { readonly properties?: object }).properties ?? {})) {
    const value = named.get(name);
    if (value === undefined) continue;
    members.set(name, value);
    named.delete(name);
  }
  return members.size === 0 ? undefined : new JsonObject(members);
}

/** Arguments in their places, of `params` as it came. */
export function positionalArguments(params: readonly RpcParameter[], given: JsonObject): readonly JsonValue[] {
  if (given.repeated !== undefined) throw new RpcError('INVALID_PARAMETER', `Parameter ${given.repeated} specified multiple times`);
  const named = new Map(given.members);
  const { places, first } = placeNamed(params, named);
  const positional = named.get('args');
  let values: readonly JsonValue[] = places;
  if (Array.isArray(positional)) {
    named.delete('args');
    if (first < positional.length) {
      const name = (params[first] as RpcParameter).name;
      throw new RpcError('INVALID_PARAMETER', `Parameter ${name} specified twice both as positional and named argument`);
    }
    values = [...positional, ...places.slice(positional.length)];
  }
  for (const name of named.keys()) throw new RpcError('INVALID_PARAMETER', `Unknown named parameter ${name}`);
  return values;
}

/** How many arguments a call must have at least. */
export function requiredCount(params: readonly RpcParameter[]): number {
  return params.findLastIndex((parameter) => parameter.required === true) + 1;
}

/** The type that a parameter's schema asks for, in Core's word; undefined where the method itself looks. */
export function expectedType(parameter: RpcParameter): string | undefined {
  const { type } = parameter.schema as { readonly type?: string };
  return type === undefined ? undefined : TYPE_WORDS[type];
}

/** Refuses arguments of a wrong type, all of them at once, as Core. */
export function checkTypes(method: RpcMethod, values: readonly JsonValue[]): void {
  const problems: string[] = [];
  method.params.forEach((parameter, index) => {
    const expected = expectedType(parameter);
    const value = values[index];
    if (expected === undefined || (parameter.required !== true && (value === undefined || value === null))) return;
    if (typeWordOf(value) === expected) return;
    problems.push(`    "Position ${index + 1} (${parameterName(parameter)})": "${wrongType(value, expected)}"`);
  });
  if (problems.length > 0) throw new RpcError('TYPE_ERROR', `Wrong type passed:\n{\n${problems.join(',\n')}\n}`);
}

/** A 32-byte hash of a text that an argument or a list's member holds. `name` is Core's word for it in the message. */
export function parseHash<T extends Uint8Array>(text: string, name: string): T {
  // Core counts bytes of UTF-8.
  const length = Buffer.byteLength(text);
  if (length !== 64) throw new RpcError('INVALID_PARAMETER', `${name} must be of length 64 (not ${length}, for '${text}')`);
  const hash = fromDisplayHex<T>(text);
  if (hash === undefined) throw new RpcError('INVALID_PARAMETER', `${name} must be hexadecimal string (not '${text}')`);
  return hash;
}

/** An amount in coins, a number or a string, as base units from 0 to `max`. Core's `AmountFromValue`. */
export function parseAmount(value: JsonValue | undefined, max: Satoshis): Satoshis {
  const text = value instanceof JsonNumber ? value.text : value;
  if (typeof text !== 'string' && typeof text !== 'number') throw new RpcError('TYPE_ERROR', 'Amount is not a number or string');
  const amount = parseCoins(String(text));
  if (amount === undefined) throw new RpcError('TYPE_ERROR', 'Invalid amount');
  if (amount < 0n || amount > max) throw new RpcError('TYPE_ERROR', 'Amount out of range');
  return amount;
}

/** An integer that an argument or a member holds, by default one of signed 32 bits. */
export function parseInteger(value: JsonValue | undefined, limits: { readonly min?: number; readonly max?: number } = {}): number {
  if (typeof value === 'number' && value >= (limits.min ?? INT32_MIN) && value <= (limits.max ?? INT32_MAX)) return value;
  if (typeof value === 'number' || value instanceof JsonNumber) throw new RpcError('MISC_ERROR', 'JSON integer out of range');
  throw new RpcError('TYPE_ERROR', wrongType(value, 'number'));
}

/** The transaction that hexadecimal text stands for; `problem` is the message where it is none. */
export function parseTransaction(hex: string, problem: string): Transaction {
  const bytes = fromHex(hex);
  try {
    if (bytes !== undefined) return decodeTransaction(bytes);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
  throw new RpcError('DESERIALIZATION_ERROR', problem);
}

/** What stands at the beginning of hexadecimal text, with its own bytes; those behind it are not looked at, as in Core. */
function parseHead<T>(hex: string, read: (reader: ByteReader) => T, problem: string): { readonly value: T; readonly raw: Uint8Array } {
  // Node's own decoder takes a tenth of the time. It stops at the first character that is no digit, and what comes out is too short.
  const bytes = Buffer.from(hex, 'hex');
  try {
    if (bytes.length * 2 === hex.length) {
      const reader = new ByteReader(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length));
      const value = read(reader);
      return { value, raw: new Uint8Array(bytes.buffer, bytes.byteOffset, reader.offset) };
    }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
  throw new RpcError('DESERIALIZATION_ERROR', problem);
}

/** A block with its bytes. Core's `DecodeHexBlk`. */
export function parseBlock(hex: string): { readonly block: Block; readonly raw: Uint8Array } {
  const { value, raw } = parseHead(hex, readBlock, 'Block decode failed');
  return { block: value, raw };
}

/** A header. Core's `DecodeHexBlockHeader`. */
export function parseHeader(hex: string): BlockHeader {
  return parseHead(hex, readHeader, 'Block header decode failed').value;
}

/** Arguments whose number and types are known to be right; a method reads each in the form it needs. */
export class Arguments {
  readonly #values: readonly JsonValue[];

  constructor(values: readonly JsonValue[]) {
    this.#values = values;
  }

  /** Whether the argument was given and is not null. */
  has(index: number): boolean {
    const value = this.#values[index];
    return value !== undefined && value !== null;
  }

  /** All of them, as they came. */
  all(): readonly JsonValue[] {
    return this.#values;
  }

  /** As it came; undefined where it was left out. */
  value(index: number): JsonValue | undefined {
    return this.#values[index];
  }

  string(index: number): string {
    const value = this.#values[index];
    if (typeof value !== 'string') throw new RpcError('TYPE_ERROR', wrongType(value, 'string'));
    return value;
  }

  boolean(index: number, fallback: boolean): boolean {
    if (!this.has(index)) return fallback;
    const value = this.#values[index];
    if (typeof value !== 'boolean') throw new RpcError('TYPE_ERROR', wrongType(value, 'bool'));
    return value;
  }

  /** An integer, by default one of signed 32 bits. */
  integer(index: number, limits: { readonly min?: number; readonly max?: number } = {}): number {
    return parseInteger(this.#values[index], limits);
  }

  /** An integer of signed 64 bits. */
  int64(index: number): bigint {
    return this.#wide(index, (integer) => BigInt.asIntN(64, integer));
  }

  /** An integer of unsigned 64 bits. */
  uint64(index: number): bigint {
    return this.#wide(index, (integer) => BigInt.asUintN(64, integer));
  }

  /** An integer that is the same when it is cut to a width. */
  #wide(index: number, cut: (integer: bigint) => bigint): bigint {
    const value = this.#values[index];
    const text = value instanceof JsonNumber ? value.text : typeof value === 'number' ? String(value) : undefined;
    if (text === undefined) throw new RpcError('TYPE_ERROR', wrongType(value, 'number'));
    const integer = /^-?\d{1,20}$/.test(text) ? BigInt(text) : undefined;
    if (integer === undefined || cut(integer) !== integer) throw new RpcError('MISC_ERROR', 'JSON integer out of range');
    return integer;
  }

  /** A level of detail: an integer, or a boolean for 0 and 1. */
  verbosity(index: number, fallback: number): number {
    const value = this.#values[index];
    if (!this.has(index)) return fallback;
    return typeof value === 'boolean' ? Number(value) : this.integer(index);
  }

  /** A block's or transaction's hash, in wire order. */
  hash<T extends Uint8Array>(index: number, name: string): T {
    return parseHash<T>(this.string(index), name);
  }

  strings(index: number): readonly string[] {
    const value = this.#values[index];
    if (!Array.isArray(value)) throw new RpcError('TYPE_ERROR', wrongType(value, 'array'));
    return value.map((item: JsonValue) => {
      if (typeof item !== 'string') throw new RpcError('TYPE_ERROR', wrongType(item, 'string'));
      return item;
    });
  }

  /** An amount in coins, a number or a string, as base units from 0 to `max`. Core's `AmountFromValue`. */
  amount(index: number, options: { readonly max: Satoshis; readonly fallback: Satoshis }): Satoshis {
    if (!this.has(index)) return options.fallback;
    return parseAmount(this.#values[index], options.max);
  }
}
