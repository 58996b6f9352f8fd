/**
 * Proofs that a transaction is in a block, and under how much work: what somebody without the chain can be shown.
 *
 * @module
 */

import { bytesEqual } from '../base/bytes.ts';
import type { ConsensusParams } from '../params/types.ts';
import type { BlockHeader } from '../primitives/block.ts';
import type { ChainWork } from '../primitives/compact-target.ts';
import { type MerkleBlock, provenBy } from '../primitives/merkle-block.ts';
import { isCoinbase, strippedSizeOf, type Transaction } from '../primitives/transaction.ts';
import { checkHeader } from './check-header.ts';
import { addWork } from './proof-of-work.ts';
import { WITNESS_SCALE_FACTOR } from './weight.ts';

/** Bytes of two hashes: a transaction of this size could be an inner node of the tree (CVE-2017-12842). */
const INNER_NODE_SIZE_BYTES = 64;

/** Weight of the smallest transaction that there can be. */
const TRANSACTION_WEIGHT_MIN = 60 * WITNESS_SCALE_FACTOR;

/** What is shown. */
export interface TransactionProof {
  readonly transaction: Transaction;
  /** The block's first transaction: how deep it lies tells how deep every other must. */
  readonly coinbase: Transaction;
  /** Proves both. */
  readonly merkleBlock: MerkleBlock;
  /** Headers after the block's, each on the one before it. */
  readonly headers: readonly BlockHeader[];
}

/** Why a proof proves nothing. */
export type ProofFault =
  /** A transaction of 64 bytes may be an inner node of the tree. */
  | 'transaction-size'
  /** The tree does not lead to the header's root, or is none. */
  | 'merkle-tree'
  /** What is shown as the coinbase is none, or does not come first. */
  | 'coinbase'
  /** The transaction is not the one that the tree proves. */
  | 'transaction-missing'
  /** A header does not show its work. */
  | 'work'
  /** A header does not build on the one before it. */
  | 'headers';

/** What a proof proves. */
export interface ProvenTransaction {
  /** Its place in the block. */
  readonly position: number;
  /** Work of the block and of those on top of it that were shown. */
  readonly work: ChainWork;
}

/**
 * What a proof proves, or why it proves nothing.
 *
 * The depth of the tree follows from the number of transactions, which nothing commits to: with a smaller number an inner node passes for a
 * transaction. A coinbase cannot be an inner node, since it begins with 36 bytes that no pair of hashes has, so the depth at which it is found
 * is that of the leaves. Transactions of 64 bytes are refused besides.
 *
 * Whether the headers are those of a network's best chain is not proved: whoever knows that chain looks the block up, another weighs the work.
 */
export function checkTransactionProof(
  { transaction, coinbase, merkleBlock, headers }: TransactionProof,
  params: ConsensusParams,
): ProvenTransaction | ProofFault {
  if ([transaction, coinbase].some((tx) => strippedSizeOf(tx) === INNER_NODE_SIZE_BYTES)) return 'transaction-size';
  const matches = provenBy(merkleBlock, Math.floor(params.maxBlockWeightWu / TRANSACTION_WEIGHT_MIN));
  if (matches === undefined) return 'merkle-tree';
  const [first] = matches;
  if (!isCoinbase(coinbase) || first?.position !== 0 || !bytesEqual(first.hash, coinbase.txid)) return 'coinbase';
  const found = matches.find(({ hash }) => bytesEqual(hash, transaction.txid));
  if (found === undefined) return 'transaction-missing';
  let work = 0n as ChainWork;
  let before: BlockHeader | undefined;
  for (const header of [merkleBlock.header, ...headers]) {
    if (before !== undefined && !bytesEqual(header.prevBlockHash, before.hash)) return 'headers';
    if (checkHeader(header, params) !== undefined) return 'work';
    work = addWork(work, header.bits);
    before = header;
  }
  return { position: found.position, work };
}
