/**
 * Rules of a block that need its height and its parent's time, but no coins. Core's `ContextualCheckBlock`.
 *
 * @module
 */

import { bytesEqual } from '../base/bytes.ts';
import type { ConsensusParams } from '../params/types.ts';
import type { Block } from '../primitives/block.ts';
import { blockWeightWu } from '../primitives/block.ts';
import { hasWitness } from '../primitives/transaction.ts';
import { coinbaseHeightScript } from './coinbase-height.ts';
import { isFinalTransaction } from './lock-time.ts';
import type { BlockReason } from './reasons.ts';
import type { Rejection } from './rejection.ts';
import { reject } from './rejection.ts';
import { findWitnessCommitment, WITNESS_RESERVED_SIZE_BYTES, witnessCommitment } from './witness-commitment.ts';

/** Where a block stands. */
export interface BlockContext {
  readonly height: number;
  /** Median time past of its parent. */
  readonly prevMedianTimeSeconds: number;
}

type Result = Rejection<BlockReason> | undefined;

/** The rules in Core's order. `checkBlock` must have passed. */
export function checkBlockInContext(block: Block, context: BlockContext, params: ConsensusParams): Result {
  return (
    checkFinality(block, context, params) ??
    checkCoinbaseHeight(block, context, params) ??
    checkWitnesses(block, context, params) ??
    checkWeight(block, params)
  );
}

/** Lock times hold against the block's own time at first, from `csv` on against what no single miner chooses (BIP-113). */
function checkFinality({ header, transactions }: Block, context: BlockContext, { heights }: ConsensusParams): Result {
  const cutoff = context.height >= heights.csv ? context.prevMedianTimeSeconds : header.timeSeconds;
  const position = transactions.findIndex((tx) => !isFinalTransaction(tx, context.height, cutoff));
  return position < 0 ? undefined : reject('consensus', 'bad-txns-nonfinal', { position });
}

/** BIP-34: makes every coinbase's id its own. */
function checkCoinbaseHeight({ transactions }: Block, { height }: BlockContext, { heights }: ConsensusParams): Result {
  if (height < heights.bip34) return undefined;
  const expected = coinbaseHeightScript(height);
  const { scriptSig } = transactions[0]!.inputs[0]!;
  return bytesEqual(scriptSig.subarray(0, expected.length), expected) ? undefined : reject('consensus', 'bad-cb-height', { height });
}

/** The txids do not cover witnesses, so what fails here says nothing about other bytes with the same hash: all of it is `mutated`. */
export function checkWitnesses({ transactions }: Block, { height }: BlockContext, { heights }: ConsensusParams): Result {
  const coinbase = transactions[0]!;
  const commitment = height >= heights.segwit ? findWitnessCommitment(coinbase) : undefined;
  if (commitment === undefined) {
    const position = transactions.findIndex(hasWitness);
    return position < 0 ? undefined : reject('mutated', 'unexpected-witness', { position });
  }
  const { witness } = coinbase.inputs[0]!;
  const reserved = witness[0];
  if (witness.length !== 1 || reserved?.length !== WITNESS_RESERVED_SIZE_BYTES) return reject('mutated', 'bad-witness-nonce-size');
  return bytesEqual(witnessCommitment(transactions, reserved), commitment) ? undefined : reject('mutated', 'bad-witness-merkle-match');
}

/** Last, because before the commitment is checked anyone could have added witnesses to make an honest block too heavy. */
function checkWeight(block: Block, { maxBlockWeightWu }: ConsensusParams): Result {
  const weightWu = blockWeightWu(block);
  return weightWu > maxBlockWeightWu ? reject('consensus', 'bad-blk-weight', { weightWu }) : undefined;
}
