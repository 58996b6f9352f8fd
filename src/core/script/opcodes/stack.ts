/**
 * Moving elements about: OP_TOALTSTACK to OP_TUCK, and OP_SIZE.
 *
 * @module
 */

import { FLAG } from '../flags.ts';
import { SCRIPT_NUMBER_SIZE_MAX } from '../limits.ts';
import { drop, type Machine, peek } from '../machine.ts';
import { OP } from '../opcodes.ts';
import type { ScriptError } from '../script-error.ts';
import { castToBool, decodeScriptNumber, encodeScriptNumber } from '../script-number.ts';

const TOO_FEW: ScriptError = 'INVALID_STACK_OPERATION';

/** (x -- ), to the other stack. */
export function opToAltStack({ stack, altStack }: Machine): ScriptError | undefined {
  const top = stack.pop();
  if (top === undefined) return TOO_FEW;
  altStack.push(top);
  return undefined;
}

/** ( -- x), from the other stack. */
export function opFromAltStack({ stack, altStack }: Machine): ScriptError | undefined {
  const top = altStack.pop();
  if (top === undefined) return 'INVALID_ALTSTACK_OPERATION';
  stack.push(top);
  return undefined;
}

/** (x1 x2 -- ). */
export function op2Drop({ stack }: Machine): ScriptError | undefined {
  if (stack.length < 2) return TOO_FEW;
  drop(stack, 2);
  return undefined;
}

/** (x1 x2 -- x1 x2 x1 x2). */
export function op2Dup({ stack }: Machine): ScriptError | undefined {
  if (stack.length < 2) return TOO_FEW;
  stack.push(peek(stack, 2), peek(stack, 1));
  return undefined;
}

/** (x1 x2 x3 -- x1 x2 x3 x1 x2 x3). */
export function op3Dup({ stack }: Machine): ScriptError | undefined {
  if (stack.length < 3) return TOO_FEW;
  stack.push(peek(stack, 3), peek(stack, 2), peek(stack, 1));
  return undefined;
}

/** (x1 x2 x3 x4 -- x1 x2 x3 x4 x1 x2). */
export function op2Over({ stack }: Machine): ScriptError | undefined {
  if (stack.length < 4) return TOO_FEW;
  stack.push(peek(stack, 4), peek(stack, 3));
  return undefined;
}

/** Takes `count` elements from depth `depth` and puts them on top, in their order. */
function moveToTop({ stack }: Machine, depth: number, count: number): ScriptError | undefined {
  if (stack.length < depth) return TOO_FEW;
  stack.push(...stack.splice(stack.length - depth, count));
  return undefined;
}

/** (x1 x2 x3 x4 x5 x6 -- x3 x4 x5 x6 x1 x2). */
export function op2Rot(machine: Machine): ScriptError | undefined {
  return moveToTop(machine, 6, 2);
}

/** (x1 x2 x3 x4 -- x3 x4 x1 x2). */
export function op2Swap(machine: Machine): ScriptError | undefined {
  return moveToTop(machine, 4, 2);
}

/** (x -- x x) where x is true, else nothing. */
export function opIfDup({ stack }: Machine): ScriptError | undefined {
  if (stack.length < 1) return TOO_FEW;
  const top = peek(stack, 1);
  if (castToBool(top)) stack.push(top);
  return undefined;
}

/** ( -- number of elements). */
export function opDepth({ stack }: Machine): undefined {
  stack.push(encodeScriptNumber(stack.length));
}

/** (x -- ). */
export function opDrop({ stack }: Machine): ScriptError | undefined {
  return stack.pop() === undefined ? TOO_FEW : undefined;
}

/** (x -- x x). */
export function opDup({ stack }: Machine): ScriptError | undefined {
  if (stack.length < 1) return TOO_FEW;
  stack.push(peek(stack, 1));
  return undefined;
}

/** (x1 x2 -- x2). */
export function opNip({ stack }: Machine): ScriptError | undefined {
  if (stack.length < 2) return TOO_FEW;
  stack.splice(stack.length - 2, 1);
  return undefined;
}

/** (x1 x2 -- x1 x2 x1). */
export function opOver({ stack }: Machine): ScriptError | undefined {
  if (stack.length < 2) return TOO_FEW;
  stack.push(peek(stack, 2));
  return undefined;
}

/** OP_PICK (xn ... x1 x0 n -- xn ... x1 x0 xn) copies, OP_ROLL ( ... -- ... x1 x0 xn) moves. */
export function opPickOrRoll(machine: Machine, opcode: number): ScriptError | undefined {
  const { stack } = machine;
  if (stack.length < 2) return TOO_FEW;
  const index = decodeScriptNumber(peek(stack, 1), (machine.flags & FLAG.MINIMALDATA) !== 0, SCRIPT_NUMBER_SIZE_MAX);
  if (index === undefined) return 'SCRIPTNUM';
  stack.pop();
  if (index < 0 || index >= stack.length) return TOO_FEW;
  const element = peek(stack, index + 1);
  if (opcode === OP.OP_ROLL) stack.splice(stack.length - 1 - index, 1);
  stack.push(element);
  return undefined;
}

/** (x1 x2 x3 -- x2 x3 x1). */
export function opRot(machine: Machine): ScriptError | undefined {
  return moveToTop(machine, 3, 1);
}

/** (x1 x2 -- x2 x1). */
export function opSwap(machine: Machine): ScriptError | undefined {
  return moveToTop(machine, 2, 1);
}

/** (x1 x2 -- x2 x1 x2). */
export function opTuck({ stack }: Machine): ScriptError | undefined {
  if (stack.length < 2) return TOO_FEW;
  stack.splice(stack.length - 2, 0, peek(stack, 1));
  return undefined;
}

/** (x -- x length of x). */
export function opSize({ stack }: Machine): ScriptError | undefined {
  if (stack.length < 1) return TOO_FEW;
  stack.push(encodeScriptNumber(peek(stack, 1).length));
  return undefined;
}
