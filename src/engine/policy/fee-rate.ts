import type { Satoshis } from '../../core/primitives/transaction.ts';

/** A fee and what it is paid for. */
export interface FeeAndWeight {
  readonly feeSat: Satoshis;
  /** Weight, at least `bytesPerSigop` times the signature operations cost. */
  readonly adjustedWeightWu: number;
}

/** Fee for a size at a rate per 1,000 virtual bytes, rounded up. Core's `CFeeRate::GetFee`. */
export function feeAtRate(rateSatPerKvb: Satoshis, vsizeBytes: number): Satoshis {
  return (rateSatPerKvb * BigInt(vsizeBytes) + 999n) / 1_000n;
}

/**
 * Weight that a transaction counts in a block's order and in the limits of a cluster: signature operations that are dearer than the
 * bytes count instead of them. Core's `GetSigOpsAdjustedWeight`.
 */
export function sigopsAdjustedWeight(weightWu: number, sigopsCost: number, bytesPerSigop: number): number {
  return Math.max(weightWu, sigopsCost * bytesPerSigop);
}

/** Virtual bytes of a weight, rounded up (BIP-141). */
export function virtualSizeOf(weightWu: number): number {
  return Math.ceil(weightWu / 4);
}

/**
 * Exact comparison of two fee rates: negative where `a` pays less per weight. Both weights are above zero.
 *
 * Quotients as floating point decide where they differ by more than their rounding; only near ties are multiplied out.
 */
export function compareFeeRates(a: FeeAndWeight, b: FeeAndWeight): number {
  const left = Number(a.feeSat) / a.adjustedWeightWu;
  const right = Number(b.feeSat) / b.adjustedWeightWu;
  const difference = left - right;
  if (Math.abs(difference) > 1e-9 * Math.max(Math.abs(left), Math.abs(right))) return difference;
  const exact = a.feeSat * BigInt(b.adjustedWeightWu) - b.feeSat * BigInt(a.adjustedWeightWu);
  return exact === 0n ? 0 : exact < 0n ? -1 : 1;
}
