/**
 * Indexes: what can be asked of the chain beyond its rules, and what each keeps of a block.
 *
 * Owns the rows of each index, how a block changes them and how it is taken back, and how they are read. Does not own where rows are
 * kept (ports), nor when blocks come (the runner in `src/node`). Begin with index-kind.ts; docs/guides/indexes.md says what each is for.
 *
 * @module
 */

export { filterIndex, findFilter } from './filter-index.ts';
export type { IndexedBlock, IndexKind, Pause } from './index-kind.ts';
export { PendingRows } from './pending-rows.ts';
export { scriptCoins, scriptCoinsAmong, scriptHistory, scriptIndex, scriptTotals } from './script-index.ts';
export { findSpender, spentIndex } from './spent-index.ts';
export { findTransactionPlace, type TransactionPlace, transactionIndex } from './transaction-index.ts';
