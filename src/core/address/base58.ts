/**
 * Base58 and Base58Check, the text of keys and of addresses before segwit.
 *
 * The digits are the work of `@scure/base`, a package without dependencies that runs anywhere; it is an encoding, no cryptography.
 * Its time grows with the square of the length, so lengths are looked at first.
 *
 * @module
 */

import { base58 } from '@scure/base';
import { bytesEqual, concatBytes } from '../base/bytes.ts';
import { sha256d } from '../crypto/sha256.ts';

/** Bytes of SHA-256d behind a payload. */
export const CHECKSUM_SIZE_BYTES = 4;
const BASE58_DIGITS = /^[1-9A-HJ-NP-Za-km-z]*$/;

/** Base58 of bytes; each leading zero byte is a `1`. */
export function encodeBase58(bytes: Uint8Array): string {
  return base58.encode(bytes);
}

/**
 * Bytes of Base58 text, or undefined where it has another character or says more than `sizeBytesMax` bytes. Unlike Core's
 * `DecodeBase58`, no white space around it is accepted.
 */
export function decodeBase58(text: string, sizeBytesMax: number): Uint8Array | undefined {
  // A digit is at least 5.85 bits, or a whole byte where it is a leading zero: so many bytes have at most so many digits.
  if (text.length > Math.ceil(sizeBytesMax * 1.366) || !BASE58_DIGITS.test(text)) return undefined;
  const bytes = base58.decode(text);
  return bytes.length <= sizeBytesMax ? bytes : undefined;
}

/** Base58 of a payload with the first 4 bytes of its SHA-256d behind it. */
export function encodeBase58Check(payload: Uint8Array): string {
  return encodeBase58(concatBytes(payload, checksumOf(payload)));
}

/** Payload of Base58Check text, at most `sizeBytesMax` bytes, or undefined where it is longer, not Base58, or the checksum is wrong. */
export function decodeBase58Check(text: string, sizeBytesMax: number): Uint8Array | undefined {
  const bytes = decodeBase58(text, sizeBytesMax + CHECKSUM_SIZE_BYTES);
  if (bytes === undefined || bytes.length < CHECKSUM_SIZE_BYTES) return undefined;
  const payload = bytes.subarray(0, bytes.length - CHECKSUM_SIZE_BYTES);
  return bytesEqual(bytes.subarray(payload.length), checksumOf(payload)) ? payload : undefined;
}

function checksumOf(payload: Uint8Array): Uint8Array {
  return sha256d(payload).subarray(0, CHECKSUM_SIZE_BYTES);
}
