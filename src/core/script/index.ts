/**
 * Scripts: what it takes to spend an output.
 *
 * Owns the language (every operation of legacy, P2SH, segwit version 0 and tapscript), the signature hashes, the flags, the counting of
 * signature operations and the shapes of output scripts. Does not own which flags hold at a height (consensus), what is standard
 * (policy), or the curve (crypto): that is handed in.
 *
 * Where to begin reading:
 *
 * | question                                     | file                                                      |
 * |----------------------------------------------|-----------------------------------------------------------|
 * | may this input spend that output?            | verify-script.ts, then spend.ts, witness-program.ts       |
 * | how is one script run?                       | interpreter.ts, machine.ts                                |
 * | what does this operation do?                 | opcodes/table.ts, then the group it names                 |
 * | what does a signature commit to?             | sighash-legacy.ts, sighash-v0.ts, sighash-taproot.ts      |
 * | which part of that is computed only once?    | precomputed-sighash.ts                                    |
 * | how does a script ask about its transaction? | signature-checker.ts, transaction-checker.ts              |
 * | which rules are there, and what do they say? | flags.ts, script-error.ts, limits.ts                      |
 * | what kind of output is this?                 | output-template.ts, taproot.ts                            |
 * | what does it count for?                      | sigops.ts                                                 |
 * | how do I read, write or show a script?       | script-reader.ts, script-writer.ts, script-asm.ts         |
 *
 * @module
 */

export { FLAG, type FlagName, flagNames, MANDATORY_FLAGS, NO_FLAGS, parseFlags, STANDARD_FLAGS } from './flags.ts';
export { evalScript } from './interpreter.ts';
export {
  LOCK_TIME_THRESHOLD,
  MULTISIG_KEYS_MAX,
  SCRIPT_ELEMENT_SIZE_MAX,
  SCRIPT_OPS_MAX,
  SCRIPT_SIZE_MAX,
  STACK_ELEMENTS_MAX,
} from './limits.ts';
export { createMachine, type Machine, type MachineOptions } from './machine.ts';
export { isDisabled, isOpSuccess, isSmallInteger, OP, type OpcodeName, opcodeName } from './opcodes.ts';
export {
  anchorScript,
  classifyOutput,
  isAnchorProgram,
  isP2sh,
  isUnspendable,
  isWitnessProgram,
  multisigScript,
  nullDataScript,
  type OutputTemplate,
  type OutputType,
  p2pkhScript,
  p2pkScript,
  p2shScript,
  p2trScript,
  p2wpkhScript,
  p2wshScript,
  type WitnessProgram,
  witnessProgramOf,
  witnessProgramScript,
  witnessVersionOf,
} from './output-template.ts';
export { type PrecomputedSighash, precomputeSighash } from './precomputed-sighash.ts';
export { type AsmOptions, scriptToAsm } from './script-asm.ts';
export { SCRIPT_ERRORS, type ScriptError, scriptErrorText } from './script-error.ts';
export { castToBool, decodeScriptNumber, encodeScriptNumber, isMinimalNumber } from './script-number.ts';
export { isPushOnly, lastPush, type ParsedScript, parseScript, type ScriptOp } from './script-reader.ts';
export { encodeMinimalPush, encodeNumberPush, encodePush, encodeScript, smallIntegerOf, smallIntegerOp } from './script-writer.ts';
export { sighashLegacy } from './sighash-legacy.ts';
export { sighashTaproot } from './sighash-taproot.ts';
export { SIGHASH } from './sighash-type.ts';
export { sighashV0 } from './sighash-v0.ts';
export type { ScriptVersion, SignatureChecker, TaprootContext } from './signature-checker.ts';
export { checkKeyEncoding, checkSignatureEncoding, isCompressedKeyForm, isKeyForm } from './signature-encoding.ts';
export { countSigops, legacySigopCount, p2shSigops, transactionSigopsCost, WITNESS_SCALE_FACTOR, witnessSigops } from './sigops.ts';
export { type SpendContext, verifySpend } from './spend.ts';
export {
  ANNEX_TAG,
  LEAF_VERSION_MASK,
  TAPSCRIPT_LEAF_VERSION,
  tapbranchHash,
  tapleafHash,
  taprootMerkleRoot,
  taprootOutputKey,
  taptweakHash,
} from './taproot.ts';
export type { ScriptRole, TraceHook, TraceStep } from './trace.ts';
export { TransactionChecker } from './transaction-checker.ts';
export { type InputScriptError, type ScriptVerification, verifyScript, verifyTransactionScripts } from './verify-script.ts';
