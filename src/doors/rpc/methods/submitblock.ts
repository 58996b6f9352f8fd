import { findWitnessCommitment, WITNESS_RESERVED_SIZE_BYTES } from '../../../core/consensus/witness-commitment.ts';
import { type Block, makeBlock } from '../../../core/primitives/block.ts';
import { hasWitness, isCoinbase, makeTransaction } from '../../../core/primitives/transaction.ts';
import type { BlockOutcome } from '../../../engine/ports/chain-service.ts';
import type { NodePort } from '../../../engine/ports/node-port.ts';
import { Type } from '../../schema.ts';
import { parseBlock } from '../arguments.ts';
import type { RpcMethod } from '../method.ts';

/** Characters that take a millisecond to read. */
const HEX_LONG = 200_000;

/** A block and its bytes. */
interface Submitted {
  readonly block: Block;
  /** Undefined where the block is not what was sent. */
  readonly raw: Uint8Array | undefined;
}

/**
 * Miners send the coinbase without its witness, which says nothing. Where segwit holds and the block commits to its witnesses, the
 * reserved value that the rules ask for is put in. Core's `UpdateUncommittedBlockStructures`.
 */
function withReservedValue(submitted: Submitted, node: NodePort): Submitted {
  const { block } = submitted;
  const [coinbase, ...others] = block.transactions;
  const parent = node.chain.block(block.header.prevBlockHash);
  if (coinbase === undefined || parent === undefined || !isCoinbase(coinbase) || hasWitness(coinbase)) return submitted;
  if (parent.height + 1 < node.params.consensus.heights.segwit || findWitnessCommitment(coinbase) === undefined) return submitted;
  const inputs = coinbase.inputs.map((input) => ({ ...input, witness: [new Uint8Array(WITNESS_RESERVED_SIZE_BYTES)] }));
  return { block: makeBlock(block.header, [makeTransaction({ ...coinbase, inputs }), ...others]), raw: undefined };
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
  run: async ({ node }, args) => {
    // Reading the request was a turn of its own.
    if (args.string(0).length >= HEX_LONG) await node.clock.yield();
    const { block, raw } = withReservedValue(parseBlock(args.string(0)), node);
    return resultOf(await node.chain.submitBlock(block, raw));
  },
};
