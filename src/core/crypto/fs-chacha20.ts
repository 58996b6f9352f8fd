/**
 * BIP-324's ciphers: ChaCha20 and ChaCha20-Poly1305 with a key that changes every 224 messages and cannot be followed back ("forward
 * secrecy").
 *
 * @module
 */

import { chacha20Keystream } from './chacha20.ts';
import type { Aead } from './chacha20-poly1305.ts';

/** Messages under one key. */
export const REKEY_INTERVAL = 224;

const STREAM_BLOCK_BYTES = 64;

/** Encrypts and decrypts lengths: one stream of bytes, whatever the size of each piece, until the key changes. */
export class FsChaCha20 {
  #key: Uint8Array;
  readonly #nonce = new Uint8Array(12);
  readonly #block = new Uint8Array(STREAM_BLOCK_BYTES);
  /** Bytes of the stream that were taken, since the key changed. */
  #taken = 0;
  #messages = 0;

  /** @param key - 32 bytes */
  constructor(key: Uint8Array) {
    this.#key = key.slice();
  }

  /** Encrypts or decrypts a message in place. */
  apply(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) bytes[i]! ^= this.#nextByte();
    if (++this.#messages % REKEY_INTERVAL !== 0) return;
    const key = Uint8Array.from({ length: 32 }, () => this.#nextByte());
    this.#key.fill(0);
    this.#key = key;
    this.#taken = 0;
    writeU64(this.#nonce, 4, this.#messages / REKEY_INTERVAL);
  }

  #nextByte(): number {
    const at = this.#taken % STREAM_BLOCK_BYTES;
    if (at === 0) chacha20Keystream(this.#key, this.#nonce, this.#block, this.#taken / STREAM_BLOCK_BYTES);
    this.#taken++;
    return this.#block[at]!;
  }
}

/** Encrypts or decrypts packets, in one direction. */
export class FsChaCha20Poly1305 {
  readonly #aead: Aead;
  #key: Uint8Array;
  readonly #nonce = new Uint8Array(12);
  #messages = 0;

  /** @param key - 32 bytes */
  constructor(aead: Aead, key: Uint8Array) {
    this.#aead = aead;
    this.#key = key.slice();
  }

  /** As `Aead.seal`. */
  seal(associated: Uint8Array, parts: readonly Uint8Array[]): readonly Uint8Array[] {
    const pieces = this.#aead.seal(this.#key, this.#nonce, associated, parts);
    this.#advance();
    return pieces;
  }

  /** As `Aead.open`. After a failure nothing more can be opened: the caller ends the connection. */
  open(associated: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    const plaintext = this.#aead.open(this.#key, this.#nonce, associated, sealed);
    this.#advance();
    return plaintext;
  }

  /** The next nonce: the message's number under its key, then the key's number. */
  #advance(): void {
    this.#messages++;
    const inKey = this.#messages % REKEY_INTERVAL;
    if (inKey === 0) {
      // The next key is what zeros become under a nonce that no message has: the stream after the authenticator's block.
      this.#nonce.fill(255, 0, 4);
      const key = new Uint8Array(32);
      chacha20Keystream(this.#key, this.#nonce, key, 1);
      this.#key.fill(0);
      this.#key = key;
      writeU64(this.#nonce, 4, this.#messages / REKEY_INTERVAL);
    }
    new DataView(this.#nonce.buffer).setUint32(0, inKey, true);
  }
}

function writeU64(bytes: Uint8Array, at: number, value: number): void {
  new DataView(bytes.buffer).setBigUint64(at, BigInt(value), true);
}
