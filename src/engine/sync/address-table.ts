import type { GossipAddress, NetworkAddress } from '../../core/wire/network-address.ts';
import type { StoredPeer } from '../ports/peer-store.ts';
import type { Random } from '../ports/random.ts';
import { addressKey, groupOf, scopeOf } from './address-scope.ts';

/** Addresses in all. */
export const ADDRESSES_MAX = 16_384;

/** Addresses of one part of the network. */
export const ADDRESSES_PER_GROUP_MAX = 64;

/** Addresses that one part of the network told us of. */
export const ADDRESSES_PER_SOURCE_MAX = 1_024;

/** An address that failed so often and never answered makes room for another. */
const FAILURES_MAX = 3;

/** Time until an address that failed is tried again: doubles with each failure. */
const RETRY_MS_MIN = 60_000;
const RETRY_MS_MAX = 4 * 3_600_000;

/** An address from the future, or without a time, counts as seen so long ago. Core does the same. */
const UNKNOWN_AGE_SECONDS = 5 * 86_400;
const FUTURE_SECONDS_MAX = 600;

/** Addresses that are looked at to choose one. */
const SAMPLE = 64;

interface Entry {
  readonly key: string;
  readonly group: string;
  readonly address: NetworkAddress;
  readonly sourceGroup: string;
  services: bigint;
  lastSeenSeconds: number;
  lastSuccessSeconds: number;
  failures: number;
  /** By monotonic time; not kept over a restart. */
  retryAtMs: number;
  /** Place in the list. */
  index: number;
}

/**
 * Addresses of nodes that we heard of. Bounded in all, for each part of the network that addresses are in, and for each that they come
 * from, so that whoever holds one part can fill no more than its share.
 */
export class AddressTable {
  readonly #random: Random;
  readonly #entries = new Map<string, Entry>();
  readonly #list: Entry[] = [];
  readonly #groups = new Map<string, Set<Entry>>();
  readonly #sources = new Map<string, number>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** Number of addresses. */
  get size(): number {
    return this.#list.length;
  }

  has(address: NetworkAddress): boolean {
    return this.#entries.has(addressKey(address));
  }

