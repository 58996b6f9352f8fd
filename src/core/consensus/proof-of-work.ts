/**
 * Work: whether a hash shows it, and how much a target stands for.
 *
 * @module
 */

import type { ConsensusParams } from '../params/types.ts';
import type { ChainWork, Target } from '../primitives/compact-target.ts';
import { decodeBits, hashToNumber } from '../primitives/compact-target.ts';
import type { BlockHash } from '../primitives/ids.ts';

/** The target that bits stand for, or undefined where they are none: negative, zero, too large or easier than the network allows. */
export function targetOf(bits: number, params: ConsensusParams): Target | undefined {
  const { target, negative, overflow } = decodeBits(bits);
  return negative || overflow || target === 0n || target > params.pow.limit ? undefined : target;
}

/** Whether a header's hash, read as a little-endian number, is at most its target. Core's `CheckProofOfWork`. */
export function checkProofOfWork(hash: BlockHash, bits: number, params: ConsensusParams): boolean {
  const target = targetOf(bits, params);
  return target !== undefined && hashToNumber(hash) <= target;
}

/** Work of the last bits asked for: nearly always the same ones, and the division is by far the dearest step of adding a header. */
let last: { readonly bits: number; readonly work: ChainWork } | undefined;

/** Hashes that a block took on average, 2^256 / (target + 1); 0 for bits that are no target. Core's `GetBlockProof`. */
export function blockWork(bits: number): ChainWork {
  if (last?.bits === bits) return last.work;
  const { target, negative, overflow } = decodeBits(bits);
  const work = (negative || overflow || target === 0n ? 0n : (1n << 256n) / (target + 1n)) as ChainWork;
  last = { bits, work };
  return work;
}

/** Work of a chain that a block is added to. */
export function addWork(before: ChainWork, bits: number): ChainWork {
  return (before + blockWork(bits)) as ChainWork;
}
