/**
 * Rules that need nothing but the block. Core's `CheckBlock`.
 *
 * @module
 */

import { bytesEqual } from '../base/bytes.ts';
import { merkleRootOf } from '../crypto/merkle.ts';
import type { ConsensusParams } from '../params/types.ts';
import type { Block } from '../primitives/block.ts';
import { isCoinbase } from '../primitives/transaction.ts';
import { legacySigopCount } from '../script/sigops.ts';
import { checkHeader } from './check-header.ts';
import { checkTransaction } from './check-transaction.ts';
import type { ConsensusReason } from './reasons.ts';
import type { Rejection } from './rejection.ts';
import { reject } from './rejection.ts';
import { WITNESS_SCALE_FACTOR } from './weight.ts';

/** Bytes of two hashes: a transaction of this size could be an inner node of the Merkle tree. */
const INNER_NODE_SIZE_BYTES = 64;

type Result = Rejection<ConsensusReason> | undefined;

/** What is left out where a block is judged before it is mined: it has no work yet, and perhaps no Merkle root. */
export interface CheckBlockOptions {
  readonly proofOfWork: boolean;
  readonly merkleRoot: boolean;
}

const EVERYTHING: CheckBlockOptions = { proofOfWork: true, merkleRoot: true };

/**
 * Every rule that a block alone can break, the cheapest proof that the bytes belong to the header first: what fails after the Merkle
 * root fails for whatever has this hash.
 */
export function checkBlock(block: Block, params: ConsensusParams, options: CheckBlockOptions = EVERYTHING): Result {
  return (
    (options.proofOfWork ? checkHeader(block.header, params) : undefined) ??
    (options.merkleRoot ? checkMerkleRoot(block) : undefined) ??
    checkSizes(block, params) ??
    checkCoinbasePlace(block) ??
    checkTransactions(block, params) ??
    checkLegacySigops(block, params)
  );
}

/**
 * The header commits to these transactions and no others.
 *
 * CVE-2012-2459: a level of odd length hashes its last node with itself, so repeating the transactions below it gives the same root.
 * Such a list is refused without a word about the header, or whoever sent it first would keep the honest block out.
 */
export function checkMerkleRoot({ header, transactions }: Block): Result {
  const { root, mutated } = merkleRootOf(transactions.map((tx) => tx.txid));
  if (!bytesEqual(root, header.merkleRoot)) return reject('mutated', 'bad-txnmrklroot');
  return mutated ? reject('mutated', 'bad-txns-duplicate') : undefined;
}

function checkSizes(block: Block, { maxBlockWeightWu }: ConsensusParams): Result {
  const count = block.transactions.length;
  const size = Math.max(count, block.strippedSizeBytes) * WITNESS_SCALE_FACTOR;
  if (count > 0 && size <= maxBlockWeightWu) return undefined;
  return reject('consensus', 'bad-blk-length', { count, strippedSizeBytes: block.strippedSizeBytes });
}

/** The first transaction is a coinbase and no other is. */
function checkCoinbasePlace({ transactions }: Block): Result {
  if (!isCoinbase(transactions[0]!)) {
    // Inner nodes handed over as transactions have the same root; an honest block begins with a coinbase, so only a false one comes here.
    const nodes = transactions.some((tx) => tx.strippedSizeBytes === INNER_NODE_SIZE_BYTES);
    return reject(nodes ? 'mutated' : 'consensus', 'bad-cb-missing');
  }
  for (let index = 1; index < transactions.length; index++) {
    if (isCoinbase(transactions[index]!)) return reject('consensus', 'bad-cb-multiple', { index });
  }
  return undefined;
}

function checkTransactions({ transactions }: Block, params: ConsensusParams): Result {
  for (let position = 0; position < transactions.length; position++) {
    const why = checkTransaction(transactions[position]!, params);
    if (why !== undefined) return reject(why.kind, why.reason, { position, ...why.detail });
  }
  return undefined;
}

/** What can be counted without coins; the full cost is counted when the block is connected. */
function checkLegacySigops({ transactions }: Block, { maxBlockSigopsCost }: ConsensusParams): Result {
  let count = 0;
  for (const tx of transactions) count += legacySigopCount(tx);
  const cost = count * WITNESS_SCALE_FACTOR;
  return cost > maxBlockSigopsCost ? reject('consensus', 'bad-blk-sigops', { cost }) : undefined;
}
