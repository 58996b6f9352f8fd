/**
 * Checking signatures: OP_CODESEPARATOR to OP_CHECKMULTISIGVERIFY, and tapscript's OP_CHECKSIGADD.
 *
 * @module
 */

import { assert } from '../../base/assert.ts';
import { findAndDelete } from '../find-and-delete.ts';
import { FLAG } from '../flags.ts';
import { MULTISIG_KEYS_MAX, SCRIPT_NUMBER_SIZE_MAX, SCRIPT_OPS_MAX, VALIDATION_WEIGHT_PER_SIGNATURE } from '../limits.ts';
import { boolElement, drop, type Machine, peek, verifyTop } from '../machine.ts';
import { OP } from '../opcodes.ts';
import type { ScriptError } from '../script-error.ts';
import { decodeScriptNumber, encodeScriptNumber } from '../script-number.ts';
import type { SignatureChecker } from '../signature-checker.ts';
import { checkKeyEncoding, checkSignatureEncoding } from '../signature-encoding.ts';

/** What a check of one signature gives: whether it is good, or why the script fails. */
export type Verdict = boolean | ScriptError;

/** The script from the last OP_CODESEPARATOR on. The same array as long as that holds, by which a checker knows it again. */
function scriptCodeOf(machine: Machine): Uint8Array {
  machine.scriptCode ??= machine.codeStart === 0 ? machine.script : machine.script.subarray(machine.codeStart);
  return machine.scriptCode;
}

/** OP_CODESEPARATOR: signatures commit to the script from here on. */
export function opCodeSeparator(machine: Machine): undefined {
  machine.codeStart = machine.offset;
  machine.scriptCode = undefined;
  if (machine.tapscript !== undefined) machine.tapscript.codeSeparatorPosition = machine.position;
}

/** What an ECDSA signature is held to, and what it signs of its script: the script from the last OP_CODESEPARATOR on. */
export interface EcdsaContext {
  readonly checker: SignatureChecker;
  readonly flags: number;
  readonly version: 'base' | 'witnessV0';
  readonly script: Uint8Array;
  /** Whether the script may hold although the signature does not. */
  readonly mayFail: boolean;
}

/** Whether a script may hold although an operation of it gives false: something comes after it that may make use of that. */
function mayFail({ offset, script }: Machine, opcode: number): boolean {
  return opcode !== OP.OP_CHECKSIGVERIFY && opcode !== OP.OP_CHECKMULTISIGVERIFY && offset < script.length;
}

/** ECDSA, in scripts of before tapscript. Core's `EvalChecksigPreTapscript`. */
export function checkEcdsa(context: EcdsaContext, signature: Uint8Array, key: Uint8Array): Verdict {
  const { checker, flags, version, script } = context;
  const scriptCode = version === 'base' ? findAndDelete(script, signature) : script;
  if (scriptCode !== script && (flags & FLAG.CONST_SCRIPTCODE) !== 0) return 'SIG_FINDANDDELETE';
  const error = checkSignatureEncoding(signature, flags) ?? checkKeyEncoding(key, flags, version);
  if (error !== undefined) return error;
  const good = checker.checkEcdsa(signature, key, scriptCode, version, context.mayFail);
  if (!good && (flags & FLAG.NULLFAIL) !== 0 && signature.length > 0) return 'SIG_NULLFAIL';
  return good;
}

/**
 * Schnorr, in tapscript. Core's `EvalChecksigTapscript`; the order is consensus: the budget is charged before the key is looked at, an
 * empty key fails even with an empty signature, and a signature that is there must be good. A key of an unknown size is always good.
 */
