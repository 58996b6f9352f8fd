import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import type { Clock, Timer } from '../../engine/ports/clock.ts';
import type { SocketAddress } from '../../engine/ports/transport.ts';
import { type FoundLink, linksOf, linkTo } from './links.ts';
import type { Link, Multicast, MulticastHandlers } from './multicast.ts';
import { MDNS_PORT } from './responder.ts';

type Family = FoundLink['family'];

/** Where multicast DNS is spoken. */
const GROUPS: Readonly<Record<Family, string>> = { ipv4: '224.0.0.251', ipv6: 'ff02::fb' };

const SOCKET_TYPES = { ipv4: 'udp4', ipv6: 'udp6' } as const;

/** Every packet says so: it has passed no router (RFC 6762, section 11). */
const TTL = 255;

/** How often interfaces are looked at: one may come or go. */
const LOOK_INTERVAL_MS = 10_000;

/** A link with the socket that sends on it. */
interface OpenLink extends FoundLink {
  readonly sender: Socket;
}

/**
 * Multicast by Node's sockets: one that receives for each family, one that sends for each link. Packets for this machine alone are left to the
 * system's own multicast DNS, if it has one: the senders are connected to the group, from which nothing ever comes, and what receives is
 * bound to the group where the system allows it.
 */
class NodeMulticast implements Multicast {
  readonly #clock: Clock;
  readonly #receivers = new Map<Family, Socket>();
  readonly #links = new Map<string, OpenLink>();
  readonly #unsent = new Set<Promise<void>>();
  /** Links that could not be opened, of which that was told. */
  #failed: ReadonlySet<string> = new Set();
  #handlers: MulticastHandlers | undefined;
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async open(handlers: MulticastHandlers): Promise<void> {
    this.#handlers = handlers;
    await this.#look(handlers);
  }

  send(link: Link, bytes: Uint8Array, to?: SocketAddress): void {
    const open = [...this.#links.values()].find((each) => each.name === link.name && each.host === link.host);
    const receiver = open && this.#receivers.get(open.family);
    if (open === undefined || receiver === undefined) return;
    const sent = new Promise<void>((resolve) => {
      const done = (): void => {
        this.#unsent.delete(sent);
        resolve();
      };
      if (to === undefined) open.sender.send(bytes, done);
      else receiver.send(bytes, to.port, to.host, done);
    });
    this.#unsent.add(sent);
  }

  async close(): Promise<void> {
    this.#handlers = undefined;
    if (this.#timer !== undefined) this.#clock.cancel(this.#timer);
    await Promise.all(this.#unsent);
    for (const { sender } of this.#links.values()) sender.close();
    for (const receiver of this.#receivers.values()) receiver.close();
    this.#links.clear();
    this.#receivers.clear();
  }

  /** Opens links that have come and closes those that are gone. */
  async #look(handlers: MulticastHandlers): Promise<void> {
    if (this.#handlers !== handlers) return;
    const found = new Map(linksOf(interfacesOr(handlers), handlers.only).map((link) => [`${link.name} ${link.host}`, link]));
    for (const [key, link] of this.#links) {
      if (found.has(key)) continue;
      this.#links.delete(key);
      link.sender.close();
      handlers.down(link);
    }
    const failed = new Set<string>();
    for (const [key, link] of found) {
      const why = this.#links.has(key) ? undefined : await this.#open(key, link, handlers);
      if (this.#handlers !== handlers) return;
      if (why === undefined) continue;
      failed.add(key);
      if (!this.#failed.has(key)) handlers.failed(`${link.name}: ${why}`);
    }
    this.#failed = failed;
    this.#timer = this.#clock.after(LOOK_INTERVAL_MS, () => {
      this.#look(handlers).catch((error: unknown) => handlers.failed(String(error)));
    });
  }

  /** Opens a link. @returns why that is impossible; undefined where it is done, or not wanted any more */
  async #open(key: string, link: FoundLink, handlers: MulticastHandlers): Promise<string | undefined> {
    const { family, host, name } = link;
    // What IPv6 calls an interface by; IPv4 by our address there.
    const membership = family === 'ipv4' ? host : `::%${name}`;
    const group = family === 'ipv4' ? GROUPS.ipv4 : `${GROUPS.ipv6}%${name}`;
    const sender = createSocket({ type: SOCKET_TYPES[family], reuseAddr: true });
    try {
      const receiver = this.#receivers.get(family) ?? (await this.#receive(family, handlers));
      await bind(sender, host);
      sender.setMulticastInterface(membership);
      sender.setMulticastTTL(TTL);
      sender.setMulticastLoopback(true);
      await connect(sender, group);
      joinGroup(receiver, GROUPS[family], membership);
    } catch (error) {
      sender.close();
      return error instanceof Error ? error.message : String(error);
    }
    sender.on('error', () => undefined); // A packet that could not be sent is lost.
    if (this.#handlers !== handlers) {
      sender.close();
      return undefined;
    }
    const open: OpenLink = { ...link, sender };
    this.#links.set(key, open);
    handlers.up(open);
    return undefined;
  }

  /** Opens the socket that receives for a family. */
  async #receive(family: Family, handlers: MulticastHandlers): Promise<Socket> {
    const socket = createSocket({ type: SOCKET_TYPES[family], reuseAddr: true, ...(family === 'ipv6' && { ipv6Only: true }) });
    try {
      await bind(socket, family === 'ipv4' && process.platform !== 'win32' ? GROUPS.ipv4 : undefined);
      if (family === 'ipv4') socket.setTTL(TTL);
    } catch (error) {
      socket.close();
      throw error;
    }
    if (this.#handlers !== handlers) {
      socket.close();
      throw new Error('closed meanwhile');
    }
    socket.on('error', (error) => handlers.failed(error.message));
    socket.on('message', (bytes: Buffer, from: RemoteInfo) => {
      const link = linkTo(this.#links.values(), from.address);
      if (link === undefined) return;
      const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
      this.#handlers?.received(link, plain, { host: from.address, port: from.port });
    });
    this.#receivers.set(family, socket);
    return socket;
  }
}

/** The machine's interfaces; none where the system does not tell them. */
function interfacesOr(handlers: MulticastHandlers): ReturnType<typeof networkInterfaces> {
  try {
    return networkInterfaces();
  } catch (error) {
    handlers.failed(`the interfaces cannot be listed: ${error instanceof Error ? error.message : String(error)}`);
    return {};
  }
}

/** Joins a group on an interface; it may have been joined before by an address that is gone. */
function joinGroup(socket: Socket, group: string, membership: string): void {
  try {
    socket.addMembership(group, membership);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
  }
}

function bind(socket: Socket, address: string | undefined): Promise<void> {
  return settled(socket, () => socket.bind({ port: MDNS_PORT, ...(address !== undefined && { address }), exclusive: true }), 'listening');
}

function connect(socket: Socket, address: string): Promise<void> {
  return settled(socket, () => socket.connect(MDNS_PORT, address), 'connect');
}

/** Begins something on a socket and waits for its event. */
function settled(socket: Socket, begin: () => void, event: 'listening' | 'connect'): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once(event, () => {
      socket.off('error', reject);
      resolve();
    });
    begin();
  });
}

/** Multicast on this machine's interfaces. */
export function createNodeMulticast(clock: Clock): Multicast {
  return new NodeMulticast(clock);
}
