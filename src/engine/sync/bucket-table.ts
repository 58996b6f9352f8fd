import { assert } from '../../core/base/assert.ts';
import type { NetworkKind } from '../../core/wire/network-address.ts';
import type { Random } from '../ports/random.ts';
import { BUCKET_PLACES } from './address-buckets.ts';
import type { AddressRow } from './address-rows.ts';

/** Buckets of places, each of which one address may have: four bytes a place. Places are counted over all buckets. */
export class BucketTable {
  readonly #random: Random;
  /** Rows plus one; 0 is free. */
  readonly #rows: Int32Array;
  /** Addresses of each bucket. */
  readonly #fill: Uint8Array;
  /** Buckets that have any, in no order, and where each stands there. */
  readonly #filled: Uint16Array;
  readonly #filledAt: Uint16Array;
  #filledCount = 0;
  /** Places that are taken, by the network of who has them. */
  readonly #counts = new Map<NetworkKind, number>();

  constructor(buckets: number, random: Random) {
    this.#random = random;
    this.#rows = new Int32Array(buckets * BUCKET_PLACES);
    this.#fill = new Uint8Array(buckets);
    this.#filled = new Uint16Array(buckets);
    this.#filledAt = new Uint16Array(buckets);
  }

  get memoryBytes(): number {
    return this.#rows.byteLength + this.#fill.length + this.#filled.byteLength + this.#filledAt.byteLength;
  }

  /** Places that are taken by addresses of some networks, or of all. */
  count(networks?: ReadonlySet<NetworkKind>): number {
    let sum = 0;
    for (const [network, count] of this.#counts) if (networks === undefined || networks.has(network)) sum += count;
    return sum;
  }

  get(place: number): AddressRow | undefined {
    const row = (this.#rows[place] ?? 0) - 1;
    return row < 0 ? undefined : row;
  }

  /** Takes a place that is free. */
  set(place: number, row: AddressRow, network: NetworkKind): void {
    assert(this.#rows[place] === 0, 'a place is taken once');
    this.#rows[place] = row + 1;
    this.#count(place, network, 1);
  }

  /** Frees a place that is taken. */
  delete(place: number, network: NetworkKind): void {
    assert(this.#rows[place] !== 0, 'only what is taken is freed');
    this.#rows[place] = 0;
    this.#count(place, network, -1);
  }

  clear(): void {
    this.#rows.fill(0);
    this.#fill.fill(0);
    this.#counts.clear();
    this.#filledCount = 0;
  }

  /** Places that are taken and who has them, in order. */
  *entries(): Generator<readonly [place: number, row: AddressRow]> {
    for (let place = 0; place < this.#rows.length; place++) {
      const row = this.get(place);
      if (row !== undefined) yield [place, row];
    }
  }

  /**
   * One that `fits`, at random: each bucket that has any is as likely, whoever filled it, so that to fill many places of few buckets gains
   * nothing. There must be one.
   */
  draw(fits: (row: AddressRow) => boolean): AddressRow {
    for (;;) {
      const bucket = this.#filled[this.#random.below(this.#filledCount)] ?? 0;
      const first = this.#random.below(BUCKET_PLACES);
      for (let i = 0; i < BUCKET_PLACES; i++) {
        const row = this.get(bucket * BUCKET_PLACES + ((first + i) % BUCKET_PLACES));
        if (row !== undefined && fits(row)) return row;
      }
    }
  }

  #count(place: number, network: NetworkKind, change: 1 | -1): void {
    const bucket = Math.floor(place / BUCKET_PLACES);
    const fill = (this.#fill[bucket] ?? 0) + change;
    this.#fill[bucket] = fill;
    if (fill === 0) this.#emptied(bucket);
    else if (fill === 1 && change === 1) {
      this.#filledAt[bucket] = this.#filledCount;
      this.#filled[this.#filledCount++] = bucket;
    }
    this.#counts.set(network, (this.#counts.get(network) ?? 0) + change);
  }

  #emptied(bucket: number): void {
    const at = this.#filledAt[bucket] ?? 0;
    const last = this.#filled[--this.#filledCount] ?? 0;
    this.#filled[at] = last;
    this.#filledAt[last] = at;
  }
}
