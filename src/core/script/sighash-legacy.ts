/**
 * The signature hash of 2009, for scripts without witness.
 *
 * It hashes the whole transaction once for each signature, with every input script blanked but the one that is signed, so checking is
 * quadratic in the number of inputs. BIP-143 mends that. What can be shared is: the inputs before the signed one are hashed once, and their
 * bytes are made once.
 *
 * @module
 */

import { concatBytes } from '../base/bytes.ts';
import { LONG_BYTES_MIN } from '../crypto/long-sha256.ts';
import type { TxInput } from '../primitives/transaction.ts';
import { hashInput } from './hash-input.ts';
import { OP } from './opcodes.ts';
import { BLANK_INPUT_SIZE, type PrecomputedSighash } from './precomputed-sighash.ts';
import { nextOp, openScript } from './script-reader.ts';
import { signsNone, signsOneInput, signsSingle } from './sighash-type.ts';

/** Up to so many inputs are written one by one; for more it pays to keep what signature hashes share. */
const INPUTS_FEW = 8;

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

/** One input with a script; its sequence is zero where the signature does not commit to it. */
function writeInput({ prevout, sequence }: TxInput, script: Uint8Array | undefined, zeroSequence: boolean): void {
  hashInput.outPoint(prevout);
  if (script === undefined) hashInput.u8(0);
  else hashInput.varBytes(script);
  hashInput.u32(zeroSequence ? 0 : sequence);
}

/** Begins the hash and writes the inputs: all, with the signed one's script in its place, or only that one. */
function beginWithInputs(precomputed: PrecomputedSighash, inputIndex: number, script: Uint8Array, hashType: number): void {
  const { version, inputs } = precomputed.tx;
  const zeroSequences = signsNone(hashType) || signsSingle(hashType);
  if (signsOneInput(hashType)) {
    hashInput.begin().u32(version).u8(1);
    writeInput(inputs[inputIndex]!, script, false);
  } else if (inputs.length > INPUTS_FEW) {
    resumeInputs(precomputed, inputIndex, script, zeroSequences);
  } else {
    hashInput.begin().u32(version).compactSize(inputs.length);
    for (let i = 0; i < inputs.length; i++) {
      const own = i === inputIndex;
      writeInput(inputs[i]!, own ? script : undefined, zeroSequences && !own);
    }
  }
}

/** The same for many inputs, which are checked in their order: those before the signed one have been hashed for the one before. */
function resumeInputs(precomputed: PrecomputedSighash, inputIndex: number, script: Uint8Array, zeroSequences: boolean): void {
  const { version, inputs } = precomputed.tx;
  const blank = precomputed.blankInputs(zeroSequences);
  const prefixes = precomputed.legacyPrefixes;
  const known = zeroSequences ? prefixes.zeroSequences : prefixes.sequences;
  let from = 0;
  if (known === undefined || known.inputIndex > inputIndex) {
    const isLong = blank.length + precomputed.outputBytes().length >= LONG_BYTES_MIN;
    (isLong ? hashInput.beginLong() : hashInput.begin()).u32(version).compactSize(inputs.length);
  } else {
    hashInput.resume(known.hash);
    from = known.inputIndex;
  }
  const own = inputIndex * BLANK_INPUT_SIZE;
  if (known?.inputIndex !== inputIndex) {
    hashInput.raw(blank.subarray(from * BLANK_INPUT_SIZE, own));
    prefixes[zeroSequences ? 'zeroSequences' : 'sequences'] = { inputIndex, hash: hashInput.pause() };
  }
  writeInput(inputs[inputIndex]!, script, false);
  hashInput.raw(blank.subarray(own + BLANK_INPUT_SIZE));
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
  } else if (inputs.length > INPUTS_FEW) {
    hashInput.compactSize(outputs.length).raw(precomputed.outputBytes());
  } else {
    hashInput.compactSize(outputs.length);
    for (let i = 0; i < outputs.length; i++) hashInput.output(outputs[i]!);
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
  beginWithInputs(precomputed, inputIndex, script, hashType);
  writeOutputs(precomputed, inputIndex, hashType);
  return hashInput.u32(precomputed.tx.lockTime).u32(hashType).sha256d();
}
