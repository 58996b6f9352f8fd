import { fromHex } from '../../../core/base/bytes.ts';
import { findWitnessCommitment, WITNESS_RESERVED_SIZE_BYTES } from '../../../core/consensus/witness-commitment.ts';
import { type Block, makeBlock, readBlock } from '../../../core/primitives/block.ts';
import { ByteReader } from '../../../core/primitives/byte-reader.ts';
import { DecodeError } from '../../../core/primitives/decode-error.ts';
import { hasWitness, isCoinbase, makeTransaction } from '../../../core/primitives/transaction.ts';
import type { BlockOutcome, NodePort } from '../../../engine/ports/node-port.ts';
import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import type { RpcMethod } from '../method.ts';

/** A block at the beginning of the bytes; what follows it is not looked at, as in Core. */
function parseBlock(hex: string): Block {
  const bytes = fromHex(hex);
  try {
    if (bytes !== undefined) return readBlock(new ByteReader(bytes));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
  throw new RpcError('DESERIALIZATION_ERROR', 'Block decode failed');
}

/**
 * Miners send the coinbase without its witness, which says nothing. Where segwit holds and the block commits to its witnesses, the
 * reserved value that the rules ask for is put in. Core's `UpdateUncommittedBlockStructures`.
 */
function withReservedValue(block: Block, node: NodePort): Block {
  const [coinbase, ...others] = block.transactions;
  const parent = node.chain.block(block.header.prevBlockHash);
  if (coinbase === undefined || parent === undefined || !isCoinbase(coinbase) || hasWitness(coinbase)) return block;
  if (parent.height + 1 < node.params.consensus.heights.segwit || findWitnessCommitment(coinbase) === undefined) return block;
  const inputs = coinbase.inputs.map((input) => ({ ...input, witness: [new Uint8Array(WITNESS_RESERVED_SIZE_BYTES)] }));
  return makeBlock(block.header, [makeTransaction({ ...coinbase, inputs }), ...others]);
}

/**
 * BIP-22's words for what became of it; null where it was accepted. A block that failed before is refused as `duplicate-invalid` by the
 * chain. One whose branch was tried and ends in an invalid block below it was never judged itself: Core has no verdict on it then.
 */
function resultOf(outcome: BlockOutcome): string | null {
  const { active, isNew, rejection } = outcome;
  if (rejection !== undefined) return isNew && rejection.kind === 'invalid-prev' ? 'inconclusive' : rejection.reason;
  if (!isNew) return 'duplicate';
  return active ? null : 'inconclusive';
}

export const submitblock: RpcMethod = {
  name: 'submitblock',
  category: 'Mining',
  description: 'Hands a block to this node. Null says that it is the new tip; otherwise the answer is one of the words of BIP-22.',
  params: [
    { name: 'hexdata', schema: Type.String(), required: true, description: 'The block in hexadecimal.' },
    { name: 'dummy', schema: Type.String(), fallback: 'ignored', description: 'Is not looked at.' },
  ],
  result: Type.Union([Type.Null(), Type.String()]),
  run: async ({ node }, args) => resultOf(await node.chain.submitBlock(withReservedValue(parseBlock(args.string(0)), node))),
};
