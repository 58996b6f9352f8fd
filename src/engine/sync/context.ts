import type { NetworkParams } from '../../core/params/types.ts';
import type { Message } from '../../core/wire/messages/table.ts';
import type { NetworkKind } from '../../core/wire/network-address.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { PermissionGrant } from '../ports/permissions.ts';
import type { Random } from '../ports/random.ts';
import type { SocketAddress } from '../ports/transport.ts';
import type { SyncAction } from './actions.ts';
import { BanList } from './ban-list.ts';
import type { DisconnectReason } from './misbehaviour.ts';
import { DISCONNECT_REASONS } from './misbehaviour.ts';
import { CONNECTION_TRAITS, type Peer, type PeerId } from './peer.ts';
import type { DnsSeedMode } from './seeds.ts';
import type { SyncChain, SyncMempool } from './views.ts';

/** What decisions are made with. Time is only read: whoever carries out the actions also owns the timers. */
export interface SyncOptions {
  readonly params: NetworkParams;
  readonly clock: Pick<Clock, 'nowSeconds' | 'monotonicMs'>;
  readonly random: Random;
  readonly log: Log;
  readonly chain: SyncChain;
  readonly mempool: SyncMempool;
  /** What we offer, bits of `SERVICES`. It may change, so it is asked for each time. */
  readonly services: bigint;
  /** Sent to every peer. */
  readonly userAgent: string;
  /** Nodes to stay connected with. */
  readonly manualPeers?: readonly SocketAddress[];
  /** Call and greet no others than `manualPeers`; addresses are not asked for. Default: false. */
  readonly onlyManual?: boolean;
  /** Connections that we try to hold to nodes we learned of. Default: 8. */
  readonly outboundTarget?: number;
  /** Connections for blocks alone that we try to hold besides. Default: 2, and none where `outboundTarget` is 0. */
  readonly blockRelayTarget?: number;
  /** Connections that others may hold to us. Default: 125. */
  readonly inboundMax?: number;
  /** Networks that nodes are called on which we learned of. Default: IPv4 and IPv6. */
  readonly reachable?: ReadonlySet<NetworkKind>;
  /** What peers of some parts of the network may do beyond others. */
  readonly whitelist?: readonly PermissionGrant[];
  /** Take blocks alone: peers are told to announce no transactions, and let go where they do. Default: false. */
  readonly blocksOnly?: boolean;
  /** Addresses that we are known to be reachable at, besides what peers tell us. */
  readonly externalAddresses?: readonly SocketAddress[];
  /** When the network's DNS seeds are asked for addresses. Default: never. */
  readonly dnsSeeds?: DnsSeedMode;
  /** Look for nodes on the subnet: prove those that are seen there, and hold connections with some. Default: false. */
  readonly usesSubnet?: boolean;
  /** Nodes that are asked for addresses where nobody else tells any. */
  readonly seedNodes?: readonly SocketAddress[];
}

const IP_NETWORKS: ReadonlySet<NetworkKind> = new Set<NetworkKind>(['ipv4', 'ipv6']);

/** What the parts of the decision share: the peers, what goes out, and when to look again. */
export class SyncContext {
  readonly options: SyncOptions;
  readonly params: NetworkParams;
  readonly random: Random;
  readonly log: Log;
  readonly chain: SyncChain;
  readonly mempool: SyncMempool;
  readonly peers: Map<PeerId, Peer> = new Map();
  /** Networks that nodes are called on which we learned of. */
  readonly reachable: ReadonlySet<NetworkKind>;
  /** Whom a user has banned. */
  readonly bans: BanList = new BanList(() => this.nowSeconds());
  /** Where we accept connections; undefined while we do not. */
  listenPort: number | undefined;
  #actions: SyncAction[] = [];
  #wakeAtMs = Number.POSITIVE_INFINITY;
  readonly #onMisbehaviour: (peer: Peer) => void;

  /** @param onMisbehaviour - told of a peer that is to be discouraged */
  constructor(options: SyncOptions, onMisbehaviour: (peer: Peer) => void) {
    this.options = options;
    this.params = options.params;
    this.reachable = options.reachable ?? IP_NETWORKS;
    this.random = options.random;
    this.log = options.log;
    this.chain = options.chain;
    this.mempool = options.mempool;
    this.#onMisbehaviour = onMisbehaviour;
  }

  nowMs(): number {
    return this.options.clock.monotonicMs();
  }

  nowSeconds(): number {
    return this.options.clock.nowSeconds();
  }

  /**
   * Whether a peer may tell us of transactions: not over a connection for blocks; where we take blocks alone, if it has the permission. Core's
   * `RejectIncomingTxs`.
   */
  takesTransactions({ connectionType, permissions }: Peer): boolean {
    return CONNECTION_TRAITS[connectionType].transactions && (this.options.blocksOnly !== true || permissions.has('relay'));
  }

  /** Peers with whom the handshake is done, as it is now. */
  ready(): readonly Peer[] {
    const ready: Peer[] = [];
    for (const peer of this.peers.values()) if (peer.ready && !peer.leaving) ready.push(peer);
    return ready;
  }

  emit(action: SyncAction): void {
    this.#actions.push(action);
  }

  send(peer: Peer, message: Message): void {
    if (!peer.leaving) this.#actions.push({ kind: 'send', peer: peer.id, message });
  }

  /** Ends a connection, once. */
  disconnect(peer: Peer, why: DisconnectReason): void {
    if (peer.leaving) return;
    if (DISCONNECT_REASONS[why].discourage) {
      this.log.info('peer-misbehaves', { peer: peer.id, why });
      if (peer.permissions.has('noban') || peer.connectionType === 'manual') return;
      this.#onMisbehaviour(peer);
    }
    peer.leaving = true;
    this.#actions.push({ kind: 'disconnect', peer: peer.id, why });
  }

  /** A random nonce; never zero, which stands for none. */
  nonce(): bigint {
    const bytes = this.random.bytes(8);
    return BigInt.asUintN(64, new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0) | 1n);
  }

  /** Asks for a `tick` at this time at the latest. Every tick begins without wishes: each part says again what it waits for. */
  wakeBy(atMs: number): void {
    if (atMs >= this.#wakeAtMs) return;
    this.#wakeAtMs = atMs;
    this.#actions.push({ kind: 'wake', atMs });
  }

  /** Forgets when to look again, since it is being done. */
  awake(): void {
    this.#wakeAtMs = Number.POSITIVE_INFINITY;
  }

  /** Hands over what is to be done. */
  takeActions(): readonly SyncAction[] {
    const actions = this.#actions;
    this.#actions = [];
    return actions;
  }
}
