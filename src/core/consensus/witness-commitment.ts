/**
 * A block's commitment to its witnesses: a coinbase output with a hash over their Merkle root (BIP-141, "Commitment structure").
 *
 * @module
 */

import { concatBytes } from '../base/bytes.ts';
import { merkleRootOf } from '../crypto/merkle.ts';
import { sha256d } from '../crypto/sha256.ts';
import type { Transaction, TxOutput } from '../primitives/transaction.ts';

/** Bytes of the reserved value, the only witness item of a coinbase in a block with a commitment. */
export const WITNESS_RESERVED_SIZE_BYTES = 32;

/** OP_RETURN, a push of 36 bytes, and the four bytes that mark the commitment. */
const COMMITMENT_HEADER = Uint8Array.of(0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed);

const COMMITMENT_SCRIPT_SIZE_MIN = COMMITMENT_HEADER.length + 32;

/** Root of the tree over the wtxids, where the coinbase counts as 32 zero bytes: it holds the commitment and cannot be in it. */
export function witnessMerkleRoot(transactions: readonly Transaction[]): Uint8Array {
  return merkleRootOf(transactions.map((tx, index) => (index === 0 ? new Uint8Array(32) : tx.wtxid))).root;
}

/**
 * The 32 bytes that a block commits to.
 *
 * @param transactions - of the block; the first counts as the coinbase, whatever it is
 * @param reservedValue - 32 bytes that the coinbase's witness shows; zeros as yet
 */
export function witnessCommitment(transactions: readonly Transaction[], reservedValue: Uint8Array): Uint8Array {
  return sha256d(concatBytes(witnessMerkleRoot(transactions), reservedValue));
}

/** The coinbase output of a commitment, for a miner: no value, 38 bytes of script. */
export function witnessCommitmentOutput(commitment: Uint8Array): TxOutput {
  return { value: 0n, scriptPubKey: concatBytes(COMMITMENT_HEADER, commitment) };
}

function isCommitment({ scriptPubKey }: TxOutput): boolean {
  return scriptPubKey.length >= COMMITMENT_SCRIPT_SIZE_MIN && COMMITMENT_HEADER.every((byte, i) => scriptPubKey[i] === byte);
}

/** Place of the output with the commitment in a coinbase, or -1; of several the last one counts. Core's `GetWitnessCommitmentIndex`. */
export function findWitnessCommitmentIndex(coinbase: Transaction): number {
  let index = coinbase.outputs.length - 1;
  while (index >= 0 && !isCommitment(coinbase.outputs[index]!)) index--;
  return index;
}

/** The commitment in a coinbase, or undefined. */
export function findWitnessCommitment(coinbase: Transaction): Uint8Array | undefined {
  const output = coinbase.outputs[findWitnessCommitmentIndex(coinbase)];
  return output?.scriptPubKey.subarray(COMMITMENT_HEADER.length, COMMITMENT_SCRIPT_SIZE_MIN);
}
