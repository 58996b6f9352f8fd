/**
 * ECDSA signatures as Bitcoin writes them: DER, strictly or as loosely as the oldest blocks need, and compact (r and s of 32 bytes
 * each, big-endian), which is what the engines take.
 *
 * @module
 */

import { isAboveHalfOrder, isBelowOrder } from './scalar.ts';

/** Where the bytes of an integer begin and end. */
interface LaxInteger {
  readonly start: number;
  readonly end: number;
}

/** Reads an integer's tag and length at `at` of the first `size` bytes, loosely: long forms with leading zeros are taken. Undefined where it does not fit. */
function laxInteger(bytes: Uint8Array, at: number, size: number): LaxInteger | undefined {
  if (at + 2 > size || bytes[at] !== 0x02) return undefined;
  const first = bytes[at + 1]!;
  let start = at + 2;
  let length = first;
  if (first >= 0x80) {
    let digits = first - 0x80;
    if (digits > size - start) return undefined;
    while (digits > 0 && bytes[start] === 0) {
      start++;
      digits--;
    }
    if (digits >= 4) return undefined;
    length = 0;
    for (; digits > 0; digits--) length = length * 256 + bytes[start++]!;
  }
  return length > size - start ? undefined : { start, end: start + length };
}

/** Copies an integer right-aligned into the 32 bytes of `out` at `offset`. False where it does not fit or is not less than n. */
function copyInteger(bytes: Uint8Array, integer: LaxInteger, out: Uint8Array, offset: number): boolean {
  let start = integer.start;
  while (start < integer.end && bytes[start] === 0) start++;
  const length = integer.end - start;
  if (length > 32) return false;
  for (let i = 0; i < length; i++) out[offset + 32 - length + i] = bytes[start + i]!;
  return isBelowOrder(out, offset);
}

/**
 * Compact form of a signature in DER or something near it, the hash type byte not included: Core's `ecdsa_signature_parse_der_lax`,
 * which is consensus for blocks before BIP-66 and stays the parser after the strict check.
 *
 * The outer length is ignored, lengths may be in long form, integers may be padded, negative ones are read as positive, and bytes
 * behind s are ignored. Where r or s is n or more the result is 64 zeros, a signature that no key and message has.
 *
 * @param size - how many bytes of the array it is; a view of them would cost as much as the rest
 * @returns 64 new bytes, or undefined where even that fails
 */
export function parseLaxDer(signature: Uint8Array, size: number = signature.length): Uint8Array | undefined {
  if (size < 2 || signature[0] !== 0x30) return undefined;
  const outer = signature[1]!;
  const skipped = outer >= 0x80 ? outer - 0x80 : 0;
  if (skipped > size - 2) return undefined;
  const r = laxInteger(signature, 2 + skipped, size);
  if (r === undefined) return undefined;
  const s = laxInteger(signature, r.end, size);
  if (s === undefined) return undefined;
  const compact = new Uint8Array(64);
  return copyInteger(signature, r, compact, 0) && copyInteger(signature, s, compact, 32) ? compact : new Uint8Array(64);
}

/**
 * Whether an element of a script is a signature in strict DER **with its hash type byte** at the end: BIP-66, Core's
 * `IsValidSignatureEncoding`. The values of r and s are not looked at, nor is the hash type.
 *
 * Form: `30 [total] 02 [r length] [r] 02 [s length] [s] [hash type]`, 9 to 73 bytes, each integer positive and as short as can be.
 */
export function isStrictDer(signature: Uint8Array): boolean {
  const size = signature.length;
  if (size < 9 || size > 73) return false;
  if (signature[0] !== 0x30 || signature[1] !== size - 3) return false;
  const rLength = signature[3]!;
  if (5 + rLength >= size) return false;
  const sLength = signature[5 + rLength]!;
  if (rLength + sLength + 7 !== size) return false;
  return isStrictInteger(signature, 2, rLength) && isStrictInteger(signature, 4 + rLength, sLength);
}

/** Whether the integer whose tag stands at `at` is tagged so, not empty, not negative and without needless zeros. */
function isStrictInteger(bytes: Uint8Array, at: number, length: number): boolean {
  if (bytes[at] !== 0x02 || length === 0) return false;
  const first = bytes[at + 2]!;
  if (first >= 0x80) return false;
  return !(length > 1 && first === 0 && bytes[at + 3]! < 0x80);
}

/** Whether s of a compact signature is at most half of n (BIP-62, rule 5; BIP-146). So is the zero of an overflow. */
export function isLowS(compact: Uint8Array): boolean {
  return !isAboveHalfOrder(compact, 32);
}

/** Strict DER of a compact signature, without a hash type byte: 8 to 72 new bytes. */
export function encodeDer(compact: Uint8Array): Uint8Array {
  const r = shortestInteger(compact.subarray(0, 32));
  const s = shortestInteger(compact.subarray(32, 64));
  const bytes = new Uint8Array(6 + r.length + s.length);
  bytes.set([0x30, 4 + r.length + s.length, 0x02, r.length]);
  bytes.set(r, 4);
  bytes.set([0x02, s.length], 4 + r.length);
  bytes.set(s, 6 + r.length);
  return bytes;
}

/** The shortest bytes of a positive integer: no leading zeros but the one that keeps the first bit clear. */
function shortestInteger(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  if (bytes[start]! < 0x80) return bytes.subarray(start);
  const padded = new Uint8Array(bytes.length - start + 1);
  padded.set(bytes.subarray(start), 1);
  return padded;
}
