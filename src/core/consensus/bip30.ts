/**
 * Where BIP-30 must be looked at: no output may be made again while the first is unspent. It costs a look-up for each output that a
 * block makes, so it is left out where something else makes sure of it.
 *
 * @module
 */

import { bytesEqual } from '../base/bytes.ts';
import type { ConsensusParams } from '../params/types.ts';
import type { BlockHash } from '../primitives/ids.ts';

/** From this height on, BIP-34 alone makes sure that no coinbase repeats an earlier one: before it there is only the genesis block. */
const BIP34_FROM_THE_START = 1;

/**
 * From this height on it is looked at again. Before BIP-34 coinbases were free to begin with any height; of those on main this is the
 * first that comes after all and whose outputs could be made again. Core's `BIP34_IMPLIES_BIP30_LIMIT`.
 */
export const BIP30_AGAIN_HEIGHT = 1_983_702;

/** Where a block stands, as far as BIP-30 asks. */
export interface Bip30Context {
  readonly height: number;
  /** Hash of the branch's block at a height below this block's. */
  hashAt(height: number): BlockHash;
}

/** Whether any block of a network may have to be looked at. */
export function hasBip30({ heights }: ConsensusParams): boolean {
  return heights.bip34 > BIP34_FROM_THE_START;
}

/** Whether a block is known to make outputs again that are unspent, as two blocks of main do. */
export function isBip30Repeat(hash: BlockHash, { history }: ConsensusParams): boolean {
  return history.bip30Repeats.some((repeat) => bytesEqual(repeat, hash));
}

/** Whether the outputs of a block must be looked for among the coins before it. As in Core's `ConnectBlock`. */
export function mustCheckBip30(hash: BlockHash, context: Bip30Context, params: ConsensusParams): boolean {
  if (!hasBip30(params)) return false;
  const { height } = context;
  if (height >= BIP30_AGAIN_HEIGHT) return true;
  if (isBip30Repeat(hash, params)) return false;
  const { bip34Hash } = params.history;
  const { bip34 } = params.heights;
  return bip34Hash === null || height <= bip34 || !bytesEqual(context.hashAt(bip34), bip34Hash);
}
