import { toHex } from '../core/base/bytes.ts';
import { sha256 } from '../core/crypto/sha256.ts';

const BUFFER_BYTES = 65_536;

/** Bytes that a record has at most before its own: kind, time, three numbers. */
const HEAD_BYTES = 1 + 6 + 3 * 4;

/**
 * A hash over everything that happened: two runs with the same digest were the same to the last byte that any node sent or wrote.
 *
 * SHA-256 over the state so far and a buffer of records, whenever the buffer is full.
 */
export class RunDigest {
  readonly #bytes = new Uint8Array(32 + BUFFER_BYTES);
  readonly #view: DataView = new DataView(this.#bytes.buffer);
  #at = 32;

  /** Takes in one event: what it is (below 256), when, up to three numbers of 32 bits, and bytes. */
  add(kind: number, atUs: number, a = 0, b = 0, bytes?: Uint8Array): void {
    if (this.#at + HEAD_BYTES > this.#bytes.length) this.#fold();
    this.#view.setUint8(this.#at, kind);
    this.#view.setUint16(this.#at + 1, Math.floor(atUs / 0x1_0000_0000));
    this.#view.setUint32(this.#at + 3, atUs % 0x1_0000_0000);
    this.#view.setUint32(this.#at + 7, a);
    this.#view.setUint32(this.#at + 11, b);
    this.#view.setUint32(this.#at + 15, bytes?.length ?? 0);
    this.#at += HEAD_BYTES;
    if (bytes !== undefined) this.#addBytes(bytes);
  }

  /** The digest so far, in hexadecimal. Taking it changes nothing. */
  hex(): string {
    return toHex(sha256(this.#bytes.subarray(0, this.#at)));
  }

  #addBytes(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) {
      if (this.#at === this.#bytes.length) this.#fold();
      const part = bytes.subarray(from, from + this.#bytes.length - this.#at);
      this.#bytes.set(part, this.#at);
      this.#at += part.length;
      from += part.length;
    }
  }

  #fold(): void {
    this.#bytes.set(sha256(this.#bytes.subarray(0, this.#at)));
    this.#at = 32;
  }
}
