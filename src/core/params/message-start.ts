/**
 * The message start that a network has unless it names one: made of its rules, so that networks whose rules differ never peer.
 *
 * @module
 */

import { assert } from '../base/assert.ts';
import { utf8ToBytes } from '../base/bytes.ts';
import { sha256 } from '../crypto/sha256.ts';

/**
 * JSON with the keys of every object sorted and no white space: one text for one value. Numbers must be safe integers, whose
 * decimal form is the same everywhere.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${canonicalJson(part)}`).join(',')}}`;
  }
  assert(typeof value !== 'number' || Number.isSafeInteger(value), 'numbers in canonical JSON are whole');
  assert(value === null || ['number', 'string', 'boolean'].includes(typeof value), 'canonical JSON holds only JSON');
  return JSON.stringify(value);
}

/** First 4 bytes of SHA-256 over the canonical JSON of a network's rules, genesis included. */
export function messageStartOf(rules: object): Uint8Array {
  return sha256(utf8ToBytes(canonicalJson(rules))).slice(0, 4);
}
