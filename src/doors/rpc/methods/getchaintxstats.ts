import { assert } from '../../../core/base/assert.ts';
import { type BlockHash, toDisplayHex } from '../../../core/primitives/ids.ts';
import type { BlockSummary, ChainService } from '../../../engine/ports/chain-service.ts';
import { Type } from '../../schema.ts';
import type { Arguments } from '../arguments.ts';
import { RpcError } from '../errors.ts';
import type { RpcMethod } from '../method.ts';
import { rounded } from '../render/numbers.ts';

/** A window of a month, unless another is asked for. */
const WINDOW_SECONDS = 30 * 24 * 60 * 60;

function lastBlock(chain: ChainService, args: Arguments): BlockSummary {
  if (!args.has(1)) return chain.tip();
  const block = chain.block(args.hash<BlockHash>(1, 'blockhash'));
  if (block === undefined) throw new RpcError('INVALID_ADDRESS_OR_KEY', 'Block not found');
  if (!block.active) throw new RpcError('INVALID_PARAMETER', 'Block is not in main chain');
  return block;
}

function windowOf(args: Arguments, height: number, spacingSeconds: number): number {
  if (!args.has(0)) return Math.max(0, Math.min(Math.floor(WINDOW_SECONDS / spacingSeconds), height - 1));
  const count = args.integer(0);
  if (count >= 0 && (count === 0 || count < height)) return count;
  throw new RpcError('INVALID_PARAMETER', "Invalid block count: should be between 0 and the block's height - 1");
}

export const getchaintxstats: RpcMethod = {
  name: 'getchaintxstats',
  category: 'Blockchain',
  description: 'How many transactions there are in the chain, and how many a second came in a window of blocks.',
  params: [
    { name: 'nblocks', schema: Type.Integer(), fallback: 'one month', description: 'Blocks of the window.' },
    { name: 'blockhash', schema: Type.String(), fallback: 'the tip', description: 'The last block of the window.' },
  ],
  result: Type.Object({
    time: Type.Integer({ description: 'Of the last block.' }),
    txcount: Type.Optional(
      Type.Integer({ description: 'Transactions in the chain up to it, where that is known: after loadtxoutset it may not be.' }),
    ),
    window_final_block_hash: Type.String(),
    window_final_block_height: Type.Integer(),
    window_block_count: Type.Integer(),
    window_interval: Type.Optional(Type.Integer({ description: 'Seconds from the median time before the window to that of its end.' })),
    window_tx_count: Type.Optional(Type.Integer()),
    txrate: Type.Optional(Type.Number({ description: 'Transactions a second, where any time passed.' })),
  }),
  run: async ({ node }, args) => {
    const { chain, params } = node;
    const last = lastBlock(chain, args);
    const blocks = windowOf(args, last.height, params.consensus.pow.spacingSeconds);
    const firstHash = chain.hashAt(last.height - blocks);
    const before = firstHash === undefined ? undefined : chain.block(firstHash);
    assert(before !== undefined, 'a block of the active chain has all before it');
    const interval = last.medianTimeSeconds - before.medianTimeSeconds;
    const count = await chain.transactionCount(last.header.hash);
    const inWindow = await chain.transactionCount(last.header.hash, blocks);
    const isEmpty = blocks === 0;
    const isCounted = !isEmpty && inWindow !== undefined;
    return {
      time: last.header.timeSeconds,
      txcount: count,
      window_final_block_hash: toDisplayHex(last.header.hash),
      window_final_block_height: last.height,
      window_block_count: blocks,
      window_interval: isEmpty ? undefined : interval,
      window_tx_count: isCounted ? inWindow : undefined,
      txrate: isCounted && interval > 0 ? rounded(inWindow / interval) : undefined,
    };
  },
};
