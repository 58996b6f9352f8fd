/**
 * Objects and lists inside arguments, read as Bitcoin Core does (`RPCTypeCheckObj`, `get_obj`), with its codes and messages.
 *
 * @module
 */

import { fromHex } from '../../core/base/bytes.ts';
import { parseHash, typeWordOf, wrongType } from './arguments.ts';
import { RpcError } from './errors.ts';
import { JsonObject, type JsonValue } from './json-number.ts';

/** What a member may be, in Core's words for JSON types; `optional` ones may be absent or null. */
export interface MemberType {
  readonly type: 'string' | 'number' | 'bool';
  readonly optional?: boolean;
}

/** The members of a value that must be an object. */
export function objectOf(value: JsonValue | undefined): ReadonlyMap<string, JsonValue> {
  if (value instanceof JsonObject) return value.members;
  throw new RpcError('TYPE_ERROR', wrongType(value, 'object'));
}

/** The items of a value that must be a list. */
export function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  if (Array.isArray(value)) return value;
  throw new RpcError('TYPE_ERROR', wrongType(value, 'array'));
}

/** A value that must be text. */
export function textOf(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value;
  throw new RpcError('TYPE_ERROR', wrongType(value, 'string'));
}

/** Refuses members that are missing or of a wrong type, and others where `strict`. Core's `RPCTypeCheckObj`. */
export function checkMembers(
  members: ReadonlyMap<string, JsonValue>,
  expected: Readonly<Record<string, MemberType>>,
  options: { readonly strict?: boolean } = {},
): void {
  for (const [name, { type, optional }] of Object.entries(expected)) {
    const value = members.get(name) ?? null;
    if (value === null && optional === true) continue;
    if (value === null) throw new RpcError('TYPE_ERROR', `Missing ${name}`);
    const found = typeWordOf(value);
    if (found === type) continue;
    throw new RpcError('TYPE_ERROR', `JSON value of type ${found} for field ${name} is not of expected type ${type}`);
  }
  if (options.strict !== true) return;
  for (const name of members.keys()) {
    if (!Object.hasOwn(expected, name)) throw new RpcError('TYPE_ERROR', `Unexpected key ${name}`);
  }
}

/** A 32-byte hash that a member holds. Core's `ParseHashO`. */
export function hashMember<T extends Uint8Array>(members: ReadonlyMap<string, JsonValue>, name: string): T {
  return parseHash<T>(textOf(members.get(name) ?? null), name);
}

/** Bytes in hexadecimal, at least one. Core's `ParseHexV`. */
export function parseHex(value: JsonValue | undefined, name: string): Uint8Array {
  const text = typeof value === 'string' ? value : '';
  const bytes = text === '' ? undefined : fromHex(text);
  if (bytes === undefined) throw new RpcError('INVALID_PARAMETER', `${name} must be hexadecimal string (not '${text}')`);
  return bytes;
}
