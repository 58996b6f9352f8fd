/**
 * Branches and ends: OP_IF to OP_RETURN, and the operations that do nothing yet.
 *
 * @module
 */

import { FLAG } from '../flags.ts';
import { type Machine, NO_FALSE_CONDITION, peek, verifyTop } from '../machine.ts';
import { OP } from '../opcodes.ts';
import type { ScriptError } from '../script-error.ts';
import { castToBool } from '../script-number.ts';

/** Does nothing, for good. */
export function opNop(): undefined {}

/** Does nothing until a soft fork gives it a meaning. */
export function opUpgradableNop(machine: Machine): ScriptError | undefined {
  return (machine.flags & FLAG.DISCOURAGE_UPGRADABLE_NOPS) !== 0 ? 'DISCOURAGE_UPGRADABLE_NOPS' : undefined;
}

/** What is wrong with an argument of OP_IF: tapscript wants it empty or 1 by consensus, witness v0 by policy. */
function checkCondition(machine: Machine, argument: Uint8Array): ScriptError | undefined {
  if (machine.version === 'base') return undefined;
  if (argument.length === 0 || (argument.length === 1 && argument[0] === 1)) return undefined;
  if (machine.version === 'tapscript') return 'TAPSCRIPT_MINIMALIF';
  return (machine.flags & FLAG.MINIMALIF) !== 0 ? 'MINIMALIF' : undefined;
}

/** OP_IF and OP_NOTIF. In a branch that is not taken they only count the depth. */
export function opIf(machine: Machine, opcode: number): ScriptError | undefined {
  let holds = false;
  if (machine.firstFalse === NO_FALSE_CONDITION) {
    const { stack } = machine;
    if (stack.length < 1) return 'INVALID_STACK_OPERATION';
    const argument = peek(stack, 1);
    const error = checkCondition(machine, argument);
    if (error !== undefined) return error;
    holds = castToBool(argument) === (opcode === OP.OP_IF);
    stack.pop();
    if (!holds) machine.firstFalse = machine.conditionDepth;
  }
  machine.conditionDepth++;
  return undefined;
}

/** OP_ELSE; a script may have several for one OP_IF. */
export function opElse(machine: Machine): ScriptError | undefined {
  if (machine.conditionDepth === 0) return 'UNBALANCED_CONDITIONAL';
  const top = machine.conditionDepth - 1;
  if (machine.firstFalse === NO_FALSE_CONDITION) machine.firstFalse = top;
  else if (machine.firstFalse === top) machine.firstFalse = NO_FALSE_CONDITION;
  return undefined;
}

/** OP_ENDIF. */
export function opEndIf(machine: Machine): ScriptError | undefined {
  if (machine.conditionDepth === 0) return 'UNBALANCED_CONDITIONAL';
  machine.conditionDepth--;
  if (machine.firstFalse === machine.conditionDepth) machine.firstFalse = NO_FALSE_CONDITION;
  return undefined;
}

/** OP_VERIFY. */
export function opVerify(machine: Machine): ScriptError | undefined {
  if (machine.stack.length < 1) return 'INVALID_STACK_OPERATION';
  return verifyTop(machine.stack, 'VERIFY');
}

/** OP_RETURN. */
export function opReturn(): ScriptError {
  return 'OP_RETURN';
}

/** Everything without a meaning; OP_VERIF and OP_VERNOTIF even where they are not executed. */
export function opBad(): ScriptError {
  return 'BAD_OPCODE';
}
