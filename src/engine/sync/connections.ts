import type { NetworkAddress } from '../../core/wire/network-address.ts';
import { toNetworkAddress } from '../../core/wire/network-address.ts';
import { offers, SERVICES } from '../../core/wire/services.ts';
import type { ConnectionType, OpenedConnectionType } from '../ports/network-service.ts';
import type { SocketAddress } from '../ports/transport.ts';
import type { AddressManager } from './address-manager.ts';
import { groupOf, scopeOf, toSocketAddress } from './address-scope.ts';
import { searchAddress } from './address-search.ts';
import type { SyncContext } from './context.ts';
import { DiscouragedHosts } from './discouraged-hosts.ts';
import { InboundSlots } from './inbound-slots.ts';
import type { AutomaticType } from './outbound-slots.ts';
import { BLOCK_RELAY_TARGET, OUTBOUND_TARGET, OutboundSlots } from './outbound-slots.ts';
import type { Peer } from './peer.ts';
import { isInbound } from './peer.ts';
import { RecentSet } from './recent-set.ts';

/** Connections that a user may have opened of a type. Core's limits. */
const OPENED_MAX: Partial<Record<OpenedConnectionType, number>> = {
  'outbound-full-relay': OUTBOUND_TARGET,
  'block-relay-only': BLOCK_RELAY_TARGET,
};

/** Nodes that a user named which we are connected with at a time, besides those that are called once. Core's MAX_ADDNODE_CONNECTIONS. */
export const ADDED_MAX = 8;

/** Time until a node that a user named is called again: doubles with each failure. */
export const RETRY_MS_MIN = 1_000;

/** The time between calls to a node that a user named never grows beyond this. */
export const RETRY_MS_MAX = 60_000;

/** Time between calls to nodes that we learned of, and until we look again where there was none to call. */
const CALL_INTERVAL_MS = 500;
const LOOK_AGAIN_MS = 30_000;

/** Addresses that turned out to be our own. */
const OWN_MAX = 64;

/** A node that a user wants us to stay connected with. */
interface ManualTarget {
  readonly address: SocketAddress;
  /** The encrypted transport is tried first. */
  readonly encrypted: boolean;
  retryMs: number;
  callAtMs: number;
}

const WANTED_SERVICES = SERVICES.network | SERVICES.witness;

/** Key of what a socket is told to call; a host may be a name. */
export function socketKey({ host, port }: SocketAddress): string {
  return `${host}|${port}`;
}

/** Whom to call, whom to let in, whom to avoid. */
export class Connections {
  readonly #context: SyncContext;
  readonly #manager: AddressManager;
  readonly #manual = new Map<string, ManualTarget>();
  /** Calls that are under way, and what for. */
  readonly #dialling = new Map<string, { readonly address: SocketAddress; readonly connectionType: ConnectionType }>();
  readonly #discouraged: DiscouragedHosts;
  readonly #own = new RecentSet<string>(OWN_MAX);
  readonly #inbound: InboundSlots;
  /** What we call for by ourselves. */
  readonly slots: OutboundSlots;
  #callAtMs = 0;
  #active = true;

