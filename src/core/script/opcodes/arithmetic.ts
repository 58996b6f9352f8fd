/**
 * Comparing and calculating: OP_EQUAL, and OP_1ADD to OP_WITHIN over numbers of four bytes.
 *
 * @module
 */

import { bytesEqual } from '../../base/bytes.ts';
import { FLAG } from '../flags.ts';
import { SCRIPT_NUMBER_SIZE_MAX } from '../limits.ts';
import { boolElement, drop, type Machine, peek, verifyTop } from '../machine.ts';
import { OP } from '../opcodes.ts';
import type { ScriptError } from '../script-error.ts';
import { decodeScriptNumber, encodeScriptNumber } from '../script-number.ts';

/** The element so deep as a number to calculate with. */
function operand(machine: Machine, depth: number): number | undefined {
  return decodeScriptNumber(peek(machine.stack, depth), (machine.flags & FLAG.MINIMALDATA) !== 0, SCRIPT_NUMBER_SIZE_MAX);
}

/** OP_EQUAL and OP_EQUALVERIFY: (x1 x2 -- bool), byte by byte. */
export function opEqual(machine: Machine, opcode: number): ScriptError | undefined {
  const { stack } = machine;
  if (stack.length < 2) return 'INVALID_STACK_OPERATION';
  const equal = bytesEqual(peek(stack, 2), peek(stack, 1));
  drop(stack, 2);
  stack.push(boolElement(equal));
  return opcode === OP.OP_EQUALVERIFY ? verifyTop(stack, 'EQUALVERIFY') : undefined;
}

/** What the operations of one number give, by code from OP_1ADD on; disabled ones are never asked. */
const UNARY: Readonly<Record<number, (a: number) => number>> = {
  [OP.OP_1ADD]: (a) => a + 1,
  [OP.OP_1SUB]: (a) => a - 1,
  [OP.OP_NEGATE]: (a) => -a,
  [OP.OP_ABS]: (a) => Math.abs(a),
  [OP.OP_NOT]: (a) => Number(a === 0),
  [OP.OP_0NOTEQUAL]: (a) => Number(a !== 0),
};

/** (in -- out). */
export function opUnary(machine: Machine, opcode: number): ScriptError | undefined {
  const { stack } = machine;
  if (stack.length < 1) return 'INVALID_STACK_OPERATION';
  const a = operand(machine, 1);
  if (a === undefined) return 'SCRIPTNUM';
  stack[stack.length - 1] = encodeScriptNumber(UNARY[opcode]!(a));
  return undefined;
}

/** What the operations of two numbers give. */
const BINARY: Readonly<Record<number, (a: number, b: number) => number>> = {
  [OP.OP_ADD]: (a, b) => a + b,
  [OP.OP_SUB]: (a, b) => a - b,
  [OP.OP_BOOLAND]: (a, b) => Number(a !== 0 && b !== 0),
  [OP.OP_BOOLOR]: (a, b) => Number(a !== 0 || b !== 0),
  [OP.OP_NUMEQUAL]: (a, b) => Number(a === b),
  [OP.OP_NUMEQUALVERIFY]: (a, b) => Number(a === b),
  [OP.OP_NUMNOTEQUAL]: (a, b) => Number(a !== b),
  [OP.OP_LESSTHAN]: (a, b) => Number(a < b),
  [OP.OP_GREATERTHAN]: (a, b) => Number(a > b),
  [OP.OP_LESSTHANOREQUAL]: (a, b) => Number(a <= b),
  [OP.OP_GREATERTHANOREQUAL]: (a, b) => Number(a >= b),
  [OP.OP_MIN]: (a, b) => Math.min(a, b),
  [OP.OP_MAX]: (a, b) => Math.max(a, b),
};

/** (x1 x2 -- out). */
export function opBinary(machine: Machine, opcode: number): ScriptError | undefined {
  const { stack } = machine;
  if (stack.length < 2) return 'INVALID_STACK_OPERATION';
  const a = operand(machine, 2);
  const b = operand(machine, 1);
  if (a === undefined || b === undefined) return 'SCRIPTNUM';
  drop(stack, 2);
  stack.push(encodeScriptNumber(BINARY[opcode]!(a, b)));
  return opcode === OP.OP_NUMEQUALVERIFY ? verifyTop(stack, 'NUMEQUALVERIFY') : undefined;
}

/** (x min max -- bool): whether min <= x < max. */
export function opWithin(machine: Machine): ScriptError | undefined {
  const { stack } = machine;
  if (stack.length < 3) return 'INVALID_STACK_OPERATION';
  const x = operand(machine, 3);
  const min = operand(machine, 2);
  const max = operand(machine, 1);
  if (x === undefined || min === undefined || max === undefined) return 'SCRIPTNUM';
  drop(stack, 3);
  stack.push(boolElement(min <= x && x < max));
  return undefined;
}
