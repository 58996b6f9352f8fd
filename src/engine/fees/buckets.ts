/** Upper bound of the last bucket, above every fee rate. Core's `INF_FEERATE`. */
export const RATE_ABOVE_ALL = 1e99;

const LOWEST_BOUND = 100;
const HIGHEST_BOUND = 1e7;
const SPACING = 1.05;

/**
 * Upper bounds of the buckets that fee rates are counted in, rising, in base units per 1,000 virtual bytes: from 100 by 5 % to 10,000,000, and one
 * above all. They are multiplied up one after another as in Core, so that each is the same to the last bit.
 */
export function defaultBuckets(): Float64Array {
  const bounds: number[] = [];
  for (let bound = LOWEST_BOUND; bound <= HIGHEST_BOUND; bound *= SPACING) bounds.push(bound);
  return Float64Array.of(...bounds, RATE_ABOVE_ALL);
}

/** The bucket that a fee rate falls into: the first whose bound it does not pass. */
export function bucketOf(bounds: Float64Array, rate: number): number {
  let low = 0;
  let high = bounds.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (bounds[middle]! < rate) low = middle + 1;
    else high = middle;
  }
  return low;
}
