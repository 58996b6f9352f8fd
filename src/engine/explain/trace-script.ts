/**
 * The scripts of one input run again, to show how they fail.
 *
 * @module
 */

import type { Secp256k1 } from '../../core/crypto/secp256k1.ts';
import type { Transaction, TxOutput } from '../../core/primitives/transaction.ts';
import { flagNames } from '../../core/script/flags.ts';
import { SCRIPT_ELEMENT_SIZE_MAX } from '../../core/script/limits.ts';
import { OP, opcodeName } from '../../core/script/opcodes.ts';
import { precomputeSighash } from '../../core/script/precomputed-sighash.ts';
import { scriptErrorText } from '../../core/script/script-error.ts';
import type { TraceHook, TraceStep } from '../../core/script/trace.ts';
import { verifyScript } from '../../core/script/verify-script.ts';
import type { CutBytes, ExplainedStep, ScriptTrace, StackView } from '../ports/explanation.ts';

/** Operations that are shown: the last ones. */
export const STEPS_SHOWN_MAX = 200;

/** Elements of a stack that are shown: the topmost ones. */
export const STACK_ELEMENTS_SHOWN_MAX = 32;

/** Bytes that are shown of an element at the last operation: all, since none can be longer. */
export const LAST_ELEMENT_BYTES_SHOWN_MAX: number = SCRIPT_ELEMENT_SIZE_MAX;

/** Bytes that are shown of an element at those before: a signature or a key. With all bytes the worst script would give 13 MB of text. */
export const ELEMENT_BYTES_SHOWN_MAX = 80;

const DIRECT_PUSH_MAX = 75;

/** The first of some bytes. They are copied: a view would keep a whole block. */
function cut(bytes: Uint8Array, sizeMax: number): CutBytes {
  return { sizeBytes: bytes.length, bytes: bytes.slice(0, sizeMax) };
}

function viewOf(stack: readonly Uint8Array[], sizeMax: number): StackView {
  return { count: stack.length, top: stack.slice(-STACK_ELEMENTS_SHOWN_MAX).map((element) => cut(element, sizeMax)) };
}

function nameOf({ opcode }: TraceStep): string {
  return opcode > OP.OP_0 && opcode <= DIRECT_PUSH_MAX ? 'PUSH' : opcodeName(opcode);
}

function explained(step: TraceStep, sizeMax: number): ExplainedStep {
  const { role, offset, position, data, executed, stackBefore, altStack, error } = step;
  return {
    ...{ role, offset, position, executed, error },
    opcode: nameOf(step),
    data: data === undefined || data.length === 0 ? undefined : cut(data, sizeMax),
    stack: viewOf(stackBefore, sizeMax),
    altStack: viewOf(altStack, sizeMax),
  };
}

/** One input whose scripts are looked at. */
export interface TraceRequest {
  readonly tx: Transaction;
  readonly inputIndex: number;
  /** What each input spends, in order. */
  readonly spentOutputs: readonly TxOutput[];
  readonly flags: number;
  readonly secp256k1: Secp256k1;
}

/**
 * How the scripts of an input fail; undefined where they do not.
 *
 * They run twice: once to count the operations, once to note the last of them, since a long script on a high stack costs more to note
 * than to run.
 */
export function traceScript(request: TraceRequest): ScriptTrace | undefined {
  const { tx, inputIndex, spentOutputs, flags, secp256k1 } = request;
  const precomputed = precomputeSighash(tx, spentOutputs);
  const run = (trace: TraceHook) => verifyScript({ tx, inputIndex, spentOutputs, flags, secp256k1, precomputed, trace });
  let stepCount = 0;
  const count = (): boolean => {
    stepCount++;
    return false;
  };
  const error = run(Object.assign((): void => {}, { wants: count }));
  if (error === undefined) return undefined;
  const noted: TraceStep[] = [];
  let passed = 0;
  const isLate = (): boolean => passed++ >= stepCount - STEPS_SHOWN_MAX;
  run(Object.assign((step: TraceStep): void => void noted.push(step), { wants: isLate }));
  const last = noted.at(-1);
  const input = tx.inputs[inputIndex]!;
  const { value, scriptPubKey } = spentOutputs[inputIndex]!;
  return {
    inputIndex,
    prevout: input.prevout,
    value,
    scriptPubKey: cut(scriptPubKey, LAST_ELEMENT_BYTES_SHOWN_MAX),
    flags: flagNames(flags),
    error,
    text: scriptErrorText(error),
    stepCount,
    steps: noted.map((step) => explained(step, step === last ? LAST_ELEMENT_BYTES_SHOWN_MAX : ELEMENT_BYTES_SHOWN_MAX)),
    end: last === undefined ? undefined : viewOf(last.stack, LAST_ELEMENT_BYTES_SHOWN_MAX),
  };
}
