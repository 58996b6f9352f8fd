import { bytesEqual } from '../../../core/base/bytes.ts';
import type { Coin } from '../../../core/consensus/coin.ts';
import { type Block, decodeBlock } from '../../../core/primitives/block.ts';
import { type BlockHash, type Txid, toDisplayHex } from '../../../core/primitives/ids.ts';
import type { Transaction } from '../../../core/primitives/transaction.ts';
import type { BlockSummary } from '../../../engine/ports/chain-service.ts';
import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import type { JsonOutput } from '../json-write.ts';
import type { RpcContext, RpcMethod } from '../method.ts';
import { TRANSACTION_PROPERTIES, transactionHex, transactionJson } from '../render/transaction.ts';

const NO_INDEX = 'No such mempool transaction. Use -txindex or provide a block hash to enable blockchain transaction queries';
const INDEX_UNFINISHED = 'No such mempool transaction. Blockchain transactions are still in the process of being indexed';
const NOT_FOUND = 'No such mempool or blockchain transaction';

const RESULT = Type.Object({
  in_active_chain: Type.Optional(Type.Boolean({ description: 'Where a block was given.' })),
  ...TRANSACTION_PROPERTIES,
  hex: Type.String(),
  blockhash: Type.Optional(Type.String()),
  confirmations: Type.Optional(Type.Integer()),
  time: Type.Optional(Type.Integer({ description: "The block's." })),
  blocktime: Type.Optional(Type.Integer({ description: 'The same.' })),
});

/** A transaction with the block it was found in. */
interface Found {
  readonly tx: Transaction;
  readonly block?: BlockSummary | undefined;
  readonly isBlockGiven?: boolean;
  readonly spent?: readonly Coin[] | undefined;
}

function notFound(message: string): RpcError {
  return new RpcError('INVALID_ADDRESS_OR_KEY', `${message}. Use gettransaction for wallet transactions.`);
}

async function loadBlock(context: RpcContext, summary: BlockSummary): Promise<Block> {
  const bytes = summary.stored ? await context.node.chain.blockBytes(summary.header.hash) : undefined;
  if (bytes === undefined) throw new RpcError('MISC_ERROR', 'Block not available');
  return decodeBlock(bytes);
}

async function findInBlock(context: RpcContext, txid: Txid, blockHash: BlockHash, withSpent: boolean): Promise<Found> {
  const { chain } = context.node;
  const summary = chain.block(blockHash);
  if (summary === undefined) throw new RpcError('INVALID_ADDRESS_OR_KEY', 'Block hash not found');
  const block = await loadBlock(context, summary);
  const index = block.transactions.findIndex((tx) => bytesEqual(tx.txid, txid));
  const tx = block.transactions[index];
  if (tx === undefined) throw notFound('No such transaction found in the provided block');
  const spent = withSpent && index > 0 ? (await chain.spentCoins(blockHash))?.[index - 1] : undefined;
  return { tx, block: summary, spent, isBlockGiven: true };
}

/** Looks among the transactions that wait, then in the index of confirmed ones. */
async function findAnywhere({ node }: RpcContext, txid: Txid, withSpent: boolean): Promise<Found> {
  const { chain, indexes, mempool } = node;
  const isReady = indexes.has('tx') && (await indexes.ready('tx'));
  const waiting = mempool.get(txid);
  if (waiting !== undefined) return { tx: waiting.tx };
  const confirmed = indexes.has('tx') ? await indexes.transaction(txid) : undefined;
  if (confirmed !== undefined) {
    const { blockHash, position, tx } = confirmed;
    const spent = withSpent && position > 0 ? (await chain.spentCoins(blockHash))?.[position - 1] : undefined;
    return { tx, block: chain.block(blockHash), spent };
  }
  if (!indexes.has('tx')) throw notFound(NO_INDEX);
  throw notFound(isReady ? NOT_FOUND : INDEX_UNFINISHED);
}

function foundJson(context: RpcContext, found: Found, verbosity: number): JsonOutput {
  const { tx, block, spent } = found;
  const detail = { spent, prevouts: verbosity >= 2 };
  const hex = transactionHex(tx);
  if (block === undefined) return transactionJson(tx, context, { ...detail, after: { hex } });
  const { active, header } = block;
  const after = {
    hex,
    blockhash: toDisplayHex(header.hash),
    confirmations: active ? context.node.chain.tip().height - block.height + 1 : 0,
    time: active ? header.timeSeconds : undefined,
    blocktime: active ? header.timeSeconds : undefined,
  };
  return transactionJson(tx, context, { ...detail, ...(found.isBlockGiven === true && { before: { in_active_chain: active } }), after });
}

export const getrawtransaction: RpcMethod = {
  name: 'getrawtransaction',
  category: 'Rawtransactions',
  description:
    'A transaction that waits, is in a given block, or anywhere in the chain where the node has the index "tx": its bytes in hexadecimal (0), taken apart (1), or with its fee and the outputs it spends (2).',
  params: [
    { name: 'txid', schema: Type.String(), required: true, description: 'The transaction.' },
    {
      name: 'verbosity|verbose',
      schema: Type.Union([Type.Integer(), Type.Boolean()]),
      fallback: '0',
      description: 'From 0 to 2; false is 0 and true 1.',
    },
    { name: 'blockhash', schema: Type.String(), description: 'The block to look in, and nowhere else.' },
  ],
  result: Type.Union([Type.String({ description: 'The transaction in hexadecimal.' }), RESULT]),
  run: async (context, args) => {
    const { params } = context.node;
    const txid = args.hash<Txid>(0, 'parameter 1');
    if (bytesEqual(txid, params.genesis.header.merkleRoot)) {
      const problem = 'The genesis block coinbase is not considered an ordinary transaction and cannot be retrieved';
      throw new RpcError('INVALID_ADDRESS_OR_KEY', problem);
    }
    const verbosity = args.verbosity(1, 0);
    const withSpent = verbosity >= 2;
    const found = args.has(2)
      ? await findInBlock(context, txid, args.hash<BlockHash>(2, 'parameter 3'), withSpent)
      : await findAnywhere(context, txid, withSpent);
    return verbosity <= 0 ? transactionHex(found.tx) : foundJson(context, found, verbosity);
  },
};
