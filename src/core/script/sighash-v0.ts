/**
 * The signature hash of version 0 witness programs (BIP-143).
 *
 * @module
 */

import { hashInput } from './hash-input.ts';
import type { PrecomputedSighash } from './precomputed-sighash.ts';
import { signsNone, signsOneInput, signsSingle } from './sighash-type.ts';

const ZERO_HASH: Uint8Array = new Uint8Array(32);

/** hashOutputs: of all outputs, of the one beside the input, or zeros. */
function hashOfOutputs(precomputed: PrecomputedSighash, inputIndex: number, hashType: number): Uint8Array {
  if (signsNone(hashType)) return ZERO_HASH;
  if (!signsSingle(hashType)) return precomputed.outputsTwice();
  const own = precomputed.tx.outputs[inputIndex];
  return own === undefined ? ZERO_HASH : hashInput.begin().output(own).sha256d();
}

/**
 * What an ECDSA signature signs in a version 0 witness program: 32 bytes. Core's `SignatureHash` for `SigVersion::WITNESS_V0`. It commits
 * to the amount that is spent, so `spentOutputs` must hold this input's.
 *
 * @param scriptCode - the script that is run, from the last OP_CODESEPARATOR on
 * @param hashType - 32 bits, of which the lowest byte is the signature's last; all are hashed
 */
export function sighashV0(precomputed: PrecomputedSighash, inputIndex: number, scriptCode: Uint8Array, hashType: number): Uint8Array {
  const { tx } = precomputed;
  const input = tx.inputs[inputIndex]!;
  // These take the kernel when first asked for, so they come before the hash is begun.
  const oneInput = signsOneInput(hashType);
  const inputs = oneInput ? undefined : precomputed.inputsTwice();
  const outputs = hashOfOutputs(precomputed, inputIndex, hashType);
  hashInput.begin().u32(tx.version);
  if (inputs === undefined) hashInput.zeros(64);
  else if (signsNone(hashType) || signsSingle(hashType)) hashInput.raw(inputs.subarray(0, 32)).zeros(32);
  else hashInput.raw(inputs);
  return hashInput
    .outPoint(input.prevout)
    .varBytes(scriptCode)
    .u64(precomputed.spentOutputs[inputIndex]!.value)
    .u32(input.sequence)
    .raw(outputs)
    .u32(tx.lockTime)
    .u32(hashType)
    .sha256d();
}
