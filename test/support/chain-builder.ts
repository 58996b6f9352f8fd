/**
 * Blocks and transactions for tests: built on any parent, mined on the spot where a network is easy enough.
 *
 * Everything is determined by the arguments, so the same test makes the same blocks. What a test wants to be wrong it makes wrong with
 * `rebuild`, which keeps the rest right.
 *
 * @module
 */

import { concatBytes } from '../../src/core/base/bytes.ts';
import { coinbaseHeightScript } from '../../src/core/consensus/coinbase-height.ts';
import { checkProofOfWork } from '../../src/core/consensus/proof-of-work.ts';
import { blockSubsidy } from '../../src/core/consensus/subsidy.ts';
import { witnessCommitment, witnessCommitmentOutput } from '../../src/core/consensus/witness-commitment.ts';
import { encodeDer } from '../../src/core/crypto/der.ts';
import { merkleRootOf } from '../../src/core/crypto/merkle.ts';
import type { Secp256k1 } from '../../src/core/crypto/secp256k1.ts';
import { hash160, sha256d } from '../../src/core/crypto/sha256.ts';
import type { ConsensusParams, NetworkParams } from '../../src/core/params/types.ts';
import type { Block, BlockHeader, HeaderFields } from '../../src/core/primitives/block.ts';
import { makeBlock, makeHeader } from '../../src/core/primitives/block.ts';
import { ByteWriter } from '../../src/core/primitives/byte-writer.ts';
import type { BlockHash, MerkleRoot } from '../../src/core/primitives/ids.ts';
import { zeroHash } from '../../src/core/primitives/ids.ts';
import type { OutPoint, Satoshis, Transaction, TxInput, TxOutput } from '../../src/core/primitives/transaction.ts';
import { hasWitness, makeTransaction, NULL_VOUT, writeTxOutput } from '../../src/core/primitives/transaction.ts';

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
  throw new Error('no nonce meets the target: this network is too hard for tests');
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

/** An output that a test spends, and the key where it pays to one (P2WPKH); without a key its script must be `OP_TRUE`. */
export interface SpendInput {
  readonly outPoint: OutPoint;
  readonly value: Satoshis;
  readonly privateKey?: Uint8Array;
  readonly sequence?: number;
}

/** What `spend` makes a transaction of. */
export interface SpendOptions {
  readonly inputs: readonly SpendInput[];
  readonly outputs: readonly TxOutput[];
  /** Signs; needed where any input has a key. */
  readonly secp256k1?: Secp256k1;
  readonly lockTime?: number;
  readonly version?: number;
}

/** One output of a transaction as something to spend. */
export function outputOf(tx: Transaction, vout = 0, privateKey?: Uint8Array): SpendInput {
  const input = { outPoint: { txid: tx.txid, vout }, value: tx.outputs[vout]!.value };
  return privateKey === undefined ? input : { ...input, privateKey };
}

/** The output script of P2WPKH for a key. */
export function p2wpkhScript(privateKey: Uint8Array, secp256k1: Secp256k1): Uint8Array {
  return concatBytes(Uint8Array.of(0, 20), hash160(publicKeyOf(privateKey, secp256k1)));
}

function publicKeyOf(privateKey: Uint8Array, secp256k1: Secp256k1): Uint8Array {
  const key = secp256k1.publicKeyOf(privateKey);
  if (key === undefined) throw new Error('no private key');
  return key;
}

/** A transaction that spends outputs of `OP_TRUE` and P2WPKH. Fees are what the outputs leave. */
export function spend(options: SpendOptions): Transaction {
  const { outputs, secp256k1, version = 2, lockTime = 0 } = options;
  const bare = options.inputs.map(({ outPoint, sequence = 0xfffffffd }) => ({
    prevout: outPoint,
    scriptSig: new Uint8Array(),
    sequence,
    witness: NO_WITNESS,
  }));
  const fields = { version, inputs: bare, outputs, lockTime };
  const inputs = options.inputs.map(({ privateKey, value }, index): TxInput => {
    if (privateKey === undefined) return bare[index]!;
    if (secp256k1 === undefined) throw new Error('spending from a key needs secp256k1');
    const key = publicKeyOf(privateKey, secp256k1);
    const signature = encodeDer(secp256k1.signEcdsa(p2wpkhSigHash(fields, index, hash160(key), value), privateKey));
    return { ...bare[index]!, witness: [concatBytes(signature, Uint8Array.of(SIGHASH_ALL)), key] };
  });
  return makeTransaction({ ...fields, inputs });
}

const SIGHASH_ALL = 1;

/** The hash that SIGHASH_ALL signs of a P2WPKH input, straight from BIP-143: tests then do not trust the code that they test. */
function p2wpkhSigHash(
  tx: { version: number; inputs: readonly TxInput[]; outputs: readonly TxOutput[]; lockTime: number },
  index: number,
  keyHash: Uint8Array,
  value: Satoshis,
): Uint8Array {
  const prevouts = new ByteWriter();
  const sequences = new ByteWriter();
  const outputs = new ByteWriter();
  for (const input of tx.inputs) {
    prevouts.raw(input.prevout.txid).u32(input.prevout.vout);
    sequences.u32(input.sequence);
  }
  for (const output of tx.outputs) writeTxOutput(outputs, output);
  const { prevout, sequence } = tx.inputs[index]!;
  const message = new ByteWriter();
  message.u32(tx.version).raw(sha256d(prevouts.finish())).raw(sha256d(sequences.finish()));
  message.raw(prevout.txid).u32(prevout.vout);
  message
    .raw(Uint8Array.of(0x19, 0x76, 0xa9, 0x14))
    .raw(keyHash)
    .raw(Uint8Array.of(0x88, 0xac));
  message.u64(value).u32(sequence).raw(sha256d(outputs.finish())).u32(tx.lockTime).u32(SIGHASH_ALL);
  return sha256d(message.finish());
}

/** The hash of a block that is nowhere. */
export function unknownHash(byte = 0xee): BlockHash {
  return new Uint8Array(32).fill(byte) as unknown as BlockHash;
}
