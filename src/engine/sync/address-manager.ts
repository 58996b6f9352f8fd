import type { GossipAddress, NetworkAddress, NetworkKind } from '../../core/wire/network-address.ts';
import type { AddressCounts, PlacedPeer } from '../ports/address-book.ts';
import type { StoredBook, StoredPeer } from '../ports/peer-store.ts';
import type { Random } from '../ports/random.ts';
import { AddressBuckets, BUCKET_PLACES, NEW_BUCKETS, TRIED_BUCKETS } from './address-buckets.ts';
import { type AddressRow, AddressRows } from './address-rows.ts';
import { scopeOf } from './address-scope.ts';
import { BucketTable } from './bucket-table.ts';

/** Places of both tables: there are no more addresses than that. */
export const ADDRESSES_MAX: number = (NEW_BUCKETS + TRIED_BUCKETS) * BUCKET_PLACES;

/** Bytes of the key. */
export const ADDRESS_KEY_BYTES = 16;

/** Places of the new table that one address may have. Core's ADDRMAN_NEW_BUCKETS_PER_ADDRESS. */
export const NEW_PLACES_PER_ADDRESS = 8;

/** Addresses that wait to take the place of another in the tried table. Core's ADDRMAN_SET_TRIED_COLLISION_SIZE. */
export const COLLISIONS_MAX = 10;

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Core's ADDRMAN_HORIZON, ADDRMAN_RETRIES, ADDRMAN_MIN_FAIL, ADDRMAN_MAX_FAILURES. */
const HORIZON_SECONDS = 30 * DAY;
const RETRIES_MAX = 3;
const FAILING_SECONDS = 7 * DAY;
const FAILURES_MAX = 10;

/** A time so far ahead is none. */
const FUTURE_SECONDS_MAX = 10 * MINUTE;

/** An address without a time, or from the future, counts as seen so long ago. Core does the same. */
const UNKNOWN_AGE_SECONDS = 5 * DAY;
const TIME_MIN = 100_000_000;

/** Who answered within this time keeps its place. Core's ADDRMAN_REPLACEMENT. */
const REPLACEMENT_SECONDS = 4 * HOUR;

/** What could not be tested within this time is decided for the new address. Core's ADDRMAN_TEST_WINDOW. */
const TEST_WINDOW_SECONDS = 40 * MINUTE;

/** Whoever was called a moment ago is less likely to be called again, and each failure takes a third of the chance. Core's GetChance. */
const RECENT_SECONDS = 10 * MINUTE;
const RECENT_CHANCE = 0.01;
const FAILURE_CHANCE = 0.66;
const FAILURES_COUNTED = 8;

/** A connected address is marked as seen so often. Core's `AddrMan::Connected`. */
const SEEN_INTERVAL_SECONDS = 20 * MINUTE;

/** Chances are whole numbers below this. */
const CHANCE_UNIT = 2 ** 30;

/** An address to call, and when it was last called. */
export interface Candidate {
  readonly address: NetworkAddress;
  readonly services: bigint;
  readonly lastTrySeconds: number;
}

/** What to choose among. */
export interface Selection {
  /** Only those that never answered. */
  readonly onlyNew?: boolean;
  /** Only these networks; all unless given. */
  readonly networks?: ReadonlySet<NetworkKind>;
}

/**
 * Addresses of nodes that we heard of, in Core's two tables. `new` has those that were told of, placed by who told and where they are;
 * `tried` those that answered, placed by where they are. Whoever holds one part of the network reaches 64 of 1,024 new buckets with what
 * it tells and 8 of 256 tried ones with what it runs, whatever it sends. Nobody who answered loses its place before it was called once more.
 *
 * Times are by the wall clock, seconds.
 */
export class AddressManager {
  readonly #random: Random;
  #rows: AddressRows;
  #key: Uint8Array;
  #buckets: AddressBuckets;
  readonly #new: BucketTable;
  readonly #tried: BucketTable;
  /** Addresses that would take the place of one in the tried table. */
  readonly #collisions = new Set<AddressRow>();
  /** When some address last answered. Failures count once between two of these: while we are cut off nobody is to blame. */
  #lastGoodSeconds = 1;

  constructor(random: Random) {
    this.#random = random;
    this.#key = random.bytes(ADDRESS_KEY_BYTES);
    this.#buckets = new AddressBuckets(this.#key);
    this.#rows = new AddressRows(ADDRESSES_MAX, this.#key);
    this.#new = new BucketTable(NEW_BUCKETS, random);
    this.#tried = new BucketTable(TRIED_BUCKETS, random);
  }

