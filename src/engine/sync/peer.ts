import type { Brand } from '../../core/base/brand.ts';
import type { BloomFilter } from '../../core/filters/bloom-filter.ts';
import type { BlockHash, HashKey, Txid, Wtxid } from '../../core/primitives/ids.ts';
import type { Satoshis } from '../../core/primitives/transaction.ts';
import type { VersionMessage } from '../../core/wire/messages/version.ts';
import type { GossipAddress } from '../../core/wire/network-address.ts';
import type { HeaderNode } from '../chain/header-node.ts';
import type { ConnectionType } from '../ports/network-service.ts';
import type { Permission } from '../ports/permissions.ts';
import type { SocketAddress } from '../ports/transport.ts';
import type { HeaderPresync } from './header-presync.ts';
import type { PartialBlock } from './partial-block.ts';
import { RecentSet } from './recent-set.ts';

/** A connection's number, never used twice while the node runs. */
export type PeerId = Brand<number, 'PeerId'>;

/** What a connection is for. Core's table at `ConnectionType`. */
interface ConnectionTraits {
  /** Transactions go over it, and addresses; headers and blocks are asked for. */
  readonly transactions: boolean;
  readonly addresses: boolean;
  readonly headers: boolean;
  /** The peer must offer blocks. */
  readonly needsServices: boolean;
}

/** By the type of the connection. */
export const CONNECTION_TRAITS: Readonly<Record<ConnectionType, ConnectionTraits>> = {
  inbound: { transactions: true, addresses: true, headers: true, needsServices: false },
  manual: { transactions: true, addresses: true, headers: true, needsServices: false },
  'outbound-full-relay': { transactions: true, addresses: true, headers: true, needsServices: true },
  'block-relay-only': { transactions: false, addresses: false, headers: true, needsServices: true },
  'addr-fetch': { transactions: true, addresses: true, headers: false, needsServices: true },
  feeler: { transactions: false, addresses: false, headers: false, needsServices: false },
};

/** Transactions that a peer is remembered to know of. */
const KNOWN_TRANSACTIONS = 2_500;

/** Addresses that a peer is remembered to know of. */
const KNOWN_ADDRESSES = 1_000;

/** What is known when a connection begins. */
export interface PeerFacts {
  readonly id: PeerId;
  readonly remote: SocketAddress;
  readonly local: SocketAddress;
  /** What was called, where we called: a name perhaps. */
  readonly dialled: SocketAddress | undefined;
  readonly connectionType: ConnectionType;
  readonly permissions: ReadonlySet<Permission>;
  /** It came in where Tor's own program calls us. */
  readonly throughOnion: boolean;
  readonly connectedAtMs: number;
  readonly connectedTimeSeconds: number;
  /** Sent in our version message. */
  readonly nonce: bigint;
}

/** Headers of too little work that are looked at twice before they are kept. */
export interface PresyncPass {
  readonly presync: HeaderPresync;
  /** Where they begin, from there down. */
  readonly startLocator: readonly BlockHash[];
  readonly startedAtMs: number;
}

/** Which headers it has. */
export interface PeerHeaders {
  /** The best header that it has shown and that is in the tree. */
  bestKnown: HeaderNode | undefined;
  /** The last block it named that is not in the tree. */
  unknown: BlockHash | undefined;
  /** The best header that we sent or announced to it. */
  bestSent: HeaderNode | undefined;
  /** When headers were last asked for and have not come since. */
  askedAtMs: number | undefined;
  /** It was asked for all that it has, at least once. */
  started: boolean;
  /** Its headers have not shown their work yet. */
  pass: PresyncPass | undefined;
  /** It wants new blocks announced by headers. */
  wanted: boolean;
}

/** Which blocks it was asked for. */
export interface PeerBlocks {
  readonly inFlight: Map<HashKey, HeaderNode>;
  /** Those of them that it sent as compact blocks; undefined where that did not help and the whole block is on its way. */
  readonly partial: Map<HashKey, PartialBlock | undefined>;
  /** Up to here its branch is stored. */
  lastCommon: HeaderNode | undefined;
  /** Since when others wait for it alone. */
  stallingSinceMs: number | undefined;
  /** Since when it is at work on what was asked first. */
  busySinceMs: number;
  /** It kept the next block from us: until then what it was asked for may be asked of others too, and it is asked for no more. */
  lateUntilMs: number;
  lastTimeSeconds: number;
}

/** What was agreed on about compact blocks (BIP-152). */
export interface PeerCompact {
  /** It understands and sends them in our version. */
  provides: boolean;
  /** It wants each new block as a compact one, unasked. */
  wantsUnasked: boolean;
  /** We told it to send us each new block so. */
  chosen: boolean;
}

