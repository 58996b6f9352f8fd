/**
 * Writes JSON: plain data, and numbers whose digits are given.
 *
 * @module
 */

import { toDisplayHex } from '../../core/primitives/ids.ts';
import { JsonBytes, JsonEncoded, JsonHash, JsonNumber, JsonObject } from './json-number.ts';
import { hexOf } from './render/numbers.ts';

/** What can be written. Members that are undefined are left out. */
export type JsonOutput =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | JsonNumber
  | JsonBytes
  | JsonHash
  | JsonEncoded
  | JsonObject
  | readonly JsonOutput[]
  | { readonly [name: string]: JsonOutput };

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what JSON must escape.
const SPECIAL = /["\\\u0000-\u001f\u007f\ud800-\udfff]/;

/** Whether a text has anything in it that is not written as it is. */
export function needsEscape(text: string): boolean {
  return SPECIAL.test(text);
}

function textOf(value: string): string {
  return needsEscape(value) ? JSON.stringify(value) : `"${value}"`;
}

/** Names as they are written before a member. The same few dozen come up thousands of times in one block. */
const NAME_TEXTS = new Map<string, string>();
const NAME_TEXTS_MAX = 500;

/** A name as it is written before a member. */
export function nameText(name: string): string {
  const known = NAME_TEXTS.get(name);
  if (known !== undefined) return known;
  const text = `${textOf(name)}:`;
  // Answers with a transaction's id for a name must not fill it for ever.
  if (NAME_TEXTS.size < NAME_TEXTS_MAX) NAME_TEXTS.set(name, text);
  return text;
}

function membersOf(value: object): Iterable<readonly [string, JsonOutput]> {
  return value instanceof JsonObject ? value.members : Object.entries(value as Record<string, JsonOutput>);
}

/** A value that stands for itself, or undefined for one with others inside. */
export function scalarOf(value: JsonOutput): string | undefined {
  switch (typeof value) {
    case 'string':
      return textOf(value);
    case 'number':
      return Number.isFinite(value) ? String(value) : 'null';
    case 'boolean':
    case 'bigint':
      return String(value);
    case 'object':
      if (value === null) return 'null';
      if (value instanceof JsonNumber) return value.text;
      if (value instanceof JsonHash) return `"${toDisplayHex(value.hash)}"`;
      if (value instanceof JsonBytes) return `"${hexOf(value.bytes)}"`;
      return value instanceof JsonEncoded ? value.text() : undefined;
    default:
      return 'null';
  }
}

function compact(value: JsonOutput): string {
  const scalar = scalarOf(value);
  if (scalar !== undefined) return scalar;
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value) text += text === '' ? compact(item) : `,${compact(item)}`;
    return `[${text}]`;
  }
  if (value instanceof JsonObject) {
    for (const [name, member] of value.members) text += `${text === '' ? '' : ','}${textOf(name)}:${compact(member as JsonOutput)}`;
    return `{${text}}`;
  }
  const members = value as { readonly [name: string]: JsonOutput };
  for (const name of Object.keys(members)) {
    const member = members[name];
    if (member !== undefined) text += (text === '' ? '' : ',') + nameText(name) + compact(member);
  }
  return `{${text}}`;
}

function indented(value: JsonOutput, indent: string): string {
  const scalar = scalarOf(value);
  if (scalar !== undefined) return scalar;
  const inner = `${indent}  `;
  const parts: string[] = [];
  if (Array.isArray(value)) {
    for (const item of value) parts.push(inner + indented(item, inner));
    return parts.length === 0 ? '[]' : `[\n${parts.join(',\n')}\n${indent}]`;
  }
  for (const [name, member] of membersOf(value as object)) {
    if (member !== undefined) parts.push(`${inner}${textOf(name)}: ${indented(member, inner)}`);
  }
  return parts.length === 0 ? '{}' : `{\n${parts.join(',\n')}\n${indent}}`;
}

/** JSON on one line without spaces. */
export function writeJson(value: JsonOutput): string {
  return compact(value);
}

/** JSON for people: two spaces a level. */
export function writeJsonIndented(value: JsonOutput): string {
  return indented(value, '');
}