  /** Number of addresses. */
  get size(): number {
    return this.#rows.count;
  }

  /** Bytes that the tables hold. */
  get memoryBytes(): number {
    return this.#rows.memoryBytes + this.#new.memoryBytes + this.#tried.memoryBytes;
  }

  has(address: NetworkAddress): boolean {
    return this.#rows.find(address) !== undefined;
  }

  /** What a node is said to serve; nothing where the address is not known. */
  servicesOf(address: NetworkAddress): bigint {
    const row = this.#rows.find(address);
    return row === undefined ? 0n : this.#rows.services(row);
  }

  /** Addresses of each network, by table. */
  counts(): ReadonlyMap<NetworkKind, AddressCounts> {
    const counts = new Map<NetworkKind, { new: number; tried: number }>();
    for (let place = 0; place < this.#rows.count; place++) {
      const row = this.#rows.at(place);
      const network = this.#rows.network(row);
      const count = counts.get(network) ?? { new: 0, tried: 0 };
      count[this.#rows.isTried(row) ? 'tried' : 'new']++;
      counts.set(network, count);
    }
    return counts;
  }

  /** Takes what was kept over a restart, in place of everything; what finds its place taken is left out. */
  restore({ key, peers }: StoredBook): void {
    if (key !== undefined) this.#key = key.slice();
    this.#buckets = new AddressBuckets(this.#key);
    this.#rows = new AddressRows(ADDRESSES_MAX, this.#key);
    this.#new.clear();
    this.#tried.clear();
    this.#collisions.clear();
    for (const peer of peers) this.#restoreOne(peer);
  }

  #restoreOne(peer: StoredPeer): void {
    const { address, source } = peer;
    const row = scopeOf(address) === 'none' || this.has(address) ? undefined : this.#rows.insert(address, source);
    if (row === undefined) return;
    this.#rows.setServices(row, peer.services);
    this.#rows.setTime(row, 'lastSeen', peer.lastSeenSeconds);
    this.#rows.setTime(row, 'lastSuccess', peer.lastSuccessSeconds);
    this.#rows.setAttempts(row, peer.failures);
    const tried = this.#buckets.place('tried', this.#buckets.tried(address), address);
    if (peer.tried && this.#tried.get(tried) === undefined) {
      this.#tried.set(tried, row, this.#rows.network(row));
      this.#rows.setTried(row, true);
      return;
    }
    const named = peer.newBuckets.filter((bucket) => bucket < NEW_BUCKETS).slice(0, NEW_PLACES_PER_ADDRESS);
    for (const bucket of named.length > 0 ? named : [this.#buckets.new(address, source)]) {
      const place = this.#buckets.place('new', bucket, address);
      if (this.#new.get(place) === undefined) this.#putNew(place, row);
    }
    if (this.#rows.newPlaces(row) === 0) this.#rows.delete(row);
  }

  /** What is worth keeping over a restart. */
  stored(): StoredBook {
    const buckets = new Map<AddressRow, number[]>();
    for (const [place, row] of this.#new.entries()) {
      const of = buckets.get(row);
      if (of === undefined) buckets.set(row, [Math.floor(place / BUCKET_PLACES)]);
      else of.push(Math.floor(place / BUCKET_PLACES));
    }
    const peers: StoredPeer[] = [];
    for (let place = 0; place < this.#rows.count; place++) {
      const row = this.#rows.at(place);
      peers.push(this.#storedOne(row, buckets.get(row) ?? []));
    }
    return { key: this.#key.slice(), peers };
  }

  /** Some of the addresses: from a number on, up to `count`. Numbers change when an address is removed. */
  *some(from: number, count: number): Generator<NetworkAddress> {
    for (let place = from; place < Math.min(this.#rows.count, from + count); place++) yield this.#rows.address(this.#rows.at(place));
  }

  /** Every place that is taken, in order. */
  *places(): Generator<PlacedPeer> {
    for (const [name, table] of [
      ['new', this.#new],
      ['tried', this.#tried],
    ] as const) {
      for (const [place, row] of table.entries()) {
        const bucket = Math.floor(place / BUCKET_PLACES);
        yield { ...this.#storedOne(row, [bucket]), table: name, bucket, place: place % BUCKET_PLACES };
      }
    }
  }

  #storedOne(row: AddressRow, newBuckets: readonly number[]): StoredPeer {
    return {
      address: this.#rows.address(row),
      source: this.#rows.source(row),
      services: this.#rows.services(row),
      lastSeenSeconds: this.#rows.time(row, 'lastSeen'),
      lastSuccessSeconds: this.#rows.time(row, 'lastSuccess'),
      failures: this.#rows.attempts(row),
      tried: this.#rows.isTried(row),
      newBuckets: this.#rows.isTried(row) ? [] : newBuckets,
    };
  }

  /**
   * Learns an address, or when it was last seen. One that is told of again may get another place, the less likely the more it has. A place
   * that is taken becomes free only where who has it is as good as gone, or has others.
   *
   * @param penaltySeconds - taken off what others say of when it was seen; not where it speaks of itself
   * @returns whether it got a place
   */
  add(told: GossipAddress, source: NetworkAddress, nowSeconds: number, penaltySeconds = 0): boolean {
    const { address, services } = told;
    if (scopeOf(address) === 'none') return false;
    const tooLate = told.timeSeconds > nowSeconds + FUTURE_SECONDS_MAX || told.timeSeconds < TIME_MIN;
    const seenSeconds = tooLate ? nowSeconds - UNKNOWN_AGE_SECONDS : told.timeSeconds;
    const penalty = isSameHost(address, source) ? 0 : penaltySeconds;
    const known = this.#rows.find(address);
    if (known !== undefined && !this.#hear(known, { services, seenSeconds, nowSeconds, penalty })) return false;
    const place = this.#buckets.place('new', this.#buckets.new(address, source), address);
    const there = this.#new.get(place);
    if (there !== undefined && (there === known || !this.#givesWay(there, known, nowSeconds))) return false;
    if (there !== undefined) this.#clearNew(place);
    const row = known ?? this.#insert(told, source, seenSeconds - penalty);
    if (row === undefined) return false;
    this.#putNew(place, row);
    return true;
  }

  #insert({ address, services }: GossipAddress, source: NetworkAddress, seenSeconds: number): AddressRow | undefined {
    const row = this.#rows.insert(address, source);
    if (row === undefined) return undefined;
    this.#rows.setServices(row, services);
    this.#rows.setTime(row, 'lastSeen', seenSeconds);
    return row;
  }

  /** A known address is told of. @returns whether it may have another place */
  #hear(row: AddressRow, heard: { services: bigint; seenSeconds: number; nowSeconds: number; penalty: number }): boolean {
    const { nowSeconds, penalty, seenSeconds, services } = heard;
    const before = this.#rows.time(row, 'lastSeen');
    const interval = nowSeconds - seenSeconds < DAY ? HOUR : DAY;
    if (before < seenSeconds - interval - penalty) this.#rows.setTime(row, 'lastSeen', seenSeconds - penalty);
    this.#rows.setServices(row, this.#rows.services(row) | services);
    const places = this.#rows.newPlaces(row);
    if (seenSeconds <= before || this.#rows.isTried(row) || places >= NEW_PLACES_PER_ADDRESS) return false;
    return this.#random.below(2 ** places) === 0;
  }

  #givesWay(there: AddressRow, wanting: AddressRow | undefined, nowSeconds: number): boolean {
    return this.#isTerrible(there, nowSeconds) || (wanting === undefined && this.#rows.newPlaces(there) > 1);
  }

  /**
   * A handshake succeeded: it belongs into the tried table. Where its place there is taken, who has it is to be called first
   * (`collision`), unless `evict` says otherwise.
   *
   * @returns whether it has moved
   */
  succeeded(address: NetworkAddress, services: bigint, nowSeconds: number, { evict = false }: { readonly evict?: boolean } = {}): boolean {
    const row = this.#rows.find(address);
    if (row === undefined) return false;
    this.#rows.setServices(row, services);
    return this.#good(row, nowSeconds, evict);
  }

  #good(row: AddressRow, nowSeconds: number, evict: boolean): boolean {
    this.#lastGoodSeconds = nowSeconds;
    this.#rows.setTime(row, 'lastSuccess', nowSeconds);
    this.#rows.setTime(row, 'lastTry', nowSeconds);
    this.#rows.setAttempts(row, 0);
    if (this.#rows.isTried(row)) return false;
    const address = this.#rows.address(row);
    const place = this.#buckets.place('tried', this.#buckets.tried(address), address);
    const there = this.#tried.get(place);
    if (there !== undefined && !evict) {
      if (this.#collisions.size < COLLISIONS_MAX) this.#collisions.add(row);
      return false;
    }
    for (const each of this.#placesInNew(row)) this.#new.delete(each, this.#rows.network(row));
    this.#rows.setNewPlaces(row, 0);
    if (there !== undefined) this.#backToNew(place, there);
    this.#tried.set(place, row, this.#rows.network(row));
    this.#rows.setTried(row, true);
    return true;
  }

  /** Who loses its place in the tried table gets one in the new one. */
  #backToNew(triedPlace: number, row: AddressRow): void {
    this.#tried.delete(triedPlace, this.#rows.network(row));
    this.#rows.setTried(row, false);
    const address = this.#rows.address(row);
    const place = this.#buckets.place('new', this.#buckets.new(address, this.#rows.source(row)), address);
    this.#clearNew(place);
    this.#putNew(place, row);
  }

  /** It is being called. @param counts - whether a failure is held against it: not while we reach nobody */
  attempted(address: NetworkAddress, nowSeconds: number, counts: boolean): void {
    const row = this.#rows.find(address);
    if (row === undefined) return;
    this.#rows.setTime(row, 'lastTry', nowSeconds);
    if (!counts || this.#rows.time(row, 'lastCountedTry') >= this.#lastGoodSeconds) return;
    this.#rows.setTime(row, 'lastCountedTry', nowSeconds);
    this.#rows.setAttempts(row, this.#rows.attempts(row) + 1);
  }

  /** It was there until now. */
  seen(address: NetworkAddress, nowSeconds: number): void {
    const row = this.#rows.find(address);
    if (row === undefined || nowSeconds - this.#rows.time(row, 'lastSeen') <= SEEN_INTERVAL_SECONDS) return;
    this.#rows.setTime(row, 'lastSeen', nowSeconds);
  }

  /** Nobody can or should be called there. */
  remove(address: NetworkAddress): void {
    const row = this.#rows.find(address);
    if (row === undefined) return;
    const network = this.#rows.network(row);
    if (this.#rows.isTried(row)) {
      this.#tried.delete(this.#buckets.place('tried', this.#buckets.tried(address), address), network);
    } else for (const place of this.#placesInNew(row)) this.#new.delete(place, network);
    this.#delete(row);
  }

  /**
   * An address to call: as likely one that answered as one that never did, if there are both, and each the less likely the more often and
   * the later it was called in vain.
   */
  select(nowSeconds: number, { networks, onlyNew = false }: Selection = {}): Candidate | undefined {
    const fresh = this.#new.count(networks);
    const tried = onlyNew ? 0 : this.#tried.count(networks);
    if (fresh + tried === 0) return undefined;
    const table = tried > 0 && (fresh === 0 || this.#random.below(2) === 0) ? this.#tried : this.#new;
    // The factor grows with each that was passed over: it ends.
    for (let factor = 1; ; factor *= 1.2) {
      const row = table.draw((each) => networks === undefined || networks.has(this.#rows.network(each)));
      if (this.#random.below(CHANCE_UNIT) >= factor * this.#chance(row, nowSeconds) * CHANCE_UNIT) continue;
      return this.#candidate(row);
    }
  }

  /** One of those whose place another waits for: it is to be called. */
  collision(): Candidate | undefined {
    const waiting = [...this.#collisions];
    const row = waiting[this.#random.below(Math.max(waiting.length, 1))];
    const there = row === undefined ? undefined : this.#tried.get(this.#triedPlaceOf(row));
    return there === undefined ? undefined : this.#candidate(there);
  }

  /** Decides about those that wait for a place: who answered within four hours keeps it, who was called since and did not answer loses it. */
  resolveCollisions(nowSeconds: number): void {
    for (const row of [...this.#collisions]) {
      const there = this.#tried.get(this.#triedPlaceOf(row));
      const decision = there === undefined ? 'moves' : this.#judge(row, there, nowSeconds);
      if (decision === 'waits') continue;
      this.#collisions.delete(row);
      if (decision === 'moves') this.#good(row, nowSeconds, true);
    }
  }

  #judge(wanting: AddressRow, there: AddressRow, nowSeconds: number): 'moves' | 'stays' | 'waits' {
    const since = (row: AddressRow, time: 'lastSuccess' | 'lastTry') => nowSeconds - this.#rows.time(row, time);
    if (since(there, 'lastSuccess') < REPLACEMENT_SECONDS) return 'stays';
    if (since(there, 'lastTry') < REPLACEMENT_SECONDS) return since(there, 'lastTry') > MINUTE ? 'moves' : 'waits';
    return since(wanting, 'lastSuccess') > TEST_WINDOW_SECONDS ? 'moves' : 'waits';
  }

  /** Up to `count` of the addresses, each as likely, without those that are as good as gone. */
  share(count: number, nowSeconds: number, network?: NetworkKind): GossipAddress[] {
    const shared: GossipAddress[] = [];
    const moved = new Map<number, number>();
    for (let i = 0; i < this.size && shared.length < count; i++) {
      // A shuffle of which only what moved is remembered.
      const j = i + this.#random.below(this.size - i);
      const row = this.#rows.at(moved.get(j) ?? j);
      moved.set(j, moved.get(i) ?? i);
      if ((network !== undefined && this.#rows.network(row) !== network) || this.#isTerrible(row, nowSeconds)) continue;
      shared.push({
        address: this.#rows.address(row),
        services: this.#rows.services(row),
        timeSeconds: this.#rows.time(row, 'lastSeen'),
      });
    }
    return shared;
  }

  #candidate(row: AddressRow): Candidate {
    return { address: this.#rows.address(row), services: this.#rows.services(row), lastTrySeconds: this.#rows.time(row, 'lastTry') };
  }

  #chance(row: AddressRow, nowSeconds: number): number {
    const recent = nowSeconds - this.#rows.time(row, 'lastTry') < RECENT_SECONDS ? RECENT_CHANCE : 1;
    return recent * FAILURE_CHANCE ** Math.min(this.#rows.attempts(row), FAILURES_COUNTED);
  }

  /** Whether an address is not worth its place: too old, never there, or not there for long. Never one that is being called. */
  #isTerrible(row: AddressRow, nowSeconds: number): boolean {
    if (nowSeconds - this.#rows.time(row, 'lastTry') <= MINUTE) return false;
    const lastSeen = this.#rows.time(row, 'lastSeen');
    if (lastSeen > nowSeconds + FUTURE_SECONDS_MAX || nowSeconds - lastSeen > HORIZON_SECONDS) return true;
    const lastSuccess = this.#rows.time(row, 'lastSuccess');
    const attempts = this.#rows.attempts(row);
    if (lastSuccess === 0) return attempts >= RETRIES_MAX;
    return nowSeconds - lastSuccess > FAILING_SECONDS && attempts >= FAILURES_MAX;
  }

  #triedPlaceOf(row: AddressRow): number {
    const address = this.#rows.address(row);
    return this.#buckets.place('tried', this.#buckets.tried(address), address);
  }

  /** Where it stands in the new table. Its buckets depend on who told: all are looked at until every place is found. */
  #placesInNew(row: AddressRow): readonly number[] {
    const address = this.#rows.address(row);
    const first = this.#buckets.new(address, this.#rows.source(row));
    const places: number[] = [];
    for (let i = 0; i < NEW_BUCKETS && places.length < this.#rows.newPlaces(row); i++) {
      const place = this.#buckets.place('new', (first + i) % NEW_BUCKETS, address);
      if (this.#new.get(place) === row) places.push(place);
    }
    return places;
  }

  #putNew(place: number, row: AddressRow): void {
    this.#new.set(place, row, this.#rows.network(row));
    this.#rows.setNewPlaces(row, this.#rows.newPlaces(row) + 1);
  }

  /** Frees a place of the new table; who has no other is forgotten. */
  #clearNew(place: number): void {
    const row = this.#new.get(place);
    if (row === undefined) return;
    this.#new.delete(place, this.#rows.network(row));
    this.#rows.setNewPlaces(row, this.#rows.newPlaces(row) - 1);
    if (this.#rows.newPlaces(row) === 0) this.#delete(row);
  }

  #delete(row: AddressRow): void {
    this.#collisions.delete(row);
    this.#rows.delete(row);
  }
}

/** Whether an address and who told of it are the same machine; of sources no port is known. */
function isSameHost(a: NetworkAddress, b: NetworkAddress): boolean {
  return a.network === b.network && a.bytes.every((byte, i) => byte === b.bytes[i]);
}
