import { sha256 } from '../core/crypto/sha256.ts';
import { ByteWriter } from '../core/primitives/byte-writer.ts';
import type { Satoshis } from '../core/primitives/transaction.ts';

const LANES = 8;

/** One coin as the reference and the comparison see it. */
export interface ReferenceCoin {
  readonly value: Satoshis;
  readonly scriptPubKey: Uint8Array;
  readonly height: number;
  readonly coinbase: boolean;
}

/**
 * A sum over a set of coins that does not depend on their order: eight lanes of 32 bits of the SHA-256 of each. Coins are added and taken away one by one,
 * so it costs nothing to keep. It stands against mistakes, not against an attacker.
 */
export class CoinSum {
  readonly #lanes: Uint32Array;
  #count: number;
  #total: Satoshis;

  constructor(from?: CoinSum) {
    this.#lanes = from === undefined ? new Uint32Array(LANES) : from.#lanes.slice();
    this.#count = from?.count ?? 0;
    this.#total = from?.total ?? 0n;
  }

  /** Coins in the set. */
  get count(): number {
    return this.#count;
  }

  /** What they are worth together. */
  get total(): Satoshis {
    return this.#total;
  }

  /** @param outPoint - txid and index, 36 bytes, the index with its highest byte first */
  add(outPoint: Uint8Array, coin: ReferenceCoin): void {
    this.#change(outPoint, coin, 1);
  }

  remove(outPoint: Uint8Array, coin: ReferenceCoin): void {
    this.#change(outPoint, coin, -1);
  }

  equals(other: CoinSum): boolean {
    if (this.#count !== other.#count || this.#total !== other.#total) return false;
    return this.#lanes.every((lane, i) => lane === other.#lanes[i]);
  }

  #change(outPoint: Uint8Array, { value, scriptPubKey, height, coinbase }: ReferenceCoin, sign: 1 | -1): void {
    const writer = new ByteWriter()
      .raw(outPoint)
      .u64(value)
      .u32(height)
      .u8(coinbase ? 1 : 0)
      .raw(scriptPubKey);
    const hash = new DataView(sha256(writer.finish()).slice().buffer);
    // A lane wraps around at 32 bits.
    for (let i = 0; i < LANES; i++) this.#lanes[i] = (this.#lanes[i] as number) + sign * hash.getUint32(4 * i);
    this.#count += sign;
    this.#total += BigInt(sign) * value;
  }
}
