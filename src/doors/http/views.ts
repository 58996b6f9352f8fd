/**
 * The node's things as the REST interface shows them, each with its schema.
 *
 * @module
 */

import { addressOfScript } from '../../core/address/index.ts';
import { assert } from '../../core/base/assert.ts';
import type { Coin } from '../../core/consensus/coin.ts';
import { toDisplayHex } from '../../core/primitives/ids.ts';
import {
  encodeTransaction,
  isCoinbase,
  type Satoshis,
  type Transaction,
  type TxInput,
  type TxOutput,
  transactionWeightWu,
} from '../../core/primitives/transaction.ts';
import { classifyOutput } from '../../core/script/index.ts';
import type { BlockSummary } from '../../engine/ports/chain-service.ts';
import type { NodePort } from '../../engine/ports/node-port.ts';
import { type Static, Type } from '../schema.ts';

/** An amount of one output or a fee; a network's limit is below 2^53. */
export function unitsOf(amount: Satoshis): number {
  const units = Number(amount);
  assert(Number.isSafeInteger(units), 'amounts of a network are below 2^53');
  return units;
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

export const HASH_PATTERN = '^[0-9a-fA-F]{64}$';

/** A hash in a request. */
export const HASH = Type.String({ pattern: HASH_PATTERN, description: '64 hexadecimal digits.' });

const AMOUNT = { description: 'Base units.' };

export const BLOCK_SUMMARY_PROPERTIES = {
  hash: Type.String(),
  height: Type.Integer(),
  confirmations: Type.Integer({ description: 'Blocks from this one to the tip, 0 off the active chain.' }),
  active: Type.Boolean({ description: 'Whether it is on the active chain.' }),
  version: Type.Integer(),
  previousHash: Type.Optional(Type.String()),
  nextHash: Type.Optional(Type.String()),
  merkleRoot: Type.String(),
  time: Type.Integer({ description: 'Seconds since 1970.' }),
  medianTime: Type.Integer(),
  bits: Type.String(),
  nonce: Type.Integer(),
  chainWork: Type.String({ description: 'Hashes that the chain up to here took on average, in hexadecimal.' }),
  transactionCount: Type.Integer({ description: '0 while only the header is known.' }),
};

export const BLOCK_SUMMARY = Type.Object(BLOCK_SUMMARY_PROPERTIES, { additionalProperties: false });

export function chainWorkHex(block: BlockSummary): string {
  return block.chainWork.toString(16).padStart(64, '0');
}

/** Blocks from one to the tip, itself included; 0 off the active chain. */
export function confirmationsOf(block: BlockSummary, node: NodePort): number {
  return block.active ? node.chain.tip().height - block.height + 1 : 0;
}

export function blockSummaryView(block: BlockSummary, node: NodePort): Static<typeof BLOCK_SUMMARY> {
  const { header, nextHash } = block;
  return {
    hash: toDisplayHex(header.hash),
    height: block.height,
    confirmations: confirmationsOf(block, node),
    active: block.active,
    version: header.version,
    ...(block.height === 0 ? {} : { previousHash: toDisplayHex(header.prevBlockHash) }),
    ...(nextHash === undefined ? {} : { nextHash: toDisplayHex(nextHash) }),
    merkleRoot: toDisplayHex(header.merkleRoot),
    time: header.timeSeconds,
    medianTime: block.medianTimeSeconds,
    bits: header.bits.toString(16).padStart(8, '0'),
    nonce: header.nonce,
    chainWork: chainWorkHex(block),
    transactionCount: block.txCount,
  };
}

const OUTPUT = Type.Object(
  {
    value: Type.Integer(AMOUNT),
    script: Type.String({ description: 'Hexadecimal.' }),
    type: Type.String({ description: "Bitcoin Core's word for the kind of the script." }),
    address: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);

const INPUT = Type.Object(
  {
    coinbase: Type.Boolean({ description: 'Spends nothing: the first input of a block.' }),
    txid: Type.Optional(Type.String()),
    index: Type.Optional(Type.Integer({ description: 'Which output of that transaction.' })),
    scriptSig: Type.String(),
    witness: Type.Array(Type.String()),
    sequence: Type.Integer(),
    spent: Type.Optional(OUTPUT),
  },
  { additionalProperties: false },
);

export const TRANSACTION_PROPERTIES = {
  txid: Type.String(),
  wtxid: Type.String(),
  version: Type.Integer(),
  lockTime: Type.Integer(),
  size: Type.Integer(),
  vsize: Type.Integer(),
  weight: Type.Integer(),
  fee: Type.Optional(Type.Integer({ description: 'Base units; where the spent outputs are known.' })),
  inputs: Type.Array(INPUT),
  outputs: Type.Array(OUTPUT),
  hex: Type.String(),
};

const TRANSACTION = Type.Object(TRANSACTION_PROPERTIES);

function outputView({ scriptPubKey, value }: TxOutput, node: NodePort): Static<typeof OUTPUT> {
  const address = addressOfScript(scriptPubKey, node.params);
  const type: string = classifyOutput(scriptPubKey).type;
  return { value: unitsOf(value), script: hexOf(scriptPubKey), type, ...(address === undefined ? {} : { address }) };
}

function inputView(input: TxInput, coinbase: boolean, spent: Coin | undefined, node: NodePort): Static<typeof INPUT> {
  return {
    coinbase,
    ...(coinbase ? {} : { txid: toDisplayHex(input.prevout.txid), index: input.prevout.vout }),
    scriptSig: hexOf(input.scriptSig),
    witness: input.witness.map(hexOf),
    sequence: input.sequence,
    ...(spent === undefined ? {} : { spent: outputView(spent, node) }),
  };
}

/** What is known of a transaction besides itself. */
export interface TransactionFacts {
  /** The coins its inputs spend, in their order. */
  readonly spent?: readonly Coin[] | undefined;
  readonly fee?: Satoshis | undefined;
}

export function transactionView(tx: Transaction, node: NodePort, { fee, spent }: TransactionFacts): Static<typeof TRANSACTION> {
  const coinbase = isCoinbase(tx);
  const weight = transactionWeightWu(tx);
  return {
    txid: toDisplayHex(tx.txid),
    wtxid: toDisplayHex(tx.wtxid),
    version: tx.version,
    lockTime: tx.lockTime,
    size: tx.sizeBytes,
    vsize: Math.ceil(weight / 4),
    weight,
    ...(fee === undefined ? {} : { fee: unitsOf(fee) }),
    inputs: tx.inputs.map((input, index) => inputView(input, coinbase, spent?.[index], node)),
    outputs: tx.outputs.map((output) => outputView(output, node)),
    hex: hexOf(encodeTransaction(tx)),
  };
}
