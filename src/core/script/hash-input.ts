/**
 * Bytes gathered for one hash. A signature hash is taken for every input of every block, so the room for them is used again instead of
 * being made anew: with a writer of its own for each hash, gathering took longer than hashing.
 *
 * @module
 */

import { sha256, sha256d, taggedHash } from '../crypto/sha256.ts';
import type { OutPoint, TxOutput } from '../primitives/transaction.ts';

/** Room at the beginning: enough for the signature hashes of witness inputs. */
const SIZE_AT_FIRST = 1_024;

/** Writes little-endian integers and byte strings one after another, then hashes them. `begin` forgets what was there. */
export class HashInput {
  #bytes = new Uint8Array(SIZE_AT_FIRST);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** Makes room for `count` more and returns where they go. */
  #grow(count: number): number {
    const at = this.#length;
    this.#length = at + count;
    if (this.#length > this.#bytes.length) {
      const bytes = new Uint8Array(this.#length * 2);
      bytes.set(this.#bytes.subarray(0, at));
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer);
    }
    return at;
  }

  /** Begins a new hash. */
  begin(): this {
    this.#length = 0;
    return this;
  }

  u8(value: number): this {
    const at = this.#grow(1);
    this.#bytes[at] = value;
    return this;
  }

  /** The low 32 bits. */
  u32(value: number): this {
    const at = this.#grow(4);
    this.#view.setUint32(at, value, true);
    return this;
  }

  /** The low 64 bits. */
  u64(value: bigint): this {
    const at = this.#grow(8);
    this.#view.setBigInt64(at, value, true);
    return this;
  }

  raw(bytes: Uint8Array): this {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  /** Part of an array, without making a view of it first. */
  slice(bytes: Uint8Array, from: number, to: number): this {
    return from === 0 && to === bytes.length ? this.raw(bytes) : this.raw(bytes.subarray(from, to));
  }

  /** So many zeros. */
  zeros(count: number): this {
    const at = this.#grow(count);
    this.#bytes.fill(0, at, at + count);
    return this;
  }

  /** A count as CompactSize; up to 32 bits. */
  compactSize(value: number): this {
    if (value < 0xfd) return this.u8(value);
    if (value < 0x10000)
      return this.u8(0xfd)
        .u8(value & 0xff)
        .u8(value >>> 8);
    return this.u8(0xfe).u32(value);
  }

  /** A byte string with its length before it. */
  varBytes(bytes: Uint8Array): this {
    return this.compactSize(bytes.length).raw(bytes);
  }

  outPoint(outPoint: OutPoint): this {
    return this.raw(outPoint.txid).u32(outPoint.vout);
  }

  output(output: TxOutput): this {
    return this.u64(output.value).varBytes(output.scriptPubKey);
  }

  /** What was written, as a view that the next `begin` makes void. */
  #written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** A copy of what was written. */
  copy(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  sha256(): Uint8Array {
    return sha256(this.#written());
  }

  sha256d(): Uint8Array {
    return sha256d(this.#written());
  }

  /** BIP-340's tagged hash. */
  tagged(tag: string): Uint8Array {
    return taggedHash(tag, this.#written());
  }
}

/** The one that this room uses: a hash is begun and ended within one call, so no two are ever under way. */
export const hashInput: HashInput = new HashInput();
