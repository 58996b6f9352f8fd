import type { NetworkParams } from '../../core/params/types.ts';
import type { PolicyOptions } from '../../engine/policy/options.ts';
import type { NodeOptions } from '../../node/options.ts';
import { UsageError } from '../failure.ts';
import type { RELAY_OPTIONS } from '../options/relay-options.ts';
import type { Settings } from '../options/settings.ts';

/** The rate below which nothing is relayed unless it is said; `DEFAULT_POLICY` of src/engine/policy/options.ts, which a start need not load. */
const MIN_RELAY_FEE_RATE_DEFAULT = 100;

/** Where peers bring no transactions, few wait. Core's DEFAULT_BLOCKSONLY_MAX_MEMPOOL_SIZE_MB. */
const BLOCKS_ONLY_MEMPOOL_MB = 5;

/** What was said about what is relayed. */
type RelaySaid = Settings<typeof RELAY_OPTIONS>;

/** The least that is relayed: what was said, else, as in Core, at least what a replacement pays more. */
function minimumOf({ minRelayFeeRate, incrementalFeeRate = 0 }: RelaySaid): number | undefined {
  return minRelayFeeRate ?? (incrementalFeeRate > MIN_RELAY_FEE_RATE_DEFAULT ? incrementalFeeRate : undefined);
}

function policyOf(said: RelaySaid): Partial<PolicyOptions> {
  const minimum = minimumOf(said);
  const { incrementalFeeRate, dustFeeRate, dataCarrier, bytesPerSigop } = said;
  return {
    ...(minimum !== undefined && { minRelayFeeRateSatPerKvb: BigInt(minimum) }),
    ...(incrementalFeeRate !== undefined && { incrementalFeeRateSatPerKvb: BigInt(incrementalFeeRate) }),
    ...(dustFeeRate !== undefined && { dustFeeRateSatPerKvb: BigInt(dustFeeRate) }),
    ...(dataCarrier !== undefined && { dataCarrierBytesMax: dataCarrier }),
    ...(bytesPerSigop !== undefined && { bytesPerSigop }),
    ...(said.noBareMultisig === true && { permitBareMultisig: false }),
    ...(said.acceptNonStandard === true && { requireStandard: false }),
  };
}

/**
 * What a node relays, and how much of it waits.
 *
 * @throws UsageError where everything is to be relayed on `main`
 */
export function planRelay(
  said: RelaySaid,
  { name }: NetworkParams,
): Pick<NodeOptions, 'policy' | 'mempool' | 'persistMempool' | 'blocksOnly'> {
  if (said.acceptNonStandard === true && name === 'main') throw new UsageError('--accept-non-standard: not on main: leave it out');
  const { blocksOnly = false, mempoolExpiry } = said;
  const maxMempool = said.maxMempool ?? (blocksOnly ? BLOCKS_ONLY_MEMPOOL_MB : undefined);
  return {
    policy: policyOf(said),
    mempool: {
      ...(maxMempool !== undefined && { usageBytesMax: maxMempool * 1_000_000 }),
      ...(mempoolExpiry !== undefined && { expirySeconds: mempoolExpiry * 3_600 }),
    },
    persistMempool: said.noPersistMempool !== true,
    blocksOnly,
  };
}
