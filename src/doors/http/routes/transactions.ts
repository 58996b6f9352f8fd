import { bytesEqual, fromHex } from '../../../core/base/bytes.ts';
import type { Coin } from '../../../core/consensus/coin.ts';
import { decodeBlock, encodeHeader } from '../../../core/primitives/block.ts';
import { DecodeError } from '../../../core/primitives/decode-error.ts';
import { type BlockHash, fromDisplayHex, type Txid, toDisplayHex } from '../../../core/primitives/ids.ts';
import { encodeMerkleBlock, makeMerkleBlock } from '../../../core/primitives/merkle-block.ts';
import {
  decodeTransaction,
  encodeTransaction,
  type OutPoint,
  type Satoshis,
  type Transaction,
} from '../../../core/primitives/transaction.ts';
import type { BlockSummary } from '../../../engine/ports/chain-service.ts';
import type { NodePort } from '../../../engine/ports/node-port.ts';
import { type Static, Type } from '../../schema.ts';
import { TRANSACTION_BODY_SIZE_MAX } from '../limits.ts';
import { needIndex } from '../need-index.ts';
import { HttpProblem } from '../problem.ts';
import { defineRoute, type Route } from '../route.ts';
import { confirmationsOf, HASH, hexOf, TRANSACTION_PROPERTIES, transactionView } from '../views.ts';

const RESULT = Type.Object(
  {
    ...TRANSACTION_PROPERTIES,
    confirmations: Type.Integer({ description: '0 while it waits, and in a block off the active chain.' }),
    block: Type.Optional(
      Type.Object({ hash: Type.String(), height: Type.Integer(), active: Type.Boolean() }, { additionalProperties: false }),
    ),
  },
  { additionalProperties: false },
);

function fromHexText<T extends Uint8Array>(text: string): T {
  const hash = fromDisplayHex<T>(text);
  if (hash === undefined) throw new HttpProblem('request-invalid');
  return hash;
}

function blockFacts(block: BlockSummary, node: NodePort): Pick<Static<typeof RESULT>, 'block' | 'confirmations'> {
  const { active, header, height } = block;
  return { confirmations: confirmationsOf(block, node), block: { hash: toDisplayHex(header.hash), height, active } };
}

function feeOf(tx: Transaction, spent: readonly Coin[] | undefined): Satoshis | undefined {
  if (spent === undefined) return undefined;
  const sum = (outputs: readonly { readonly value: Satoshis }[]): Satoshis => outputs.reduce((total, each) => total + each.value, 0n);
  return sum(spent) - sum(tx.outputs);
}

async function inBlock(node: NodePort, txid: Txid, hash: BlockHash): Promise<Static<typeof RESULT>> {
  const summary = node.chain.block(hash);
  if (summary === undefined) throw new HttpProblem('block-not-found');
  const bytes = summary.stored ? await node.chain.blockBytes(hash) : undefined;
  if (bytes === undefined) throw new HttpProblem('block-not-stored');
  const { transactions } = decodeBlock(bytes);
  const index = transactions.findIndex((each) => bytesEqual(each.txid, txid));
  const tx = transactions[index];
  if (tx === undefined) throw new HttpProblem('transaction-not-found');
  const spent = index === 0 ? undefined : (await node.chain.spentCoins(hash))?.[index - 1];
  return { ...transactionView(tx, node, { spent, fee: feeOf(tx, spent) }), ...blockFacts(summary, node) };
}

/** Looks into the index of confirmed transactions. */
async function byIndex(node: NodePort, txid: Txid): Promise<Static<typeof RESULT> | undefined> {
  await node.indexes.ready('tx');
  const confirmed = await node.indexes.transaction(txid);
  const block = confirmed === undefined ? undefined : node.chain.block(confirmed.blockHash);
  if (confirmed === undefined || block === undefined) return undefined;
  const { position, tx } = confirmed;
  const spent = position === 0 ? undefined : (await node.chain.spentCoins(confirmed.blockHash))?.[position - 1];
  return { ...transactionView(tx, node, { spent, fee: feeOf(tx, spent) }), ...blockFacts(block, node) };
}

/** Looks among the transactions that wait, then in the wallet. */
function withoutBlock(node: NodePort, txid: Txid): Static<typeof RESULT> | undefined {
  const waiting = node.mempool.get(txid);
  if (waiting !== undefined) return { ...transactionView(waiting.tx, node, { fee: waiting.fee }), confirmations: 0 };
  const entry = node.wallet?.transaction(txid);
  if (entry === undefined) return undefined;
  const block = entry.block === undefined ? undefined : node.chain.block(entry.block.hash);
  const facts = block === undefined ? { confirmations: 0 } : blockFacts(block, node);
  return { ...transactionView(entry.tx, node, { fee: entry.fee }), ...facts };
}

