import type { Rejection } from '../../core/consensus/rejection.ts';
import type { Txid, Wtxid } from '../../core/primitives/ids.ts';
import type { Satoshis, Transaction } from '../../core/primitives/transaction.ts';
import type { AcceptOutcome } from '../chain/accept-block.ts';
import type { Chain } from '../chain/chain.ts';

/** What decisions about peers need of the chain. */
export type SyncChain = Pick<
  Chain,
  | 'tree'
  | 'active'
  | 'acceptHeaders'
  | 'acceptBlock'
  | 'beginsAhead'
  | 'expect'
  | 'readBlock'
  | 'run'
  | 'subscribe'
  | 'damagedBlocks'
  | 'damagedCount'
  | 'isDamaged'
  | 'noteAsked'
  | 'missing'
>;

/** What became of a block. */
export type BlockOutcome = AcceptOutcome;

/** What became of a transaction. */
export interface TransactionOutcome {
  readonly rejection?: Rejection | undefined;
  /** What it took the place of. */
  readonly replaced?: readonly WaitingTransaction[];
}

/** A waiting transaction, as far as peers are concerned. */
export interface WaitingTransaction {
  readonly tx: Transaction;
  readonly feeSat: Satoshis;
  readonly vsizeBytes: number;
  /** Where the mempool's sequence stood when it entered; 0 for one that was public before. */
  readonly sequence: number;
}

/** What decisions about peers need of the waiting transactions. */
export interface SyncMempool {
  get(txid: Txid): WaitingTransaction | undefined;
  getByWtxid(wtxid: Wtxid): WaitingTransaction | undefined;
  /** In the order of their coming. */
  entries(): Iterable<WaitingTransaction>;
  minFeeRateSatPerKvb(): Satoshis;
  /** Grows with each transaction that comes or goes. */
  readonly sequence: number;
  accept(tx: Transaction): Promise<TransactionOutcome>;
  /** @returns a function that ends it */
  subscribe(listener: (event: { readonly kind: 'added' | 'removed'; readonly entry: WaitingTransaction }) => void): () => void;
}
