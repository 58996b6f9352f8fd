/**
 * What this node relays and mines beyond what is valid: standard forms, fees, dust, replacement.
 *
 * Owns the limits of policy and the checks that need a transaction and the coins it spends, nothing else. Does not own validity
 * (consensus), the waiting transactions and their order (mempool) or when anything is sent (sync). Begin with check-standard.ts.
 * The numbers and words are those of Bitcoin Core 31.
 *
 * @module
 */

import type { Satoshis } from '../../core/primitives/transaction.ts';

/** Heaviest transaction that is relayed. Core's `MAX_STANDARD_TX_WEIGHT`. */
export const STANDARD_WEIGHT_WU_MAX = 400_000;

/**
 * Smallest size without witnesses that is relayed. One less, 64 bytes, is the length of an inner node of the Merkle tree, and such a
 * transaction could be passed off as one (CVE-2017-12842).
 */
export const STANDARD_STRIPPED_SIZE_BYTES_MIN = 65;

/** Longest script of an input: 15 signatures for a 520-byte redeem script, rounded up. */
export const STANDARD_SCRIPT_SIG_BYTES_MAX = 1_650;

/** Most signature operations of one P2SH redeem script. */
export const P2SH_SIGOPS_MAX = 15;

/** Highest signature operations cost of one transaction: a fifth of Bitcoin's block. */
export const STANDARD_SIGOPS_COST_MAX = 16_000;

/** Most legacy signature operations that one transaction's inputs may run (BIP-54, as policy). */
export const LEGACY_SIGOPS_MAX = 2_500;

/** Longest script of a P2WSH spend. */
export const P2WSH_SCRIPT_BYTES_MAX = 3_600;

/** Most witness items of a P2WSH spend besides the script. */
export const P2WSH_STACK_ITEMS_MAX = 100;

/** Largest of them. */
export const P2WSH_STACK_ITEM_BYTES_MAX = 80;

/** Largest stack item of a tapscript spend. */
export const TAPSCRIPT_STACK_ITEM_BYTES_MAX = 80;

/** Most keys of a bare multisignature output. */
export const BARE_MULTISIG_KEYS_MAX = 3;

/** Dust outputs that one transaction may have; that one only without a fee, to be spent by its child at once. */
export const DUST_OUTPUTS_MAX = 1;

/** Most clusters that a replacement may touch with its direct conflicts. Core's `MAX_REPLACEMENT_CANDIDATES`. */
export const REPLACEMENT_CLUSTERS_MAX = 100;

/** Version of transactions that keep to a small topology until they are confirmed (TRUC, BIP-431). */
export const TRUC_VERSION = 3;

/** Largest of them. */
export const TRUC_VSIZE_BYTES_MAX = 10_000;

/** Largest that spends an unconfirmed output. */
export const TRUC_CHILD_VSIZE_BYTES_MAX = 1_000;

/** What an operator may change. */
export interface PolicyOptions {
  /** Refuse what is not standard. Default true, on every network, as in Core. */
  readonly requireStandard: boolean;
  /** Base units per 1,000 virtual bytes below which nothing is relayed. Default 100. */
  readonly minRelayFeeRateSatPerKvb: Satoshis;
  /** What a replacement pays on top, and by how much the minimum rises when the pool is full. Default 100. */
  readonly incrementalFeeRateSatPerKvb: Satoshis;
  /** Fee rate at which an output must be worth spending. Default 3,000. */
  readonly dustFeeRateSatPerKvb: Satoshis;
  /** Bytes that one unit of signature operations cost counts at least. Default 20. */
  readonly bytesPerSigop: number;
  /** Bytes of OP_RETURN outputs in one transaction; 0 refuses them. Default 100,000. */
  readonly dataCarrierBytesMax: number;
  /** Whether bare multisignature outputs are relayed. Default true. */
  readonly permitBareMultisig: boolean;
}

/** Core's defaults. */
export const DEFAULT_POLICY: PolicyOptions = Object.freeze({
  requireStandard: true,
  minRelayFeeRateSatPerKvb: 100n,
  incrementalFeeRateSatPerKvb: 100n,
  dustFeeRateSatPerKvb: 3_000n,
  bytesPerSigop: 20,
  dataCarrierBytesMax: 100_000,
  permitBareMultisig: true,
});