  /** @param inSync - whether nobody has shown more than we have */
  constructor(context: SyncContext, manager: AddressManager, inSync: () => boolean) {
    this.#context = context;
    this.#manager = manager;
    this.slots = new OutboundSlots(context, (type) => this.#count(type), inSync);
    this.#discouraged = new DiscouragedHosts(() => context.nowMs());
    this.#inbound = new InboundSlots(context, (host) => this.#discouraged.has(host));
    for (const address of context.options.manualPeers ?? []) this.add(address);
  }

  /**
   * Stays connected with a node.
   *
   * @param encrypted - try the encrypted transport first; where nothing is said, if we speak it
   * @returns false where it does already
   */
  add(address: SocketAddress, encrypted: boolean = this.#speaksEncrypted): boolean {
    const key = socketKey(address);
    if (this.#manual.has(key)) return false;
    this.#manual.set(key, { address, encrypted, retryMs: RETRY_MS_MIN, callAtMs: 0 });
    this.#context.wakeBy(this.#context.nowMs());
    return true;
  }

  /** Ends what `add` began; a connection that stands stays. @returns false where there was nothing to end */
  remove(address: SocketAddress): boolean {
    return this.#manual.delete(socketKey(address));
  }

  /** Nodes to stay connected with. */
  added(): readonly SocketAddress[] {
    return Array.from(this.#manual.values(), ({ address }) => address);
  }

  /** Whether there may be connections. */
  get active(): boolean {
    return this.#active;
  }

  /** Lets connections begin, or none: the caller ends those that stand. */
  setActive(active: boolean): void {
    this.#active = active;
    if (active) this.#context.wakeBy(this.#context.nowMs());
  }

  /** Whether we speak the encrypted transport. */
  get #speaksEncrypted(): boolean {
    return offers(this.#context.options.services, SERVICES.p2pV2);
  }

  /** Calls a node once. @param encrypted - as for `add` */
  callOnce(address: SocketAddress, encrypted: boolean = this.#speaksEncrypted): void {
    if (this.#active && !this.#isConnected(address)) this.#dial(address, 'manual', encrypted);
  }

  /** Calls a node for one purpose. @param encrypted - as for `add` @returns false where there are as many such connections as there may be */
  open(address: SocketAddress, type: OpenedConnectionType, encrypted: boolean = this.#speaksEncrypted): boolean {
    if (this.#count(type) >= (OPENED_MAX[type] ?? Number.POSITIVE_INFINITY)) return false;
    if (this.#active && !this.#isConnected(address)) this.#dial(address, type, encrypted);
    return true;
  }

  /** Connections of a type, and calls that may become one. */
  #count(type: ConnectionType): number {
    let count = 0;
    for (const { connectionType } of this.#dialling.values()) if (connectionType === type) count++;
    for (const peer of this.#context.peers.values()) if (peer.connectionType === type) count++;
    return count;
  }

  /** Whether a new connection may stay. */
  admits(peer: Peer): boolean {
    if (peer.dialled !== undefined) this.#dialling.delete(socketKey(peer.dialled));
    if (!this.#active) return false;
    return !isInbound(peer) || this.#inbound.admits(peer);
  }

  /** A call led nowhere. */
  dialFailed(address: SocketAddress): void {
    this.#dialling.delete(socketKey(address));
    this.#retryLater(address);
    this.#context.wakeBy(this.#context.nowMs() + CALL_INTERVAL_MS);
  }

  /** A handshake is done: the address is a good one. */
  ready(peer: Peer): void {
    const target = peer.dialled === undefined ? undefined : this.#manual.get(socketKey(peer.dialled));
    if (target !== undefined) target.retryMs = RETRY_MS_MIN;
    const address = toNetworkAddress(peer.remote.host, peer.remote.port);
    if (isInbound(peer) || address === undefined || peer.version === undefined) return;
    const { services } = peer.version;
    const nowSeconds = this.#context.nowSeconds();
    this.#manager.add({ address, services, timeSeconds: nowSeconds }, address, nowSeconds);
    this.#manager.succeeded(address, services, nowSeconds);
  }

  /**
   * A connection is gone.
   *
   * @param unanswered - it spoke the encrypted transport, and the other side ended it without a byte: a node that knows only the first one
   *   does so, and is called again over that, once
   */
  gone(peer: Peer, { unanswered }: { readonly unanswered: boolean }): void {
    if (peer.dialled === undefined) return;
    if (unanswered && this.#active) {
      this.#dial(peer.dialled, peer.connectionType, false);
      return;
    }
    const address = toNetworkAddress(peer.remote.host, peer.remote.port);
    // Whom we are connected with for blocks alone shows nowhere.
    const tells = peer.ready && peer.connectionType !== 'block-relay-only';
    if (tells && address !== undefined) this.#manager.seen(address, this.#context.nowSeconds());
    this.#retryLater(peer.dialled);
    this.#context.wakeBy(this.#context.nowMs() + CALL_INTERVAL_MS);
  }

  /** The peer is ourselves: this address is never called again. */
  isOwn(peer: Peer): void {
    if (peer.dialled !== undefined) this.#manual.delete(socketKey(peer.dialled));
    const address = toNetworkAddress(peer.remote.host, peer.remote.port);
    this.#own.add(socketKey(peer.remote));
    if (address !== undefined) this.#manager.remove(address);
  }

  /** The peer misbehaved. One on this machine is only let go: others behind the same address did nothing. */
  discourage(peer: Peer): void {
    const { host } = peer.remote;
    const address = toNetworkAddress(host, peer.remote.port);
    // A link-local host has a zone: it is no address by itself.
    if (address !== undefined && scopeOf(address) === 'loopback') return;
    this.#discouraged.add(host);
  }

  /** There are new addresses: looks at once whether one is to be called. */
  learned(): void {
    if (this.wanted === undefined) return;
    this.#callAtMs = Math.min(this.#callAtMs, this.#context.nowMs() + CALL_INTERVAL_MS);
    this.#context.wakeBy(this.#callAtMs);
  }

  /** Calls that are due. */
  tick(): void {
    if (!this.#active) return;
    const now = this.#context.nowMs();
    this.#callManual(now);
    this.slots.tick();
    const type = this.wanted;
    if (type === undefined) return;
    if (now >= this.#callAtMs) this.#callAtMs = now + (this.#callOne(type) ? CALL_INTERVAL_MS : LOOK_AGAIN_MS);
    if (this.#manager.size > 0) this.#context.wakeBy(this.#callAtMs);
  }

  /** Calls those that a user named; where these are many, some at a time. */
  #callManual(now: number): void {
    const waiting = [...this.#manual.values()].filter(({ address }) => !this.#isConnected(address));
    let places = this.#context.options.onlyManual === true ? waiting.length : ADDED_MAX - (this.#manual.size - waiting.length);
    for (const { address, callAtMs, encrypted } of waiting) {
      if (places <= 0) return;
      if (now < callAtMs) {
        this.#context.wakeBy(callAtMs);
        continue;
      }
      this.#dial(address, 'manual', encrypted);
      places--;
    }
  }

  /** Whether we call nodes that we learned of at all. */
  get searches(): boolean {
    return this.#active && this.slots.targets()['outbound-full-relay'] > 0;
  }

  /** What the next node that we learned of is called for; undefined while none is to be. */
  get wanted(): AutomaticType | undefined {
    return this.searches ? this.slots.wanted() : undefined;
  }

  /** Whether a call to an address is under way or led to a connection. */
  isConnectedTo(address: NetworkAddress): boolean {
    const socket = toSocketAddress(address);
    return socket !== undefined && this.#isConnected(socket);
  }

  /** Whether a call to what a socket calls is under way or led to a connection. */
  reaches(address: SocketAddress): boolean {
    return this.#isConnected(address);
  }

  /** Whether an address turned out to be our own. */
  isOurs(address: SocketAddress): boolean {
    return this.#own.has(socketKey(address));
  }

  /** Whether a node may be called: we have no connection with it, whoever called, and hold nothing against it. */
  isFree(address: SocketAddress): boolean {
    const { host } = address;
    return !this.#isConnected(address) && !this.hasCalled(address) && !this.#discouraged.has(host) && !this.#context.bans.coversHost(host);
  }

  /** Whether an address may be called that we are not connected with, nor with others of its part of the network. */
  mayCall(address: NetworkAddress): boolean {
    return this.#isWorthCalling(address, WANTED_SERVICES, () => this.#outboundGroups());
  }

  /** Calls a node that we learned of. */
  call(address: NetworkAddress, connectionType: OpenedConnectionType): void {
    const socket = toSocketAddress(address);
    if (socket === undefined) return;
    // While we reach hardly anybody nobody is to blame for it. Core's condition.
    const counts = this.#outboundGroups().size >= Math.min(this.slots.targets()['outbound-full-relay'] - 1, 2);
    this.#manager.attempted(address, this.#context.nowSeconds(), counts);
    const speaks = this.#speaksEncrypted && offers(this.#manager.servicesOf(address), SERVICES.p2pV2);
    this.#dial(socket, connectionType, speaks);
  }

  /** Calls a node that we learned of. @returns whether there was one to call */
  #callOne(type: AutomaticType): boolean {
    this.slots.called(type);
    const groups = this.#outboundGroups();
    const chosen = searchAddress(this.#manager, {
      nowSeconds: this.#context.nowSeconds(),
      networks: this.#context.reachable,
      fits: (address, services) => this.#isWorthCalling(address, services, () => groups),
    });
    if (chosen !== undefined) this.call(chosen, type);
    return chosen !== undefined;
  }

  #isWorthCalling(address: NetworkAddress, services: bigint, groups: () => ReadonlySet<string>): boolean {
    const socket = this.#context.reachable.has(address.network) ? toSocketAddress(address) : undefined;
    if (socket === undefined || !offers(services, WANTED_SERVICES) || this.isOurs(socket)) return false;
    if (!this.isFree(socket) || this.#isLeftToSubnet(address)) return false;
    // An onion's name says nothing of where it is.
    const hasGroup = scopeOf(address) === 'public' && (address.network === 'ipv4' || address.network === 'ipv6');
    return !hasGroup || !groups().has(groupOf(address));
  }

  /**
   * Parts of the public network that we have chosen someone in, or are calling: no two connections of ours go to the same. Those that a user
   * named, and those who called us, take nothing from this choice: nobody could push others out by calling us.
   */
  #outboundGroups(): ReadonlySet<string> {
    const groups = new Set<string>();
    const chosen = [...this.#dialling.values()];
    for (const { connectionType, remote } of this.#context.peers.values()) chosen.push({ address: remote, connectionType });
    for (const { address, connectionType } of chosen) {
      const isChosen = connectionType !== 'inbound' && connectionType !== 'manual';
      const place = isChosen ? toNetworkAddress(address.host, address.port) : undefined;
      if (place !== undefined && !this.#isLeftToSubnet(place)) groups.add(groupOf(place));
    }
    return groups;
  }

  /** Whether only `SubnetPeers` calls an address: after it is proved, and within its share of the places. */
  #isLeftToSubnet(address: NetworkAddress): boolean {
    return this.#context.options.usesSubnet === true && scopeOf(address) === 'private';
  }

  /** Whether a call to an address is under way or led to a connection. */
  #isConnected(address: SocketAddress): boolean {
    const key = socketKey(address);
    if (this.#dialling.has(key)) return true;
    for (const { remote, dialled } of this.#context.peers.values()) {
      if (socketKey(remote) === key || (dialled !== undefined && socketKey(dialled) === key)) return true;
    }
    return false;
  }

  /** Whether the one that listens there has called us: a second connection would tell us nothing more. */
  hasCalled(address: SocketAddress): boolean {
    const key = socketKey(address);
    for (const { addresses } of this.#context.peers.values()) {
      if (addresses.listening !== undefined && socketKey(addresses.listening) === key) return true;
    }
    return false;
  }

  #dial(address: SocketAddress, connectionType: ConnectionType, encrypted: boolean): void {
    this.#dialling.set(socketKey(address), { address, connectionType });
    this.#context.emit({ kind: 'dial', address, connectionType, encrypted });
  }

  #retryLater(address: SocketAddress): void {
    const target = this.#manual.get(socketKey(address));
    if (target === undefined) return;
    target.callAtMs = this.#context.nowMs() + target.retryMs;
    target.retryMs = Math.min(RETRY_MS_MAX, target.retryMs * 2);
    this.#context.wakeBy(target.callAtMs);
  }
}
