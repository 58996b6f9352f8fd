import { sipHash24Into } from '../../core/crypto/siphash.ts';
import type { NetworkAddress } from '../../core/wire/network-address.ts';
import { addressKey, groupOf, siteGroupOf } from './address-scope.ts';

/** Buckets of addresses that were only told of. Core's ADDRMAN_NEW_BUCKET_COUNT. */
export const NEW_BUCKETS = 1_024;

/** Buckets of those that answered. Core's ADDRMAN_TRIED_BUCKET_COUNT. */
export const TRIED_BUCKETS = 256;

/** Places of a bucket. Core's ADDRMAN_BUCKET_SIZE. */
export const BUCKET_PLACES = 64;

/** New buckets that what one part of the network tells can reach. Core's ADDRMAN_NEW_BUCKETS_PER_SOURCE_GROUP. */
export const NEW_BUCKETS_PER_SOURCE = 64;

/** Tried buckets that one part of the network can reach. Core's ADDRMAN_TRIED_BUCKETS_PER_GROUP. */
export const TRIED_BUCKETS_PER_GROUP = 8;

/** Longest text that is hashed: an address, its two groups and what is put between them. */
const SCRATCH_BYTES = 512;

/** Which bucket and place an address has, by a key that nobody else knows: so nobody can choose addresses for a place. */
export class AddressBuckets {
  readonly #key: Uint8Array;
  readonly #scratch = new Uint8Array(SCRATCH_BYTES);
  readonly #hash = new Uint32Array(2);

  /** @param key - 16 bytes */
  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** Bucket of the tried table: one of eight for its group. */
  tried(address: NetworkAddress): number {
    const one = this.#keyed('tried', addressKey(address)) % TRIED_BUCKETS_PER_GROUP;
    return this.#keyed('tried-bucket', `${siteGroupOf(address)} ${one}`) % TRIED_BUCKETS;
  }

  /** Bucket of the new table: one of 64 for who told of it, the same for all of its group. */
  new(address: NetworkAddress, source: NetworkAddress): number {
    const from = siteGroupOf(source);
    const one = this.#keyed('new', `${groupOf(address)} ${from}`) % NEW_BUCKETS_PER_SOURCE;
    return this.#keyed('new-bucket', `${from} ${one}`) % NEW_BUCKETS;
  }

  /** Place of an address in a bucket of either table, counted over the whole table. */
  place(table: 'new' | 'tried', bucket: number, address: NetworkAddress): number {
    return bucket * BUCKET_PLACES + (this.#keyed(table === 'new' ? 'N' : 'K', `${bucket} ${addressKey(address)}`) % BUCKET_PLACES);
  }

  #keyed(what: string, text: string): number {
    let length = 0;
    for (let i = 0; i < what.length; i++) this.#scratch[length++] = what.charCodeAt(i);
    this.#scratch[length++] = 0;
    for (let i = 0; i < text.length; i++) this.#scratch[length++] = text.charCodeAt(i);
    sipHash24Into(this.#key, this.#scratch.subarray(0, length), this.#hash);
    return this.#hash[0] ?? 0;
  }
}
