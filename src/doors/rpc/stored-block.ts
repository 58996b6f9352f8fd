/**
 * Blocks that a caller names, and blocks that methods read whole, with Core's words where they are not there.
 *
 * @module
 */

import { assert } from '../../core/base/assert.ts';
import { type Block, decodeBlock } from '../../core/primitives/block.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';
import type { TakeMemory } from '../../engine/ports/block-store.ts';
import type { BlockSummary, ChainService } from '../../engine/ports/chain-service.ts';
import { parseHash, parseInteger } from './arguments.ts';
import { RpcError } from './errors.ts';
import { JsonNumber, type JsonValue } from './json-number.ts';
import { textOf } from './object-argument.ts';

/** The block of a hash, or of a height of the active chain. Core's `ParseHashOrHeight`. */
export function blockAt(chain: ChainService, value: JsonValue | undefined): BlockSummary {
  if (typeof value !== 'number' && !(value instanceof JsonNumber)) {
    const found = chain.block(parseHash<BlockHash>(textOf(value), 'hash_or_height'));
    if (found === undefined) throw new RpcError('INVALID_ADDRESS_OR_KEY', 'Block not found');
    return found;
  }
  const height = parseInteger(value);
  if (height < 0) throw new RpcError('INVALID_PARAMETER', `Target block height ${height} is negative`);
  const tip = chain.tip().height;
  if (height > tip) throw new RpcError('INVALID_PARAMETER', `Target block height ${height} after current tip ${tip}`);
  const hash = chain.hashAt(height);
  const found = hash === undefined ? undefined : chain.block(hash);
  assert(found !== undefined, 'there is a block up to the tip');
  return found;
}

/** The bytes of a block. @throws RpcError where they were pruned or never came */
export async function storedBlockBytes(chain: ChainService, summary: BlockSummary, take?: TakeMemory): Promise<Uint8Array> {
  if (summary.pruned) throw new RpcError('MISC_ERROR', 'Block not available (pruned data)');
  const bytes = summary.stored ? await chain.blockBytes(summary.header.hash, take) : undefined;
  if (bytes === undefined) throw new RpcError('MISC_ERROR', 'Block not available (not fully downloaded)');
  return bytes;
}

/** The block. @throws RpcError where it was pruned or never came */
export async function storedBlock(chain: ChainService, summary: BlockSummary): Promise<Block> {
  return decodeBlock(await storedBlockBytes(chain, summary));
}
