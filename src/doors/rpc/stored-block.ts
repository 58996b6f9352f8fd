/**
 * Blocks for methods that read them whole, with Core's words where they are not there.
 *
 * @module
 */

import { type Block, decodeBlock } from '../../core/primitives/block.ts';
import type { BlockSummary, ChainService } from '../../engine/ports/chain-service.ts';
import { RpcError } from './errors.ts';

/** The bytes of a block. @throws RpcError where they were pruned or never came */
export async function storedBlockBytes(chain: ChainService, summary: BlockSummary): Promise<Uint8Array> {
  if (summary.pruned) throw new RpcError('MISC_ERROR', 'Block not available (pruned data)');
  const bytes = summary.stored ? await chain.blockBytes(summary.header.hash) : undefined;
  if (bytes === undefined) throw new RpcError('MISC_ERROR', 'Block not available (not fully downloaded)');
  return bytes;
}

/** The block. @throws RpcError where it was pruned or never came */
export async function storedBlock(chain: ChainService, summary: BlockSummary): Promise<Block> {
  return decodeBlock(await storedBlockBytes(chain, summary));
}
