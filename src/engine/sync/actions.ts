import type { BloomFilter } from '../../core/filters/bloom-filter.ts';
import type { Block } from '../../core/primitives/block.ts';
import type { Transaction } from '../../core/primitives/transaction.ts';
import type { Message } from '../../core/wire/messages/table.ts';
import type { HeaderNode } from '../chain/header-node.ts';
import type { Ban } from '../ports/ban-store.ts';
import type { ConnectionType } from '../ports/network-service.ts';
import type { StoredBook } from '../ports/peer-store.ts';
import type { SocketAddress } from '../ports/transport.ts';
import type { FilterAnswer } from './filter-serving.ts';
import type { DisconnectReason } from './misbehaviour.ts';
import type { PeerId } from './peer.ts';

/** How a block is sent. */
export type BlockForm = 'whole' | 'stripped' | BloomFilter;

/** Who sent a block, and whether it was put together of a compact one. */
export interface BlockSource {
  readonly peer: PeerId;
  readonly viaCompact: boolean;
}

/** What a block is read for: a compact form that was asked for or is an announcement, or some of its transactions. */
export type ReadPurpose =
  | { readonly kind: 'compact' | 'announce' }
  | { readonly kind: 'transactions'; readonly indexes: readonly number[] };

/**
 * What is to be done, in this order. Who carries it out handles nothing more of a peer until its `accept-block`, `accept-tx`,
 * `serve-block`, `serve-filters` and `read-block` are done: so a pong goes out only when everything before its ping has been dealt with.
 */
export type SyncAction =
  | { readonly kind: 'send'; readonly peer: PeerId; readonly message: Message }
  /** Ends the connection; `disconnected` is reported when it is gone. */
  | { readonly kind: 'disconnect'; readonly peer: PeerId; readonly why: DisconnectReason }
  /** Hands a block to the chain; the outcome comes back by `blockProcessed`. */
  | ({ readonly kind: 'accept-block'; readonly block: Block; readonly raw: Uint8Array; readonly requested: boolean } & BlockSource)
  /** Hands a transaction to the mempool; the outcome comes back by `transactionProcessed`. */
  | { readonly kind: 'accept-tx'; readonly peer: PeerId; readonly tx: Transaction }
  /** Reads a block and sends it: as a peer's filter shows it, with its witnesses or without. */
  | { readonly kind: 'serve-block'; readonly peer: PeerId; readonly node: HeaderNode; readonly form: BlockForm }
  /** Looks up filters and sends what was asked about them. */
  | { readonly kind: 'serve-filters'; readonly peer: PeerId; readonly answer: FilterAnswer }
  /** Reads a block for what `purpose` says; it comes back by `blockRead`. */
  | { readonly kind: 'read-block'; readonly peer: PeerId; readonly node: HeaderNode; readonly purpose: ReadPurpose }
  /** Calls a node, over the encrypted transport or the first one; the outcome comes back by `connected` or `dialFailed`. */
  | { readonly kind: 'dial'; readonly address: SocketAddress; readonly connectionType: ConnectionType; readonly encrypted: boolean }
  /** Looks up a name; the outcome comes back by `seedAnswered`. */
  | { readonly kind: 'resolve'; readonly name: string; readonly seed: string }
  | { readonly kind: 'save-peers'; readonly book: StoredBook }
  | { readonly kind: 'save-bans'; readonly bans: readonly Ban[] }
  /** Calls `tick` at this monotonic time, or earlier. */
  | { readonly kind: 'wake'; readonly atMs: number };