function checkTapscript(machine: Machine, signature: Uint8Array, key: Uint8Array): Verdict {
  const { tapscript } = machine;
  assert(tapscript !== undefined, 'tapscript runs with its state');
  const given = signature.length > 0;
  if (given) {
    tapscript.validationWeightLeft -= VALIDATION_WEIGHT_PER_SIGNATURE;
    if (tapscript.validationWeightLeft < 0) return 'TAPSCRIPT_VALIDATION_WEIGHT';
  }
  if (key.length === 0) return 'TAPSCRIPT_EMPTY_PUBKEY';
  if (key.length === 32) {
    const error = given ? machine.checker.checkSchnorr(signature, key, tapscript) : undefined;
    return error ?? given;
  }
  return (machine.flags & FLAG.DISCOURAGE_UPGRADABLE_PUBKEYTYPE) !== 0 ? 'DISCOURAGE_UPGRADABLE_PUBKEYTYPE' : given;
}

/** One signature under the rules of the script. Core's `EvalChecksig`. */
function checkOne(machine: Machine, opcode: number, signature: Uint8Array, key: Uint8Array): Verdict {
  const { version, checker, flags } = machine;
  if (version === 'tapscript') return checkTapscript(machine, signature, key);
  return checkEcdsa({ checker, flags, version, script: scriptCodeOf(machine), mayFail: mayFail(machine, opcode) }, signature, key);
}

/** OP_CHECKSIG and OP_CHECKSIGVERIFY: (signature key -- bool). */
export function opCheckSig(machine: Machine, opcode: number): ScriptError | undefined {
  const { stack } = machine;
  if (stack.length < 2) return 'INVALID_STACK_OPERATION';
  const good = checkOne(machine, opcode, peek(stack, 2), peek(stack, 1));
  if (typeof good === 'string') return good;
  drop(stack, 2);
  stack.push(boolElement(good));
  return opcode === OP.OP_CHECKSIGVERIFY ? verifyTop(stack, 'CHECKSIGVERIFY') : undefined;
}

/** OP_CHECKSIGADD: (signature n key -- n or n + 1), only in tapscript. */
export function opCheckSigAdd(machine: Machine): ScriptError | undefined {
  if (machine.version !== 'tapscript') return 'BAD_OPCODE';
  const { stack } = machine;
  if (stack.length < 3) return 'INVALID_STACK_OPERATION';
  const count = numberAt(machine, 2);
  if (count === undefined) return 'SCRIPTNUM';
  const good = checkOne(machine, OP.OP_CHECKSIGADD, peek(stack, 3), peek(stack, 1));
  if (typeof good === 'string') return good;
  drop(stack, 3);
  stack.push(encodeScriptNumber(count + (good ? 1 : 0)));
  return undefined;
}

function numberAt(machine: Machine, depth: number): number | undefined {
  return decodeScriptNumber(peek(machine.stack, depth), (machine.flags & FLAG.MINIMALDATA) !== 0, SCRIPT_NUMBER_SIZE_MAX);
}

/** Where the arguments of OP_CHECKMULTISIG lie, as depths in the stack. */
interface MultisigArguments {
  readonly keyCount: number;
  readonly signatureCount: number;
}

/** Depth of the first key (the last in the script's order), below the number of keys. */
const FIRST_KEY_DEPTH = 2;

/**
 * Reads the counts of OP_CHECKMULTISIG: ([signature …] signatureCount [key …] keyCount). Keys count as operations, before the stack is
 * found to hold them.
 */
function readMultisig(machine: Machine): MultisigArguments | ScriptError {
  const { stack } = machine;
  if (stack.length < 1) return 'INVALID_STACK_OPERATION';
  const keyCount = numberAt(machine, 1);
  if (keyCount === undefined) return 'SCRIPTNUM';
  if (keyCount < 0 || keyCount > MULTISIG_KEYS_MAX) return 'PUBKEY_COUNT';
  machine.opCount += keyCount;
  if (machine.opCount > SCRIPT_OPS_MAX) return 'OP_COUNT';
  if (stack.length < keyCount + 2) return 'INVALID_STACK_OPERATION';
  const signatureCount = numberAt(machine, keyCount + 2);
  if (signatureCount === undefined) return 'SCRIPTNUM';
  if (signatureCount < 0 || signatureCount > keyCount) return 'SIG_COUNT';
  if (stack.length < keyCount + signatureCount + 2) return 'INVALID_STACK_OPERATION';
  return { keyCount, signatureCount };
}

