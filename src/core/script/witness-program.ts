/**
 * Running what a witness program stands for. Core's `VerifyWitnessProgram`.
 *
 * @module
 */

import { bytesEqual } from '../base/bytes.ts';
import { hash160, sha256 } from '../crypto/sha256.ts';
import { compactSizeLength } from '../primitives/byte-writer.ts';
import { FLAG } from './flags.ts';
import { hashInput } from './hash-input.ts';
import { evalScript } from './interpreter.ts';
import { SCRIPT_ELEMENT_SIZE_MAX, STACK_ELEMENTS_MAX, VALIDATION_WEIGHT_OFFSET } from './limits.ts';
import { createMachine, type TapscriptState } from './machine.ts';
import { checkEcdsa } from './opcodes/signatures.ts';
import { isOpSuccess } from './opcodes.ts';
import { isAnchorProgram, p2pkhScript } from './output-template.ts';
import type { ScriptError } from './script-error.ts';
import { castToBool } from './script-number.ts';
import { nextOp, openScript } from './script-reader.ts';
import type { TaprootContext } from './signature-checker.ts';
import type { SpendContext } from './spend.ts';
import { ANNEX_TAG, isControlBlockSize, isTaprootCommitment, LEAF_VERSION_MASK, TAPSCRIPT_LEAF_VERSION, tapleafHash } from './taproot.ts';

/** Position of the last OP_CODESEPARATOR before the first. */
const NO_CODE_SEPARATOR = 0xffffffff;

/** What a tapscript says before it is run: an OP_SUCCESS makes it valid, whatever stands behind; before that it must be well-formed. */
function scanForSuccess(script: Uint8Array, flags: number): ScriptError | 'success' | undefined {
  const cursor = openScript(script);
  while (cursor.offset < script.length) {
    if (!nextOp(cursor)) return 'BAD_OPCODE';
    if (isOpSuccess(cursor.opcode)) return (flags & FLAG.DISCOURAGE_OP_SUCCESS) !== 0 ? 'DISCOURAGE_OP_SUCCESS' : 'success';
  }
  return undefined;
}

/** Runs a script of a witness on the items before it. Core's `ExecuteWitnessScript`: exactly one true element must be left. */
function runWitnessScript(
  context: SpendContext,
  items: readonly Uint8Array[],
  script: Uint8Array,
  tapscript?: TapscriptState,
): ScriptError | undefined {
  const { flags, checker, trace } = context;
  if (tapscript !== undefined) {
    const found = scanForSuccess(script, flags);
    if (found !== undefined) return found === 'success' ? undefined : found;
    if (items.length > STACK_ELEMENTS_MAX) return 'STACK_SIZE';
  }
  for (const item of items) if (item.length > SCRIPT_ELEMENT_SIZE_MAX) return 'PUSH_SIZE';
  const stack = [...items];
  const version = tapscript === undefined ? 'witnessV0' : 'tapscript';
  const role = tapscript === undefined ? 'witnessScript' : 'tapscript';
  const machine = createMachine({ script, stack, flags, version, checker, tapscript });
  const error = evalScript(machine, trace && { role, hook: trace });
  if (error !== undefined) return error;
  if (stack.length !== 1) return 'CLEANSTACK';
  return castToBool(stack[0]!) ? undefined : 'EVAL_FALSE';
}

/**
 * What `runWitnessScript` gives for two items and the script that a P2WPKH output stands for, step by step and in its order, without a
 * machine: of OP_DUP, OP_HASH160, a push, OP_EQUALVERIFY and OP_CHECKSIG only the last two can fail. Every second input is of this kind.
 */
function verifyKeyHash(context: SpendContext, keyHash: Uint8Array, script: Uint8Array): ScriptError | undefined {
  const { flags, checker, witness } = context;
  const signature = witness[0]!;
  const key = witness[1]!;
  if (signature.length > SCRIPT_ELEMENT_SIZE_MAX || key.length > SCRIPT_ELEMENT_SIZE_MAX) return 'PUSH_SIZE';
  if (!bytesEqual(hash160(key), keyHash)) return 'EQUALVERIFY';
  const good = checkEcdsa({ checker, flags, version: 'witnessV0', script, mayFail: false }, signature, key);
  if (typeof good === 'string') return good;
  return good ? undefined : 'EVAL_FALSE';
}

