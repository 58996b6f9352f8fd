import type { ConsensusParams } from '../params/types.ts';
import type { Satoshis } from '../primitives/transaction.ts';

/**
 * New coins that a block may make, fees not counted. Core's `GetBlockSubsidy`.
 *
 * Halves every `halvingInterval` blocks, or never where that is null. Core ends it at the 64th halving because its shift would be
 * undefined; ours is nothing from there on too, whatever a network begins with.
 *
 * @param height - of the block that is paid
 */
export function blockSubsidy(height: number, params: ConsensusParams): Satoshis {
  const { initial, halvingInterval } = params.subsidy;
  if (halvingInterval === null) return initial;
  const halvings = Math.floor(height / halvingInterval);
  return halvings >= 64 ? 0n : initial >> BigInt(halvings);
}
