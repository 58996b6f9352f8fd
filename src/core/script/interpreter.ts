/**
 * Running one script: reads operations, keeps the limits, and gives each to its handler. Core's `EvalScript`.
 *
 * @module
 */

import { FLAG } from './flags.ts';
import { SCRIPT_ELEMENT_SIZE_MAX, SCRIPT_OPS_MAX, SCRIPT_SIZE_MAX, STACK_ELEMENTS_MAX } from './limits.ts';
import { type Machine, type MachineTrace, NO_FALSE_CONDITION } from './machine.ts';
import { HANDLERS } from './opcodes/table.ts';
import { isDisabled, OP } from './opcodes.ts';
import type { ScriptError } from './script-error.ts';
import { nextOp, pushedData } from './script-reader.ts';
import { isMinimalPush } from './script-writer.ts';

/** Whether the code is disabled, by code. */
const DISABLED: readonly boolean[] = Array.from({ length: 256 }, (_, opcode) => isDisabled(opcode));

/** Pushes bytes of the script itself. */
function push(machine: Machine): ScriptError | undefined {
  if ((machine.flags & FLAG.MINIMALDATA) !== 0) {
    const length = machine.dataEnd - machine.dataStart;
    const first = length === 0 ? 0 : machine.script[machine.dataStart]!;
    if (!isMinimalPush(machine.opcode, length, first)) return 'MINIMALDATA';
  }
  machine.stack.push(pushedData(machine));
  return undefined;
}

/**
 * One operation that was read. The order of the checks is Core's, and seen in errors: size of a push, number of operations, disabled
 * codes and a forbidden OP_CODESEPARATOR are found in branches that are not taken, too.
 */
function step(machine: Machine): ScriptError | undefined {
  const { opcode } = machine;
  if (machine.dataEnd - machine.dataStart > SCRIPT_ELEMENT_SIZE_MAX) return 'PUSH_SIZE';
  if (opcode > OP.OP_16 && machine.version !== 'tapscript' && ++machine.opCount > SCRIPT_OPS_MAX) return 'OP_COUNT';
  if (DISABLED[opcode] === true) return 'DISABLED_OPCODE';
  if (opcode === OP.OP_CODESEPARATOR && machine.version === 'base' && (machine.flags & FLAG.CONST_SCRIPTCODE) !== 0) {
    return 'OP_CODESEPARATOR';
  }
  let error: ScriptError | undefined;
  const executed = machine.firstFalse === NO_FALSE_CONDITION;
  if (opcode <= OP.OP_PUSHDATA4) {
    if (executed) error = push(machine);
  } else if (executed || (opcode >= OP.OP_IF && opcode <= OP.OP_ENDIF)) {
    error = HANDLERS[opcode]!(machine, opcode);
  }
  if (error !== undefined) return error;
  return machine.stack.length + machine.altStack.length > STACK_ELEMENTS_MAX ? 'STACK_SIZE' : undefined;
}

/** The same, told to the hook. */
function tracedStep(machine: Machine, offset: number, trace: MachineTrace): ScriptError | undefined {
  const { opcode } = machine;
  const executed = machine.firstFalse === NO_FALSE_CONDITION;
  const stackBefore = [...machine.stack];
  const error = step(machine);
  trace.hook({
    role: trace.role,
    script: machine.script,
    offset,
    position: machine.position,
    opcode,
    data: opcode <= OP.OP_PUSHDATA4 ? pushedData(machine) : undefined,
    executed,
    stackBefore,
    stack: [...machine.stack],
    altStack: [...machine.altStack],
    error,
  });
  return error;
}

/**
 * Runs a machine to the end of its script. What is left on its stack is the caller's to judge.
 *
 * @param trace - told of each operation that could be read; costs nothing when absent
 * @returns why the script fails, or undefined
 */
export function evalScript(machine: Machine, trace?: MachineTrace): ScriptError | undefined {
  const { script } = machine;
  if (machine.version !== 'tapscript' && script.length > SCRIPT_SIZE_MAX) return 'SCRIPT_SIZE';
  while (machine.offset < script.length) {
    const { offset } = machine;
    if (!nextOp(machine)) return 'BAD_OPCODE';
    const told = trace !== undefined && (trace.hook.wants === undefined || trace.hook.wants());
    const error = told ? tracedStep(machine, offset, trace) : step(machine);
    if (error !== undefined) return error;
    machine.position++;
  }
  return machine.conditionDepth > 0 ? 'UNBALANCED_CONDITIONAL' : undefined;
}
