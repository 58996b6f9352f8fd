import { assert } from '../../core/base/assert.ts';
import { sipHash24Into } from '../../core/crypto/siphash.ts';
import type { NetworkAddress, NetworkKind } from '../../core/wire/network-address.ts';

/** Networks whose addresses are kept, by the number that stands for them in a row: BIP-155's. */
const NETWORK_OF_CODE: Readonly<Record<number, { readonly network: NetworkKind; readonly sizeBytes: number }>> = {
  1: { network: 'ipv4', sizeBytes: 4 },
  2: { network: 'ipv6', sizeBytes: 16 },
  4: { network: 'torv3', sizeBytes: 32 },
  5: { network: 'i2p', sizeBytes: 32 },
  6: { network: 'cjdns', sizeBytes: 16 },
};

const CODE_OF_NETWORK: Readonly<Record<NetworkKind, number>> = { ipv4: 1, ipv6: 2, torv3: 4, i2p: 5, cjdns: 6, unknown: 0 };

/** Where each part of a row stands: two networks, port, two addresses, services, four times, attempts, two marks, place in the list. */
const AT = {
  network: 0,
  sourceNetwork: 1,
  port: 2,
  bytes: 4,
  source: 36,
  services: 68,
  lastSeen: 76,
  lastSuccess: 80,
  lastTry: 84,
  lastCountedTry: 88,
  attempts: 92,
  newPlaces: 94,
  tried: 95,
  listed: 96,
} as const;

/** Bytes of a row. */
export const ADDRESS_ROW_BYTES = 100;

/** Bytes of the longest address. */
const ADDRESS_SIZE_MAX = 32;

const ROWS_FIRST = 256;
const ATTEMPTS_MAX = 0xffff;
const TIME_MAX = 0xffffffff;

/** The times of a row, seconds by the wall clock; 0 for never. */
type RowTime = 'lastSeen' | 'lastSuccess' | 'lastTry' | 'lastCountedTry';

/** Number of a row, while it is there. */
export type AddressRow = number;

/**
 * Addresses with what is known of each, packed: 100 bytes a row and about as much as 12 to find it by its address and to draw one at random.
 * Rows keep their number while they are there. The memory grows with the most rows that there were, up to `rowsMax`.
 */
export class AddressRows {
  readonly #rowsMax: number;
  readonly #hashKey: Uint8Array;
  readonly #hash = new Uint32Array(2);
  readonly #scratch = new Uint8Array(ADDRESS_SIZE_MAX + 3);
  #capacity = 0;
  #bytes = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);
  /** Every row that is there, in no order. */
  #list = new Int32Array(0);
  #count = 0;
  /** Rows that were freed: each names the next where its place in the list stood; -1 ends them. */
  #firstFree = -1;
  #used = 0;
  /** Rows plus one by the hash of their address, open addressing; 0 is empty. */
  #index = new Int32Array(0);

  /** @param hashKey - 16 bytes at random, so that nobody can choose addresses that all hash alike */
  constructor(rowsMax: number, hashKey: Uint8Array) {
    this.#rowsMax = rowsMax;
    this.#hashKey = hashKey;
    this.#grow(Math.min(ROWS_FIRST, rowsMax));
  }

  /** Rows that are there. */
  get count(): number {
    return this.#count;
  }

  /** Bytes of memory that are held. */
  get memoryBytes(): number {
    return this.#bytes.length + this.#list.byteLength + this.#index.byteLength;
  }

