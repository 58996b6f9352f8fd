/**
 * OP_1NEGATE and OP_1 to OP_16. Pushes from the script's own bytes are the interpreter's.
 *
 * @module
 */

import type { Machine } from '../machine.ts';
import { OP } from '../opcodes.ts';
import { encodeScriptNumber } from '../script-number.ts';

/** The elements from -1 to 16 by operation, made once. */
const ELEMENTS: readonly Uint8Array[] = Array.from({ length: OP.OP_16 - OP.OP_1NEGATE + 1 }, (_, i) => encodeScriptNumber(i - 1));

/** Pushes the number. */
export function pushConstant(machine: Machine, opcode: number): undefined {
  machine.stack.push(ELEMENTS[opcode - OP.OP_1NEGATE]!);
}
