/**
 * Numbers on the stack: little-endian magnitude, the highest bit of the last byte is the sign, nothing is zero. Core's `CScriptNum`.
 *
 * @module
 */

/** The number zero, and false. Shared by all scripts, as every element: nobody writes to elements. */
export const EMPTY_ELEMENT: Uint8Array = new Uint8Array(0);

/** Whether no shorter form says the same number: the last byte has more in it than the sign, unless the byte before needs the room. */
export function isMinimalNumber(bytes: Uint8Array): boolean {
  const { length } = bytes;
  if (length === 0) return true;
  if ((bytes[length - 1]! & 0x7f) !== 0) return true;
  return length > 1 && (bytes[length - 2]! & 0x80) !== 0;
}

/**
 * The number in an element. Negative zero is zero.
 *
 * @param minimal - whether the shortest form is required (MINIMALDATA)
 * @param sizeMax - most bytes; up to 6 are read exactly
 * @returns undefined where it is too long, or longer than it needs to be
 */
export function decodeScriptNumber(bytes: Uint8Array, minimal: boolean, sizeMax: number): number | undefined {
  const { length } = bytes;
  if (length > sizeMax) return undefined;
  if (length === 0) return 0;
  if (minimal && !isMinimalNumber(bytes)) return undefined;
  const last = bytes[length - 1]!;
  let value = last & 0x7f;
  for (let i = length - 2; i >= 0; i--) value = value * 256 + bytes[i]!;
  return (last & 0x80) !== 0 && value !== 0 ? -value : value;
}

/** The shortest form of a safe integer. Zero is the empty element. */
export function encodeScriptNumber(value: number): Uint8Array {
  if (value === 0) return EMPTY_ELEMENT;
  const bytes: number[] = [];
  let rest = Math.abs(value);
  for (; rest > 0; rest = Math.floor(rest / 256)) bytes.push(rest % 256);
  const top = bytes[bytes.length - 1]!;
  const sign = value < 0 ? 0x80 : 0;
  if ((top & 0x80) !== 0) bytes.push(sign);
  else bytes[bytes.length - 1] = top | sign;
  return Uint8Array.from(bytes);
}

/** Whether an element counts as true: any byte is not zero, a sign alone apart. Core's `CastToBool`. */
export function castToBool(bytes: Uint8Array): boolean {
  const last = bytes.length - 1;
  for (let i = 0; i <= last; i++) {
    if (bytes[i] !== 0) return !(i === last && bytes[i] === 0x80);
  }
  return false;
}
