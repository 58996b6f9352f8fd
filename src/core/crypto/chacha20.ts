/**
 * The ChaCha20 stream (RFC 8439): 32-bit block counter, 96-bit nonce.
 *
 * @module
 */

import { assert } from '../base/assert.ts';

const BLOCK_WORDS = 16;
const BLOCK_SIZE_BYTES = 64;

/** "expand 32-byte k" as four words. */
const CONSTANTS: readonly number[] = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574];

/** The words before and during the rounds. Filled anew by each call, which calls nothing that could use them again. */
const start: Int32Array = new Int32Array(BLOCK_WORDS);
const work: Int32Array = new Int32Array(BLOCK_WORDS);

/**
 * Overwrites `out` with the stream's bytes from a block on.
 *
 * @param key - 32 bytes
 * @param nonce - 12 bytes
 * @param counter - number of the first block of 64 bytes
 */
export function chacha20Keystream(key: Uint8Array, nonce: Uint8Array, out: Uint8Array, counter: number = 0): void {
  assert(key.length === 32 && nonce.length === 12, 'ChaCha20 takes a key of 32 bytes and a nonce of 12');
  for (let i = 0; i < 4; i++) start[i] = CONSTANTS[i]!;
  for (let i = 0; i < 8; i++) start[4 + i] = readU32(key, 4 * i);
  start[12] = counter;
  for (let i = 0; i < 3; i++) start[13 + i] = readU32(nonce, 4 * i);
  for (let at = 0; at < out.length; at += BLOCK_SIZE_BYTES) {
    work.set(start);
    for (let round = 0; round < 10; round++) doubleRound();
    writeBlock(out, at);
    start[12]!++;
  }
}

/** Four columns, then four diagonals. */
function doubleRound(): void {
  quarterRound(0, 4, 8, 12);
  quarterRound(1, 5, 9, 13);
  quarterRound(2, 6, 10, 14);
  quarterRound(3, 7, 11, 15);
  quarterRound(0, 5, 10, 15);
  quarterRound(1, 6, 11, 12);
  quarterRound(2, 7, 8, 13);
  quarterRound(3, 4, 9, 14);
}

function quarterRound(a: number, b: number, c: number, d: number): void {
  let wa = work[a]!;
  let wb = work[b]!;
  let wc = work[c]!;
  let wd = work[d]!;
  wa = (wa + wb) | 0;
  wd = rotateLeft(wd ^ wa, 16);
  wc = (wc + wd) | 0;
  wb = rotateLeft(wb ^ wc, 12);
  wa = (wa + wb) | 0;
  wd = rotateLeft(wd ^ wa, 8);
  wc = (wc + wd) | 0;
  wb = rotateLeft(wb ^ wc, 7);
  work[a] = wa;
  work[b] = wb;
  work[c] = wc;
  work[d] = wd;
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** Writes as much of the block as `out` has room for. */
function writeBlock(out: Uint8Array, at: number): void {
  const size = Math.min(BLOCK_SIZE_BYTES, out.length - at);
  for (let i = 0; i < size; i++) {
    const word = (work[i >> 2]! + start[i >> 2]!) | 0;
    out[at + i] = word >>> (8 * (i & 3));
  }
}

function readU32(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}
