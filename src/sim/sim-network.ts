import { NodeError } from '../engine/ports/node-error.ts';
import type { Connection, Listener, SocketAddress, Transport } from '../engine/ports/transport.ts';
import type { EventQueue } from './event-queue.ts';
import { DEFAULT_QUALITY, type LinkQuality, type NetworkQuality, pairLatencyMs } from './link-quality.ts';
import { MessageTraffic } from './message-traffic.ts';
import type { RunDigest } from './run-digest.ts';
import { SimConnection } from './sim-connection.ts';
import type { SimRandom } from './sim-random.ts';

const US_PER_MS = 1_000;
const FIRST_PORT = 49_152;
const PORTS = 0x1_0000 - FIRST_PORT;

/** How long a stream waits for a way that is blocked before it ends: Linux's 15 minutes, about. */
export const PATIENCE_MS_DEFAULT = 900_000;

/** What the network is made with. */
export interface SimNetworkOptions {
  readonly queue: EventQueue;
  readonly random: SimRandom;
  readonly digest: RunDigest;
  readonly messageStart: Uint8Array;
  readonly quality?: Partial<NetworkQuality>;
  readonly patienceMs?: number;
}

/** A machine on the network, whether or not something runs there. */
export class SimHost {
  readonly address: string;
  /** Who is called there, by port. */
  readonly listeners: Map<number, (connection: Connection) => void> = new Map();
  /** Streams of it that stand. */
  readonly connections: Set<SimConnection> = new Set();
  uploadBytesPerSecond: number;
  /** It has power and a network. */
  isUp = true;
  #nextPort = 0;
  #uploadFreeUs = 0;

  constructor(address: string, uploadBytesPerSecond: number) {
    this.address = address;
    this.uploadBytesPerSecond = uploadBytesPerSecond;
  }

  /** A port for a call. */
  port(): number {
    return FIRST_PORT + (this.#nextPort++ % PORTS);
  }

  /** Sends so many bytes up the line behind those before. @returns when they have left */
  upload(nowUs: number, sizeBytes: number): number {
    this.#uploadFreeUs = Math.max(this.#uploadFreeUs, nowUs) + (sizeBytes * 1_000_000) / this.uploadBytesPerSecond;
    return this.#uploadFreeUs;
  }
}

/**
 * The network: hosts and the ways between them. What is sent takes the time that latency, chance, losses and the sender's line make of it.
 *
 * A way can be blocked, in one direction or both. Streams across it stand for a while, as TCP's do, and go on where it opens again in time.
 */
export class SimNetwork {
  readonly queue: EventQueue;
  readonly random: SimRandom;
  readonly digest: RunDigest;
  readonly traffic: MessageTraffic;
  readonly patienceMs: number;
  readonly #quality: NetworkQuality;
  readonly #latencySeed: number;
  readonly #hosts = new Map<string, SimHost>();
  /** What differs from the rest: by host, and by direction between two. */
  readonly #ofHost = new Map<string, Partial<LinkQuality>>();
  readonly #ofLink = new Map<string, Partial<LinkQuality>>();
  /** The side of the split that a host is on; those that are on none reach each other. Empty while there is none. */
  #sides = new Map<string, number>();
  readonly #cuts = new Set<string>();
  #streams = 0;

  constructor(options: SimNetworkOptions) {
    this.queue = options.queue;
    this.random = options.random;
    this.digest = options.digest;
    this.traffic = new MessageTraffic(options.messageStart);
    this.patienceMs = options.patienceMs ?? PATIENCE_MS_DEFAULT;
    this.#quality = { ...DEFAULT_QUALITY, ...options.quality };
    this.#latencySeed = options.random.u32();
  }

