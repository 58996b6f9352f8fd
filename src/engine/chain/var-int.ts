/**
 * Core's `VARINT`: numbers of its databases and undo files, seven bits a byte, highest first. Unlike other such codes it has one form for
 * each number, because every step but the last takes one off.
 *
 * @module
 */

import type { ByteReader } from '../../core/primitives/byte-reader.ts';
import type { ByteWriter } from '../../core/primitives/byte-writer.ts';
import { DecodeError } from '../../core/primitives/decode-error.ts';

/** Ten times seven bits: enough for 64, as Core's readers allow. */
const SIZE_BYTES_MAX = 10;

/** Below this, another seven bits still fit into a number exactly. */
const SAFE_BEFORE_SHIFT = 2 ** 45;

/** Writes a number from 0 to 2^53 - 1, or a bigint from 0 to 2^64 - 1. */
export function writeVarInt(writer: ByteWriter, value: number | bigint): void {
  if (typeof value === 'bigint') {
    writeWide(writer, value);
  } else if (value < 0x80) {
    writer.u8(value);
  } else {
    writeHead(writer, Math.floor(value / 128) - 1);
    writer.u8(value % 128);
  }
}

/** The bytes before the last one: each says that more follows. */
function writeHead(writer: ByteWriter, value: number): void {
  if (value >= 0x80) writeHead(writer, Math.floor(value / 128) - 1);
  writer.u8((value % 128) | 0x80);
}

function writeWide(writer: ByteWriter, value: bigint): void {
  const bytes: number[] = [];
  for (let rest = value; ; rest = (rest >> 7n) - 1n) {
    bytes.push(Number(rest & 0x7fn) | (bytes.length === 0 ? 0 : 0x80));
    if (rest <= 0x7fn) break;
  }
  for (let i = bytes.length - 1; i >= 0; i--) writer.u8(bytes[i]!);
}

/** Reads a number, as a bigint only where it may not fit otherwise. @throws DecodeError where it does not fit 64 bits */
export function readVarInt(reader: ByteReader, what: string): number | bigint {
  let value = 0;
  while (value < SAFE_BEFORE_SHIFT) {
    const byte = reader.u8(what);
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return value;
    value++;
  }
  return readWide(reader, BigInt(value), what);
}

function readWide(reader: ByteReader, begun: bigint, what: string): bigint {
  let value = begun;
  for (let size = 0; size < SIZE_BYTES_MAX; size++) {
    const byte = reader.u8(what);
    value = value * 128n + BigInt(byte & 0x7f);
    if (value > 0xffffffffffffffffn) break;
    if (byte < 0x80) return value;
    value++;
  }
  throw new DecodeError(what, reader.offset, 'does not fit 64 bits');
}

/** Reads a number that must be at most `max`. @throws DecodeError */
export function readSmallVarInt(reader: ByteReader, limits: { readonly what: string; readonly max: number }): number {
  const value = readVarInt(reader, limits.what);
  if (value > limits.max) throw new DecodeError(limits.what, reader.offset, `${value} is over the limit of ${limits.max}`);
  return Number(value);
}
