import { assert } from '../base/assert.ts';
import { concatBytes } from '../base/bytes.ts';
import { hmacSha256 } from './hmac-sha256.ts';

/** HKDF-Extract with SHA-256 (RFC 5869): the key of 32 bytes that others are made of. */
export function hkdfExtract(salt: Uint8Array, secret: Uint8Array): Uint8Array {
  return hmacSha256(salt, secret);
}

/** HKDF-Expand with SHA-256 (RFC 5869) to 32 bytes, its first block: all that BIP-324 asks for. */
export function hkdfExpand32(key: Uint8Array, info: Uint8Array): Uint8Array {
  assert(key.length === 32, 'a key of HKDF-Extract has 32 bytes');
  return hmacSha256(key, concatBytes(info, Uint8Array.of(1)));
}
