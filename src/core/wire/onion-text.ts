/**
 * Names of Tor's onion services, version 3 (rend-spec-v3): 56 letters and digits before `.onion`, which are base32 of a key, a checksum and
 * the version.
 *
 * @module
 */

import { bytesEqual } from '../base/bytes.ts';
import { sha3256 } from '../crypto/sha3.ts';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const VERSION = 3;
const KEY_BYTES = 32;
const CHECKSUM_BYTES = 2;
const NAME = /^([a-z2-7]{56})\.onion$/i;

/** RFC 4648 in small letters, without padding. */
export function encodeBase32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value & 0xff) << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += BASE32[(value >> (bits - 5)) & 31];
  }
  return bits === 0 ? text : text + BASE32[(value << (5 - bits)) & 31];
}

/** The bytes of letters and digits of which nothing is left over, 56 of them here: 35 bytes. */
function decodeBase32(text: string): Uint8Array {
  const bytes = new Uint8Array((text.length * 5) / 8);
  let bits = 0;
  let value = 0;
  let at = 0;
  for (const letter of text) {
    value = ((value & 0xff) << 5) | BASE32.indexOf(letter);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = (value >> bits) & 0xff;
  }
  return bytes;
}

/** The first two bytes of SHA3-256 over a fixed text, the key and the version. */
function checksumOf(key: Uint8Array): Uint8Array {
  const prefix = Uint8Array.from('.onion checksum', (character) => character.charCodeAt(0));
  return sha3256(Uint8Array.of(...prefix, ...key, VERSION)).subarray(0, CHECKSUM_BYTES);
}

/** The name of a key of 32 bytes. */
export function formatOnion(key: Uint8Array): string {
  return `${encodeBase32(Uint8Array.of(...key, ...checksumOf(key), VERSION))}.onion`;
}

/** The key of a name in letters of either size; undefined for another text, a wrong checksum or another version. */
export function parseOnion(text: string): Uint8Array | undefined {
  const label = NAME.exec(text)?.[1];
  if (label === undefined) return undefined;
  const bytes = decodeBase32(label.toLowerCase());
  const key = bytes.slice(0, KEY_BYTES);
  const checksum = bytes.subarray(KEY_BYTES, KEY_BYTES + CHECKSUM_BYTES);
  return bytes[KEY_BYTES + CHECKSUM_BYTES] === VERSION && bytesEqual(checksum, checksumOf(key)) ? key : undefined;
}
