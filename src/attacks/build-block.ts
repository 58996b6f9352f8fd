/**
 * Blocks made by hand: built on any parent, mined on the spot where a network is easy enough.
 *
 * Everything is determined by the arguments, so the same call makes the same block. What is to be wrong is made wrong with `rebuild`,
 * which keeps the rest right.
 *
 * @module
 */

import { concatBytes } from '../core/base/bytes.ts';
import { coinbaseHeightScript } from '../core/consensus/coinbase-height.ts';
import { checkProofOfWork } from '../core/consensus/proof-of-work.ts';
import { blockSubsidy } from '../core/consensus/subsidy.ts';
import { witnessCommitment, witnessCommitmentOutput } from '../core/consensus/witness-commitment.ts';
import { merkleRootOf } from '../core/crypto/merkle.ts';
import type { ConsensusParams, NetworkParams } from '../core/params/types.ts';
import type { Block, BlockHeader, HeaderFields } from '../core/primitives/block.ts';
import { makeBlock, makeHeader } from '../core/primitives/block.ts';
import type { MerkleRoot } from '../core/primitives/ids.ts';
import { zeroHash } from '../core/primitives/ids.ts';
import type { Satoshis, Transaction, TxInput, TxOutput } from '../core/primitives/transaction.ts';
import { hasWitness, makeTransaction, NULL_VOUT } from '../core/primitives/transaction.ts';

/** An output script that anyone can spend with nothing. */
export const OP_TRUE: Uint8Array = Uint8Array.of(0x51);

/** An output script that nobody can spend. */
export const OP_RETURN: Uint8Array = Uint8Array.of(0x6a);

/** What a new block needs to know of the one before it. A `HeaderNode` of the chain fits. */
export interface BuildParent {
  readonly header: BlockHeader;
  readonly height: number;
  readonly medianTimeSeconds: number;
}

/** A network's first block as a parent. */
export function genesisParent({ genesis }: NetworkParams): BuildParent {
  return { header: genesis.header, height: 0, medianTimeSeconds: genesis.header.timeSeconds };
}

/** What a block is built of; only the parent and the network must be said. */
export interface BuildOptions {
  readonly parent: BuildParent;
  readonly params: NetworkParams;
  /** Behind the coinbase, in order. */
  readonly transactions?: readonly Transaction[];
  /** Whom the coinbase pays; `OP_TRUE` unless given. */
  readonly coinbaseScript?: Uint8Array;
  /** Fees of the transactions, which the coinbase claims. */
  readonly fees?: Satoshis;
  /** What the coinbase pays in all, instead of subsidy and fees. */
  readonly reward?: Satoshis;
  /** Bytes behind the height in the coinbase: makes blocks differ that would be the same. One zero byte unless given. */
  readonly extra?: Uint8Array;
  /** A second after the parent unless given. */
  readonly timeSeconds?: number;
  readonly version?: number;
  /** The network's easiest unless given; where a network retargets, the caller says what the chain requires. */
  readonly bits?: number;
}

const NO_WITNESS: readonly Uint8Array[] = [];
const RESERVED_VALUE = new Uint8Array(32);

/** The only input of a coinbase. */
function coinbaseInput(height: number, extra: Uint8Array, witness: readonly Uint8Array[]): TxInput {
  return {
    prevout: { txid: zeroHash(), vout: NULL_VOUT },
    scriptSig: concatBytes(coinbaseHeightScript(height), extra),
    sequence: 0xffffffff,
    witness,
  };
}

/** The coinbase of a block, with a commitment where any of its other transactions has a witness. */
export function buildCoinbase(options: Omit<BuildOptions, 'timeSeconds' | 'version' | 'bits'>): Transaction {
  const { parent, params, transactions = [] } = options;
  const height = parent.height + 1;
  const reward = options.reward ?? blockSubsidy(height, params.consensus) + (options.fees ?? 0n);
  const extra = options.extra ?? Uint8Array.of(0);
  const paid: TxOutput = { value: reward, scriptPubKey: options.coinbaseScript ?? OP_TRUE };
  const bare = makeTransaction({ version: 2, inputs: [coinbaseInput(height, extra, NO_WITNESS)], outputs: [paid], lockTime: 0 });
  if (!transactions.some(hasWitness)) return bare;
  const commitment = witnessCommitmentOutput(witnessCommitment([bare, ...transactions], RESERVED_VALUE));
  const inputs = [coinbaseInput(height, extra, [RESERVED_VALUE])];
  return makeTransaction({ version: 2, inputs, outputs: [paid, commitment], lockTime: 0 });
}

/** Tries nonces from 0 on until the header meets its target. For easy networks: on regtest two tries on average. */
export function mineHeader(fields: HeaderFields, params: ConsensusParams): BlockHeader {
  for (let nonce = 0; nonce < 0x10000000; nonce++) {
    const header = makeHeader({ ...fields, nonce });
    if (checkProofOfWork(header.hash, header.bits, params)) return header;
  }
  throw new Error('no nonce meets the target: this network is too hard to mine by hand');
}

/** The Merkle root of a list of transactions. */
export function rootOf(transactions: readonly Transaction[]): MerkleRoot {
  return merkleRootOf(transactions.map((tx) => tx.txid)).root as MerkleRoot;
}

/** A valid block after its parent, as far as its transactions are valid there. */
export function buildBlock(options: BuildOptions): Block {
  const { parent, params } = options;
  const transactions = [buildCoinbase(options), ...(options.transactions ?? [])];
  const fields: HeaderFields = {
    version: options.version ?? 0x20000000,
    prevBlockHash: parent.header.hash,
    merkleRoot: rootOf(transactions),
    timeSeconds: options.timeSeconds ?? Math.max(parent.header.timeSeconds, parent.medianTimeSeconds) + 1,
    bits: options.bits ?? params.consensus.pow.bits,
    nonce: 0,
  };
  return makeBlock(mineHeader(fields, params.consensus), transactions);
}

/** A block with something else in it, mined again. Its Merkle root follows the transactions unless the header says one. */
export function rebuild(
  block: Block,
  changes: { readonly transactions?: readonly Transaction[]; readonly header?: Partial<HeaderFields> },
  params: NetworkParams,
): Block {
  const transactions = changes.transactions ?? block.transactions;
  const fields = { ...block.header, merkleRoot: rootOf(transactions), ...changes.header };
  return makeBlock(mineHeader(fields, params.consensus), transactions);
}

/** Blocks after one another, each with only a coinbase. `extra` tells one branch from another. */
export function buildChain(options: BuildOptions & { readonly count: number }): Block[] {
  const blocks: Block[] = [];
  let { parent } = options;
  for (let i = 0; i < options.count; i++) {
    const block = buildBlock({ ...options, parent });
    blocks.push(block);
    parent = childOf(parent, block);
  }
  return blocks;
}

/**
 * A block as the parent of the next. Its median time is not known without the blocks before; the block's own time stands for it, which
 * is later and so leads to valid times too.
 */
export function childOf(parent: BuildParent, block: Block): BuildParent {
  return { header: block.header, height: parent.height + 1, medianTimeSeconds: block.header.timeSeconds };
}