/** The script that the signatures of OP_CHECKMULTISIG commit to: without any of them, in scripts without witness. */
function multisigScriptCode(machine: Machine, firstDepth: number, count: number): Uint8Array | ScriptError {
  const whole = scriptCodeOf(machine);
  if (machine.version !== 'base') return whole;
  let scriptCode = whole;
  for (let i = 0; i < count; i++) {
    const rest = findAndDelete(scriptCode, peek(machine.stack, firstDepth + i));
    if (rest !== scriptCode && (machine.flags & FLAG.CONST_SCRIPTCODE) !== 0) return 'SIG_FINDANDDELETE';
    scriptCode = rest;
  }
  return scriptCode;
}

/**
 * Whether each signature fits a key, both in the same order. It ends as soon as more signatures than keys are left, so which encodings
 * are looked at depends on the order: consensus with STRICTENC and NOT.
 *
 * @param isVital - the script cannot hold unless they fit
 */
function matchSignatures(machine: Machine, version: 'base' | 'witnessV0', args: MultisigArguments, isVital: boolean): Verdict {
  const { stack, flags } = machine;
  let keysLeft = args.keyCount;
  let signaturesLeft = args.signatureCount;
  let keyDepth = FIRST_KEY_DEPTH;
  let signatureDepth = args.keyCount + 3;
  const scriptCode = multisigScriptCode(machine, signatureDepth, signaturesLeft);
  if (typeof scriptCode === 'string') return scriptCode;
  while (signaturesLeft > 0) {
    const signature = peek(stack, signatureDepth);
    const key = peek(stack, keyDepth);
    const error = checkSignatureEncoding(signature, flags) ?? checkKeyEncoding(key, flags, version);
    if (error !== undefined) return error;
    if (machine.checker.checkEcdsa(signature, key, scriptCode, version, !isVital || signaturesLeft < keysLeft)) {
      signatureDepth++;
      signaturesLeft--;
    }
    keyDepth++;
    keysLeft--;
    if (signaturesLeft > keysLeft) return false;
  }
  return true;
}

/** Whether any of the signatures is not empty. */
function anySignatureGiven(stack: readonly Uint8Array[], args: MultisigArguments): boolean {
  for (let i = 0; i < args.signatureCount; i++) if (peek(stack, args.keyCount + 3 + i).length > 0) return true;
  return false;
}

/**
 * OP_CHECKMULTISIG and OP_CHECKMULTISIGVERIFY: (unused [signature …] signatureCount [key …] keyCount -- bool). It takes one element
 * too many, a bug of 2009 that is consensus.
 */
export function opCheckMultisig(machine: Machine, opcode: number): ScriptError | undefined {
  const { stack, flags, version } = machine;
  if (version === 'tapscript') return 'TAPSCRIPT_CHECKMULTISIG';
  const args = readMultisig(machine);
  if (typeof args === 'string') return args;
  const good = matchSignatures(machine, version, args, !mayFail(machine, opcode));
  if (typeof good === 'string') return good;
  if (!good && (flags & FLAG.NULLFAIL) !== 0 && anySignatureGiven(stack, args)) return 'SIG_NULLFAIL';
  drop(stack, args.keyCount + args.signatureCount + 2);
  if (stack.length < 1) return 'INVALID_STACK_OPERATION';
  if ((flags & FLAG.NULLDUMMY) !== 0 && peek(stack, 1).length > 0) return 'SIG_NULLDUMMY';
  drop(stack, 1);
  stack.push(boolElement(good));
  return opcode === OP.OP_CHECKMULTISIGVERIFY ? verifyTop(stack, 'CHECKMULTISIGVERIFY') : undefined;
}
