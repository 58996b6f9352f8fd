/**
 * Reads Bitcoin's serialisation: little-endian integers, CompactSize counts, byte strings.
 *
 * Every count is checked against the caller's limit and against what is left before memory is taken.
 *
 * @module
 */

import { DecodeError } from './decode-error.ts';

/** Largest count that Core reads anywhere (`MAX_SIZE`); more is nonsense whatever it counts. */
export const COMPACT_SIZE_MAX = 0x02000000;

/** What a count may be and what it is called in an error. */
export interface CountLimits {
  /** What is counted, for the error. */
  readonly what: string;
  /** Most that is accepted; `COMPACT_SIZE_MAX` unless given. */
  readonly max?: number;
  /** Fewest bytes that one counted thing takes: a count that cannot fit into the rest is refused at once. 0 unless given. */
  readonly itemSizeMin?: number;
}

/** A place in an array of bytes that moves on as it is read. Byte strings it returns are views, not copies. */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    // A plain Uint8Array: the `slice` of Node's subclass is a view, and a copy would not be one.
    this.bytes = bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.#offset;
  }

  /** Bytes not yet read. */
  get remaining(): number {
    return this.bytes.length - this.#offset;
  }

  /** Moves on by `count` and returns where the reading stood. */
  #take(count: number, what: string): number {
    const at = this.#offset;
    if (count > this.bytes.length - at) throw new DecodeError(what, at, `needs ${count} bytes, ${this.bytes.length - at} are left`);
    this.#offset = at + count;
    return at;
  }

  u8(what: string): number {
    return this.#view.getUint8(this.#take(1, what));
  }

  u16(what: string): number {
    return this.#view.getUint16(this.#take(2, what), true);
  }

  /** Big-endian, as ports in network addresses are. */
  u16be(what: string): number {
    return this.#view.getUint16(this.#take(2, what), false);
  }

  u32(what: string): number {
    return this.#view.getUint32(this.#take(4, what), true);
  }

  i32(what: string): number {
    return this.#view.getInt32(this.#take(4, what), true);
  }

  u64(what: string): bigint {
    return this.#view.getBigUint64(this.#take(8, what), true);
  }

  i64(what: string): bigint {
    return this.#view.getBigInt64(this.#take(8, what), true);
  }

  /** A view of the next `count` bytes. Copy what outlives the buffer. */
  take(count: number, what: string): Uint8Array {
    const at = this.#take(count, what);
    return this.bytes.subarray(at, at + count);
  }

  /** A copy of the next `count` bytes. */
  copy(count: number, what: string): Uint8Array {
    const at = this.#take(count, what);
    return this.bytes.slice(at, at + count);
  }

  /**
   * Core's CompactSize, in its shortest form only.
   *
   * @throws DecodeError over the limit, in a longer form than needed, or where so many items cannot be left
   */
  compactSize(limits: CountLimits): number {
    const at = this.#offset;
    const { what } = limits;
    const first = this.u8(what);
    let value = first;
    if (first === 0xfd) {
      value = this.u16(what);
      if (value < 0xfd) throw new DecodeError(what, at, 'non-canonical count');
    } else if (first === 0xfe) {
      value = this.u32(what);
      if (value < 0x10000) throw new DecodeError(what, at, 'non-canonical count');
    } else if (first === 0xff) {
      const wide = this.u64(what);
      if (wide < 0x100000000n) throw new DecodeError(what, at, 'non-canonical count');
      value = Number(wide);
    }
    const max = Math.min(limits.max ?? COMPACT_SIZE_MAX, COMPACT_SIZE_MAX);
    if (value > max) throw new DecodeError(what, at, `${value} is over the limit of ${max}`);
    if (value * (limits.itemSizeMin ?? 0) > this.remaining)
      throw new DecodeError(what, at, `${value} cannot fit into the ${this.remaining} bytes left`);
    return value;
  }

  /** A byte string with its length before it, as a view. */
  varBytes(limits: Omit<CountLimits, 'itemSizeMin'>): Uint8Array {
    return this.take(this.compactSize(limits), limits.what);
  }

  /** @throws DecodeError where bytes are left over */
  end(what: string): void {
    if (this.remaining !== 0) throw new DecodeError(what, this.#offset, `${this.remaining} bytes are left over`);
  }
}
