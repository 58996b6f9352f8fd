/**
 * Mining a number of blocks at once, as the methods whose names begin with `generate` do.
 *
 * @module
 */

import { decodeBits } from '../../core/primitives/compact-target.ts';
import { toDisplayHex } from '../../core/primitives/ids.ts';
import { Type } from '../schema.ts';
import type { RpcContext, RpcParameter } from './method.ts';

/** Tries that are made unless told otherwise where blocks are found in two tries, as on regtest. Core's `DEFAULT_MAX_TRIES`. */
const TRIES_MAX_DEFAULT = 1_000_000n;

/** Targets from here on are as easy as regtest's. */
const EASY_TARGET_MIN = 1n << 253n;

/** The parameter that limits the work. */
export const MAX_TRIES_PARAMETER: RpcParameter = {
  name: 'maxtries',
  schema: Type.Integer(),
  fallback: '1000000 at the difficulty of regtest, else no limit',
  description: 'How many hashes to try at most.',
};

/** Mines blocks that pay a script. @returns their hashes as text */
export async function mineBlocks(
  { node, signal }: RpcContext,
  options: { readonly count: number; readonly script: Uint8Array; readonly tries: bigint | undefined },
): Promise<string[]> {
  const { count, script, tries } = options;
  if (count <= 0) return [];
  const isEasy = decodeBits(node.params.consensus.pow.bits).target >= EASY_TARGET_MIN;
  const maxTries = tries ?? (isEasy ? TRIES_MAX_DEFAULT : undefined);
  const hashes = await node.mining.generate({ count, script, signal, ...(maxTries === undefined ? {} : { maxTries }) });
  return hashes.map(toDisplayHex);
}
