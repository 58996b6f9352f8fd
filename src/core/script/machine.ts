/**
 * The state of one script that runs, and what the operations share.
 *
 * @module
 */

import { OP } from './opcodes.ts';
import type { ScriptError } from './script-error.ts';
import { castToBool, EMPTY_ELEMENT } from './script-number.ts';
import type { ScriptCursor } from './script-reader.ts';
import type { ScriptVersion, SignatureChecker, TaprootContext } from './signature-checker.ts';
import type { ScriptRole, TraceHook } from './trace.ts';

/** A `TaprootContext` while its script runs. */
export interface TapscriptState extends TaprootContext {
  codeSeparatorPosition: number;
  /** What is left of the input's budget for signatures. */
  validationWeightLeft: number;
}

/** Value of `firstFalse` where every condition holds. */
export const NO_FALSE_CONDITION = -1;

/**
 * A script, the place in it, and everything it works on. Made by `createMachine` with its fields in one order, so that all machines have one shape.
 *
 * Elements of stacks are shared, with the script, the witness and each other: nobody writes to them.
 */
export interface Machine extends ScriptCursor {
  readonly stack: Uint8Array[];
  readonly altStack: Uint8Array[];
  readonly flags: number;
  readonly version: ScriptVersion;
  readonly checker: SignatureChecker;
  /** Only for tapscript. */
  readonly tapscript: TapscriptState | undefined;
  /** Position of the current operation, counted in operations. */
  position: number;
  /** Operations counted against the limit. */
  opCount: number;
  /** Depth of OP_IF. */
  conditionDepth: number;
  /**
   * Depth of the outermost condition that does not hold, or `NO_FALSE_CONDITION`. Conditions within it need not be remembered, since
   * no OP_ELSE of theirs can make a difference (Core's `ConditionStack`).
   */
  firstFalse: number;
  /** Where the part of the script begins that signatures commit to. */
  codeStart: number;
  /** That part, once it was asked for. */
  scriptCode: Uint8Array | undefined;
  /** Hashes of long elements, by operation from OP_RIPEMD160 on; see `opcodes/hashes.ts`. */
  longHashes: Map<Uint8Array, (Uint8Array | undefined)[]> | undefined;
}

/** What a machine is made of. */
export interface MachineOptions {
  readonly script: Uint8Array;
  /** The stack it begins with; changed as the script runs, and holds the result. */
  readonly stack: Uint8Array[];
  readonly flags: number;
  readonly version: ScriptVersion;
  readonly checker: SignatureChecker;
  readonly tapscript?: TapscriptState | undefined;
}

/** Told of each step of a machine, and under which role. */
export interface MachineTrace {
  readonly role: ScriptRole;
  readonly hook: TraceHook;
}

/** An operation: changes the machine, or says why the script fails. `opcode` tells apart what shares a handler. */
export type OpHandler = (machine: Machine, opcode: number) => ScriptError | undefined;

/** The number one, and true. */
export const TRUE_ELEMENT: Uint8Array = Uint8Array.of(1);

/** A machine before its first operation. */
export function createMachine(options: MachineOptions): Machine {
  return {
    script: options.script,
    offset: 0,
    opcode: OP.OP_INVALIDOPCODE,
    dataStart: 0,
    dataEnd: 0,
    stack: options.stack,
    altStack: [],
    flags: options.flags,
    version: options.version,
    checker: options.checker,
    tapscript: options.tapscript,
    position: 0,
    opCount: 0,
    conditionDepth: 0,
    firstFalse: NO_FALSE_CONDITION,
    codeStart: 0,
    scriptCode: undefined,
    longHashes: undefined,
  };
}

/** The element so deep in the stack, 1 being the top. The depth has been checked before. */
export function peek(stack: readonly Uint8Array[], depth: number): Uint8Array {
  return stack[stack.length - depth]!;
}

/** Removes so many elements from the top. One by one: to set an array's length is a call out of compiled code. */
export function drop(stack: Uint8Array[], count: number): void {
  for (let i = 0; i < count; i++) stack.pop();
}

/** The element for a truth value. */
export function boolElement(value: boolean): Uint8Array {
  return value ? TRUE_ELEMENT : EMPTY_ELEMENT;
}

/** Removes the top element, which must be true: the second half of every …VERIFY operation. */
export function verifyTop(stack: Uint8Array[], error: ScriptError): ScriptError | undefined {
  if (!castToBool(peek(stack, 1))) return error;
  stack.pop();
  return undefined;
}
