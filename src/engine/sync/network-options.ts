import type { TransportEngine } from '../../core/crypto/transport-engine.ts';
import type { AnchorStore } from '../ports/anchor-store.ts';
import type { BanStore } from '../ports/ban-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { Discovery } from '../ports/discovery.ts';
import type { PeerStore } from '../ports/peer-store.ts';
import type { CalledNetwork, Proxies } from '../ports/proxy.ts';
import type { Resolver } from '../ports/resolver.ts';
import type { ListenAddress, Transport } from '../ports/transport.ts';
import type { SyncOptions } from './context.ts';
import type { FilterWay } from './filter-sender.ts';

/** What a peer connection's life is worth telling. */
export type PeerEvent =
  | { readonly kind: 'peer-connected'; readonly id: number }
  | { readonly kind: 'peer-disconnected'; readonly id: number; readonly why: string };

/** What the network is made with, besides what decisions need. */
export interface NetworkOptions extends Omit<SyncOptions, 'clock' | 'reachable' | 'usesSubnet'> {
  readonly clock: Clock;
  readonly transport: Transport;
  /** Speaks the encrypted transport too (BIP-324), and says so by its service bit; unless given the first one alone. */
  readonly transportEngine?: TransportEngine;
  /** Where addresses are kept over a restart; nowhere unless given. */
  readonly peerStore?: PeerStore;
  /** Where the compact filters are that `services` offers; it offers none unless given. */
  readonly filters?: FilterWay['find'];
  /** Where bans are kept; nowhere unless given. */
  readonly banStore?: BanStore;
  /** Where the peers are kept that are called first after a restart; nowhere unless given. */
  readonly anchorStore?: AnchorStore;
  /** Looks up DNS seeds; without it a node behind each is called by its name. */
  readonly resolver?: Resolver;
  /** Looks for nodes on the subnet; without it those that are known of it are called like all others. */
  readonly discovery?: Discovery;
  /** How long a ban lasts that is said no time for. Default: a day, Core's `DEFAULT_MISBEHAVING_BANTIME`. */
  readonly banSeconds?: number;
  /** Where to accept connections; nowhere unless given. */
  readonly listen?: ListenAddress;
  /** Where else; the port that others are told is that of `listen`. */
  readonly alsoListen?: readonly ListenAddress[];
  /** Bytes that may be sent in a day before old blocks are refused; 0 for no limit. Default: 0. */
  readonly uploadTargetBytes?: number;
  /** By which proxies the transport calls. Default: none. */
  readonly proxies?: Proxies;
  /** Networks to call nodes on which we learned of. Default: every one that can be called. */
  readonly onlyNetworks?: readonly CalledNetwork[];
  /** Told when a store fails while peers are served: nothing more can be promised then. */
  readonly onFailure: (error: unknown) => void;
  /** Told of handshakes that are done and of their ends. */
  readonly onPeer?: (event: PeerEvent) => void;
}
