/**
 * The kernel behind ids, signature hashes and Merkle trees: SHA-256 and what is built of it, over bytes that the caller has
 * copied to `inputOffset()`. Digests appear at `outputOffset()`. One memory belongs to one thread, and a call never calls out, so
 * these two places are free between calls.
 */
import { compress, finishState, resetState, writeDigest } from './sha256';

/** Where digests appear. */
const OUTPUT: usize = memory.data(32, 16);
/** A state that the caller may read and set between calls: `stateOffset()`. */
const STATE: usize = memory.data(32, 16);
/** The block of a second hash. */
const SECOND: usize = memory.data(64 + 64, 16);

/** Where the caller puts the message: the first free byte, on a boundary of 64. */
export function inputOffset(): usize {
  return (__heap_base + 63) & ~63;
}

export function outputOffset(): usize {
  return OUTPUT;
}

export function stateOffset(): usize {
  return STATE;
}

/** Sets the state to that before the first block. */
export function reset(): void {
  resetState(STATE);
}

/** Compresses `blocks` blocks of 64 bytes into the state. */
export function absorb(blocks: u32): void {
  const input = inputOffset();
  for (let i: u32 = 0; i < blocks; i++) compress(STATE, input + ((<usize>i) << 6));
}

/** Ends a message of `total` bytes of which the last `length` lie at the input; its digest appears at the output. */
export function finish(length: u32, total: f64): void {
  finishState(STATE, inputOffset(), length, <u64>total);
  writeDigest(STATE, OUTPUT);
}

/** SHA-256 of the `length` bytes at the input. */
export function sha256(length: u32): void {
  resetState(STATE);
  finishState(STATE, inputOffset(), length, length);
  writeDigest(STATE, OUTPUT);
}

/** SHA-256 of SHA-256. */
export function sha256d(length: u32): void {
  resetState(STATE);
  finishState(STATE, inputOffset(), length, length);
  hashAgain();
}

/** SHA-256 of the digest of the finished state. */
function hashAgain(): void {
  writeDigest(STATE, SECOND);
  resetState(STATE);
  finishState(STATE, SECOND, 32, 32);
  writeDigest(STATE, OUTPUT);
}
