import type { Coin } from '../../core/consensus/coin.ts';
import type { Rejection } from '../../core/consensus/rejection.ts';
import type { Txid, Wtxid } from '../../core/primitives/ids.ts';
import type { OutPoint, Satoshis, Transaction } from '../../core/primitives/transaction.ts';
import type { CancelSignal } from './cancel-signal.ts';

/** One waiting transaction with what surrounds it; ancestors and descendants count itself. */
export interface MempoolItem {
  readonly tx: Transaction;
  readonly fee: Satoshis;
  /** The fee with what the operator added to it. Those of its relatives are such fees too. */
  readonly modifiedFee: Satoshis;
  readonly vsizeBytes: number;
  readonly weightWu: number;
  readonly timeSeconds: number;
  /** Height of the tip when it entered. */
  readonly height: number;
  /** Unconfirmed parents and children. */
  readonly depends: readonly Txid[];
  readonly spentBy: readonly Txid[];
  readonly ancestorCount: number;
  readonly ancestorVsizeBytes: number;
  readonly ancestorFees: Satoshis;
  readonly descendantCount: number;
  readonly descendantVsizeBytes: number;
  readonly descendantFees: Satoshis;
}

/** The waiting transactions in figures. */
export interface MempoolInfo {
  readonly loaded: boolean;
  readonly count: number;
  readonly vsizeBytes: number;
  readonly usageBytes: number;
  readonly maxUsageBytes: number;
  readonly totalFee: Satoshis;
  /** Base units per 1,000 virtual bytes that a transaction must pay now, and at least ever. */
  readonly minFeeRateSatPerKvb: Satoshis;
  readonly minRelayFeeRateSatPerKvb: Satoshis;
  readonly incrementalFeeRateSatPerKvb: Satoshis;
  /** What is relayed: whether bare multisignature outputs are, and how many bytes of OP_RETURN scripts a transaction may have. */
  readonly permitBareMultisig: boolean;
  readonly dataCarrierBytesMax: number;
  /** Most transactions that may be connected with one another, and their virtual bytes. */
  readonly clusterCountMax: number;
  readonly clusterVsizeBytesMax: number;
  /** Whether the order of all clusters is known to be the best there is. Looks at each transaction. */
  readonly optimal: boolean;
  /** Grows by one with each transaction that comes or goes, but for those that a block takes; 1 at first. Core's mempool sequence. */
  readonly sequence: number;
}

/** What became of a transaction that was handed in, or would become of it. */
export interface TransactionOutcome {
  readonly txid: Txid;
  readonly wtxid: Wtxid;
  readonly rejection: Rejection | undefined;
  /** Known where the inputs are. */
  readonly fee: Satoshis | undefined;
  /** The fee with what the operator added to it. */
  readonly modifiedFee: Satoshis | undefined;
  readonly vsizeBytes: number;
}

/** What counts of a file of waiting transactions beside them. */
export interface ImportOptions {
  /** They count as come now, not when the file says. */
  readonly useCurrentTime: boolean;
  /** What the operator of the file's node added to fees is added here too. */
  readonly applyFeeDeltas: boolean;
}

/** What would become of several that are handed in together. */
export interface PackageOutcome {
  /** What is wrong with all of them, in Core's words. */
  readonly error: string | undefined;
  /** In their order; undefined for one that was not looked at to its end. */
  readonly outcomes: readonly (TransactionOutcome | undefined)[];
}

/** The waiting transactions. */
export interface MempoolService {
  info(): MempoolInfo;
  items(): Iterable<MempoolItem>;
  get(txid: Txid): MempoolItem | undefined;
  /** Outputs of waiting transactions. */
  coin(outPoint: OutPoint): Coin | undefined;
  /** The waiting transaction that spends it. */
  spenderOf(outPoint: OutPoint): Txid | undefined;
  /** Checks, keeps and relays. `feeRateMaxSatPerKvb` refuses a transaction that pays more, as `max-fee-exceeded`. */
  submit(tx: Transaction, options?: { readonly feeRateMaxSatPerKvb?: Satoshis }): Promise<TransactionOutcome>;
  /**
   * Adds to the fee that counts for a transaction, whether it waits already or comes later. Core's `prioritisetransaction`.
   *
   * @returns false, and nothing is done, where it waits with an output of dust: then nobody may gain from mining it alone
   */
  prioritise(txid: Txid, delta: Satoshis): boolean;
  /** What was added to fees, of transactions that no block has yet. */
  feeDeltas(): readonly { readonly txid: Txid; readonly delta: Satoshis }[];
  /** Resolves when the waiting transactions fit the tip: after a switch of branches that takes a moment. */
  settled(): Promise<void>;
  /** Says what `submit` would. */
  test(tx: Transaction): Promise<TransactionOutcome>;
  /** Says of several, at most 25, what would become of each if those before it waited; nothing would be replaced. */
  testPackage(transactions: readonly Transaction[]): Promise<PackageOutcome>;
  /** It and every waiting transaction that it needs (`ancestors`) or that needs it; undefined where it does not wait. */
  relatives(txid: Txid, direction: 'ancestors' | 'descendants'): readonly MempoolItem[] | undefined;
  /** Keeps the waiting transactions now. @returns where, undefined where nothing is kept. @throws NodeError where not all are back yet */
  save(): Promise<string | undefined>;
  /**
   * Takes in the transactions of a file in Core's `mempool.dat` format, each judged anew.
   *
   * @throws NodeError where there is no such file or it is damaged; the log says which
   */
  importFile(
    path: string,
    options: ImportOptions & { readonly signal: CancelSignal },
  ): Promise<{ readonly kept: number; readonly accepted: number }>;
}
