import { type NetworkAddress, toNetworkAddress } from '../../core/wire/network-address.ts';
import { compareSubnets, formatSubnet, type Subnet, subnetOf } from '../../core/wire/subnet.ts';
import type { Ban } from '../ports/ban-store.ts';

/** Most bans at a time. */
export const BANS_MAX = 10_000;

/** Bans of one network with as many bits, by the subnet's text. */
interface Width {
  readonly network: Subnet['network'];
  readonly prefixBits: number;
  readonly bans: Map<string, Ban>;
}

/**
 * Whom a user has banned, and until when. Core's `BanMan` without what it calls discouragement.
 *
 * Kept by the number of bits that count: whether an address is banned is one look-up for each such number that is in use, of which there are
 * at most 33 for IPv4 and 129 for IPv6, however many bans there are.
 */
export class BanList {
  readonly #widths = new Map<string, Width>();
  readonly #nowSeconds: () => number;
  #size = 0;
  /** No ban is over before this. */
  #soonestSeconds = Number.POSITIVE_INFINITY;

  constructor(nowSeconds: () => number) {
    this.#nowSeconds = nowSeconds;
  }

  /** What was kept over the last stop. */
  restore(bans: readonly Ban[]): void {
    for (const ban of bans.slice(0, BANS_MAX)) this.#set(ban);
  }

  /** Those that hold, in their order. */
  all(): readonly Ban[] {
    this.#sweep();
    return [...this.#widths.values()].flatMap(({ bans }) => [...bans.values()]).sort((a, b) => compareSubnets(a.subnet, b.subnet));
  }

  /** Whether exactly this part of the network is banned. */
  has(subnet: Subnet): boolean {
    return this.#holds(this.#get(subnet));
  }

  /** Whether an address is in what is banned. */
  covers({ network, bytes }: Pick<NetworkAddress, 'network' | 'bytes'>): boolean {
    if (network !== 'ipv4' && network !== 'ipv6') return false;
    for (const width of this.#widths.values()) {
      if (width.network !== network) continue;
      if (this.#holds(width.bans.get(formatSubnet(subnetOf({ network, bytes }, width.prefixBits))))) return true;
    }
    return false;
  }

  /** The same for the text of an IP; a name is never banned. */
  coversHost(host: string): boolean {
    const address = toNetworkAddress(host, 0);
    return address !== undefined && this.covers(address);
  }

  /** Bans, unless a longer ban is there. @returns false where there is no room */
  add(subnet: Subnet, untilSeconds: number): boolean {
    this.#sweep();
    const known = this.#get(subnet);
    if (known === undefined && this.#size >= BANS_MAX) return false;
    if ((known?.untilSeconds ?? 0) < untilSeconds) this.#set({ subnet, createdSeconds: this.#nowSeconds(), untilSeconds });
    return true;
  }

  /** @returns false where exactly this was not banned */
  remove(subnet: Subnet): boolean {
    const key = widthKey(subnet);
    const width = this.#widths.get(key);
    if (width?.bans.delete(formatSubnet(subnet)) !== true) return false;
    this.#size--;
    if (width.bans.size === 0) this.#widths.delete(key);
    return true;
  }

  clear(): void {
    this.#widths.clear();
    this.#size = 0;
    this.#soonestSeconds = Number.POSITIVE_INFINITY;
  }

  #holds(ban: Ban | undefined): boolean {
    return ban !== undefined && ban.untilSeconds > this.#nowSeconds();
  }

  #get(subnet: Subnet): Ban | undefined {
    return this.#widths.get(widthKey(subnet))?.bans.get(formatSubnet(subnet));
  }

  #set(ban: Ban): void {
    const { subnet, untilSeconds } = ban;
    const key = widthKey(subnet);
    let width = this.#widths.get(key);
    if (width === undefined) {
      width = { network: subnet.network, prefixBits: subnet.prefixBits, bans: new Map() };
      this.#widths.set(key, width);
    }
    this.#size -= width.bans.size;
    width.bans.set(formatSubnet(subnet), ban);
    this.#size += width.bans.size;
    this.#soonestSeconds = Math.min(this.#soonestSeconds, untilSeconds);
  }

  /** Forgets what is over; looks only where something may be. */
  #sweep(): void {
    const now = this.#nowSeconds();
    if (now < this.#soonestSeconds) return;
    const bans = [...this.#widths.values()].flatMap((width) => [...width.bans.values()]);
    this.clear();
    for (const ban of bans) if (ban.untilSeconds > now) this.#set(ban);
  }
}

function widthKey({ network, prefixBits }: Subnet): string {
  return `${network}/${prefixBits}`;
}
