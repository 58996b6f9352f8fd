/** Blocks whose times the median is taken of. Core's `nMedianTimeSpan`. */
export const MEDIAN_TIME_SPAN = 11;

/**
 * Median time past: the middle of the times of a block and up to ten before it; of an even number, the later of the two in the middle,
 * as Core's `GetMedianTimePast`.
 *
 * @param timesSeconds - 1 to 11 times, in any order; not written to
 */
export function medianTime(timesSeconds: readonly number[]): number {
  // Sorted by insertion: of so few that is faster than a sort by a comparison.
  const sorted: number[] = [];
  for (const time of timesSeconds) {
    let at = sorted.length;
    while (at > 0 && sorted[at - 1]! > time) sorted[at] = sorted[--at]!;
    sorted[at] = time;
  }
  return sorted[sorted.length >> 1]!;
}
