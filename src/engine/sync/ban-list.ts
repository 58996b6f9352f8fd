import { type NetworkAddress, toNetworkAddress } from '../../core/wire/network-address.ts';
import { compareSubnets, formatSubnet, type Subnet, subnetContains } from '../../core/wire/subnet.ts';
import type { Ban } from '../ports/ban-store.ts';

/** Most bans at a time. Each is looked at for each connection. */
export const BANS_MAX = 10_000;

/** Whom a user has banned, and until when. Core's `BanMan` without what it calls discouragement. */
export class BanList {
  readonly #bans = new Map<string, Ban>();
  readonly #nowSeconds: () => number;

  constructor(nowSeconds: () => number) {
    this.#nowSeconds = nowSeconds;
  }

  /** What was kept over the last stop. */
  restore(bans: readonly Ban[]): void {
    for (const ban of bans.slice(0, BANS_MAX)) this.#bans.set(formatSubnet(ban.subnet), ban);
  }

  /** Those that hold, in their order. */
  all(): readonly Ban[] {
    return [...this.#sweep().values()].sort((a, b) => compareSubnets(a.subnet, b.subnet));
  }

  /** Whether exactly this part of the network is banned. */
  has(subnet: Subnet): boolean {
    return this.#sweep().has(formatSubnet(subnet));
  }

  /** Whether an address is in what is banned. */
  covers(address: Pick<NetworkAddress, 'network' | 'bytes'>): boolean {
    const now = this.#nowSeconds();
    for (const { subnet, untilSeconds } of this.#bans.values()) if (untilSeconds > now && subnetContains(subnet, address)) return true;
    return false;
  }

  /** The same for the text of an IP; a name is never banned. */
  coversHost(host: string): boolean {
    const address = toNetworkAddress(host, 0);
    return address !== undefined && this.covers(address);
  }

  /** Bans, unless a longer ban is there. @returns false where there is no room */
  add(subnet: Subnet, untilSeconds: number): boolean {
    const key = formatSubnet(subnet);
    const bans = this.#sweep();
    if (!bans.has(key) && bans.size >= BANS_MAX) return false;
    if ((bans.get(key)?.untilSeconds ?? 0) < untilSeconds) bans.set(key, { subnet, createdSeconds: this.#nowSeconds(), untilSeconds });
    return true;
  }

  /** @returns false where exactly this was not banned */
  remove(subnet: Subnet): boolean {
    return this.#bans.delete(formatSubnet(subnet));
  }

  clear(): void {
    this.#bans.clear();
  }

  /** Forgets what is over. */
  #sweep(): Map<string, Ban> {
    const now = this.#nowSeconds();
    for (const [key, { untilSeconds }] of this.#bans) if (untilSeconds <= now) this.#bans.delete(key);
    return this.#bans;
  }
}