const get = defineRoute({
  id: 'getTransaction',
  method: 'GET',
  path: '/api/v1/tx/:txid',
  tag: 'transactions',
  summary: 'A transaction that waits, is of the wallet, is in a given block, or with the index "tx" anywhere in the chain.',
  params: Type.Object({ txid: HASH }),
  query: Type.Object({ block: Type.Optional(HASH) }, { additionalProperties: false }),
  result: RESULT,
  run: async (node, { params, query }) => {
    const txid = fromHexText<Txid>(params.txid);
    if (query.block !== undefined) return inBlock(node, txid, fromHexText<BlockHash>(query.block));
    const indexed = node.indexes.has('tx') ? await byIndex(node, txid) : undefined;
    const found = indexed ?? withoutBlock(node, txid);
    if (found !== undefined) return found;
    needIndex(node, 'tx', 'The transaction is neither waiting nor of the wallet. Name its block with ?block=HASH, or');
    throw new HttpProblem('transaction-not-found', {
      detail: 'The transaction is neither waiting nor in the chain as far as it is indexed.',
    });
  },
});

const SPEND = Type.Object(
  {
    spent: Type.Boolean(),
    spender: Type.Optional(
      Type.Object(
        {
          txid: Type.String(),
          inputIndex: Type.Integer({ description: 'Which of its inputs spends the output.' }),
          confirmations: Type.Integer({ description: '0 while it waits.' }),
          block: Type.Optional(Type.Object({ hash: Type.String(), height: Type.Integer() }, { additionalProperties: false })),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

const NOT_INDEXED = 'The output is neither unspent nor spent, in the chain as far as it is indexed or by what waits.';

/** The waiting transaction that spends an output. */
function waitingSpender(node: NodePort, outPoint: OutPoint): Static<typeof SPEND> | undefined {
  const txid = node.mempool.spenderOf(outPoint);
  const inputs = txid === undefined ? [] : (node.mempool.get(txid)?.tx.inputs ?? []);
  const inputIndex = inputs.findIndex(({ prevout }) => prevout.vout === outPoint.vout && bytesEqual(prevout.txid, outPoint.txid));
  if (txid === undefined || inputIndex < 0) return undefined;
  return { spent: true, spender: { txid: toDisplayHex(txid), inputIndex, confirmations: 0 } };
}

/** The transaction of the chain that spends an output, as far as it is indexed. */
async function confirmedSpender(node: NodePort, outPoint: OutPoint): Promise<Static<typeof SPEND> | undefined> {
  await node.indexes.ready('spent');
  const spender = await node.indexes.spender(outPoint);
  const hash = spender === undefined ? undefined : node.chain.hashAt(spender.height);
  if (spender === undefined || hash === undefined) return undefined;
  const { txid, inputIndex, height } = spender;
  const confirmations = node.chain.tip().height - height + 1;
  return { spent: true, spender: { txid: toDisplayHex(txid), inputIndex, confirmations, block: { hash: toDisplayHex(hash), height } } };
}

const spend = defineRoute({
  id: 'getOutputSpend',
  method: 'GET',
  path: '/api/v1/tx/:txid/outputs/:vout/spend',
  tag: 'transactions',
  summary: 'Whether an output is spent, and by which input: of a waiting transaction, or with the index "spent" of one in the chain.',
  params: Type.Object({ txid: HASH, vout: Type.Integer({ minimum: 0, maximum: 0xffffffff }) }),
  result: SPEND,
  run: async (node, { params }) => {
    const outPoint = { txid: fromHexText<Txid>(params.txid), vout: params.vout };
    const waiting = waitingSpender(node, outPoint);
    if (waiting !== undefined) return waiting;
    if (node.mempool.coin(outPoint) !== undefined || (await node.chain.coin(outPoint)) !== undefined) return { spent: false };
    needIndex(node, 'spent', 'The output is neither unspent nor spent by a waiting transaction. To look for it in the chain,');
    const confirmed = await confirmedSpender(node, outPoint);
    if (confirmed === undefined) throw new HttpProblem('output-not-found', { detail: NOT_INDEXED });
    return confirmed;
  },
});

/** Headers that a proof has at most: as many as a message to a peer. */
const PROOF_HEADERS_MAX = 2_000;
const PROOF_HEADERS_DEFAULT = 6;

const PROOF = Type.Object(
  {
    transaction: Type.String({ description: 'In hexadecimal, with its witnesses.' }),
    coinbase: Type.String({
      description: "The block's first transaction in hexadecimal: its place in the tree shows how deep the leaves lie.",
    }),
    merkleBlock: Type.String({
      description: "The block's header and the branches of both transactions: BIP-37's merkle block, in hexadecimal.",
    }),
    headers: Type.Array(Type.String(), { description: 'The headers on top of the block, the lowest first, 80 bytes each in hexadecimal.' }),
    position: Type.Integer({ description: 'Of the transaction in the block.' }),
    height: Type.Integer(),
  },
  { additionalProperties: false },
);

/** The block of the active chain that has a transaction. */
async function activeBlockOf(node: NodePort, txid: Txid, named: BlockHash | undefined): Promise<BlockSummary> {
  if (named === undefined) {
    needIndex(node, 'tx', 'Name the block with ?block=HASH, or');
    await node.indexes.ready('tx');
  }
  const hash = named ?? (await node.indexes.transaction(txid))?.blockHash;
  if (hash === undefined)
    throw new HttpProblem('transaction-not-found', { detail: 'The transaction is not in the chain as far as it is indexed.' });
  const summary = node.chain.block(hash);
  if (summary?.active !== true) throw new HttpProblem('block-not-found', { detail: 'The block is not on the active chain.' });
  return summary;
}

const proof = defineRoute({
  id: 'getTransactionProof',
  method: 'GET',
  path: '/api/v1/tx/:txid/proof',
  tag: 'transactions',
  summary: 'Proves that a transaction is in a block, given or found with the index "tx", with the headers that bury it.',
  params: Type.Object({ txid: HASH }),
  query: Type.Object(
    { block: Type.Optional(HASH), headers: Type.Optional(Type.Integer({ minimum: 0, maximum: PROOF_HEADERS_MAX })) },
    { additionalProperties: false },
  ),
  result: PROOF,
  run: async (node, { params, query }) => {
    const txid = fromHexText<Txid>(params.txid);
    const named = query.block === undefined ? undefined : fromHexText<BlockHash>(query.block);
    const { header, height, stored } = await activeBlockOf(node, txid, named);
    const bytes = stored ? await node.chain.blockBytes(header.hash) : undefined;
    if (bytes === undefined) throw new HttpProblem('block-not-stored');
    const { transactions } = decodeBlock(bytes);
    const position = transactions.findIndex((each) => bytesEqual(each.txid, txid));
    const tx = transactions[position];
    const coinbase = transactions[0];
    if (tx === undefined || coinbase === undefined) throw new HttpProblem('transaction-not-found');
    const txids = transactions.map((each) => each.txid);
    const headers: string[] = [];
    for (let at = height + 1; headers.length < (query.headers ?? PROOF_HEADERS_DEFAULT); at++) {
      const hash = node.chain.hashAt(at);
      const next = hash === undefined ? undefined : node.chain.block(hash);
      if (next === undefined) break;
      headers.push(hexOf(encodeHeader(next.header)));
    }
    const merkleBlock = makeMerkleBlock(header, txids, (each) => each === 0 || each === position);
    return {
      ...{ transaction: hexOf(encodeTransaction(tx)), coinbase: hexOf(encodeTransaction(coinbase)) },
      ...{ merkleBlock: hexOf(encodeMerkleBlock(merkleBlock)), headers, position, height },
    };
  },
});

/** The transaction in a body: hexadecimal text, or a member of JSON, which is named where it makes no sense. */
export function transactionOf(hex: string, field = 'hex'): Transaction {
  const bytes = fromHex(hex.trim());
  if (bytes === undefined) throw new HttpProblem('transaction-undecodable', { field, detail: 'The transaction is not hexadecimal.' });
  try {
    return decodeTransaction(bytes);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new HttpProblem('transaction-undecodable', { field, detail: `The bytes are no transaction: ${error.message}.` });
  }
}

async function isConfirmed(node: NodePort, tx: Transaction): Promise<boolean> {
  for (let vout = 0; vout < tx.outputs.length; vout++) {
    if ((await node.chain.coin({ txid: tx.txid, vout })) !== undefined) return true;
  }
  return false;
}

const HEX_BODY = Type.Object({ hex: Type.String({ description: 'The transaction in hexadecimal.' }) }, { additionalProperties: false });

const post = defineRoute({
  id: 'sendTransaction',
  method: 'POST',
  path: '/api/v1/tx',
  tag: 'transactions',
  summary:
    'Hands a signed transaction to the node, which keeps it and offers it to all peers. One that waits already is answered the same.',
  bodySizeMax: TRANSACTION_BODY_SIZE_MAX,
  body: HEX_BODY,
  textBody: Type.String({ description: 'The transaction in hexadecimal.' }),
  result: Type.Object({ txid: Type.String() }, { additionalProperties: false }),
  run: async (node, { body }) => {
    const sent: string | Static<typeof HEX_BODY> = body;
    const tx = transactionOf(typeof sent === 'string' ? sent : sent.hex);
    const txid = toDisplayHex(tx.txid);
    if (node.mempool.get(tx.txid) !== undefined) return { txid };
    if (await isConfirmed(node, tx)) throw new HttpProblem('transaction-confirmed');
    const { rejection } = await node.mempool.submit(tx);
    if (rejection === undefined) return { txid };
    const facts = Object.entries(rejection.detail ?? {}).map(([name, value]) => `${name} ${value}`);
    throw new HttpProblem('transaction-rejected', { reason: rejection.reason, detail: `${[rejection.reason, ...facts].join(', ')}.` });
  },
});

export const transactionRoutes: readonly Route[] = [get, spend, proof, post];
