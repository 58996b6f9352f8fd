import type { FeeAndWeight } from './fee-rate.ts';
import { compareFeeRates } from './fee-rate.ts';

/** A corner of a diagram: the fee that the best `weightWu` of weight pay together. */
interface Corner {
  readonly weightWu: number;
  readonly feeSat: bigint;
}

/** Corners of a diagram, best chunk first, beginning at nothing. */
function cornersOf(chunks: readonly FeeAndWeight[]): readonly Corner[] {
  const sorted = [...chunks].sort((a, b) => compareFeeRates(b, a));
  const corners: Corner[] = [{ weightWu: 0, feeSat: 0n }];
  let weightWu = 0;
  let feeSat = 0n;
  for (const chunk of sorted) {
    weightWu += chunk.adjustedWeightWu;
    feeSat += chunk.feeSat;
    corners.push({ weightWu, feeSat });
  }
  return corners;
}

/** Sign of `corner` against the line through `corners` at its weight; past the last corner the line goes on level. */
function heightAbove(corner: Corner, corners: readonly Corner[]): number {
  let next = 1;
  while (next < corners.length && corners[next]!.weightWu < corner.weightWu) next++;
  const from = corners[next - 1]!;
  const to = corners[next];
  let above: bigint;
  if (to === undefined) above = corner.feeSat - from.feeSat;
  else {
    const span = BigInt(to.weightWu - from.weightWu);
    above = (corner.feeSat - from.feeSat) * span - (to.feeSat - from.feeSat) * BigInt(corner.weightWu - from.weightWu);
  }
  return above === 0n ? 0 : above < 0n ? -1 : 1;
}

/**
 * Whether `after` pays a miner at least as much as `before` whatever weight is left in the block, and more somewhere.
 * Core's `ImprovesFeerateDiagram`: a replacement must.
 *
 * Both are sets of chunks, in any order: groups of transactions that enter a block together.
 */
export function improvesFeeDiagram(before: readonly FeeAndWeight[], after: readonly FeeAndWeight[]): boolean {
  const old = cornersOf(before);
  const now = cornersOf(after);
  let better = false;
  for (const corner of now) {
    const side = heightAbove(corner, old);
    if (side < 0) return false;
    better ||= side > 0;
  }
  for (const corner of old) {
    const side = heightAbove(corner, now);
    if (side > 0) return false;
    better ||= side < 0;
  }
  return better;
}
