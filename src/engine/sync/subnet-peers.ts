import { toHex } from '../../core/base/bytes.ts';
import { toNetworkAddress } from '../../core/wire/network-address.ts';
import { offers, SERVICES } from '../../core/wire/services.ts';
import type { Sighting } from '../ports/discovery.ts';
import type { SubnetNodeInfo } from '../ports/network-service.ts';
import type { SocketAddress } from '../ports/transport.ts';
import type { AddressManager } from './address-manager.ts';
import { scopeOf, toSocketAddress } from './address-scope.ts';
import { type Connections, socketKey } from './connections.ts';
import type { SyncContext } from './context.ts';
import type { Liveness } from './liveness.ts';
import type { Peer } from './peer.ts';
import { isInbound } from './peer.ts';

/** Nodes of the subnet that are remembered; one that is not proved makes room for another. */
export const SUBNET_NODES_MAX = 256;

/** The same of one host. */
export const SUBNET_NODES_PER_HOST = 4;

/** Probes that are under way at once. */
export const PROBES_MAX = 4;

/** How long a probe may take once it is connected. */
export const PROBE_MS_MAX = 10_000;

/** The first probe begins within this time, so that not all of a subnet call a new node at once. */
const FIRST_PROBE_SPREAD_MS = 500;

/** Time to the next probe of a node that has answered. */
export const PROBE_AGAIN_MS = 30_000;

/** The same of one that has not, doubling each time. */
const PROBE_RETRY_MS = 2_000;

/** After so many probes in vain a node is no more. */
const PROBE_FAILURES_MAX = 3;

/** A node that we are connected with answers a ping within this time. */
export const SUBNET_PING_MS_MAX = 60_000;

/** An address that does not answer rests: it is not looked at again for so long, doubling each time. */
const REST_MS = 60_000;

/** It never rests longer. */
const REST_MS_MAX = 600_000;

/** One that says itself that it is there is looked at again after this time. */
export const SEEN_REST_MS = 10_000;

/** Addresses that are remembered as resting. */
const RESTING_MAX = 512;

/** Nodes are looked through no more often, however many say how much. */
const LOOK_INTERVAL_MS = 100;

/** A node that was proved is called within this time: two that find each other at the same moment seldom call each other. */
const CALL_SPREAD_MS = 2_000;

/** Time to the next call of a node with which a connection ended. */
const SUBNET_CALL_AGAIN_MS = 30_000;

/** Addresses that are known otherwise are looked through no more often, so many at a time: that takes about a millisecond. */
const KNOWN_INTERVAL_MS = 30_000;
const KNOWN_LOOKED = 2_000;

/** So many of the subnet are taken of them. */
const KNOWN_MAX = 64;

const WANTED_SERVICES = SERVICES.network | SERVICES.witness;

/** Why a node is no longer one of the subnet. */
type LossReason = 'goodbye' | 'unreachable' | 'silent' | 'our own';

/** A node that is said to be on the subnet. */
interface SubnetNode {
  readonly address: SocketAddress;
  /** Until when what was said of it holds; infinite where nobody said how long. */
  untilMs: number;
  /** It has answered by a handshake and a pong, and since then whenever it was asked. */
  proved: boolean;
  /** That it is there was told. */
  told: boolean;
  latencyMs: number | undefined;
  services: bigint;
  failures: number;
  probeAtMs: number;
  /** A probe is under way. */
  probing: boolean;
  /** It said good-bye while one was: it is dropped when that has ended, so that none is forgotten. */
  leaves: boolean;
  callAtMs: number;
  calling: boolean;
}

/** An address that did not answer. */
interface Rest {
  readonly sinceMs: number;
  readonly forMs: number;
}

/**
 * Nodes on our subnet: those that announce themselves, and known addresses of its ranges. Each is proved by a short connection of its own, with
 * handshake, ping and pong, before it is used, and then again and again. They get at most half of the places of the nodes that we call, so
 * that whoever fills the subnet never cuts us off from everybody else.
 */
