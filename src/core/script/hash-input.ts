/**
 * Bytes gathered for one hash. A signature hash is taken for every input of every block, so they are written where the hash kernel reads
 * them, into its memory, and nothing is copied: with a writer of its own for each hash, gathering took longer than hashing.
 *
 * @module
 */

import { type HashKernel, hashKernel } from '../crypto/hash-kernel.ts';
import { beginLongSha256, LONG_BYTES_MIN, type LongSha256 } from '../crypto/long-sha256.ts';
import { tagMidstate } from '../crypto/sha256.ts';
import type { OutPoint, TxOutput } from '../primitives/transaction.ts';

/** Bytes that lie in the kernel at once; what is longer goes through in pieces of this size. It fits into the processor's near caches. */
const PIECE_BYTES = 65_536;

/** A hash that was interrupted, to be gone on with any number of times; made by `pause`. */
export interface PausedHash {
  /** SHA-256's state after all whole blocks. */
  readonly state: Uint8Array;
  /** What did not fill a block. */
  readonly tail: Uint8Array;
  /** Bytes in those blocks. */
  readonly absorbed: number;
  /** The hash itself where the platform does it; then the others say nothing. */
  readonly long: LongSha256 | undefined;
}

/**
 * Writes little-endian integers and byte strings one after another into one hash. `begin` forgets what was there.
 *
 * From `begin` to the digest the kernel is taken: nothing else may be hashed in between.
 */