  /** Row of an address, undefined where there is none. */
  find(address: NetworkAddress): AddressRow | undefined {
    const slot = this.#slotOf(address);
    const row = (this.#index[slot] ?? 0) - 1;
    return row < 0 ? undefined : row;
  }

  /** A row for an address that has none; its times are 0. Undefined where there are as many as there may be. */
  insert(address: NetworkAddress, source: NetworkAddress): AddressRow | undefined {
    if (this.#count >= this.#rowsMax) return undefined;
    if (this.#firstFree < 0 && this.#used === this.#capacity) this.#grow(Math.min(this.#capacity * 2, this.#rowsMax));
    const row = this.#firstFree < 0 ? this.#used++ : this.#firstFree;
    const at = row * ADDRESS_ROW_BYTES;
    if (row === this.#firstFree) this.#firstFree = this.#view.getInt32(at + AT.listed);
    this.#bytes.fill(0, at, at + ADDRESS_ROW_BYTES);
    this.#bytes[at + AT.network] = CODE_OF_NETWORK[address.network];
    this.#view.setUint16(at + AT.port, address.port);
    this.#bytes.set(address.bytes, at + AT.bytes);
    this.setSource(row, source);
    this.#index[this.#slotOf(address)] = row + 1;
    this.#view.setInt32(at + AT.listed, this.#count);
    this.#list[this.#count++] = row;
    return row;
  }

  delete(row: AddressRow): void {
    this.#unindex(this.#slotOf(this.address(row)));
    const at = row * ADDRESS_ROW_BYTES;
    const place = this.#view.getInt32(at + AT.listed);
    const last = this.#list[--this.#count] ?? row;
    this.#list[place] = last;
    this.#view.setInt32(last * ADDRESS_ROW_BYTES + AT.listed, place);
    this.#view.setInt32(at + AT.listed, this.#firstFree);
    this.#firstFree = row;
  }

  /** The row at a place of the list, 0 to `count` - 1. Places move when a row goes. */
  at(place: number): AddressRow {
    const row = this.#list[place];
    assert(row !== undefined && place < this.#count, 'a place is below the count');
    return row;
  }

  /** The address; its bytes are a copy. */
  address(row: AddressRow): NetworkAddress {
    const at = row * ADDRESS_ROW_BYTES;
    return this.#read(at + AT.network, at + AT.bytes, this.#view.getUint16(at + AT.port));
  }

  /** Who told of it; port 0. */
  source(row: AddressRow): NetworkAddress {
    const at = row * ADDRESS_ROW_BYTES;
    return this.#read(at + AT.sourceNetwork, at + AT.source, 0);
  }

  setSource(row: AddressRow, source: NetworkAddress): void {
    const at = row * ADDRESS_ROW_BYTES;
    this.#bytes[at + AT.sourceNetwork] = CODE_OF_NETWORK[source.network];
    this.#bytes.set(source.bytes.subarray(0, ADDRESS_SIZE_MAX), at + AT.source);
  }

  network(row: AddressRow): NetworkKind {
    return NETWORK_OF_CODE[this.#bytes[row * ADDRESS_ROW_BYTES] ?? 0]?.network ?? 'unknown';
  }

  services(row: AddressRow): bigint {
    return this.#view.getBigUint64(row * ADDRESS_ROW_BYTES + AT.services);
  }

  setServices(row: AddressRow, services: bigint): void {
    this.#view.setBigUint64(row * ADDRESS_ROW_BYTES + AT.services, services);
  }

  time(row: AddressRow, which: RowTime): number {
    return this.#view.getUint32(row * ADDRESS_ROW_BYTES + AT[which]);
  }

  setTime(row: AddressRow, which: RowTime, seconds: number): void {
    this.#view.setUint32(row * ADDRESS_ROW_BYTES + AT[which], Math.min(Math.max(seconds, 0), TIME_MAX));
  }

  /** Calls that failed since one succeeded. */
  attempts(row: AddressRow): number {
    return this.#view.getUint16(row * ADDRESS_ROW_BYTES + AT.attempts);
  }

  setAttempts(row: AddressRow, attempts: number): void {
    this.#view.setUint16(row * ADDRESS_ROW_BYTES + AT.attempts, Math.min(attempts, ATTEMPTS_MAX));
  }

  /** In how many places of the new table it stands. */
  newPlaces(row: AddressRow): number {
    return this.#bytes[row * ADDRESS_ROW_BYTES + AT.newPlaces] ?? 0;
  }

  setNewPlaces(row: AddressRow, places: number): void {
    this.#bytes[row * ADDRESS_ROW_BYTES + AT.newPlaces] = places;
  }

  /** Whether it stands in the tried table. */
  isTried(row: AddressRow): boolean {
    return this.#bytes[row * ADDRESS_ROW_BYTES + AT.tried] === 1;
  }

  setTried(row: AddressRow, tried: boolean): void {
    this.#bytes[row * ADDRESS_ROW_BYTES + AT.tried] = tried ? 1 : 0;
  }

  #read(networkAt: number, bytesAt: number, port: number): NetworkAddress {
    const known = NETWORK_OF_CODE[this.#bytes[networkAt] ?? 0];
    if (known === undefined) return { network: 'unknown', bytes: new Uint8Array(0), port };
    return { network: known.network, bytes: this.#bytes.slice(bytesAt, bytesAt + known.sizeBytes), port };
  }

  /** Where the index has an address, or where it would. */
  #slotOf({ bytes, network, port }: NetworkAddress): number {
    const code = CODE_OF_NETWORK[network];
    const mask = this.#index.length - 1;
    for (let slot = this.#hashOf(code, bytes, port) & mask; ; slot = (slot + 1) & mask) {
      const row = (this.#index[slot] ?? 0) - 1;
      if (row < 0 || this.#is(row, code, bytes, port)) return slot;
    }
  }

  #hashOf(code: number, bytes: Uint8Array, port: number): number {
    const scratch = this.#scratch;
    scratch[0] = code;
    scratch[1] = port >>> 8;
    scratch[2] = port & 0xff;
    scratch.set(bytes, 3);
    sipHash24Into(this.#hashKey, scratch.subarray(0, 3 + bytes.length), this.#hash);
    return this.#hash[0] ?? 0;
  }

  #is(row: AddressRow, code: number, bytes: Uint8Array, port: number): boolean {
    const at = row * ADDRESS_ROW_BYTES;
    if (this.#bytes[at] !== code || this.#view.getUint16(at + AT.port) !== port) return false;
    for (let i = 0; i < bytes.length; i++) if (this.#bytes[at + AT.bytes + i] !== bytes[i]) return false;
    return true;
  }

  /** Empties a place of the index and moves up what would no longer be found behind it. */
  #unindex(from: number): void {
    const mask = this.#index.length - 1;
    let hole = from;
    this.#index[hole] = 0;
    for (let slot = (hole + 1) & mask; this.#index[slot] !== 0; slot = (slot + 1) & mask) {
      const row = (this.#index[slot] ?? 0) - 1;
      const { bytes, network, port } = this.address(row);
      const home = this.#hashOf(CODE_OF_NETWORK[network], bytes, port) & mask;
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      this.#index[hole] = row + 1;
      this.#index[slot] = 0;
      hole = slot;
    }
  }

  #grow(capacity: number): void {
    const bytes = new Uint8Array(capacity * ADDRESS_ROW_BYTES);
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
    const list = new Int32Array(capacity);
    list.set(this.#list);
    this.#list = list;
    this.#capacity = capacity;
    this.#index = new Int32Array(2 ** Math.ceil(Math.log2(capacity * 2)));
    for (let place = 0; place < this.#count; place++) {
      const row = this.at(place);
      this.#index[this.#slotOf(this.address(row))] = row + 1;
    }
  }
}
