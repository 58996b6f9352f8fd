/**
 * The shapes of output scripts that have a name: recognising them and building them.
 *
 * @module
 */

import { MULTISIG_KEYS_MAX, SCRIPT_NUMBER_SIZE_MAX, SCRIPT_SIZE_MAX } from './limits.ts';
import { isSmallInteger, OP } from './opcodes.ts';
import { decodeScriptNumber } from './script-number.ts';
import { isPushOnly, nextOp, openScript, pushedData, type ScriptCursor } from './script-reader.ts';
import { encodeNumberPush, encodeScript, isMinimalPush, smallIntegerOf, smallIntegerOp } from './script-writer.ts';
import { isKeyForm } from './signature-encoding.ts';

/** Bytes of a witness program of version 0 for a key, and for a script; taproot's has the latter's length. */
const KEY_HASH_SIZE = 20;
const SCRIPT_HASH_SIZE = 32;

/** Bytes of a witness program, whatever its version. */
const PROGRAM_SIZE_MIN = 2;
const PROGRAM_SIZE_MAX = 40;

/** Program of a pay-to-anchor output, version 1: an output that anyone may spend to pay for its transaction. */
const ANCHOR_PROGRAM: Uint8Array = Uint8Array.of(0x4e, 0x73);

/** A witness program: what a segwit output says (BIP-141). */
export interface WitnessProgram {
  /** 0 to 16. */
  readonly version: number;
  /** 2 to 40 bytes, a view into the script. */
  readonly program: Uint8Array;
}

/** An output script recognised. `type` is Core's word for it in RPC. Bytes are views into the script. */
export type OutputTemplate =
  | { readonly type: 'pubkey'; readonly publicKey: Uint8Array }
  | { readonly type: 'pubkeyhash'; readonly hash: Uint8Array }
  | { readonly type: 'scripthash'; readonly hash: Uint8Array }
  | { readonly type: 'multisig'; readonly required: number; readonly publicKeys: readonly Uint8Array[] }
  | { readonly type: 'nulldata' }
  | { readonly type: 'witness_v0_keyhash'; readonly hash: Uint8Array }
  | { readonly type: 'witness_v0_scripthash'; readonly hash: Uint8Array }
  | { readonly type: 'witness_v1_taproot'; readonly outputKey: Uint8Array }
  | { readonly type: 'anchor' }
  | { readonly type: 'witness_unknown'; readonly version: number; readonly program: Uint8Array }
  | { readonly type: 'nonstandard' };

/** Core's word for the shape of an output script. */
export type OutputType = OutputTemplate['type'];

/** Version of the witness program that a script is, or -1. The cheap half of `witnessProgramOf`. */
export function witnessVersionOf(script: Uint8Array): number {
  const { length } = script;
  if (length < PROGRAM_SIZE_MIN + 2 || length > PROGRAM_SIZE_MAX + 2 || script[1] !== length - 2) return -1;
  return smallIntegerOf(script[0]!) ?? -1;
}

/** Whether a script is a version and one push of 2 to 40 bytes. Core's `IsWitnessProgram`. */
export function isWitnessProgram(script: Uint8Array): boolean {
  return witnessVersionOf(script) >= 0;
}

/** The witness program that a script is, or undefined. */
export function witnessProgramOf(script: Uint8Array): WitnessProgram | undefined {
  const version = witnessVersionOf(script);
  return version < 0 ? undefined : { version, program: script.subarray(2) };
}

/** Whether a witness program is pay-to-anchor. */
export function isAnchorProgram(version: number, program: Uint8Array): boolean {
  return version === 1 && program.length === 2 && program[0] === ANCHOR_PROGRAM[0] && program[1] === ANCHOR_PROGRAM[1];
}

/** Whether a script pays to the hash of another script (BIP-16): OP_HASH160, 20 bytes, OP_EQUAL, and no other way to write that. */
export function isP2sh(script: Uint8Array): boolean {
  return script.length === 23 && script[0] === OP.OP_HASH160 && script[1] === KEY_HASH_SIZE && script[22] === OP.OP_EQUAL;
}

/** Whether an output can never be spent, so that no coin is kept for it. Core's `IsUnspendable`. */
export function isUnspendable(script: Uint8Array): boolean {
  return script[0] === OP.OP_RETURN || script.length > SCRIPT_SIZE_MAX;
}

function classifyWitness(version: number, program: Uint8Array): OutputTemplate {
  if (version === 0) {
    if (program.length === KEY_HASH_SIZE) return { type: 'witness_v0_keyhash', hash: program };
    if (program.length === SCRIPT_HASH_SIZE) return { type: 'witness_v0_scripthash', hash: program };
    return { type: 'nonstandard' };
  }
  if (version === 1 && program.length === SCRIPT_HASH_SIZE) return { type: 'witness_v1_taproot', outputKey: program };
  if (isAnchorProgram(version, program)) return { type: 'anchor' };
  return { type: 'witness_unknown', version, program };
}

/** The key of a script that is a key and OP_CHECKSIG. */
function payToKey(script: Uint8Array): Uint8Array | undefined {
  const size = script[0];
  if ((size !== 33 && size !== 65) || script.length !== size + 2 || script[size + 1] !== OP.OP_CHECKSIG) return undefined;
  const key = script.subarray(1, size + 1);
  return isKeyForm(key) ? key : undefined;
}