/** Version 0: the hash of a key, or of a script that is the witness' last item (BIP-141). */
function verifyV0(context: SpendContext, program: Uint8Array): ScriptError | undefined {
  const { witness } = context;
  if (program.length === 32) {
    const script = witness[witness.length - 1];
    if (script === undefined) return 'WITNESS_PROGRAM_WITNESS_EMPTY';
    if (!bytesEqual(sha256(script), program)) return 'WITNESS_PROGRAM_MISMATCH';
    return runWitnessScript(context, witness.slice(0, -1), script);
  }
  if (program.length === 20) {
    if (witness.length !== 2) return 'WITNESS_PROGRAM_MISMATCH';
    const script = p2pkhScript(program);
    return context.trace === undefined ? verifyKeyHash(context, program, script) : runWitnessScript(context, witness, script);
  }
  return 'WITNESS_PROGRAM_WRONG_LENGTH';
}

/** Bytes of a witness as it is serialised. */
function witnessSize(witness: readonly Uint8Array[]): number {
  let size = compactSizeLength(witness.length);
  for (const item of witness) size += compactSizeLength(item.length) + item.length;
  return size;
}

/** A leaf of the tree: the items before it are its stack, then come script and control block. */
function verifyScriptPath(
  context: SpendContext,
  outputKey: Uint8Array,
  items: readonly Uint8Array[],
  annexHash: Uint8Array | undefined,
): ScriptError | undefined {
  const controlBlock = items[items.length - 1]!;
  const script = items[items.length - 2]!;
  if (!isControlBlockSize(controlBlock.length)) return 'TAPROOT_WRONG_CONTROL_SIZE';
  const leafVersion = controlBlock[0]! & LEAF_VERSION_MASK;
  const leafHash = tapleafHash(leafVersion, script);
  if (!isTaprootCommitment(context.secp256k1, controlBlock, outputKey, leafHash)) return 'WITNESS_PROGRAM_MISMATCH';
  if (leafVersion !== TAPSCRIPT_LEAF_VERSION) {
    return (context.flags & FLAG.DISCOURAGE_UPGRADABLE_TAPROOT_VERSION) !== 0 ? 'DISCOURAGE_UPGRADABLE_TAPROOT_VERSION' : undefined;
  }
  return runWitnessScript(context, items.slice(0, -2), script, {
    annexHash,
    tapleafHash: leafHash,
    codeSeparatorPosition: NO_CODE_SEPARATOR,
    validationWeightLeft: witnessSize(context.witness) + VALIDATION_WEIGHT_OFFSET,
  });
}

/** Taproot: a signature for the output key, or a leaf of its tree (BIP-341). */
function verifyTaproot(context: SpendContext, outputKey: Uint8Array): ScriptError | undefined {
  const { witness } = context;
  if (witness.length === 0) return 'WITNESS_PROGRAM_WITNESS_EMPTY';
  const last = witness[witness.length - 1]!;
  const hasAnnex = witness.length >= 2 && last[0] === ANNEX_TAG;
  const annexHash = hasAnnex ? hashInput.begin().varBytes(last).sha256() : undefined;
  const items = hasAnnex ? witness.slice(0, -1) : witness;
  if (items.length > 1) return verifyScriptPath(context, outputKey, items, annexHash);
  const keyContext: TaprootContext = { annexHash, tapleafHash: undefined, codeSeparatorPosition: NO_CODE_SEPARATOR };
  return context.checker.checkSchnorr(items[0]!, outputKey, keyContext);
}

/**
 * Runs a witness program against the witness of its input. Versions and lengths without rules are valid for the sake of soft forks to
 * come, and refused by policy; taproot within P2SH is one of them, and pay-to-anchor is never refused.
 */
export function verifyWitnessProgram(
  context: SpendContext,
  version: number,
  program: Uint8Array,
  nested: boolean,
): ScriptError | undefined {
  const { flags } = context;
  if (version === 0) return verifyV0(context, program);
  if (version === 1 && program.length === 32 && !nested) {
    return (flags & FLAG.TAPROOT) !== 0 ? verifyTaproot(context, program) : undefined;
  }
  if (!nested && isAnchorProgram(version, program)) return undefined;
  return (flags & FLAG.DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM) !== 0 ? 'DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM' : undefined;
}
