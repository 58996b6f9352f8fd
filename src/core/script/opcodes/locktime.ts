/**
 * OP_CHECKLOCKTIMEVERIFY (BIP-65) and OP_CHECKSEQUENCEVERIFY (BIP-112). Without their flags both do nothing, as before their soft forks.
 *
 * @module
 */

import { FLAG } from '../flags.ts';
import { LOCK_NUMBER_SIZE_MAX } from '../limits.ts';
import { type Machine, peek } from '../machine.ts';
import type { ScriptError } from '../script-error.ts';
import { decodeScriptNumber } from '../script-number.ts';

/** Bit 31 of a sequence: no relative lock time (BIP-68). */
const SEQUENCE_DISABLE_FLAG = 0x80000000;

/** Whether bit 31 is set in a number of up to 39 bits, which the bitwise operators of the language would cut. */
function isDisabled(sequence: number): boolean {
  return Math.floor(sequence / SEQUENCE_DISABLE_FLAG) % 2 === 1;
}

/** (lockTime -- lockTime): the transaction must not be final before. */
export function opCheckLockTimeVerify(machine: Machine): ScriptError | undefined {
  const { stack, flags } = machine;
  if ((flags & FLAG.CHECKLOCKTIMEVERIFY) === 0) return undefined;
  if (stack.length < 1) return 'INVALID_STACK_OPERATION';
  const lockTime = decodeScriptNumber(peek(stack, 1), (flags & FLAG.MINIMALDATA) !== 0, LOCK_NUMBER_SIZE_MAX);
  if (lockTime === undefined) return 'SCRIPTNUM';
  if (lockTime < 0) return 'NEGATIVE_LOCKTIME';
  return machine.checker.checkLockTime(lockTime) ? undefined : 'UNSATISFIED_LOCKTIME';
}

/** (sequence -- sequence): the coin must be so old; with bit 31 set it does nothing. */
export function opCheckSequenceVerify(machine: Machine): ScriptError | undefined {
  const { stack, flags } = machine;
  if ((flags & FLAG.CHECKSEQUENCEVERIFY) === 0) return undefined;
  if (stack.length < 1) return 'INVALID_STACK_OPERATION';
  const sequence = decodeScriptNumber(peek(stack, 1), (flags & FLAG.MINIMALDATA) !== 0, LOCK_NUMBER_SIZE_MAX);
  if (sequence === undefined) return 'SCRIPTNUM';
  if (sequence < 0) return 'NEGATIVE_LOCKTIME';
  if (isDisabled(sequence)) return undefined;
  return machine.checker.checkSequence(sequence) ? undefined : 'UNSATISFIED_LOCKTIME';
}
