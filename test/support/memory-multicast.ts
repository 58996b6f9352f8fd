/**
 * A subnet in memory for multicast DNS: what one host sends reaches all, itself too, after a moment of the clock.
 *
 * @module
 */

import { toNetworkAddress } from '../../src/core/wire/network-address.ts';
import type { Clock } from '../../src/engine/ports/clock.ts';
import type { SocketAddress } from '../../src/engine/ports/transport.ts';
import type { DnsMessage } from '../../src/platform/discovery/dns-message.ts';
import { decodeDnsMessage } from '../../src/platform/discovery/dns-message.ts';
import type { Link, Multicast, MulticastHandlers } from '../../src/platform/discovery/multicast.ts';

/** Where multicast DNS is spoken. */
const PORT = 5_353;

/** A message that was sent: to all, or to one. */
export interface SentMessage {
  readonly from: string;
  readonly to: SocketAddress | undefined;
  readonly atMs: number;
  readonly sizeBytes: number;
  readonly message: DnsMessage;
}

/** One link and its hosts. */
export class MemorySubnet {
  readonly sent: SentMessage[] = [];
  readonly #clock: Clock;
  readonly #hosts = new Map<string, MulticastHandlers>();
  readonly #links = new Map<string, Link>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The subnet as one host has it. */
  host(host: string): Multicast {
    const link: Link = { name: 'eth0', host, addresses: [toNetworkAddress(host, 1)?.bytes ?? new Uint8Array(4)] };
    this.#links.set(host, link);
    return {
      open: async (handlers) => {
        this.#hosts.set(host, handlers);
        handlers.up(link);
      },
      send: (_link, bytes, to) => {
        this.sent.push({ from: host, to, atMs: this.#clock.monotonicMs(), sizeBytes: bytes.length, message: decodeDnsMessage(bytes) });
        this.say(bytes, { host, port: PORT }, to?.host);
      },
      close: async () => {
        this.#hosts.delete(host);
      },
    };
  }

  /** The link of a host is lost. */
  lose(host: string): void {
    const link = this.#links.get(host);
    if (link !== undefined) this.#hosts.get(host)?.down(link);
  }

  /** Bytes on the link, from anywhere, to all or to one host. */
  say(bytes: Uint8Array, from: SocketAddress, to?: string): void {
    const copy = bytes.slice();
    this.#clock.after(1, () => {
      for (const [host, handlers] of [...this.#hosts]) {
        const link = this.#links.get(host);
        if (link !== undefined && (to === undefined || to === host)) handlers.received(link, copy, from);
      }
    });
  }
}
