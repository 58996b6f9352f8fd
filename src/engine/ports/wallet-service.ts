import type { Rejection } from '../../core/consensus/rejection.ts';
import type { BlockHash, Txid } from '../../core/primitives/ids.ts';
import type { Satoshis, Transaction } from '../../core/primitives/transaction.ts';

/** What the wallet owns, in base units. */
export interface WalletBalance {
  /** In blocks of the active chain, mature, and not spent by any of them. */
  readonly confirmed: Satoshis;
  /** What the waiting transactions will change of it: negative where they pay more than they bring. */
  readonly unconfirmed: Satoshis;
  /** Rewards that must still mature. */
  readonly immature: Satoshis;
}

/** One transaction that touches the wallet. */
export interface WalletEntry {
  readonly txid: Txid;
  /** What the wallet gained; negative where it paid. The fee is in it. */
  readonly amount: Satoshis;
  /** Known where the wallet paid it. */
  readonly fee: Satoshis | undefined;
  /** Undefined while unconfirmed. */
  readonly block: { readonly hash: BlockHash; readonly height: number } | undefined;
  /** Conflicts with a confirmed transaction: it will never confirm on this branch. */
  readonly conflicted: boolean;
  readonly coinbase: boolean;
  readonly timeSeconds: number;
  readonly tx: Transaction;
}

/** A payment that was handed to the mempool, or why it was not. */
export type SendOutcome =
  | { readonly txid: Txid; readonly fee: Satoshis }
  /** `reason` such as `insufficient-funds`, or the mempool's. */
  | { readonly rejection: Rejection };

/** Keys and the coins that are ours. */
export interface WalletService {
  /** The next unused receiving address. */
  address(kind?: 'wpkh' | 'tr'): string;
  /** A new address at each call. */
  newAddress(kind?: 'wpkh' | 'tr'): Promise<string>;
  balance(): WalletBalance;
  /** Newest first. */
  history(options?: { readonly limit?: number; readonly skip?: number }): readonly WalletEntry[];
  transaction(txid: Txid): WalletEntry | undefined;
  isMine(script: Uint8Array): boolean;
  send(options: { readonly script: Uint8Array; readonly amount: Satoshis; readonly feeRateSatPerKvb?: Satoshis }): Promise<SendOutcome>;
  /** Signs what it can of a transaction. */
  sign(tx: Transaction): Promise<{ readonly tx: Transaction; readonly complete: boolean }>;
}
