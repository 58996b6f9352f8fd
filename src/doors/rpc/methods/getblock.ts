import type { Coin } from '../../../core/consensus/coin.ts';
import { type Block, blockWeightWu, decodeBlock } from '../../../core/primitives/block.ts';
import type { BlockHash } from '../../../core/primitives/ids.ts';
import { ExclusiveQueue } from '../../../engine/chain/exclusive-queue.ts';
import type { TakeMemory } from '../../../engine/ports/block-store.ts';
import type { BlockSummary } from '../../../engine/ports/chain-service.ts';
import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import { JsonBytes, JsonEncoded, JsonHash } from '../json-number.ts';
import { JsonPen } from '../json-pen.ts';
import { type JsonOutput, writeJson } from '../json-write.ts';
import type { RpcContext, RpcMethod } from '../method.ts';
import { HEADER_PROPERTIES, headerJson } from '../render/header.ts';
import { JSON_BYTES_PER_BYTE, TRANSACTION_PROPERTIES, writeTransaction } from '../render/transaction.ts';
import { Loan } from '../spare-bytes.ts';
import { storedBlockBytes } from '../stored-block.ts';

const TRANSACTION = Type.Object({ ...TRANSACTION_PROPERTIES, hex: Type.String() });

const BLOCK = Type.Object({
  ...HEADER_PROPERTIES,
  strippedsize: Type.Integer({ description: 'Bytes without witnesses.' }),
  size: Type.Integer(),
  weight: Type.Integer(),
  tx: Type.Array(Type.Union([Type.String(), TRANSACTION])),
});

/** A block with what each transaction but the coinbase spends, where that is known. */
interface StoredBlock {
  readonly block: Block;
  readonly bytes: Uint8Array;
  readonly spent: readonly (readonly Coin[])[] | undefined;
}

/** A turn for others after so many transactions were shown. */
const TRANSACTIONS_PER_TURN = 100;

/** Members behind those of the header and before the transactions. */
function sizesJson(block: Block): { readonly [name: string]: JsonOutput } {
  return { strippedsize: block.strippedSizeBytes, size: block.sizeBytes, weight: blockWeightWu(block) };
}

async function writeTransactions(pen: JsonPen, context: RpcContext, stored: StoredBlock, prevouts: boolean): Promise<void> {
  const { block, bytes, spent } = stored;
  // The transactions stand behind one another at the end of the block.
  let at = bytes.length - block.transactions.reduce((sum, tx) => sum + tx.sizeBytes, 0);
  for (const [index, tx] of block.transactions.entries()) {
    // The coinbase spends nothing, so the spent coins begin with the second transaction.
    const own = bytes.subarray(at, at + tx.sizeBytes);
    at += tx.sizeBytes;
    if (index > 0) pen.raw(',');
    writeTransaction(pen, tx, context, { spent: index === 0 ? undefined : spent?.[index - 1], prevouts, bytes: own });
    if (index % TRANSACTIONS_PER_TURN === TRANSACTIONS_PER_TURN - 1) await context.node.clock.yield();
  }
}

async function detailedJson(context: RpcContext, summary: BlockSummary, bytes: Uint8Array, prevouts: boolean): Promise<JsonEncoded> {
  const { chain } = context.node;
  const block = decodeBlock(bytes);
  const spent = summary.height > 0 ? await chain.spentCoins(summary.header.hash) : undefined;
  const pen = new JsonPen(JSON_BYTES_PER_BYTE * bytes.length, context.spare);
  const head = writeJson({ ...headerJson(summary, chain), ...sizesJson(block) });
  pen.raw(`${head.slice(0, -1)},"tx":[`);
  await writeTransactions(pen, context, { block, bytes, spent }, prevouts);
  pen.raw(']}');
  return new JsonEncoded(pen.written(), () => context.spare?.give(pen.room));
}

/**
 * A node shows one block with its transactions at a time: ten that were shown in turns would be ten whole blocks in memory, old enough
 * when they are done to cost the garbage collector half as much again.
 */
const SHOWING = new WeakMap<RpcContext['node'], ExclusiveQueue>();

function showingOf(node: RpcContext['node']): ExclusiveQueue {
  const known = SHOWING.get(node);
  if (known !== undefined) return known;
  const showing = new ExclusiveQueue();
  SHOWING.set(node, showing);
  return showing;
}

function plainJson({ node }: RpcContext, summary: BlockSummary, bytes: Uint8Array): JsonOutput {
  const block = decodeBlock(bytes);
  return { ...headerJson(summary, node.chain), ...sizesJson(block), tx: block.transactions.map((each) => new JsonHash(each.txid)) };
}

/** A block as it is shown from verbosity 1 on; its bytes are read when its turn comes. */
export async function blockJson(
  context: RpcContext,
  summary: BlockSummary,
  verbosity: number,
  read: (take?: TakeMemory) => Promise<Uint8Array>,
): Promise<JsonOutput> {
  if (verbosity === 1) return plainJson(context, summary, await read());
  return showingOf(context.node).run(async () => {
    const loan = new Loan(context.spare);
    try {
      return await detailedJson(context, summary, await read(loan.take), verbosity >= 3);
    } finally {
      loan.end();
    }
  });
}

export const getblock: RpcMethod = {
  name: 'getblock',
  category: 'Blockchain',
  description:
    'A block: its bytes in hexadecimal (0), what its header says with the ids of its transactions (1), with the transactions (2), or with the outputs that they spend as well (3).',
  params: [
    { name: 'blockhash', schema: Type.String(), required: true, description: 'Its hash.' },
    {
      name: 'verbosity|verbose',
      schema: Type.Union([Type.Integer(), Type.Boolean()]),
      fallback: '1',
      description: 'From 0 to 3; false is 0 and true 1.',
    },
  ],
  result: Type.Union([Type.String({ description: 'The block in hexadecimal.' }), BLOCK]),
  run: async (context, args) => {
    const hash = args.hash<BlockHash>(0, 'blockhash');
    const verbosity = args.verbosity(1, 1);
    const summary = context.node.chain.block(hash);
    if (summary === undefined) throw new RpcError('INVALID_ADDRESS_OR_KEY', 'Block not found');
    const read = (take?: TakeMemory): Promise<Uint8Array> => storedBlockBytes(context.node.chain, summary, take);
    if (verbosity > 0) return blockJson(context, summary, verbosity, read);
    const loan = new Loan(context.spare);
    return new JsonBytes(await read(loan.take), loan.end);
  },
};