  /** Takes what was kept over a restart; what is over a limit is left out. */
  restore(stored: readonly StoredPeer[]): void {
    for (const peer of stored) {
      if (scopeOf(peer.address) === 'none' || this.has(peer.address) || !this.#hasRoom(groupOf(peer.address), peer.sourceGroup)) continue;
      this.#insert({ ...peer, key: addressKey(peer.address), group: groupOf(peer.address), retryAtMs: 0, index: 0 });
    }
  }

  /** What is worth keeping over a restart. */
  stored(): StoredPeer[] {
    return this.#list.map(({ address, services, lastSeenSeconds, lastSuccessSeconds, failures, sourceGroup }) => ({
      address,
      services,
      lastSeenSeconds,
      lastSuccessSeconds,
      failures,
      sourceGroup,
    }));
  }

  /**
   * Learns an address, or when it was last seen. A full group or a full table lets one go that never answered.
   *
   * @returns whether it is new
   */
  add(told: GossipAddress, sourceGroup: string, nowSeconds: number): boolean {
    const { address, services } = told;
    const tooLate = told.timeSeconds > nowSeconds + FUTURE_SECONDS_MAX || told.timeSeconds < 100_000_000;
    const lastSeenSeconds = tooLate ? nowSeconds - UNKNOWN_AGE_SECONDS : told.timeSeconds;
    const key = addressKey(address);
    const known = this.#entries.get(key);
    if (known !== undefined) {
      known.services |= services;
      known.lastSeenSeconds = Math.max(known.lastSeenSeconds, lastSeenSeconds);
      return false;
    }
    const group = groupOf(address);
    if (scopeOf(address) === 'none' || (this.#sources.get(sourceGroup) ?? 0) >= ADDRESSES_PER_SOURCE_MAX) return false;
    if ((this.#groups.get(group)?.size ?? 0) >= ADDRESSES_PER_GROUP_MAX) this.#evictFrom(this.#groups.get(group) ?? []);
    else if (this.size >= ADDRESSES_MAX) this.#evictFrom(this.#sample(SAMPLE));
    if (!this.#hasRoom(group, sourceGroup)) return false;
    this.#insert({
      key,
      group,
      address: { network: address.network, bytes: address.bytes.slice(), port: address.port },
      sourceGroup,
      services,
      lastSeenSeconds,
      lastSuccessSeconds: 0,
      failures: 0,
      retryAtMs: 0,
      index: 0,
    });
    return true;
  }

  /** A handshake succeeded. */
  succeeded(address: NetworkAddress, services: bigint, nowSeconds: number): void {
    const entry = this.#entries.get(addressKey(address));
    if (entry === undefined) return;
    entry.services = services;
    entry.lastSuccessSeconds = nowSeconds;
    entry.lastSeenSeconds = nowSeconds;
    entry.failures = 0;
    entry.retryAtMs = 0;
  }

  /** It is being called: not again before long, whatever comes of it. */
  attempted(address: NetworkAddress, nowMs: number): void {
    const entry = this.#entries.get(addressKey(address));
    if (entry === undefined) return;
    entry.retryAtMs = nowMs + Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** entry.failures);
    entry.failures++;
  }

  /** Nobody can or should be called there. */
  remove(address: NetworkAddress): void {
    const entry = this.#entries.get(addressKey(address));
    if (entry !== undefined) this.#delete(entry);
  }

  /** An address to call that `fits`: as likely one that answered before as one that never did, if there are both. */
  choose(nowMs: number, fits: (address: NetworkAddress, services: bigint) => boolean): NetworkAddress | undefined {
    const ready = this.#sample(SAMPLE).filter((entry) => entry.retryAtMs <= nowMs && fits(entry.address, entry.services));
    const tried = ready.filter((entry) => entry.lastSuccessSeconds > 0);
    const untried = ready.filter((entry) => entry.lastSuccessSeconds === 0);
    const first = this.#random.below(2) === 0 ? tried : untried;
    const second = first === tried ? untried : tried;
    return (first[0] ?? second[0])?.address;
  }

  /** Some of the addresses, each as likely; without those that failed often and never answered. */
  share(count: number): GossipAddress[] {
    return this.#sample(count)
      .filter((entry) => !isHopeless(entry))
      .map(({ address, services, lastSeenSeconds }) => ({ address, services, timeSeconds: lastSeenSeconds }));
  }

  /** Up to `count` different entries in random order. */
  #sample(count: number): Entry[] {
    const picked = new Map<number, number>();
    const sample: Entry[] = [];
    for (let i = 0; i < Math.min(count, this.size); i++) {
      // The first steps of a shuffle, of which only what moved is remembered.
      const j = i + this.#random.below(this.size - i);
      const entry = this.#list[picked.get(j) ?? j];
      picked.set(j, picked.get(i) ?? i);
      if (entry !== undefined) sample.push(entry);
    }
    return sample;
  }

  /** Lets the worst go: one that failed and never answered, the longest unseen of them; those that answered stay. */
  #evictFrom(entries: Iterable<Entry>): void {
    let worst: Entry | undefined;
    for (const entry of entries) {
      if (entry.lastSuccessSeconds > 0 && !isHopeless(entry)) continue;
      if (worst === undefined || isWorse(entry, worst)) worst = entry;
    }
    // Whoever never failed stays too: a flood of new addresses pushes nothing out.
    if (worst !== undefined && worst.failures > 0) this.#delete(worst);
  }

  #hasRoom(group: string, sourceGroup: string): boolean {
    return (
      this.size < ADDRESSES_MAX &&
      (this.#groups.get(group)?.size ?? 0) < ADDRESSES_PER_GROUP_MAX &&
      (this.#sources.get(sourceGroup) ?? 0) < ADDRESSES_PER_SOURCE_MAX
    );
  }

  #insert(entry: Entry): void {
    entry.index = this.#list.push(entry) - 1;
    this.#entries.set(entry.key, entry);
    const group = this.#groups.get(entry.group);
    if (group === undefined) this.#groups.set(entry.group, new Set([entry]));
    else group.add(entry);
    this.#sources.set(entry.sourceGroup, (this.#sources.get(entry.sourceGroup) ?? 0) + 1);
  }

  #delete(entry: Entry): void {
    this.#entries.delete(entry.key);
    const last = this.#list.pop();
    if (last !== undefined && last !== entry) {
      this.#list[entry.index] = last;
      last.index = entry.index;
    }
    const group = this.#groups.get(entry.group);
    group?.delete(entry);
    if (group?.size === 0) this.#groups.delete(entry.group);
    const left = (this.#sources.get(entry.sourceGroup) ?? 1) - 1;
    if (left === 0) this.#sources.delete(entry.sourceGroup);
    else this.#sources.set(entry.sourceGroup, left);
  }
}

/** Whether it failed often since it last answered, or never answered at all. */
function isHopeless(entry: Entry): boolean {
  return entry.failures >= (entry.lastSuccessSeconds > 0 ? FAILURES_MAX * 3 : FAILURES_MAX);
}

function isWorse(a: Entry, b: Entry): boolean {
  return a.failures === b.failures ? a.lastSeenSeconds < b.lastSeenSeconds : a.failures > b.failures;
}