export class SubnetPeers {
  readonly #context: SyncContext;
  readonly #manager: AddressManager;
  readonly #connections: Connections;
  readonly #liveness: Liveness;
  readonly #net: string;
  readonly #nodes = new Map<string, SubnetNode>();
  /** Addresses that are not looked at for now, those that have rested longest first. */
  readonly #resting = new Map<string, Rest>();
  #lookAtMs = 0;
  #lookedAtMs = 0;
  #knownAtMs = 0;
  /** Where the next look through known addresses begins. */
  #knownFrom = 0;

  constructor(context: SyncContext, manager: AddressManager, connections: Connections, liveness: Liveness) {
    this.#context = context;
    this.#manager = manager;
    this.#connections = connections;
    this.#liveness = liveness;
    this.#net = toHex(context.params.messageStart);
  }

  /** Whether nodes of the subnet are looked for. */
  get #isOn(): boolean {
    return this.#context.options.usesSubnet === true;
  }

  /** A node says that it is there, or goes. */
  seen({ net, address, ttlSeconds }: Sighting): void {
    const key = socketKey(address);
    if (!this.#isOn || net !== this.#net || !isOnSite(address) || this.#connections.isOurs(address)) return;
    const now = this.#context.nowMs();
    const node = this.#nodes.get(key);
    if (node !== undefined) node.leaves = ttlSeconds === 0;
    if (ttlSeconds === 0) {
      if (node?.probing === false) this.#drop(node, 'goodbye');
    } else if (node !== undefined) {
      node.untilMs = now + ttlSeconds * 1000;
    } else {
      this.#add(address, { untilMs: now + ttlSeconds * 1000, failures: 0, probeAtMs: this.#restedAtMs(key, SEEN_REST_MS) });
    }
  }

  /** There may be new addresses of the subnet among those that are known. */
  learned(): void {
    if (this.#isOn) this.#context.wakeBy(this.#knownAtMs);
  }

  /** A connection stands. */
  connected(peer: Peer): void {
    const node = this.#nodeOf(peer);
    if (node === undefined || isInbound(peer) || !(node.probing || node.calling)) return;
    node.calling = false;
    peer.onSubnet = true;
    if (this.isProbe(peer)) this.#context.wakeBy(peer.connectedAtMs + PROBE_MS_MAX);
  }

  /** Whether a connection is to prove that a node is there, which takes its whole handshake. */
  isProbe(peer: Peer): boolean {
    return peer.onSubnet && peer.connectionType === 'feeler';
  }

  /** A peer has answered a ping, one perhaps that has called us. */
  answered(peer: Peer): void {
    const node = this.#nodeOf(peer);
    if (node !== undefined && peer.ping.lastMs !== undefined) this.#proved(node, peer, peer.ping.lastMs);
    if (this.isProbe(peer) && peer.ping.lastMs !== undefined) this.#context.disconnect(peer, 'probe-done');
  }

  #proved(node: SubnetNode, peer: Peer, latencyMs: number): void {
    if (node.leaves) {
      this.#drop(node, 'goodbye');
      return;
    }
    const now = this.#context.nowMs();
    if (!node.proved) node.callAtMs = Math.max(node.callAtMs, now + this.#context.random.below(CALL_SPREAD_MS));
    if (!node.told) this.#context.log.info('subnet-node-found', { address: nameOf(node), latencyMs: Math.round(latencyMs * 10) / 10 });
    const services = peer.version?.services ?? 0n;
    Object.assign(node, { proved: true, told: true, failures: 0, latencyMs, services, probing: false, probeAtMs: now + PROBE_AGAIN_MS });
    this.#resting.delete(socketKey(node.address));
    this.#wakeBy(now);
  }

  /** A connection is gone. */
  gone(peer: Peer): void {
    const node = this.#nodeOf(peer);
    if (node === undefined) return;
    if (this.#connections.isOurs(node.address)) {
      this.#drop(node, 'our own');
    } else if (this.isProbe(peer)) {
      // One that did not know the encrypted transport is being called again over the first one.
      if (node.probing && !this.#connections.reaches(node.address)) this.#failed(node);
    } else if (!node.probing) {
      const now = this.#context.nowMs();
      Object.assign(node, { proved: false, probeAtMs: now + PROBE_RETRY_MS, callAtMs: now + SUBNET_CALL_AGAIN_MS });
      this.#wakeBy(node.probeAtMs);
    }
  }

  /** A call led nowhere. */
  dialFailed(address: SocketAddress): void {
    const node = this.#nodes.get(socketKey(address));
    if (node === undefined || !(node.probing || node.calling)) return;
    node.calling = false;
    this.#failed(node);
  }

  /** Whether a peer is a node of the subnet, whoever called. */
  includes(peer: Peer): boolean {
    return peer.onSubnet || this.#nodeOf(peer) !== undefined;
  }

  /** Those that are remembered. */
  nodes(): readonly SubnetNodeInfo[] {
    return Array.from(this.#nodes.values(), ({ address, latencyMs, proved }) => {
      return { address, proved, latencyMs, connected: this.#connections.reaches(address) || this.#connections.hasCalled(address) };
    });
  }

  /** Ends a probe that takes too long. */
  tickPeer(peer: Peer): void {
    if (!this.isProbe(peer)) return;
    const due = peer.connectedAtMs + PROBE_MS_MAX;
    if (this.#context.nowMs() >= due) this.#context.disconnect(peer, 'probe-timeout');
    else this.#context.wakeBy(due);
  }

  /** What is due. */
  tick(): void {
    if (!this.#isOn || !this.#connections.active) return;
    const now = this.#context.nowMs();
    if (now >= this.#knownAtMs && this.#manager.size > 0) this.#learnKnown(now);
    if (now >= this.#lookAtMs) this.#look(now);
    this.#context.wakeBy(Math.min(this.#lookAtMs, this.#manager.size > 0 ? this.#knownAtMs : Number.POSITIVE_INFINITY));
  }

  #wakeBy(atMs: number): void {
    this.#lookAtMs = Math.max(Math.min(this.#lookAtMs, atMs), this.#lookedAtMs + LOOK_INTERVAL_MS);
    this.#context.wakeBy(this.#lookAtMs);
  }

  /** When an address that did not answer has rested; past for all others. @param msMax - it rests no longer than that */
  #restedAtMs(key: string, msMax: number): number {
    const rest = this.#resting.get(key);
    return rest === undefined ? 0 : rest.sinceMs + Math.min(rest.forMs, msMax);
  }

  /** The node that a connection is with: that was called, or that listens where the caller says. */
  #nodeOf({ addresses, dialled = addresses.listening }: Peer): SubnetNode | undefined {
    return dialled === undefined ? undefined : this.#nodes.get(socketKey(dialled));
  }

  #add(address: SocketAddress, first: Pick<SubnetNode, 'untilMs' | 'failures' | 'probeAtMs'>): void {
    let ofHost = 0;
    for (const node of this.#nodes.values()) if (node.address.host === address.host) ofHost++;
    if (ofHost >= SUBNET_NODES_PER_HOST || (this.#nodes.size >= SUBNET_NODES_MAX && !this.#makeRoom())) return;
    const now = this.#context.nowMs();
    const probeAtMs = Math.max(first.probeAtMs, now + this.#context.random.below(FIRST_PROBE_SPREAD_MS));
    this.#nodes.set(socketKey(address), {
      ...{ address, ...first, probeAtMs, proved: false, told: false, latencyMs: undefined, services: 0n },
      ...{ probing: false, leaves: false, callAtMs: now, calling: false },
    });
    this.#wakeBy(probeAtMs);
  }

  /** Forgets one that is not proved, by chance: nobody knows which. @returns false where all are proved */
  #makeRoom(): boolean {
    const idle = [...this.#nodes].filter(([, node]) => !node.told && !node.probing);
    const chosen = idle[this.#context.random.below(Math.max(1, idle.length))];
    if (chosen !== undefined) this.#nodes.delete(chosen[0]);
    return chosen !== undefined;
  }

  /** Takes addresses of the subnet that were known from an earlier time or told by peers, at random. */
  #learnKnown(now: number): void {
    this.#knownAtMs = now + KNOWN_INTERVAL_MS;
    const found = new Map<string, SocketAddress>();
    const from = this.#knownFrom < this.#manager.size ? this.#knownFrom : 0;
    this.#knownFrom = from + KNOWN_LOOKED;
    for (const address of this.#manager.some(from, KNOWN_LOOKED)) {
      const socket = scopeOf(address) === 'private' ? toSocketAddress(address) : undefined;
      const key = socket === undefined ? '' : socketKey(socket);
      const isNew = !this.#nodes.has(key) && this.#restedAtMs(key, REST_MS_MAX) <= now;
      if (socket !== undefined && isNew) found.set(key, socket);
    }
    const waiting = [...found.values()];
    // One probe decides about each.
    const known = { untilMs: Number.POSITIVE_INFINITY, failures: PROBE_FAILURES_MAX - 1, probeAtMs: now };
    for (let i = 0; i < KNOWN_MAX && waiting.length > 0; i++) {
      const [chosen] = waiting.splice(this.#context.random.below(waiting.length), 1);
      // What was only told gives no room to take from those who say themselves that they are there.
      if (chosen !== undefined && this.#nodes.size < SUBNET_NODES_MAX) this.#add(chosen, known);
    }
  }

  /** Looks at every node: whether it is due to be probed, called or given up. */
  #look(now: number): void {
    this.#lookedAtMs = now;
    this.#lookAtMs = Number.POSITIVE_INFINITY;
    const peers = this.#peersByAddress();
    const due: SubnetNode[] = [];
    let probing = 0;
    for (const [key, node] of [...this.#nodes]) {
      if (now >= node.untilMs) this.#expired(node, now);
      const peer = peers.get(key);
      if (node.probing) probing++;
      else if (peer !== undefined) this.#watch(node, peer, now);
      else if (now >= node.probeAtMs) due.push(node);
      this.#lookAtMs = Math.min(this.#lookAtMs, node.untilMs, node.probeAtMs > now ? node.probeAtMs : Number.POSITIVE_INFINITY);
    }
    // By chance, so that those who are many do not keep the others waiting for ever.
    while (probing < PROBES_MAX && due.length > 0) {
      const [node] = due.splice(this.#context.random.below(due.length), 1);
      if (node !== undefined && this.#probe(node, now)) probing++;
    }
    this.#callOne(now);
    this.#lookAtMs = Math.max(this.#lookAtMs, now + LOOK_INTERVAL_MS);
  }

  /** What was said of a node holds no longer: it is there if it answers once more. */
  #expired(node: SubnetNode, now: number): void {
    node.untilMs = Number.POSITIVE_INFINITY;
    if (!this.#connections.isFree(node.address)) return;
    Object.assign(node, { proved: false, failures: PROBE_FAILURES_MAX - 1, probeAtMs: now });
  }

  /** Connections by the addresses that were called, or that those listen at who called us. */
  #peersByAddress(): ReadonlyMap<string, Peer> {
    const peers = new Map<string, Peer>();
    for (const peer of this.#context.peers.values()) {
      const address = peer.dialled ?? peer.addresses.listening;
      if (address !== undefined && !peer.leaving && !this.isProbe(peer)) peers.set(socketKey(address), peer);
    }
    return peers;
  }

  #probe(node: SubnetNode, now: number): boolean {
    if (!this.#connections.isFree(node.address)) {
      // We have it, or something is held against it.
      node.probeAtMs = now + PROBE_AGAIN_MS;
      return false;
    }
    const address = toNetworkAddress(node.address.host, node.address.port);
    if (address !== undefined) this.#manager.attempted(address, this.#context.nowSeconds(), false);
    node.probing = true;
    this.#connections.open(node.address, 'feeler');
    return true;
  }

  /** Whether one that we are connected with is still there: on a subnet an answer does not take long. */
  #watch(node: SubnetNode, peer: Peer, now: number): void {
    const { ping, ready } = peer;
    if (!ready) return;
    if (now >= node.probeAtMs) {
      node.probeAtMs = now + PROBE_AGAIN_MS;
      this.#liveness.ping(peer);
    }
    if (ping.nonce === undefined || now < ping.sentAtMs + SUBNET_PING_MS_MAX) return;
    this.#drop(node, 'silent');
    if (peer.onSubnet) this.#context.disconnect(peer, 'subnet-silent');
  }

  #failed(node: SubnetNode): void {
    const now = this.#context.nowMs();
    Object.assign(node, { proved: false, probing: false, failures: node.failures + 1 });
    if (node.leaves || node.failures >= PROBE_FAILURES_MAX) {
      this.#drop(node, node.leaves ? 'goodbye' : 'unreachable');
    } else {
      node.probeAtMs = now + PROBE_RETRY_MS * 2 ** (node.failures - 1);
    }
    this.#wakeBy(now);
  }

  #drop(node: SubnetNode, why: LossReason): void {
    const key = socketKey(node.address);
    this.#nodes.delete(key);
    this.#rest(key, why);
    this.#wakeBy(this.#context.nowMs());
    if (node.told) this.#context.log.info('subnet-node-lost', { address: nameOf(node), why });
  }

  #rest(key: string, why: LossReason): void {
    const before = this.#resting.get(key)?.forMs ?? REST_MS / 2;
    this.#resting.delete(key);
    const forMs = why === 'goodbye' ? SEEN_REST_MS : Math.min(REST_MS_MAX, before * 2);
    this.#resting.set(key, { sinceMs: this.#context.nowMs(), forMs });
    const [oldest] = this.#resting.keys();
    if (this.#resting.size > RESTING_MAX && oldest !== undefined) this.#resting.delete(oldest);
  }

  /** Calls one that is proved, if there is a place for it. */
  #callOne(now: number): void {
    if (this.#connections.wanted !== 'outbound-full-relay' || !this.#hasPlace()) return;
    const ready: SubnetNode[] = [];
    for (const node of this.#nodes.values()) {
      const isWanted = node.proved && !node.probing && offers(node.services, WANTED_SERVICES);
      if (!isWanted || !this.#connections.isFree(node.address) || this.#hasPeerAt(node.address.host)) continue;
      if (now >= node.callAtMs) ready.push(node);
      else this.#lookAtMs = Math.min(this.#lookAtMs, node.callAtMs);
    }
    const chosen = ready[this.#context.random.below(Math.max(1, ready.length))];
    if (chosen === undefined) return;
    chosen.calling = true;
    this.#connections.open(chosen.address, 'outbound-full-relay');
    if (ready.length > 1) this.#lookAtMs = now;
  }

  /** Whether fewer than half of our places are taken by nodes of the subnet, and one is free: none is made for them when the tip is stale. */
  #hasPlace(): boolean {
    const places = this.#connections.slots.targets()['outbound-full-relay'];
    let taken = 0;
    let ofSubnet = 0;
    for (const node of this.#nodes.values()) if (node.calling) ofSubnet++;
    for (const { connectionType, onSubnet } of this.#context.peers.values()) {
      if (connectionType !== 'outbound-full-relay') continue;
      taken++;
      if (onSubnet) ofSubnet++;
    }
    return taken < places && ofSubnet < Math.floor(places / 2);
  }

  /** Whether one of our places is taken by a node of this host. */
  #hasPeerAt(host: string): boolean {
    for (const node of this.#nodes.values()) if (node.calling && node.address.host === host) return true;
    for (const peer of this.#context.peers.values())
      if (peer.connectionType === 'outbound-full-relay' && peer.remote.host === host) return true;
    return false;
  }
}

function nameOf({ address: { host, port } }: SubnetNode): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Whether an address is one of a private or link-local range; that of IPv6 may have a zone. */
function isOnSite({ host, port }: SocketAddress): boolean {
  const address = toNetworkAddress(host.split('%')[0] ?? '', port);
  return address !== undefined && scopeOf(address) === 'private';
}
