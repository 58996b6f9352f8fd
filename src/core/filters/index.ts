/**
 * Compact block filters (BIP-158) and their headers (BIP-157): built of a block, and asked whether a script may be in one.
 *
 * Owns the coding and what goes into a filter. Does not own which blocks have one, nor the messages that carry them. Begin with
 * basic-filter.ts.
 *
 * @module
 */

export {
  BASIC_FILTER_TYPE,
  BasicFilterBuilder,
  basicFilter,
  basicFilterMatchesAll,
  basicFilterMatchesAny,
  filterHeader,
  filterHeaderOfHash,
  isFilteredOutput,
} from './basic-filter.ts';
export {
  CodedSetBuilder,
  codedSetCount,
  codedSetMatchesAll,
  codedSetMatchesAny,
  FALSE_POSITIVE_ONE_IN,
  FILTER_ITEMS_MAX,
  REMAINDER_BITS,
} from './coded-set.ts';
