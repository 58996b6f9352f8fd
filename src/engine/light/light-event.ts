import type { BlockHash, Txid } from '../../core/primitives/ids.ts';
import type { Satoshis } from '../../core/primitives/transaction.ts';
import type { DisconnectReason } from '../sync/misbehaviour.ts';

/** How far a client has come. */
export interface LightProgress {
  /** Height of the best header. */
  readonly headers: number;
  /** Height up to which filters are known by their headers; -1 for none. */
  readonly filterHeaders: number;
  /** Height up to which every block was looked at. */
  readonly scanned: number;
  readonly peers: number;
  /** Whether some peer has no more headers, they have the work that the network is known to have, and all that they lead to was looked at. */
  readonly done: boolean;
}

/** A payment to or from the scripts that are watched. */
export interface LightPayment {
  readonly txid: Txid;
  /** What it brings, less what it takes, in base units. */
  readonly amount: Satoshis;
  /** Where it is in the chain; undefined while it waits. */
  readonly place: { readonly hash: BlockHash; readonly height: number; readonly timeSeconds: number } | undefined;
}

/** What a client tells of what it does. */
export type LightEvent =
  | { readonly kind: 'peer-ready'; readonly address: string; readonly userAgent: string; readonly filters: boolean }
  /** A connection has ended, or could not be made. The node is called again later. */
  | { readonly kind: 'peer-gone'; readonly address: string; readonly why: string }
  /** It is called no more for a day. */
  | { readonly kind: 'peer-banned'; readonly address: string; readonly why: DisconnectReason }
  /** Headers of a file that were checked so far; `totalBytes` undefined where it is not known. */
  | {
      readonly kind: 'headers-imported';
      readonly headers: number;
      readonly height: number;
      readonly doneBytes: number;
      readonly totalBytes: number | undefined;
    }
  | { readonly kind: 'progress'; readonly progress: LightProgress }
  /** Peers stand for different filters of a block, which is fetched to see who is right. */
  | { readonly kind: 'filters-disputed'; readonly hash: BlockHash; readonly height: number; readonly claims: number }
  /** How it ended: so many were proved wrong; where more than one is left, the block itself is looked through. */
  | { readonly kind: 'filters-judged'; readonly hash: BlockHash; readonly height: number; readonly refuted: number; readonly open: number }
  | { readonly kind: 'block-fetched'; readonly hash: BlockHash; readonly height: number; readonly payments: number }
  | { readonly kind: 'payment'; readonly payment: LightPayment }
  /** The chain has another block at the height of a checkpoint of filter headers, which is not used then. */
  | { readonly kind: 'checkpoint-elsewhere'; readonly hash: BlockHash; readonly height: number }
  /** Blocks were left for another branch, down to this height. */
  | { readonly kind: 'reorganised'; readonly height: number }
  /** A transaction that was sent: how many peers have asked for it, and how many others have named it since. */
  | { readonly kind: 'transaction-relayed'; readonly txid: Txid; readonly asked: number; readonly named: number };