/** Which transactions it knows and wants. */
export interface PeerTransactions {
  /** It was told of them or told of them, by txid or wtxid. */
  readonly known: RecentSet<HashKey>;
  /** To be announced at the next turn, by wtxid. Not served before. */
  readonly toAnnounce: Map<HashKey, { readonly txid: Txid; readonly wtxid: Wtxid }>;
  /** It said by a filter, or by taking one back, that it wants to hear of them, whatever it said of that before (BIP-37). */
  isAsked: boolean;
  /** It wants those that match, and no others. */
  bloom: BloomFilter | undefined;
  announceAtMs: number | undefined;
  /** Where the mempool's sequence stood when announcements were last due; 1 before. */
  announcedSequence: number;
  feeFilterSatPerKvb: Satoshis;
  /** What we told it to announce, and when to look whether that still holds. */
  sentFeeFilterSatPerKvb: Satoshis | undefined;
  feeFilterAtMs: number;
  lastTimeSeconds: number;
}

/** Which addresses it knows and may tell. */
export interface PeerAddresses {
  readonly known: RecentSet<string>;
  /** It takes part in gossip: we called, or it has shown that it wants to. */
  enabled: boolean;
  /** How many of its addresses are looked at; refilled with time. */
  tokens: number;
  tokensAtMs: number;
  toSend: GossipAddress[];
  sendAtMs: number | undefined;
  advertiseAtMs: number | undefined;
  answered: boolean;
  processed: number;
  rateLimited: number;
  /** Where it says that it listens itself, of one who called us: it is not called back. */
  listening: SocketAddress | undefined;
}

/** Whether it is still there. */
export interface PeerPing {
  /** The ping that waits for its pong. */
  nonce: bigint | undefined;
  sentAtMs: number;
  nextAtMs: number;
  lastMs: number | undefined;
  minMs: number | undefined;
}

/** One connection, as far as decisions go. Bytes are counted by who moves them. */
export interface Peer extends PeerFacts {
  /** The connection is being ended: nothing it sends counts any more. */
  leaving: boolean;
  /** We called it because it was found on the subnet. */
  onSubnet: boolean;
  version: VersionMessage | undefined;
  timeOffsetSeconds: number;
  /** Its verack has come. */
  ready: boolean;
  wtxidRelay: boolean;
  addrv2: boolean;
  readonly headers: PeerHeaders;
  readonly blocks: PeerBlocks;
  readonly compact: PeerCompact;
  readonly transactions: PeerTransactions;
  readonly addresses: PeerAddresses;
  readonly ping: PeerPing;
}

/** A peer that has said nothing yet. */
export function createPeer(facts: PeerFacts): Peer {
  return {
    ...facts,
    leaving: false,
    onSubnet: false,
    version: undefined,
    timeOffsetSeconds: 0,
    ready: false,
    wtxidRelay: false,
    addrv2: false,
    headers: {
      bestKnown: undefined,
      unknown: undefined,
      bestSent: undefined,
      askedAtMs: undefined,
      started: false,
      pass: undefined,
      wanted: false,
    },
    blocks: {
      inFlight: new Map(),
      partial: new Map(),
      lastCommon: undefined,
      stallingSinceMs: undefined,
      busySinceMs: 0,
      lateUntilMs: 0,
      lastTimeSeconds: 0,
    },
    compact: { provides: false, wantsUnasked: false, chosen: false },
    transactions: {
      known: new RecentSet(KNOWN_TRANSACTIONS),
      toAnnounce: new Map(),
      isAsked: false,
      bloom: undefined,
      announceAtMs: undefined,
      announcedSequence: 1,
      feeFilterSatPerKvb: 0n,
      sentFeeFilterSatPerKvb: undefined,
      feeFilterAtMs: 0,
      lastTimeSeconds: 0,
    },
    addresses: {
      known: new RecentSet(KNOWN_ADDRESSES),
      enabled: false,
      tokens: 1,
      tokensAtMs: facts.connectedAtMs,
      toSend: [],
      sendAtMs: undefined,
      advertiseAtMs: undefined,
      answered: false,
      processed: 0,
      rateLimited: 0,
      listening: undefined,
    },
    ping: { nonce: undefined, sentAtMs: 0, nextAtMs: 0, lastMs: undefined, minMs: undefined },
  };
}

/** Whether it is told of transactions. */
export function wantsTransactions({ connectionType, transactions, version }: Peer): boolean {
  return (version?.relay === true || transactions.isAsked) && CONNECTION_TRAITS[connectionType].transactions;
}

/** Whether they called us. */
export function isInbound(peer: Peer): boolean {
  return peer.connectionType === 'inbound';
}
