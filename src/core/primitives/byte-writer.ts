/**
 * Writes Bitcoin's serialisation into one growing array.
 *
 * @module
 */

/** Bytes that a count takes in its shortest form. */
export function compactSizeLength(value: number): number {
  if (value < 0xfd) return 1;
  if (value < 0x10000) return 3;
  return value < 0x100000000 ? 5 : 9;
}

/** Memory that a writer of unknown size begins with. */
const SPARE_BYTES_MIN = 1_024;

/** Larger memory is not kept for the next writer. */
const SPARE_BYTES_MAX = 65_536;

/** Writers that write into each other's results are about as deep as this. */
const SPARES_MAX = 4;

/** Memory of writers that have finished: what they wrote was copied out of it, and to take new memory costs more than most of them write. */
const spares: Uint8Array[] = [];

/**
 * Appends to a buffer that doubles when it is full; give the size where it is known and nothing is copied. Numbers are written byte by
 * byte: most writers are small, and a view would cost more to make than it saves.
 */
export class ByteWriter {
  #bytes: Uint8Array;
  #length = 0;
  /** Whether the memory goes to the next writer once the result was copied out of it. */
  #isSpare: boolean;

  constructor(sizeBytes?: number) {
    this.#isSpare = sizeBytes === undefined;
    this.#bytes = sizeBytes === undefined ? (spares.pop() ?? new Uint8Array(SPARE_BYTES_MIN)) : new Uint8Array(sizeBytes);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** Makes room for `count` more and returns where they go. */
  #grow(count: number): number {
    const at = this.#length;
    if (at + count > this.#bytes.length) {
      const bytes = new Uint8Array(Math.max(at + count, this.#bytes.length * 2));
      bytes.set(this.#bytes);
      this.#bytes = bytes;
    }
    this.#length = at + count;
    return at;
  }

  u8(value: number): this {
    const at = this.#grow(1);
    this.#bytes[at] = value;
    return this;
  }

  u16(value: number): this {
    const at = this.#grow(2);
    this.#bytes[at] = value;
    this.#bytes[at + 1] = value >>> 8;
    return this;
  }

  /** Big-endian, as ports in network addresses are. */
  u16be(value: number): this {
    const at = this.#grow(2);
    this.#bytes[at] = value >>> 8;
    this.#bytes[at + 1] = value;
    return this;
  }

  /** The low 32 bits of `value`, signed or not. */
  u32(value: number): this {
    const at = this.#grow(4);
    const bytes = this.#bytes;
    bytes[at] = value;
    bytes[at + 1] = value >>> 8;
    bytes[at + 2] = value >>> 16;
    bytes[at + 3] = value >>> 24;
    return this;
  }

  /** The low 64 bits of `value`, signed or not. */
  u64(value: bigint): this {
    return this.u32(Number(BigInt.asUintN(32, value))).u32(Number(BigInt.asUintN(32, value >> 32n)));
  }

  raw(bytes: Uint8Array): this {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  compactSize(value: number): this {
    if (value < 0xfd) return this.u8(value);
    if (value < 0x10000) return this.u8(0xfd).u16(value);
    if (value < 0x100000000) return this.u8(0xfe).u32(value);
    return this.u8(0xff).u64(BigInt(value));
  }

  /** A byte string with its length before it. */
  varBytes(bytes: Uint8Array): this {
    return this.compactSize(bytes.length).raw(bytes);
  }

  /** What was written, in memory of its own. */
  finish(): Uint8Array {
    if (this.#length === this.#bytes.length) return this.#bytes;
    const memory = this.#bytes;
    this.#bytes = memory.slice(0, this.#length);
    if (this.#isSpare && memory.length <= SPARE_BYTES_MAX && spares.length < SPARES_MAX) spares.push(memory);
    this.#isSpare = false;
    return this.#bytes;
  }
}