/** Whether it is OP_DUP OP_HASH160, 20 bytes, OP_EQUALVERIFY OP_CHECKSIG. */
function isP2pkh(script: Uint8Array): boolean {
  return (
    script.length === 25 &&
    script[0] === OP.OP_DUP &&
    script[1] === OP.OP_HASH160 &&
    script[2] === KEY_HASH_SIZE &&
    script[23] === OP.OP_EQUALVERIFY &&
    script[24] === OP.OP_CHECKSIG
  );
}

/** The number that an operation pushes in its shortest form, if it is from `min` to 20. */
function countAt(cursor: ScriptCursor, min: number): number | undefined {
  const { opcode } = cursor;
  let count: number | undefined;
  if (isSmallInteger(opcode)) {
    count = smallIntegerOf(opcode);
  } else if (opcode > OP.OP_0 && opcode <= OP.OP_PUSHDATA4) {
    const data = pushedData(cursor);
    if (isMinimalPush(opcode, data.length, data[0]!)) count = decodeScriptNumber(data, true, SCRIPT_NUMBER_SIZE_MAX);
  }
  return count !== undefined && count >= min && count <= MULTISIG_KEYS_MAX ? count : undefined;
}

/** A bare multisignature script: the number of signatures, keys, their number, OP_CHECKMULTISIG. Core's `MatchMultisig`. */
function multisig(script: Uint8Array): OutputTemplate | undefined {
  if (script[script.length - 1] !== OP.OP_CHECKMULTISIG) return undefined;
  const cursor = openScript(script);
  if (!nextOp(cursor)) return undefined;
  const required = countAt(cursor, 1);
  if (required === undefined) return undefined;
  const publicKeys: Uint8Array[] = [];
  let complete = nextOp(cursor);
  for (; complete && isKeyForm(pushedData(cursor)); complete = nextOp(cursor)) publicKeys.push(pushedData(cursor));
  if (!complete || countAt(cursor, required) !== publicKeys.length || cursor.offset + 1 !== script.length) return undefined;
  return { type: 'multisig', required, publicKeys };
}

/** Recognises an output script. Core's `Solver`. */
export function classifyOutput(script: Uint8Array): OutputTemplate {
  if (isP2sh(script)) return { type: 'scripthash', hash: script.subarray(2, 22) };
  const version = witnessVersionOf(script);
  if (version >= 0) return classifyWitness(version, script.subarray(2));
  if (script[0] === OP.OP_RETURN && isPushOnly(script, 1)) return { type: 'nulldata' };
  const publicKey = payToKey(script);
  if (publicKey !== undefined) return { type: 'pubkey', publicKey };
  if (isP2pkh(script)) return { type: 'pubkeyhash', hash: script.subarray(3, 23) };
  return multisig(script) ?? { type: 'nonstandard' };
}

/** Pays to a key: the key and OP_CHECKSIG. */
export function p2pkScript(publicKey: Uint8Array): Uint8Array {
  return encodeScript([publicKey, OP.OP_CHECKSIG]);
}

/** Pays to the hash160 of a key. Written byte by byte, since every P2WPKH input stands for such a script. */
export function p2pkhScript(keyHash: Uint8Array): Uint8Array {
  const script = new Uint8Array(25);
  script[0] = OP.OP_DUP;
  script[1] = OP.OP_HASH160;
  script[2] = KEY_HASH_SIZE;
  script.set(keyHash, 3);
  script[23] = OP.OP_EQUALVERIFY;
  script[24] = OP.OP_CHECKSIG;
  return script;
}

/** Pays to the hash160 of a script (BIP-16). */
export function p2shScript(scriptHash: Uint8Array): Uint8Array {
  return encodeScript([OP.OP_HASH160, scriptHash, OP.OP_EQUAL]);
}

/** The output script of a witness program: version 0 to 16, 2 to 40 bytes. */
export function witnessProgramScript(version: number, program: Uint8Array): Uint8Array {
  return encodeScript([smallIntegerOp(version), program]);
}

/** Pays to the hash160 of a compressed key (BIP-141). */
export function p2wpkhScript(keyHash: Uint8Array): Uint8Array {
  return witnessProgramScript(0, keyHash);
}

/** Pays to the SHA-256 of a script (BIP-141). */
export function p2wshScript(scriptHash: Uint8Array): Uint8Array {
  return witnessProgramScript(0, scriptHash);
}

/** Pays to an x-only output key (BIP-341). */
export function p2trScript(outputKey: Uint8Array): Uint8Array {
  return witnessProgramScript(1, outputKey);
}

/** Pays to anyone, to be spent for its transaction's fee. */
export function anchorScript(): Uint8Array {
  return witnessProgramScript(1, ANCHOR_PROGRAM);
}

/** Pays to `required` of up to 20 keys, bare. */
export function multisigScript(required: number, publicKeys: readonly Uint8Array[]): Uint8Array {
  const [before, after] = [encodeNumberPush(required), encodeNumberPush(publicKeys.length)];
  return Uint8Array.of(...before, ...encodeScript(publicKeys), ...after, OP.OP_CHECKMULTISIG);
}

/** Pays to no one and carries data: OP_RETURN and its pushes. */
export function nullDataScript(...data: readonly Uint8Array[]): Uint8Array {
  return encodeScript([OP.OP_RETURN, ...data]);
}
