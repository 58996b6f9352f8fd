/**
 * The signature hash of taproot and tapscript (BIP-341, BIP-342).
 *
 * @module
 */

import { hashInput } from './hash-input.ts';
import type { PrecomputedSighash } from './precomputed-sighash.ts';
import { SIGHASH } from './sighash-type.ts';
import type { TaprootContext } from './signature-checker.ts';

/** Version of the message; another would be a soft fork. */
const EPOCH = 0;

/** Version of the keys of 32 bytes in tapscript. */
const KEY_VERSION = 0;

/** Bits of a hash type that choose outputs. */
const OUTPUT_MASK = 3;

/** Whether it is one of the seven hash types that taproot knows; here, unlike before, others are invalid. */
function isDefined(hashType: number): boolean {
  return hashType <= SIGHASH.SINGLE || (hashType > SIGHASH.ANYONECANPAY && hashType <= (SIGHASH.ANYONECANPAY | SIGHASH.SINGLE));
}

/** Bytes of `PrecomputedSighash.taproot` that are about inputs; those about outputs come after them. */
const INPUTS_SIZE = 128;

/** Begins the hash and writes what all inputs have in common. */
function beginShared(precomputed: PrecomputedSighash, hashType: number, oneInput: boolean, allOutputs: boolean): void {
  const { tx } = precomputed;
  // This takes the kernel when first asked for, so it comes before the hash is begun.
  const shared = precomputed.taproot();
  hashInput.beginTagged('TapSighash').u8(EPOCH).u8(hashType).u32(tx.version).u32(tx.lockTime);
  if (!oneInput && allOutputs) hashInput.raw(shared);
  else if (!oneInput) hashInput.raw(shared.subarray(0, INPUTS_SIZE));
  else if (allOutputs) hashInput.raw(shared.subarray(INPUTS_SIZE));
}

/**
 * What a Schnorr signature signs in taproot: 32 bytes. Core's `SignatureHashSchnorr`. It commits to all spent outputs unless
 * ANYONECANPAY, then to this input's.
 *
 * @param hashType - the signature's 65th byte, 0 where it has 64
 * @returns undefined where the type is unknown, or is SINGLE without an output beside the input
 */
export function sighashTaproot(
  precomputed: PrecomputedSighash,
  inputIndex: number,
  hashType: number,
  context: TaprootContext,
): Uint8Array | undefined {
  if (!isDefined(hashType)) return undefined;
  const { tx } = precomputed;
  const outputType = hashType === SIGHASH.DEFAULT ? SIGHASH.ALL : hashType & OUTPUT_MASK;
  const oneInput = (hashType & SIGHASH.ANYONECANPAY) !== 0;
  const ownOutput = outputType === SIGHASH.SINGLE ? tx.outputs[inputIndex] : undefined;
  if (outputType === SIGHASH.SINGLE && ownOutput === undefined) return undefined;
  const ownOutputHash = ownOutput === undefined ? undefined : hashInput.begin().output(ownOutput).sha256();

  beginShared(precomputed, hashType, oneInput, outputType === SIGHASH.ALL);
  const { annexHash, tapleafHash } = context;
  hashInput.u8((tapleafHash === undefined ? 0 : 2) | (annexHash === undefined ? 0 : 1));
  if (oneInput) {
    const input = tx.inputs[inputIndex]!;
    hashInput.outPoint(input.prevout).output(precomputed.spentOutputs[inputIndex]!).u32(input.sequence);
  } else {
    hashInput.u32(inputIndex);
  }
  if (annexHash !== undefined) hashInput.raw(annexHash);
  if (ownOutputHash !== undefined) hashInput.raw(ownOutputHash);
  if (tapleafHash !== undefined) hashInput.raw(tapleafHash).u8(KEY_VERSION).u32(context.codeSeparatorPosition);
  return hashInput.sha256();
}
