import type { Coin } from '../../../core/consensus/coin.ts';
import { type Block, blockWeightWu, decodeBlock } from '../../../core/primitives/block.ts';
import { type BlockHash, toDisplayHex } from '../../../core/primitives/ids.ts';
import type { BlockSummary } from '../../../engine/ports/chain-service.ts';
import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import { JsonBytes, JsonHex, JsonText } from '../json-number.ts';
import { type JsonOutput, writeJson } from '../json-write.ts';
import type { RpcContext, RpcMethod } from '../method.ts';
import { HEADER_PROPERTIES, headerJson } from '../render/header.ts';
import { hexOf } from '../render/numbers.ts';
import { TRANSACTION_PROPERTIES, transactionJson } from '../render/transaction.ts';
import { storedBlockBytes } from '../stored-block.ts';

const TRANSACTION = Type.Object({ ...TRANSACTION_PROPERTIES, hex: Type.String() });

const BLOCK = Type.Object({
  ...HEADER_PROPERTIES,
  strippedsize: Type.Integer({ description: 'Bytes without witnesses.' }),
  size: Type.Integer(),
  weight: Type.Integer(),
  tx: Type.Array(Type.Union([Type.String(), TRANSACTION])),
});

/** What each transaction but the coinbase spends. */
type SpentCoins = readonly (readonly Coin[])[];

/** A turn for others after so many transactions were shown. */
const TRANSACTIONS_PER_TURN = 100;

/** A transaction as it is written. It is made one piece here, since each of the thousand pieces that V8 keeps of it instead costs more. */
function textOf(shown: JsonOutput): JsonText {
  const text = writeJson(shown);
  text.charCodeAt(0);
  return new JsonText(text);
}

/** Each transaction is written at once, so that what it was shown as is garbage while it is young. */
async function transactionsJson(context: RpcContext, block: Block, bytes: Uint8Array, spent: SpentCoins | undefined, prevouts: boolean) {
  const all: JsonText[] = [];
  // The transactions stand behind one another at the end of the block.
  let at = bytes.length - block.transactions.reduce((sum, tx) => sum + tx.sizeBytes, 0);
  for (const [index, tx] of block.transactions.entries()) {
    // The coinbase spends nothing, so the spent coins begin with the second transaction.
    const shown = transactionJson(tx, context, { spent: index === 0 ? undefined : spent?.[index - 1], prevouts });
    shown.hex = new JsonHex(hexOf(bytes.subarray(at, at + tx.sizeBytes)));
    at += tx.sizeBytes;
    all.push(textOf(shown));
    if (index % TRANSACTIONS_PER_TURN === TRANSACTIONS_PER_TURN - 1) await context.node.clock.yield();
  }
  return all;
}

async function blockJson(context: RpcContext, summary: BlockSummary, bytes: Uint8Array, verbosity: number): Promise<JsonOutput> {
  const { chain } = context.node;
  const block = decodeBlock(bytes);
  const spent = verbosity >= 2 && summary.height > 0 ? await chain.spentCoins(summary.header.hash) : undefined;
  const tx =
    verbosity >= 2
      ? await transactionsJson(context, block, bytes, spent, verbosity >= 3)
      : block.transactions.map((each) => new JsonHex(toDisplayHex(each.txid)));
  return {
    ...headerJson(summary, chain),
    strippedsize: block.strippedSizeBytes,
    size: block.sizeBytes,
    weight: blockWeightWu(block),
    tx,
  };
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
    const bytes = await storedBlockBytes(context.node.chain, summary);
    return verbosity <= 0 ? new JsonBytes(bytes) : blockJson(context, summary, bytes, verbosity);
  },
};
