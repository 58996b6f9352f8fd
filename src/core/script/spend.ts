/**
 * Whether an input may spend an output: its script, the output's script, P2SH and witness, in that order. Core's `VerifyScript`.
 *
 * @module
 */

import { assert } from '../base/assert.ts';
import { bytesEqual } from '../base/bytes.ts';
import type { Secp256k1 } from '../crypto/secp256k1.ts';
import { FLAG } from './flags.ts';
import { evalScript } from './interpreter.ts';
import { createMachine } from './machine.ts';
import { isP2sh, witnessVersionOf } from './output-template.ts';
import type { ScriptError } from './script-error.ts';
import { castToBool } from './script-number.ts';
import { isPushOnly, partOf } from './script-reader.ts';
import { encodePush } from './script-writer.ts';
import type { SignatureChecker } from './signature-checker.ts';
import type { ScriptRole, TraceHook } from './trace.ts';
import { verifyWitnessProgram } from './witness-program.ts';

/** One input and what it spends. */
export interface SpendContext {
  readonly scriptSig: Uint8Array;
  readonly scriptPubKey: Uint8Array;
  readonly witness: readonly Uint8Array[];
  /** WITNESS needs P2SH and CLEANSTACK needs both: otherwise adding P2SH would not be a soft fork. */
  readonly flags: number;
  readonly checker: SignatureChecker;
  /** For the commitment of a taproot output to its leaf; signatures are the checker's. */
  readonly secp256k1: Pick<Secp256k1, 'checkTweak'>;
  /** Told of each operation. */
  readonly trace?: TraceHook | undefined;
}

/** Where a spend stands between its scripts. */
interface SpendState {
  stack: Uint8Array[];
  /** Whether a witness program was found, so that the witness was looked at. */
  hadWitness: boolean;
}

/** Runs one script without witness; if it must, it leaves true on top. */
function runBase(context: SpendContext, stack: Uint8Array[], script: Uint8Array, role: ScriptRole): ScriptError | undefined {
  const { flags, checker, trace } = context;
  const machine = createMachine({ script, stack, flags, version: 'base', checker });
  const error = evalScript(machine, trace && { role, hook: trace });
  if (error !== undefined || role === 'scriptSig') return error;
  const top = stack[stack.length - 1];
  return top !== undefined && castToBool(top) ? undefined : 'EVAL_FALSE';
}

/** Runs the witness program that `script` is, if it is one. `scriptSig` must be exactly `wanted`, or it could be changed by anyone. */
function runWitness(context: SpendContext, state: SpendState, script: Uint8Array, nested: boolean): ScriptError | undefined {
  const version = (context.flags & FLAG.WITNESS) === 0 ? -1 : witnessVersionOf(script);
  if (version < 0) return undefined;
  state.hadWitness = true;
  if (!nested && context.scriptSig.length !== 0) return 'WITNESS_MALLEATED';
  if (nested && !bytesEqual(context.scriptSig, encodePush(script))) return 'WITNESS_MALLEATED_P2SH';
  // The stack, which is not clean after a witness program, is held to be.
  state.stack.length = 1;
  return verifyWitnessProgram(context, version, partOf(script, 2, script.length), nested);
}

/** Runs the script whose hash a P2SH output holds, which is the last element that the input pushed. */
function runRedeemScript(context: SpendContext, state: SpendState, pushed: Uint8Array[]): ScriptError | undefined {
  if (!isPushOnly(context.scriptSig)) return 'SIG_PUSHONLY';
  const redeemScript = pushed.pop();
  assert(redeemScript !== undefined, 'the output script has seen the redeem script');
  state.stack = pushed;
  return runBase(context, pushed, redeemScript, 'redeemScript') ?? runWitness(context, state, redeemScript, true);
}

/** What must hold at the end: one element on the stack by CLEANSTACK, and no witness that was not looked at. */
function checkEnd(context: SpendContext, state: SpendState): ScriptError | undefined {
  const { flags } = context;
  if ((flags & FLAG.CLEANSTACK) !== 0 && state.stack.length !== 1) return 'CLEANSTACK';
  if ((flags & FLAG.WITNESS) !== 0 && !state.hadWitness && context.witness.length > 0) return 'WITNESS_UNEXPECTED';
  return undefined;
}

/**
 * A witness output with an empty input script, as nearly all inputs are today. Its script pushes a version and a program, which fails
 * where the program counts as false and has no other way to fail: it need not be run to know that.
 */
function verifyNative(context: SpendContext, version: number): ScriptError | undefined {
  const program = partOf(context.scriptPubKey, 2, context.scriptPubKey.length);
  return castToBool(program) ? verifyWitnessProgram(context, version, program, false) : 'EVAL_FALSE';
}

/**
 * Whether an input may spend an output.
 *
 * @returns why not, or undefined where it may
 */
export function verifySpend(context: SpendContext): ScriptError | undefined {
  const { scriptSig, scriptPubKey, flags } = context;
  assert((flags & FLAG.WITNESS) === 0 || (flags & FLAG.P2SH) !== 0, 'WITNESS needs P2SH');
  assert((flags & FLAG.CLEANSTACK) === 0 || (flags & FLAG.WITNESS) !== 0, 'CLEANSTACK needs WITNESS');
  if (scriptSig.length === 0 && (flags & FLAG.WITNESS) !== 0 && context.trace === undefined) {
    const version = witnessVersionOf(scriptPubKey);
    if (version >= 0) return verifyNative(context, version);
  }
  if ((flags & FLAG.SIGPUSHONLY) !== 0 && !isPushOnly(scriptSig)) return 'SIG_PUSHONLY';
  const state: SpendState = { stack: [], hadWitness: false };
  // One stack after another, never one script: an input script could otherwise end the output's (CVE-2010-5141).
  const inputError = runBase(context, state.stack, scriptSig, 'scriptSig');
  if (inputError !== undefined) return inputError;
  const hash = (flags & FLAG.P2SH) !== 0 && isP2sh(scriptPubKey);
  const pushed = hash ? [...state.stack] : [];
  return (
    runBase(context, state.stack, scriptPubKey, 'scriptPubKey') ??
    runWitness(context, state, scriptPubKey, false) ??
    (hash ? runRedeemScript(context, state, pushed) : undefined) ??
    checkEnd(context, state)
  );
}
