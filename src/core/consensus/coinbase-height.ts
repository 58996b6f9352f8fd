/** Opcode that pushes 1; those for 2 to 16 follow it. */
const OP_1 = 0x51;

/**
 * The bytes with which a coinbase's script begins (BIP-34): the height as a script pushes it, least bytes, low byte first, with a sign bit.
 * Heights up to 16 are a single opcode, as Core's `CScript() << height` writes them.
 */
export function coinbaseHeightScript(height: number): Uint8Array {
  if (height === 0) return Uint8Array.of(0);
  if (height <= 16) return Uint8Array.of(OP_1 - 1 + height);
  const number: number[] = [];
  for (let rest = height; rest > 0; rest = Math.floor(rest / 256)) number.push(rest % 256);
  if (number[number.length - 1]! >= 0x80) number.push(0);
  return Uint8Array.of(number.length, ...number);
}