export class HashInput {
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(this.#bytes.buffer);
  #start = 0;
  #end = 0;
  /** Where the next byte goes. */
  #at = 0;
  /** Bytes that the kernel's state has taken; 0 where the state is not in use. */
  #absorbed = 0;
  /** Takes what is written instead of the kernel's state, once the hash is known to be long. */
  #long: LongSha256 | undefined = undefined;

  /** Begins a new hash. */
  begin(): this {
    const kernel = hashKernel();
    if (this.#bytes !== kernel.bytes) this.#follow(kernel);
    this.#at = this.#start;
    this.#absorbed = 0;
    this.#long = undefined;
    return this;
  }

  /** Begins a new hash of `LONG_BYTES_MIN` or more; one that is not begun so finds out for itself, unless it is interrupted before. */
  beginLong(): this {
    this.begin();
    this.#long = beginLongSha256();
    return this;
  }

  /** Takes up the memory of the kernel, which is another array after it has grown. */
  #follow(kernel: HashKernel): void {
    // Behind a piece, what the kernel wants for up to three copies of parts of it.
    kernel.reserve(PIECE_BYTES + 3 * (PIECE_BYTES + 128));
    this.#bytes = kernel.bytes;
    this.#view = new DataView(this.#bytes.buffer);
    this.#start = kernel.inputOffset;
    this.#end = this.#start + PIECE_BYTES;
  }

  /** Begins BIP-340's tagged hash. */
  beginTagged(tag: string): this {
    const midstate = tagMidstate(tag);
    this.begin();
    hashKernel().setState(midstate);
    this.#absorbed = 64;
    return this;
  }

  /** Makes room for `count` more, which is less than a piece, and returns where they go. */
  #room(count: number): number {
    if (this.#at + count > this.#end) this.#absorb();
    const at = this.#at;
    this.#at = at + count;
    return at;
  }

  /** Hands what was written to a long hash, if there is one or this can become one; a tagged hash cannot. */
  #flushLong(): LongSha256 | undefined {
    if (this.#long === undefined && this.#absorbed === 0) this.#long = beginLongSha256();
    if (this.#long === undefined || this.#at === this.#start) return this.#long;
    this.#long.update(this.#bytes.subarray(this.#start, this.#at));
    this.#at = this.#start;
    return this.#long;
  }

  /** Has a full piece hashed. */
  #absorb(): void {
    if (this.#flushLong() === undefined) this.#absorbBlocks();
  }

  /** Has all whole blocks hashed by the kernel. What is left, less than a block, moves to the beginning. */
  #absorbBlocks(): void {
    const { exports } = hashKernel();
    const blocks = (this.#at - this.#start) >>> 6;
    if (this.#absorbed === 0) exports.reset();
    exports.absorb(blocks);
    this.#absorbed += blocks * 64;
    this.#bytes.copyWithin(this.#start, this.#start + blocks * 64, this.#at);
    this.#at -= blocks * 64;
  }

  u8(value: number): this {
    const at = this.#room(1);
    this.#bytes[at] = value;
    return this;
  }

  /** The low 32 bits. */
  u32(value: number): this {
    const at = this.#room(4);
    this.#view.setUint32(at, value, true);
    return this;
  }

  /** The low 64 bits. */
  u64(value: bigint): this {
    const at = this.#room(8);
    this.#view.setBigInt64(at, value, true);
    return this;
  }

  raw(bytes: Uint8Array): this {
    if (bytes.length >= LONG_BYTES_MIN) {
      const long = this.#flushLong();
      if (long !== undefined) {
        long.update(bytes);
        return this;
      }
    }
    if (bytes.length > PIECE_BYTES - 64) return this.#pieces(bytes);
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  #pieces(bytes: Uint8Array): this {
    const size = PIECE_BYTES - 64;
    for (let from = 0; from < bytes.length; from += size) this.raw(bytes.subarray(from, from + size));
    return this;
  }

  /** So many zeros; less than a piece. */
  zeros(count: number): this {
    const at = this.#room(count);
    this.#bytes.fill(0, at, at + count);
    return this;
  }

  /** A count as CompactSize; up to 32 bits. */
  compactSize(value: number): this {
    if (value < 0xfd) return this.u8(value);
    if (value < 0x10000)
      return this.u8(0xfd)
        .u8(value)
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

  /** Interrupts the hash, which may be gone on with as if nothing had been. */
  pause(): PausedHash {
    const state = new Uint8Array(32);
    const long = this.#long === undefined ? undefined : this.#flushLong();
    if (long !== undefined) return { state, tail: state, absorbed: 0, long: long.copy() };
    this.#absorbBlocks();
    hashKernel().saveState(state);
    return { state, tail: this.#bytes.slice(this.#start, this.#at), absorbed: this.#absorbed, long: undefined };
  }

  /** Goes on with a hash that was interrupted. */
  resume({ state, tail, absorbed, long }: PausedHash): this {
    this.begin();
    if (long !== undefined) {
      this.#long = long.copy();
      return this;
    }
    hashKernel().setState(state);
    this.#absorbed = absorbed;
    return this.raw(tail);
  }

  /** Works out SHA-256 of what was written. */
  #finish(): HashKernel {
    const kernel = hashKernel();
    const length = this.#at - this.#start;
    if (this.#long !== undefined) kernel.setOutput(this.#longDigest(this.#long));
    else if (this.#absorbed === 0) kernel.exports.sha256(length);
    else kernel.exports.finish(length, this.#absorbed + length);
    return kernel;
  }

  /** Works out SHA-256d of what was written. */
  #finishTwice(): HashKernel {
    const kernel = hashKernel();
    const length = this.#at - this.#start;
    if (this.#long !== undefined) {
      kernel.put(this.#longDigest(this.#long), 0);
      kernel.exports.sha256(32);
    } else if (this.#absorbed === 0) kernel.exports.sha256d(length);
    else kernel.exports.finishTwice(length, this.#absorbed + length);
    return kernel;
  }

  #longDigest(long: LongSha256): Uint8Array {
    this.#flushLong();
    return long.digest();
  }

  /** A new array of 32 bytes; or of the tagged hash, if it was begun so. */
  sha256(): Uint8Array {
    return this.#finish().output(32);
  }

  /** The same, written into `target` at `offset`. */
  sha256Into(target: Uint8Array, offset: number): void {
    this.#finish().copyDigest(target, offset);
  }

  /** Bytes written since `begin`, or undefined where they are more than a piece. */
  get written(): number | undefined {
    return this.#absorbed === 0 && this.#long === undefined ? this.#at - this.#start : undefined;
  }

  /**
   * SHA-256 of each of three messages that were written one after another into one piece, then the same of each of these digests: 192
   * bytes. All at once, in the lanes of a vector, which takes half as long.
   */
  sha256Three(length0: number, length1: number, length2: number): Uint8Array {
    const kernel = hashKernel();
    kernel.exports.sha256Three(length0, length1, length2);
    return kernel.output(192);
  }

  /** A new array of 32 bytes. */
  sha256d(): Uint8Array {
    return this.#finishTwice().output(32);
  }

  /** The same, written into `target` at `offset`. */
  sha256dInto(target: Uint8Array, offset: number): void {
    this.#finishTwice().copyDigest(target, offset);
  }
}

/** The one that this room uses: a hash is begun and ended within one call, so no two are ever under way. */
export const hashInput: HashInput = new HashInput();
