import type { BlockHash, Txid } from '../../core/primitives/ids.ts';

/** A block and where it stands. */
export interface BlockPlace {
  readonly hash: BlockHash;
  readonly height: number;
}

/** One of the two branches of a switch, without the block that both have. */
export interface Branch {
  readonly tip: BlockPlace;
  readonly length: number;
  /** The lowest first; of a long branch the lowest `REORG_LIST_MAX` alone. */
  readonly blocks: readonly BlockHash[];
}

/** Transactions that had one fate: how many, and the first `REORG_LIST_MAX` of them. */
export interface Listed<Item> {
  readonly count: number;
  readonly list: readonly Item[];
}

/** A transaction that cannot be mined on the new branch, since that has, or the mempool has, another that spends the same. */
export interface ConflictedTransaction {
  readonly txid: Txid;
  /** The other: of a transaction that depends on a conflicted one, the one that its ancestor conflicts with. */
  readonly with: Txid;
}

/** What became of the transactions of the branch that was left, coinbases apart, and of those that waited and conflict with the new branch. */
export interface ReorganisedTransactions {
  /** In the new branch too. */
  readonly confirmed: Listed<Txid>;
  /** Wait in the mempool again. */
  readonly returned: Listed<Txid>;
  readonly conflicted: Listed<ConflictedTransaction>;
  /** None of these: what they spend is gone or not mature yet, they are not final, or the mempool does not take them. */
  readonly dropped: Listed<Txid>;
  /** Those beyond the number that is followed. */
  readonly unknownCount: number;
}

/** The active chain left a branch for another. */
export interface Reorganisation {
  /** Blocks of the branch that was left. */
  readonly depth: number;
  /** The last block that both branches have. */
  readonly fork: BlockPlace;
  readonly oldBranch: Branch;
  /** Empty, with the fork as its tip, where blocks were only taken back. */
  readonly newBranch: Branch;
  readonly transactions: ReorganisedTransactions;
}
