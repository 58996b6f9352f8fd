/**
 * A record of a script's execution, one step an operation.
 *
 * @module
 */

import type { ScriptError } from './script-error.ts';

/** Which script of an input is run. `witnessScript` is P2WSH's, or the one that P2WPKH stands for; `tapscript` a taproot leaf. */
export type ScriptRole = 'scriptSig' | 'scriptPubKey' | 'redeemScript' | 'witnessScript' | 'tapscript';

/** One operation and what it did. Elements are the machine's own: not to be written to. */
export interface TraceStep {
  readonly role: ScriptRole;
  /** The script that is run. */
  readonly script: Uint8Array;
  /** Where the operation begins, in bytes. */
  readonly offset: number;
  /** Its position among the operations, from 0. */
  readonly position: number;
  readonly opcode: number;
  /** What it pushes from the script, if it is a push. */
  readonly data: Uint8Array | undefined;
  /** False in a branch that was not taken. */
  readonly executed: boolean;
  readonly stackBefore: readonly Uint8Array[];
  /** Stack after it. Where it failed: as it was at the failure. */
  readonly stack: readonly Uint8Array[];
  readonly altStack: readonly Uint8Array[];
  /** Why it failed the script, or undefined. A script can still fail after its last operation. */
  readonly error: ScriptError | undefined;
}

/**
 * Is told each step. A step holds two copies of the stack, up to 1,000 references each: keep few of them for long scripts.
 */
export interface TraceHook {
  (step: TraceStep): void;
  /** Asked before each operation whether to tell it; where it says no, nothing is copied. All are told where it is absent. */
  readonly wants?: () => boolean;
}
