import type { Coin } from '../../../core/consensus/coin.ts';
import { decodeBlock } from '../../../core/primitives/block.ts';
import { type BlockHash, toDisplayHex } from '../../../core/primitives/ids.ts';
import type { OutPoint, Transaction, TxOutput } from '../../../core/primitives/transaction.ts';
import type { BlockSummary } from '../../../engine/ports/chain-service.ts';
import { Type } from '../../schema.ts';
import { coins } from '../amount.ts';
import { parseHash, wrongType } from '../arguments.ts';
import { type WatchedScripts, watchedScripts } from '../descriptor-arguments.ts';
import { RpcError } from '../errors.ts';
import type { JsonValue } from '../json-number.ts';
import type { JsonOutput } from '../json-write.ts';
import type { RpcContext, RpcMethod } from '../method.ts';
import { SCRIPT_PUB_KEY, scriptPubKeyJson } from '../render/script.ts';

/** What is looked for, and where it is put. */
interface Search {
  readonly context: RpcContext;
  readonly watched: WatchedScripts;
  readonly activity: JsonOutput[];
}

/** The blocks that were named, in order of height, each once. */
function blocksOf(value: JsonValue | undefined, { node }: RpcContext): BlockSummary[] {
  if (!Array.isArray(value)) throw new RpcError('TYPE_ERROR', wrongType(value, 'array'));
  const byHeight = new Map<number, BlockSummary>();
  for (const each of value as readonly JsonValue[]) {
    if (typeof each !== 'string') throw new RpcError('TYPE_ERROR', wrongType(each, 'string'));
    const block = node.chain.block(parseHash<BlockHash>(each, 'blockhash'));
    if (block === undefined) throw new RpcError('INVALID_ADDRESS_OR_KEY', 'Block not found');
    if (!block.active) throw new RpcError('INVALID_PARAMETER', 'Block is not in main chain');
    byHeight.set(block.height, block);
  }
  return [...byHeight.values()].sort((a, b) => a.height - b.height);
}

function placeOf(block: BlockSummary | undefined): { blockhash?: string; height?: number } {
  return block === undefined ? {} : { blockhash: toDisplayHex(block.header.hash), height: block.height };
}

function addSpends(
  { activity, context, watched }: Search,
  tx: Transaction,
  spent: readonly (Coin | undefined)[],
  block?: BlockSummary,
): void {
  for (const [index, coin] of spent.entries()) {
    if (coin === undefined || !watched.has(coin.scriptPubKey)) continue;
    const { txid, vout } = (tx.inputs[index] as { readonly prevout: OutPoint }).prevout;
    activity.push({
      type: 'spend',
      amount: coins(coin.value),
      ...placeOf(block),
      spend_txid: toDisplayHex(tx.txid),
      spend_vin: index,
      prevout_txid: toDisplayHex(txid),
      prevout_vout: vout,
      prevout_spk: scriptPubKeyJson(coin.scriptPubKey, context),
    });
  }
}

function addReceipts({ activity, context, watched }: Search, tx: Transaction, block?: BlockSummary): void {
  for (const [vout, { scriptPubKey, value }] of (tx.outputs as readonly TxOutput[]).entries()) {
    if (!watched.has(scriptPubKey)) continue;
    activity.push({
      type: 'receive',
      amount: coins(value),
      ...placeOf(block),
      txid: toDisplayHex(tx.txid),
      vout,
      output_spk: scriptPubKeyJson(scriptPubKey, context),
    });
  }
}

async function searchBlock(search: Search, block: BlockSummary): Promise<void> {
  const { chain, clock } = search.context.node;
  const bytes = await chain.blockBytes(block.header.hash);
  if (bytes === undefined)
    throw new RpcError('MISC_ERROR', `Block not available (${block.pruned ? 'pruned data' : 'not fully downloaded'})`);
  const spent = await chain.spentCoins(block.header.hash);
  if (spent === undefined) throw new RpcError('MISC_ERROR', 'Undo data not available (pruned data)');
  for (const [index, tx] of decodeBlock(bytes).transactions.entries()) {
    if (index > 0) addSpends(search, tx, spent[index - 1] ?? [], block);
    addReceipts(search, tx, block);
  }
  await clock.yield();
}

async function searchMempool(search: Search): Promise<void> {
  const { chain, clock, mempool } = search.context.node;
  for (const { tx } of [...mempool.items()]) {
    if (search.context.signal.aborted) return;
    const spent = await Promise.all(tx.inputs.map(async ({ prevout }) => mempool.coin(prevout) ?? chain.coin(prevout)));
    addSpends(search, tx, spent);
    addReceipts(search, tx);
    await clock.yield();
  }
}

export const getdescriptoractivity: RpcMethod = {
  name: 'getdescriptoractivity',
  category: 'Blockchain',
  description: 'What pays and spends the scripts of descriptors in some blocks, and among the waiting transactions.',
  params: [
    { name: 'blockhashes', schema: Type.Array(Type.Any()), required: true, description: 'Blocks of the active chain.' },
    {
      name: 'scanobjects',
      schema: Type.Array(Type.Any()),
      required: true,
      description: 'Descriptors, or objects with "desc" and "range": the last place or the first and the last one, 1000 unless given.',
    },
    { name: 'include_mempool', schema: Type.Boolean(), fallback: 'true', description: 'Whether waiting transactions are looked at too.' },
  ],
  result: Type.Object({
    activity: Type.Array(
      Type.Object({
        type: Type.String({ description: 'spend or receive.' }),
        amount: Type.Number({ description: 'Coins.' }),
        blockhash: Type.Optional(Type.String()),
        height: Type.Optional(Type.Integer()),
        spend_txid: Type.Optional(Type.String()),
        spend_vin: Type.Optional(Type.Integer()),
        prevout_txid: Type.Optional(Type.String()),
        prevout_vout: Type.Optional(Type.Integer()),
        prevout_spk: Type.Optional(SCRIPT_PUB_KEY),
        txid: Type.Optional(Type.String()),
        vout: Type.Optional(Type.Integer()),
        output_spk: Type.Optional(SCRIPT_PUB_KEY),
      }),
    ),
  }),
  run: async (context, args) => {
    const blocks = blocksOf(args.value(0), context);
    const watched = await watchedScripts(args.value(1), context);
    const search: Search = { context, watched, activity: [] };
    for (const block of blocks) {
      if (context.signal.aborted) break;
      await searchBlock(search, block);
    }
    if (args.boolean(2, true)) await searchMempool(search);
    return { activity: search.activity };
  },
};
