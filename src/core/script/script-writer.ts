/**
 * Writing scripts: pushes and operations into bytes.
 *
 * @module
 */

import { concatBytes } from '../base/bytes.ts';
import { isSmallInteger, OP } from './opcodes.ts';
import { encodeScriptNumber } from './script-number.ts';

/** Bytes of the header that pushes so many bytes: the length alone up to 75, then OP_PUSHDATA1, 2 and 4. */
function pushHeader(length: number): Uint8Array {
  if (length < OP.OP_PUSHDATA1) return Uint8Array.of(length);
  if (length <= 0xff) return Uint8Array.of(OP.OP_PUSHDATA1, length);
  if (length <= 0xffff) return Uint8Array.of(OP.OP_PUSHDATA2, length & 0xff, length >>> 8);
  return Uint8Array.of(OP.OP_PUSHDATA4, length & 0xff, (length >>> 8) & 0xff, (length >>> 16) & 0xff, length >>> 24);
}

/**
 * The push of some bytes with the shortest header, as Core's `CScript << bytes`: always the bytes themselves, so one byte of 1 to 16
 * is not OP_1 to OP_16. This is what FindAndDelete searches for and what BIP-141 wants of a nested witness program's input script.
 */
export function encodePush(data: Uint8Array): Uint8Array {
  return concatBytes(pushHeader(data.length), data);
}

/** The push of some bytes that MINIMALDATA asks for: OP_0, OP_1 to OP_16 and OP_1NEGATE where they say the same. */
export function encodeMinimalPush(data: Uint8Array): Uint8Array {
  const only = data.length === 1 ? data[0]! : 0;
  if (only >= 1 && only <= 16) return Uint8Array.of(OP.OP_1 + only - 1);
  if (only === 0x81) return Uint8Array.of(OP.OP_1NEGATE);
  return encodePush(data);
}

/** The push of a number in its shortest form, as Core's `CScript << int64_t`. A safe integer. */
export function encodeNumberPush(value: number): Uint8Array {
  return encodeMinimalPush(encodeScriptNumber(value));
}

/** Whether a push could not be shorter. Core's `CheckMinimalPush`; `length` and `first` are of what is pushed. */
export function isMinimalPush(opcode: number, length: number, first: number): boolean {
  if (length === 0) return opcode === OP.OP_0;
  if (length === 1 && ((first >= 1 && first <= 16) || first === 0x81)) return false;
  if (length < OP.OP_PUSHDATA1) return opcode === length;
  if (length <= 0xff) return opcode === OP.OP_PUSHDATA1;
  return length > 0xffff || opcode === OP.OP_PUSHDATA2;
}

/**
 * A script of its parts: numbers are operation codes, bytes are pushed by `encodePush`.
 *
 * @example encodeScript([OP.OP_DUP, OP.OP_HASH160, keyHash, OP.OP_EQUALVERIFY, OP.OP_CHECKSIG])
 */
export function encodeScript(parts: readonly (number | Uint8Array)[]): Uint8Array {
  return concatBytes(...parts.map((part) => (typeof part === 'number' ? Uint8Array.of(part) : encodePush(part))));
}

/** OP_0 to OP_16 of a number from 0 to 16. Core's `EncodeOP_N`. */
export function smallIntegerOp(value: number): number {
  return value === 0 ? OP.OP_0 : OP.OP_1 + value - 1;
}

/** The number that OP_0 to OP_16 pushes, or undefined for another operation. Core's `DecodeOP_N`. */
export function smallIntegerOf(opcode: number): number | undefined {
  if (opcode === OP.OP_0) return 0;
  return isSmallInteger(opcode) ? opcode - OP.OP_1 + 1 : undefined;
}
