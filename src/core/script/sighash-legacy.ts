/**
 * The signature hash of 2009, for scripts without witness.
 *
 * It hashes the whole transaction once for each signature, with every input script blanked but the one that is signed, so checking is
 * quadratic in the number of inputs. BIP-143 mends that.
 *
 * @module
 */

import { concatBytes } from '../base/bytes.ts';
import { hashInput } from './hash-input.ts';
import { OP } from './opcodes.ts';
import { BLANK_INPUT_SIZE, type PrecomputedSighash } from './precomputed-sighash.ts';
import { nextOp, openScript } from './script-reader.ts';
import { signsNone, signsOneInput, signsSingle } from './sighash-type.ts';

/** Offset of the script's length in a blanked input. */
const SCRIPT_OFFSET = 36;

/** An amount of -1 and an empty script: what outputs before the one that SINGLE signs are replaced by. */
const NULL_OUTPUT: Uint8Array = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0);

/** The number 1 as a hash, in wire order: a constant that was meant as an error. Made anew, since hashes are their owner's to keep. */
function one(): Uint8Array {
  const hash = new Uint8Array(32);
  hash[0] = 1;
  return hash;
}

/** A script without its OP_CODESEPARATORs. The same array where it has none. */
function withoutCodeSeparators(script: Uint8Array): Uint8Array {
  if (!script.includes(OP.OP_CODESEPARATOR)) return script;
  const cursor = openScript(script);
  const kept: Uint8Array[] = [];
  let keptUpTo = 0;
  while (nextOp(cursor)) {
    if (cursor.opcode !== OP.OP_CODESEPARATOR) continue;
    kept.push(script.subarray(keptUpTo, cursor.offset - 1));
    keptUpTo = cursor.offset;
  }
  return concatBytes(...kept, script.subarray(keptUpTo));
}

/** The inputs: all, with the signed one's script in its place; sequences of others are zero unless all outputs are signed. */
function writeInputs(precomputed: PrecomputedSighash, inputIndex: number, script: Uint8Array, hashType: number): void {
  const { inputs } = precomputed.tx;
  const blank = precomputed.blankInputs();
  const own = inputIndex * BLANK_INPUT_SIZE;
  if (signsOneInput(hashType)) {
    hashInput
      .begin()
      .u32(precomputed.tx.version)
      .u8(1)
      .slice(blank, own, own + SCRIPT_OFFSET)
      .varBytes(script);
    hashInput.slice(blank, own + SCRIPT_OFFSET + 1, own + BLANK_INPUT_SIZE);
    return;
  }
  hashInput.begin().u32(precomputed.tx.version).compactSize(inputs.length);
  if (!signsNone(hashType) && !signsSingle(hashType)) {
    hashInput
      .slice(blank, 0, own + SCRIPT_OFFSET)
      .varBytes(script)
      .slice(blank, own + SCRIPT_OFFSET + 1, blank.length);
    return;
  }
  for (let i = 0; i < inputs.length; i++) {
    const at = i * BLANK_INPUT_SIZE;
    hashInput.slice(blank, at, at + SCRIPT_OFFSET);
    if (i === inputIndex) hashInput.varBytes(script).slice(blank, at + SCRIPT_OFFSET + 1, at + BLANK_INPUT_SIZE);
    else hashInput.zeros(BLANK_INPUT_SIZE - SCRIPT_OFFSET);
  }
}

/** The outputs: all, none, or those up to the one beside the input, which alone keeps its content. */
function writeOutputs(precomputed: PrecomputedSighash, inputIndex: number, hashType: number): void {
  const { inputs, outputs } = precomputed.tx;
  if (signsNone(hashType)) {
    hashInput.u8(0);
  } else if (signsSingle(hashType)) {
    hashInput.compactSize(inputIndex + 1);
    for (let i = 0; i < inputIndex; i++) hashInput.raw(NULL_OUTPUT);
    hashInput.output(outputs[inputIndex]!);
  } else if (inputs.length === 1) {
    // There will hardly be a second hash to share their bytes with.
    hashInput.compactSize(outputs.length);
    for (const output of outputs) hashInput.output(output);
  } else {
    hashInput.compactSize(outputs.length).raw(precomputed.outputBytes());
  }
}

/**
 * What an ECDSA signature signs in a script without witness: 32 bytes. Core's `SignatureHash` for `SigVersion::BASE`.
 *
 * SINGLE without an output beside the input gives the number 1, whatever the transaction: whoever signs it signs anything (a bug of 2009
 * that is consensus).
 *
 * @param scriptCode - the script that is run, from the last OP_CODESEPARATOR on and without the signature
 * @param hashType - 32 bits, of which the lowest byte is the signature's last; all are hashed
 */
export function sighashLegacy(precomputed: PrecomputedSighash, inputIndex: number, scriptCode: Uint8Array, hashType: number): Uint8Array {
  if (signsSingle(hashType) && inputIndex >= precomputed.tx.outputs.length) return one();
  const script = withoutCodeSeparators(scriptCode);
  // These fill the shared buffer when first asked for, so they come before it is begun.
  precomputed.blankInputs();
  if (precomputed.tx.inputs.length > 1) precomputed.outputBytes();
  writeInputs(precomputed, inputIndex, script, hashType);
  writeOutputs(precomputed, inputIndex, hashType);
  return hashInput.u32(precomputed.tx.lockTime).u32(hashType).sha256d();
}
