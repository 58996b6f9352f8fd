import { decodeBlock } from '../../../core/primitives/block.ts';
import { hashKey, type Txid, toDisplayHex } from '../../../core/primitives/ids.ts';
import type { OutPoint, Transaction } from '../../../core/primitives/transaction.ts';
import type { NodePort } from '../../../engine/ports/node-port.ts';
import { Type } from '../../schema.ts';
import { type Arguments, parseInteger } from '../arguments.ts';
import { RpcError } from '../errors.ts';
import type { JsonValue } from '../json-number.ts';
import type { JsonOutput } from '../json-write.ts';
import type { RpcMethod } from '../method.ts';
import { checkMembers, hashMember, objectOf } from '../object-argument.ts';
import { transactionHex } from '../render/transaction.ts';

function outPointOf(value: JsonValue): OutPoint {
  const members = objectOf(value);
  checkMembers(members, { txid: { type: 'string' }, vout: { type: 'number' } }, { strict: true });
  const txid = hashMember<Txid>(members, 'txid');
  const vout = parseInteger(members.get('vout'));
  if (vout < 0) throw new RpcError('INVALID_PARAMETER', 'Invalid parameter, vout cannot be negative');
  return { txid, vout };
}

/** What the second argument chooses. */
interface Options {
  readonly mempoolOnly: boolean;
  readonly returnTx: boolean;
}

function optionsOf(args: Arguments, node: NodePort): Options {
  const members = args.has(1) ? objectOf(args.value(1)) : new Map<string, JsonValue>();
  const optional = { type: 'bool', optional: true } as const;
  checkMembers(members, { mempool_only: optional, return_spending_tx: optional }, { strict: true });
  const chosen = members.get('mempool_only');
  return {
    mempoolOnly: typeof chosen === 'boolean' ? chosen : !node.indexes.has('spent'),
    returnTx: members.get('return_spending_tx') === true,
  };
}

function answerOf({ txid, vout }: OutPoint, spender: { txid: Txid; tx?: Transaction; block?: Uint8Array } | undefined): JsonOutput {
  return {
    txid: toDisplayHex(txid),
    vout,
    spendingtxid: spender && toDisplayHex(spender.txid),
    spendingtx: spender?.tx && transactionHex(spender.tx),
    blockhash: spender?.block && toDisplayHex(spender.block),
  };
}

/** By the index. Undefined where no block spends it. */
async function spenderInChain(node: NodePort, outPoint: OutPoint, returnTx: boolean) {
  const spender = await node.indexes.spender(outPoint);
  const block = spender && node.chain.hashAt(spender.height);
  if (spender === undefined || block === undefined) return undefined;
  const { txid } = spender;
  if (!returnTx) return { txid, block };
  const bytes = await node.chain.blockBytes(block);
  const tx = bytes && decodeBlock(bytes).transactions.find((each) => hashKey(each.txid) === hashKey(txid));
  if (tx === undefined) throw new RpcError('MISC_ERROR', 'Block not available (pruned data)');
  return { txid, block, tx };
}

async function askIndex(node: NodePort, { txid, vout }: OutPoint): Promise<void> {
  const what = `No spending tx for the outpoint ${toDisplayHex(txid)}:${vout} in mempool, and txospenderindex is`;
  if (!node.indexes.has('spent')) throw new RpcError('MISC_ERROR', `${what} unavailable.`);
  if (!(await node.indexes.ready('spent'))) throw new RpcError('MISC_ERROR', `${what} still being synced.`);
}

export const gettxspendingprevout: RpcMethod = {
  name: 'gettxspendingprevout',
  category: 'Blockchain',
  description: 'The transactions that spend outputs: waiting ones, and with the index `spent` those of the chain.',
  params: [
    {
      name: 'outputs',
      schema: Type.Array(Type.Object({ txid: Type.String(), vout: Type.Integer() })),
      required: true,
      description: 'The outputs.',
    },
    {
      name: 'options',
      namedMembers: true,
      schema: Type.Object({ mempool_only: Type.Optional(Type.Boolean()), return_spending_tx: Type.Optional(Type.Boolean()) }),
      fallback: '{}',
      description:
        'mempool_only: only waiting transactions count (default: whether there is no index); return_spending_tx: adds the transaction itself.',
    },
  ],
  result: Type.Array(
    Type.Object({
      txid: Type.String(),
      vout: Type.Integer(),
      spendingtxid: Type.Optional(Type.String({ description: 'What spends it; absent where nothing does.' })),
      spendingtx: Type.Optional(Type.String({ description: 'The same in hexadecimal, where it was asked for.' })),
      blockhash: Type.Optional(Type.String({ description: 'Its block, where it does not wait.' })),
    }),
  ),
  run: async ({ node, signal }, args) => {
    const items = args.value(0) as readonly JsonValue[];
    if (items.length === 0) throw new RpcError('INVALID_PARAMETER', 'Invalid parameter, outputs are missing');
    const { mempoolOnly, returnTx } = optionsOf(args, node);
    const answers: JsonOutput[] = [];
    for (const outPoint of items.map(outPointOf)) {
      const waiting = node.mempool.spenderOf(outPoint);
      if (waiting !== undefined) {
        const tx = returnTx ? node.mempool.get(waiting)?.tx : undefined;
        answers.push(answerOf(outPoint, { txid: waiting, ...(tx && { tx }) }));
      } else if (mempoolOnly) {
        answers.push(answerOf(outPoint, undefined));
      } else {
        await askIndex(node, outPoint);
        answers.push(answerOf(outPoint, await spenderInChain(node, outPoint, returnTx)));
      }
      if (signal.aborted) throw new RpcError('MISC_ERROR', 'Shutting down');
    }
    return answers;
  },
};
