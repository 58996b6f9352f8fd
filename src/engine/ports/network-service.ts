import type { BlockHash } from '../../core/primitives/ids.ts';
import type { Satoshis, Transaction } from '../../core/primitives/transaction.ts';
import type { GossipAddress, NetworkAddress, NetworkKind } from '../../core/wire/network-address.ts';
import type { Subnet } from '../../core/wire/subnet.ts';
import type { AddressCounts, PlacedPeer } from './address-book.ts';
import type { Ban } from './ban-store.ts';
import type { Permission } from './permissions.ts';
import type { CalledNetwork, NetworkReach } from './proxy.ts';
import type { Connection, SocketAddress } from './transport.ts';

/** Why there is a connection, in Core's words: they called, we chose to call, a user told us to, or one purpose of `OpenedConnectionType`. */
export const CONNECTION_TYPES = ['inbound', 'outbound-full-relay', 'manual', 'block-relay-only', 'addr-fetch', 'feeler'] as const;

/** One of `CONNECTION_TYPES`. */
export type ConnectionType = (typeof CONNECTION_TYPES)[number];

/**
 * Connections that can be asked for: everything; blocks alone; until it has told addresses; until it has shown that it is there.
 */
export type OpenedConnectionType = Exclude<ConnectionType, 'inbound' | 'manual'>;

/** One peer, in the words of `getpeerinfo`; times in seconds by the wall clock, 0 for never. */
export interface PeerInfo {
  readonly id: number;
  /** `host:port`, IPv6 in brackets. */
  readonly address: string;
  readonly boundAddress: string;
  /** How the peer sees us; undefined where it did not say. */
  readonly localAddress: string | undefined;
  readonly inbound: boolean;
  readonly connectionType: ConnectionType;
  /** What it may do that others may not, in the order of `PERMISSIONS`. */
  readonly permissions: readonly Permission[];
  /** It came in where Tor's own program calls us. */
  readonly throughOnion: boolean;
  /** It was found on the subnet, whoever called. */
  readonly onSubnet: boolean;
  readonly services: bigint;
  readonly protocolVersion: number;
  readonly userAgent: string;
  readonly startingHeight: number;
  readonly relayTransactions: boolean;
  /** Takes part in the gossip about addresses. */
  readonly relayAddresses: boolean;
  /** We told it to send new blocks unasked as compact ones (BIP-152), and it told us to. */
  readonly highBandwidthTo: boolean;
  readonly highBandwidthFrom: boolean;
  /** Where the mempool's sequence stood when transactions were last announced to it, and how many wait to be. */
  readonly lastInventorySequence: number;
  readonly inventoryToSend: number;
  readonly connectedTimeSeconds: number;
  readonly lastSendTimeSeconds: number;
  readonly lastReceiveTimeSeconds: number;
  readonly lastTransactionTimeSeconds: number;
  readonly lastBlockTimeSeconds: number;
  readonly timeOffsetSeconds: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly bytesSentPerMessage: Readonly<Record<string, number>>;
  readonly bytesReceivedPerMessage: Readonly<Record<string, number>>;
  readonly pingTimeMs: number | undefined;
  readonly pingTimeMsMin: number | undefined;
  readonly pingWaitMs: number | undefined;
  /** Heights of the last header and block that we have in common; -1 for none. */
  readonly syncedHeaders: number;
  /** Height up to which headers were looked at that have not shown their work yet; -1 where there are none. */
  readonly presyncedHeaders: number;
  readonly syncedBlocks: number;
  /** Heights of the blocks asked of it. */
  readonly inFlight: readonly number[];
  readonly feeFilterSatPerKvb: Satoshis;
  readonly addressesProcessed: number;
  readonly addressesRateLimited: number;
  /** Which transport: in the clear, encrypted, or not known yet. */
  readonly transport: 'v1' | 'v2' | 'detecting';
  /** What both ends of an encrypted connection can compare, 32 bytes; undefined in the clear and until it stands. */
  readonly sessionId: Uint8Array | undefined;
}

/** How much may still be sent; see Core's `-maxuploadtarget`. */
export interface UploadState {
  readonly cycleSeconds: number;
  /** 0 for no limit. */
  readonly targetBytes: number;
  readonly isReached: boolean;
  readonly servesHistoricalBlocks: boolean;
  /** Of this cycle; 0 where there is no limit. */
  readonly bytesLeft: number;
  readonly secondsLeft: number;
}

/** A node that is said to be on the subnet. */
export interface SubnetNodeInfo {
  readonly address: SocketAddress;
  /** It has answered by a handshake and a pong, and since then whenever it was asked. */
  readonly proved: boolean;
  /** How long its last pong took; undefined before the first. */
  readonly latencyMs: number | undefined;
  /** There is a connection with it, or it is being called. */
  readonly connected: boolean;
}

