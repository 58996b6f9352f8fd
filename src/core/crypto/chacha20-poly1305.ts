/**
 * ChaCha20-Poly1305 (RFC 8439, section 2.8): encrypts, and makes sure that nothing was changed.
 *
 * The engine here runs anywhere; Node's own (node/aead.ts) takes a small part of the time and gives the same bytes.
 *
 * @module
 */

import { concatBytes } from '../base/bytes.ts';
import { chacha20Keystream } from './chacha20.ts';
import { Poly1305 } from './poly1305.ts';

/** Bytes of a tag. */
export const TAG_SIZE_BYTES = 16;

/** An engine. Keys have 32 bytes and nonces 12; a key and a nonce are used for one message alone. */
export interface Aead {
  /**
   * Encrypts parts that follow each other.
   *
   * @param associated - not encrypted, but nobody can change it
   * @returns the ciphertext in pieces, in order, the tag of 16 bytes at the end; they are the caller's own
   */
  seal(key: Uint8Array, nonce: Uint8Array, associated: Uint8Array, parts: readonly Uint8Array[]): readonly Uint8Array[];
  /** The plaintext of ciphertext and tag, the caller's own; undefined where anything was changed. */
  open(key: Uint8Array, nonce: Uint8Array, associated: Uint8Array, sealed: Uint8Array): Uint8Array | undefined;
}

/** The engine that runs anywhere. */
export const portableAead: Aead = {
  seal: (key, nonce, associated, parts) => {
    const ciphertext = concatBytes(...parts);
    applyStream(key, nonce, ciphertext);
    return [ciphertext, tagOf(key, nonce, associated, ciphertext)];
  },
  open: (key, nonce, associated, sealed) => {
    if (sealed.length < TAG_SIZE_BYTES) return undefined;
    const ciphertext = sealed.slice(0, sealed.length - TAG_SIZE_BYTES);
    if (differ(tagOf(key, nonce, associated, ciphertext), sealed.subarray(ciphertext.length))) return undefined;
    applyStream(key, nonce, ciphertext);
    return ciphertext;
  },
};

/** Encrypts or decrypts in place, a piece of the stream at a time. The stream's first block is the authenticator's. */
function applyStream(key: Uint8Array, nonce: Uint8Array, bytes: Uint8Array): void {
  const stream = new Uint8Array(Math.min(bytes.length, STREAM_PIECE_BYTES));
  for (let at = 0; at < bytes.length; at += STREAM_PIECE_BYTES) {
    chacha20Keystream(key, nonce, stream, 1 + at / 64);
    const count = Math.min(stream.length, bytes.length - at);
    for (let i = 0; i < count; i++) bytes[at + i]! ^= stream[i]!;
  }
}

/** A multiple of the stream's blocks of 64 bytes. */
const STREAM_PIECE_BYTES = 4_096;

function tagOf(key: Uint8Array, nonce: Uint8Array, associated: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  const macKey = new Uint8Array(32);
  chacha20Keystream(key, nonce, macKey, 0);
  const mac = new Poly1305(macKey);
  for (const part of [associated, ciphertext]) {
    mac.update(part);
    mac.pad();
  }
  const lengths = new Uint8Array(16);
  const view = new DataView(lengths.buffer);
  view.setBigUint64(0, BigInt(associated.length), true);
  view.setBigUint64(8, BigInt(ciphertext.length), true);
  mac.update(lengths);
  return mac.finish();
}

/** Whether two tags differ, in the same time wherever they do. */
function differ(a: Uint8Array, b: Uint8Array): boolean {
  let difference = 0;
  for (let i = 0; i < TAG_SIZE_BYTES; i++) difference |= a[i]! ^ b[i]!;
  return difference !== 0;
}
