import { DecodeError } from '../primitives/decode-error.ts';

/** Writes bits, the highest of each byte first; what is left of the last byte is zero. */
export class BitWriter {
  #bytes: Uint8Array;
  #length = 0;
  #byte = 0;
  #used = 0;

  constructor(sizeBytes: number) {
    this.#bytes = new Uint8Array(sizeBytes);
  }

  bit(bit: number): void {
    this.#byte = (this.#byte << 1) | bit;
    this.#used++;
    if (this.#used === 8) this.#flush();
  }

  /** The low `count` bits of a number below 2^32, the highest first. */
  bits(value: number, count: number): void {
    for (let i = count - 1; i >= 0; i--) this.bit((value >>> i) & 1);
  }

  #flush(): void {
    if (this.#length === this.#bytes.length) {
      const bytes = new Uint8Array(this.#bytes.length * 2 + 16);
      bytes.set(this.#bytes);
      this.#bytes = bytes;
    }
    this.#bytes[this.#length++] = this.#byte;
    this.#byte = 0;
    this.#used = 0;
  }

  /** What was written. Write nothing more after this. */
  finish(): Uint8Array {
    while (this.#used > 0) this.bit(0);
    return this.#bytes.slice(0, this.#length);
  }
}

/** Reads what `BitWriter` wrote. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at: number;

  /** @param offset - the first byte */
  constructor(bytes: Uint8Array, offset: number) {
    this.#bytes = bytes;
    this.#at = offset * 8;
  }

  /** @throws DecodeError where there are no more */
  bit(): number {
    const byte = this.#bytes[this.#at >>> 3];
    if (byte === undefined) throw new DecodeError('filter', this.#bytes.length, 'ends within an item');
    return (byte >>> (7 - (this.#at++ & 7))) & 1;
  }

  /** A number of so many bits, at most 32. @throws DecodeError */
  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 2 + this.bit();
    return value;
  }
}