/** A transaction that came before its parents. */
export interface OrphanInfo {
  readonly tx: Transaction;
  /** The peer that sent it. */
  readonly peer: number;
}

/** A node that a user wants us to stay connected with. */
export interface AddedNode {
  readonly host: string;
  readonly port: number;
  /** The connection, where there is one. */
  readonly connection: { readonly address: string; readonly inbound: boolean } | undefined;
}

/** How far the node has come. */
export interface SyncProgress {
  /** Contract: no connected peer has shown a header chain of more work than the tip. */
  readonly inSync: boolean;
  readonly height: number;
  /** Height of the best header. */
  readonly headers: number;
  /** 0 to 1. */
  readonly fraction: number;
  readonly blocksPerSecond: number;
  /** Undefined while it cannot be told. */
  readonly secondsLeft: number | undefined;
}

/** What became of an address that somebody here knows of: it got no place, or none in the table that it was meant for. */
export type LearnOutcome = 'learned' | 'not-in-new' | 'not-in-tried';

/** Peers and how they are reached. */
export interface NetworkService {
  readonly userAgent: string;
  readonly protocolVersion: number;
  readonly services: bigint;
  /** Transactions are taken from peers; else blocks alone. */
  readonly relaysTransactions: boolean;
  /** Where peers are accepted, `host:port`; undefined where they are not. */
  listenAddress(): string | undefined;
  peers(): readonly PeerInfo[];
  /** A peer called by another way than the sockets that are listened on, such as a WebSocket: an inbound one like all others. */
  accept(connection: Connection): void;
  sync(): SyncProgress;
  /**
   * `onetry` dials once, `add` keeps connected, `remove` forgets.
   *
   * @param encrypted - try the encrypted transport first; where nothing is said, if `services` has its bit
   * @returns false: `add` of a known or `remove` of an unknown one
   */
  addNode(
    address: { readonly host: string; readonly port: number },
    command: 'add' | 'remove' | 'onetry',
    encrypted?: boolean | undefined,
  ): boolean;
  /** Calls a node for one purpose, once. `encrypted` as above. @returns false where there are as many such connections as there may be */
  openConnection(
    address: { readonly host: string; readonly port: number },
    type: OpenedConnectionType,
    encrypted?: boolean | undefined,
  ): boolean;
  /** By `host:port` or id. @returns false where no such peer is connected */
  disconnect(peer: { readonly address: string } | { readonly id: number }): boolean;
  /** Those that `add` named and the ones that the node was started with. */
  addedNodes(): readonly AddedNode[];
  /** Some of the addresses of others that are known, at random; at most so many, of one network or of all. */
  knownNodes(count: number, network?: NetworkKind): readonly GossipAddress[];
  /** How many addresses of others are known, by network and table. */
  addressCounts(): ReadonlyMap<NetworkKind, AddressCounts>;
  /** Every place of both tables that is taken. */
  addressPlaces(): Iterable<PlacedPeer>;
  /** Learns an address that offers blocks, as if it had told of itself, and had answered if `tried`. */
  learnAddress(address: NetworkAddress, options: { readonly tried: boolean }): LearnOutcome;
  /** Bytes of all connections since the start, those that are gone too. */
  traffic(): { readonly bytesSent: number; readonly bytesReceived: number };
  /** How much may still be sent. */
  uploads(): UploadState;
  /** How each network is called. */
  reach(): Readonly<Record<CalledNetwork, NetworkReach>>;
  /** Asks every peer for a sign of life now. */
  ping(): void;
  /** Nodes on the subnet, as far as they are known. */
  subnetNodes(): readonly SubnetNodeInfo[];
  /** Whether there may be connections. */
  active(): boolean;
  /** `false` ends every connection and lets none begin. Core's `setnetworkactive`. */
  setActive(active: boolean): void;
  /** How long a ban lasts that is said no time for. */
  readonly banSeconds: number;
  /** Bans that hold, in the order of their addresses. */
  bans(): readonly Ban[];
  /** Whether exactly this part of the network is banned, or, of an address, whether a ban covers it. */
  isBanned(subnet: Subnet, options: { readonly exactly: boolean }): boolean;
  /** Lets addresses connect no more, and ends their connections; a longer ban stays. @returns false where there is no room for another ban */
  ban(subnet: Subnet, untilSeconds: number): boolean;
  /** @returns false where exactly this part of the network is not banned */
  unban(subnet: Subnet): boolean;
  clearBans(): void;
  /** Sends bytes as they are; for tests. @returns false where no such peer is connected */
  sendMessage(id: number, command: string, payload: Uint8Array): boolean;
  /** Transactions whose parents are missing. */
  orphans(): readonly OrphanInfo[];
  /** Asks a peer for a block whose header is known. @returns why it was not asked, in Core's words; undefined where it was */
  fetchBlock(peer: number, hash: BlockHash): string | undefined;
}
