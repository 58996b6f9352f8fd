/**
 * Core's short forms of output scripts and amounts, as they stand in its coin database and undo files (`compressor.cpp`).
 *
 * @module
 */

import { concatBytes, fromHex, toHex } from '../../core/base/bytes.ts';
import type { ByteReader } from '../../core/primitives/byte-reader.ts';
import { COMPACT_SIZE_MAX } from '../../core/primitives/byte-reader.ts';
import type { ByteWriter } from '../../core/primitives/byte-writer.ts';
import { DecodeError } from '../../core/primitives/decode-error.ts';
import type { Satoshis } from '../../core/primitives/transaction.ts';
import { readSmallVarInt, writeVarInt } from './var-int.ts';

/** Numbers below this are a kind of script; others are a length plus this. Core's `nSpecialScripts`. */
const KINDS = 6;

const KIND_KEY_HASH = 0;
const KIND_SCRIPT_HASH = 1;
/** 2 and 3 are the first byte of a compressed key; 4 and 5 stand for an uncompressed one with even or odd y. */
const KIND_UNCOMPRESSED_EVEN = 4;

const OP_CHECKSIG = 0xac;
const KEY_HASH_HEAD = Uint8Array.of(0x76, 0xa9, 0x14);
const KEY_HASH_TAIL = Uint8Array.of(0x88, 0xac);
const SCRIPT_HASH_HEAD = Uint8Array.of(0xa9, 0x14);
const SCRIPT_HASH_TAIL = Uint8Array.of(0x87);

/** The field of secp256k1. */
const P = 2n ** 256n - 2n ** 32n - 977n;

function isKeyHash(s: Uint8Array): boolean {
  return s.length === 25 && s[0] === 0x76 && s[1] === 0xa9 && s[2] === 0x14 && s[23] === 0x88 && s[24] === 0xac;
}

function isScriptHash(s: Uint8Array): boolean {
  return s.length === 23 && s[0] === 0xa9 && s[1] === 0x14 && s[22] === 0x87;
}

function isCompressedKey(s: Uint8Array): boolean {
  return s.length === 35 && s[0] === 33 && (s[1] === 2 || s[1] === 3) && s[34] === OP_CHECKSIG;
}

/** Only a key that is a point may be shortened: its y must be found again. */
function isUncompressedKey(s: Uint8Array): boolean {
  if (s.length !== 67 || s[0] !== 65 || s[1] !== 4 || s[66] !== OP_CHECKSIG) return false;
  const x = toNumber(s.subarray(2, 34));
  const y = toNumber(s.subarray(34, 66));
  return x < P && y < P && (y * y) % P === curveSide(x);
}

/** Writes a script, in 21 or 33 bytes where it is of the usual kinds of before segwit. */
export function writeCompressedScript(writer: ByteWriter, script: Uint8Array): void {
  if (isKeyHash(script)) writer.u8(KIND_KEY_HASH).raw(script.subarray(3, 23));
  else if (isScriptHash(script)) writer.u8(KIND_SCRIPT_HASH).raw(script.subarray(2, 22));
  else if (isCompressedKey(script)) writer.raw(script.subarray(1, 34));
  else if (isUncompressedKey(script)) writer.u8(KIND_UNCOMPRESSED_EVEN | (script[65]! & 1)).raw(script.subarray(2, 34));
  else {
    writeVarInt(writer, script.length + KINDS);
    writer.raw(script);
  }
}

/** Reads a script; a new array. @throws DecodeError */
export function readCompressedScript(reader: ByteReader): Uint8Array {
  const kind = readSmallVarInt(reader, { what: 'script size', max: COMPACT_SIZE_MAX + KINDS });
  if (kind >= KINDS) return reader.copy(kind - KINDS, 'script');
  if (kind === KIND_KEY_HASH) return concatBytes(KEY_HASH_HEAD, reader.take(20, 'key hash'), KEY_HASH_TAIL);
  if (kind === KIND_SCRIPT_HASH) return concatBytes(SCRIPT_HASH_HEAD, reader.take(20, 'script hash'), SCRIPT_HASH_TAIL);
  const x = reader.take(32, 'key');
  if (kind < KIND_UNCOMPRESSED_EVEN) return concatBytes(Uint8Array.of(33, kind), x, Uint8Array.of(OP_CHECKSIG));
  const y = yOf(toNumber(x), (kind & 1) === 1);
  if (y === undefined) throw new DecodeError('key', reader.offset, 'is no point of the curve');
  return concatBytes(Uint8Array.of(65, 4), x, y, Uint8Array.of(OP_CHECKSIG));
}

function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes)}`);
}

/** x³ + 7. */
function curveSide(x: bigint): bigint {
  return (((x * x) % P) * x + 7n) % P;
}

/** The y of a point with this x, 32 bytes. Keys of this kind are rare and old, so plain numbers are fast enough (about 0.5 ms). */
function yOf(x: bigint, odd: boolean): Uint8Array | undefined {
  if (x >= P) return undefined;
  const square = curveSide(x);
  // P is 3 modulo 4, so this power is a root wherever there is one.
  let y = power(square, (P + 1n) / 4n);
  if ((y * y) % P !== square) return undefined;
  if (((y & 1n) === 1n) !== odd) y = P - y;
  return fromHex(y.toString(16).padStart(64, '0'));
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = base, rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}

/** Below this amount nine times of it is exact as a number. */
const EXACT_BELOW = 10n ** 15n;

/** A shorter number for amounts with zeros at the end, which most have. Core's `CompressAmount`. */
export function compressAmount(amount: Satoshis): number | bigint {
  if (amount >= EXACT_BELOW) return compressLarge(amount);
  let n = Number(amount);
  if (n === 0) return 0;
  let zeros = 0;
  for (; zeros < 9 && n % 10 === 0; zeros++) n /= 10;
  if (zeros === 9) return 1 + (n - 1) * 10 + 9;
  const digit = n % 10;
  return 1 + (((n - digit) / 10) * 9 + digit - 1) * 10 + zeros;
}

function compressLarge(amount: Satoshis): bigint {
  let n = amount;
  let zeros = 0n;
  for (; zeros < 9n && n % 10n === 0n; zeros++) n /= 10n;
  if (zeros === 9n) return 1n + (n - 1n) * 10n + 9n;
  return 1n + ((n / 10n) * 9n + (n % 10n) - 1n) * 10n + zeros;
}

/** The amount of a compressed number. Core's `DecompressAmount`. */
export function decompressAmount(compressed: number | bigint): Satoshis {
  if (typeof compressed === 'bigint' || compressed >= Number(EXACT_BELOW)) return decompressLarge(BigInt(compressed));
  if (compressed === 0) return 0n;
  const zeros = (compressed - 1) % 10;
  let n = (compressed - 1 - zeros) / 10;
  if (zeros < 9) {
    const digit = n % 9;
    n = ((n - digit) / 9) * 10 + digit + 1;
  } else {
    n++;
  }
  // Ten to the ninth times a number below 10^14 may be inexact as a number.
  return n < 1_000_000 ? BigInt(n * 10 ** zeros) : BigInt(n) * 10n ** BigInt(zeros);
}

function decompressLarge(compressed: bigint): Satoshis {
  const rest = compressed - 1n;
  const zeros = rest % 10n;
  const n = rest / 10n;
  const value = zeros < 9n ? (n / 9n) * 10n + (n % 9n) + 1n : n + 1n;
  return value * 10n ** zeros;
}
