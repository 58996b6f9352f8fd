import type { ConsensusParams } from '../../core/params/types.ts';
import type { Satoshis } from '../../core/primitives/transaction.ts';

/** Weight kept free for header, count and coinbase unless told otherwise. Core's. */
export const RESERVED_WEIGHT_WU: number = 8_000;

/** What is kept free at the least, whatever was told. Core's. */
export const RESERVED_WEIGHT_WU_MIN: number = 2_000;

/** What a group of transactions must pay for each 1,000 virtual bytes unless told otherwise. Core's. */
export const FEE_RATE_MIN_SAT_PER_KVB: Satoshis = 1n;

/** How blocks are filled, where it differs from Core's defaults. */
export interface AssemblyOptions {
  /** Weight of a block with what is kept free. Core's `-blockmaxweight`. Default: the most that is valid. */
  readonly weightWuMax?: number;
  /** Weight kept free for header, count and coinbase. Core's `-blockreservedweight`. Default: `RESERVED_WEIGHT_WU`. */
  readonly reservedWeightWu?: number;
  /** What pays less for each 1,000 virtual bytes is left out. Core's `-blockmintxfee`. Default: `FEE_RATE_MIN_SAT_PER_KVB`. */
  readonly feeRateMinSatPerKvb?: Satoshis;
  /** Version of the blocks that are made, for tests. Core's `-blockversion`. Default: what BIP-9 asks for. */
  readonly version?: number;
}

/** What holds for one block. Numbers out of range are brought into it, as by Core's `ClampOptions`. */
export function assemblyLimits(
  options: AssemblyOptions | undefined,
  { maxBlockWeightWu }: Pick<ConsensusParams, 'maxBlockWeightWu'>,
  extraWeightWu = 0,
): Required<Omit<AssemblyOptions, 'version'>> {
  const { weightWuMax = maxBlockWeightWu, feeRateMinSatPerKvb = FEE_RATE_MIN_SAT_PER_KVB } = options ?? {};
  const wanted = (options?.reservedWeightWu ?? RESERVED_WEIGHT_WU) + extraWeightWu;
  const reservedWeightWu = Math.min(Math.max(wanted, RESERVED_WEIGHT_WU_MIN), maxBlockWeightWu);
  return { weightWuMax: Math.min(Math.max(weightWuMax, reservedWeightWu), maxBlockWeightWu), reservedWeightWu, feeRateMinSatPerKvb };
}