  /** The host of an address, which is made when it is first named. */
  host(address: string): SimHost {
    let host = this.#hosts.get(address);
    if (host === undefined) {
      host = new SimHost(address, this.#quality.uploadBytesPerSecond);
      this.#hosts.set(address, host);
    }
    return host;
  }

  /** Streams that stand, counted once. */
  get streams(): number {
    let ends = 0;
    for (const { connections } of this.#hosts.values()) ends += connections.size;
    return ends / 2;
  }

  /** What the way from one host to another is like. */
  quality(from: string, to: string): LinkQuality {
    const { latencyMs, jitterMs, loss } = this.#quality;
    const base = { latencyMs: pairLatencyMs(this.#latencySeed, from, to, latencyMs), jitterMs, loss };
    return { ...base, ...this.#ofHost.get(from), ...this.#ofHost.get(to), ...this.#ofLink.get(`${from}>${to}`) };
  }

  /** Makes all ways to and from a host better or worse. */
  setHostQuality(address: string, quality: Partial<LinkQuality & Pick<NetworkQuality, 'uploadBytesPerSecond'>>): void {
    const { uploadBytesPerSecond, ...link } = quality;
    if (uploadBytesPerSecond !== undefined) this.host(address).uploadBytesPerSecond = uploadBytesPerSecond;
    this.#ofHost.set(address, { ...this.#ofHost.get(address), ...link });
    this.#qualityChanged();
  }

  /** Makes the way from one host to another better or worse, and only that direction of it. */
  setLinkQuality(from: string, to: string, quality: Partial<LinkQuality>): void {
    const key = `${from}>${to}`;
    this.#ofLink.set(key, { ...this.#ofLink.get(key), ...quality });
    this.#qualityChanged();
  }

  /** Splits the network: a host reaches those of its own group alone. Hosts of no group reach one another. */
  partition(groups: readonly (readonly string[])[]): void {
    this.#sides = new Map(groups.flatMap((group, side) => group.map((address) => [address, side] as const)));
    this.#reachChanged();
  }

  /** The part of a split network that a host is on; 0 where there is no split. */
  sideOf(address: string): number {
    return this.#sides.get(address) ?? 0;
  }

  /** Blocks or opens the way from one host to another, in that direction. */
  setBlocked(from: string, to: string, blocked: boolean): void {
    if (blocked) this.#cuts.add(`${from}>${to}`);
    else this.#cuts.delete(`${from}>${to}`);
    this.#reachChanged();
  }

  /** Ends every split and opens every way. */
  heal(): void {
    this.#sides = new Map();
    this.#cuts.clear();
    this.#reachChanged();
  }

  /** Whether what one host sends comes to another. */
  reaches(from: string, to: string): boolean {
    if (this.#hosts.get(to)?.isUp === false || this.#hosts.get(from)?.isUp === false) return false;
    if (this.#sides.size > 0 && this.#sides.get(from) !== this.#sides.get(to)) return false;
    return this.#cuts.size === 0 || !this.#cuts.has(`${from}>${to}`);
  }

  /** The host loses its power: its streams are gone and nobody is told. */
  powerOff(address: string): void {
    const host = this.host(address);
    host.isUp = false;
    host.listeners.clear();
    for (const connection of [...host.connections]) connection.vanish();
  }

  /** The process on a host ends, and the system closes its streams. */
  endProcess(address: string): void {
    const host = this.host(address);
    host.listeners.clear();
    for (const connection of [...host.connections]) connection.abandon();
  }

  /** The host is there again. */
  powerOn(address: string): void {
    this.host(address).isUp = true;
    this.#reachChanged();
  }

  /** The network as one host sees it. */
  transport(address: string): Transport {
    const host = this.host(address);
    return {
      dial: (to, { timeoutMs }) => this.#dial(host, to, timeoutMs),
      listen: (at, accept) => this.#listen(host, at, accept),
    };
  }

  /** An end has closed. */
  forget(connection: SimConnection): void {
    connection.host.connections.delete(connection);
  }

  #dial(from: SimHost, to: SocketAddress, timeoutMs: number): Promise<Connection> {
    const { latencyMs } = this.quality(from.address, to.host);
    return new Promise((resolve, reject) => {
      const fail = (why: string, delayMs: number): void => {
        const error = new NodeError('dial-failed', `no connection to ${to.host}:${to.port}: ${why}`);
        this.queue.after(delayMs * US_PER_MS, () => reject(error));
      };
      this.queue.after(latencyMs * US_PER_MS, () => {
        const host = this.#hosts.get(to.host);
        if (host === undefined || !this.reaches(from.address, to.host) || !this.reaches(to.host, from.address)) {
          fail('no answer', Math.max(0, timeoutMs - latencyMs));
          return;
        }
        const accept = host.listeners.get(to.port);
        if (accept === undefined) fail('nobody listens', latencyMs);
        else this.#connect(from, host, to.port, accept, (near) => this.queue.after(latencyMs * US_PER_MS, () => resolve(near)));
      });
    });
  }

  #connect(from: SimHost, to: SimHost, port: number, accept: (far: Connection) => void, called: (near: Connection) => void): void {
    const ends = { near: { host: from.address, port: from.port() }, far: { host: to.address, port } };
    const lane = 2 * this.#streams++;
    const near = new SimConnection(this, { host: from, local: ends.near, remote: ends.far, lane });
    const far = new SimConnection(this, { host: to, local: ends.far, remote: ends.near, lane: lane + 1 });
    SimConnection.join(near, far);
    from.connections.add(near);
    to.connections.add(far);
    this.digest.add(3, this.queue.nowUs, lane);
    called(near);
    accept(far);
  }

  async #listen(host: SimHost, { port }: SocketAddress, accept: (connection: Connection) => void): Promise<Listener> {
    const taken = port === 0 ? host.port() : port;
    if (host.listeners.has(taken)) throw new NodeError('port-in-use', `something else listens on ${host.address}:${taken}`);
    host.listeners.set(taken, accept);
    return {
      address: { host: host.address, port: taken },
      close: async () => {
        if (host.listeners.get(taken) === accept) host.listeners.delete(taken);
      },
    };
  }

  #reachChanged(): void {
    for (const { connections } of this.#hosts.values()) for (const connection of [...connections]) connection.reachChanged();
  }

  #qualityChanged(): void {
    for (const { connections } of this.#hosts.values()) {
      for (const connection of connections) connection.quality = this.quality(connection.local.host, connection.remote.host);
    }
  }
}
