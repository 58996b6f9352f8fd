import { encodeBlock } from '../../../core/primitives/block.ts';
import { fromDisplayHex, type Txid, toDisplayHex } from '../../../core/primitives/ids.ts';
import type { Transaction } from '../../../core/primitives/transaction.ts';
import type { NodePort } from '../../../engine/ports/node-port.ts';
import { Type } from '../../schema.ts';
import { parseTransaction } from '../arguments.ts';
import { scriptOfOutput } from '../descriptor-arguments.ts';
import { RpcError } from '../errors.ts';
import type { RpcMethod } from '../method.ts';
import { hexOf } from '../render/numbers.ts';

/** A waiting transaction by its id, or one by its bytes. */
function transactionOf(text: string, node: NodePort): Transaction {
  const txid = text.length === 64 ? fromDisplayHex<Txid>(text) : undefined;
  if (txid === undefined) return parseTransaction(text, `Transaction decode failed for ${text}. Make sure the tx has at least one input.`);
  const tx = node.mempool.get(txid)?.tx;
  if (tx === undefined) throw new RpcError('INVALID_ADDRESS_OR_KEY', `Transaction ${text} not in mempool.`);
  return tx;
}

export const generateblock: RpcMethod = {
  name: 'generateblock',
  category: 'Mining',
  hidden: true,
  description: 'Mines one block of exactly the transactions that are named, whose fees nobody gets.',
  params: [
    { name: 'output', schema: Type.String(), required: true, description: 'Who is paid: an address or a descriptor of one script.' },
    {
      name: 'transactions',
      schema: Type.Array(Type.String()),
      required: true,
      description: 'Ids of waiting transactions, or transactions in hexadecimal, in an order in which they are valid.',
    },
    {
      name: 'submit',
      schema: Type.Boolean(),
      fallback: 'true',
      description: 'Whether the chain is given the block; else its bytes are the answer.',
    },
  ],
  result: Type.Object({
    hash: Type.String(),
    hex: Type.Optional(Type.String({ description: 'The block, where it was not submitted.' })),
  }),
  run: async (context, args) => {
    const { node, signal } = context;
    const script = scriptOfOutput(args.string(0), context);
    const transactions = args.strings(1).map((text) => transactionOf(text, node));
    const submit = args.boolean(2, true);
    const { block, rejection } = await node.mining.generateBlock({ script, transactions, submit, signal });
    if (rejection !== undefined) throw new RpcError('VERIFY_ERROR', `TestBlockValidity failed: ${rejection.reason}`);
    if (block === undefined) throw new RpcError('MISC_ERROR', 'Failed to make block.');
    return { hash: toDisplayHex(block.header.hash), hex: submit ? undefined : hexOf(encodeBlock(block)) };
  },
};
