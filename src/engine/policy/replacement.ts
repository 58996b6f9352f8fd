import type { Rejection } from '../../core/consensus/rejection.ts';
import { reject } from '../../core/consensus/rejection.ts';
import type { Satoshis } from '../../core/primitives/transaction.ts';
import { improvesFeeDiagram } from './fee-diagram.ts';
import type { FeeAndWeight } from './fee-rate.ts';
import { feeAtRate } from './fee-rate.ts';
import type { PolicyOptions } from './options.ts';
import { REPLACEMENT_CLUSTERS_MAX } from './options.ts';

/** A transaction that spends what waiting ones spend, and what would leave for it. */
export interface Replacement {
  readonly feeSat: Satoshis;
  readonly vsizeBytes: number;
  /** Fees of everything that would leave: direct conflicts and all that depends on them. */
  readonly replacedFeeSat: Satoshis;
  /** Clusters that hold a direct conflict. */
  readonly conflictClusters: number;
  /** Chunks of the touched clusters as they are, and as they would be. */
  readonly before: readonly FeeAndWeight[];
  readonly after: readonly FeeAndWeight[];
}

/**
 * When a transaction may push others out: it pays all that they paid and its own relay on top, and leaves a pool that is nowhere worse for a
 * miner and somewhere better. Signalling (BIP-125) is not asked for. As Bitcoin Core 31.
 */
export function checkReplacement(replacement: Replacement, policy: PolicyOptions): Rejection | undefined {
  const { feeSat, vsizeBytes, replacedFeeSat, conflictClusters } = replacement;
  if (conflictClusters > REPLACEMENT_CLUSTERS_MAX) {
    return reject('policy', 'too many potential replacements', { clusters: conflictClusters, limit: REPLACEMENT_CLUSTERS_MAX });
  }
  const required = replacedFeeSat + feeAtRate(policy.incrementalFeeRateSatPerKvb, vsizeBytes);
  if (feeSat < required) return reject('policy-reconsiderable', 'insufficient fee', { fee: feeSat, required });
  if (!improvesFeeDiagram(replacement.before, replacement.after)) return reject('policy-reconsiderable', 'replacement-failed');
  return undefined;
}
