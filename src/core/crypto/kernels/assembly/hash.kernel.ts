/**
 * The kernel behind ids, signature hashes and Merkle trees: SHA-256 and what is built of it, and a multiplication, over bytes that the caller has
 * copied to `inputOffset()`. Digests appear at `outputOffset()`. One memory belongs to one thread, and a call never calls out, so
 * these two places are free between calls.
 *
 * Behind a message the caller leaves 256 bytes of room, which padding and the last group of lanes overwrite.
 */
export { transactionIds } from './transaction-ids';

import { absorbLanes, compressWords, hashFourMessages, hashLanesAgain, hashThree, resetLanes } from './four-messages';
import { compressRipemd160, resetRipemd160 } from './ripemd160';
import { negatedProduct } from './scalar';
import { compressSha1, finishSha1, resetSha1 } from './sha1';
import { compress, finishState, padTail, resetState, writeDigest } from './sha256';
import { expandLanes } from './sha256-lanes';

/** Where digests appear: up to six. */
const OUTPUT: usize = memory.data(192, 16);
/** A state that the caller may read and set between calls: `stateOffset()`. */
const STATE: usize = memory.data(32, 16);
/** The message of a second hash. */
const SECOND: usize = memory.data(192, 16);

/** The second block of a message of 64 bytes: nothing but padding. */
const WORDS_PADDING_64: usize = memory.data(1024, 16);

v128.store(WORDS_PADDING_64, i32x4.splat(0x80000000));
v128.store(WORDS_PADDING_64, i32x4.splat(64 * 8), 15 * 16);
expandLanes(WORDS_PADDING_64, 16, 64);

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

/** As `finish`, and SHA-256 of that. */
export function finishTwice(length: u32, total: f64): void {
  finishState(STATE, inputOffset(), length, <u64>total);
  writeDigest(STATE, SECOND);
  hash(SECOND, 32, OUTPUT);
}

/** SHA-256 of `length` bytes, written to `out`. */
function hash(message: usize, length: u32, out: usize): void {
  resetState(STATE);
  finishState(STATE, message, length, length);
  writeDigest(STATE, out);
}

/** SHA-256 of the `length` bytes at the input. */
export function sha256(length: u32): void {
  hash(inputOffset(), length, OUTPUT);
}

/** SHA-256 of SHA-256. */
export function sha256d(length: u32): void {
  hash(inputOffset(), length, SECOND);
  hash(SECOND, 32, OUTPUT);
}

/** RIPEMD-160 of SHA-256: 20 bytes at the output. */
export function hash160(length: u32): void {
  hash(inputOffset(), length, SECOND);
  hashRipemd160(SECOND, 32);
}

/** RIPEMD-160: 20 bytes at the output. */
export function ripemd160(length: u32): void {
  hashRipemd160(inputOffset(), length);
}

function hashRipemd160(message: usize, length: u32): void {
  const end = padTail(message, length, length);
  // The length of the message is little-endian here.
  store<u64>(end - 8, <u64>length << 3);
  resetRipemd160(OUTPUT);
  for (let block = message; block < end; block += 64) compressRipemd160(OUTPUT, block);
}

/** SHA-1: 20 bytes at the output. */
export function sha1(length: u32): void {
  const message = inputOffset();
  const end = padTail(message, length, length);
  resetSha1(OUTPUT);
  for (let block = message; block < end; block += 64) compressSha1(OUTPUT, block);
  finishSha1(OUTPUT);
}

/** SHA-256d of four messages, `stride` bytes apart, which fill the same number of blocks, `stride` / 64. */
export function sha256dFour(stride: u32, length0: u32, length1: u32, length2: u32, length3: u32): void {
  hashFourMessages(inputOffset(), stride, length0, length1, length2, length3, OUTPUT);
}

/**
 * SHA-256 of three messages, which lie one after another at the input, then the same of each of these digests: six at the output. Behind
 * the messages the caller leaves room for three copies of the longest, each with its padding.
 */
export function sha256Three(length0: u32, length1: u32, length2: u32): void {
  const input = inputOffset();
  hashThree(input, length0, length1, length2, input + length0 + length1 + length2, OUTPUT);
}

/** SHA-256d of four pairs of hashes, 64 bytes each one after another. `out` may be where they lie. */
function hashFourPairs(pairs: usize, out: usize): void {
  resetLanes();
  absorbLanes(pairs, pairs + 64, pairs + 128, pairs + 192);
  compressWords(WORDS_PADDING_64);
  hashLanesAgain(out);
}

/** SHA-256d of one pair of hashes. */
function hashPair(pair: usize, out: usize): void {
  memory.copy(SECOND, pair, 64);
  hash(SECOND, 64, SECOND);
  hash(SECOND, 32, out);
}

/** Whether two hashes are the same. */
// @ts-ignore: decorator
@inline
function isPairOfTwins(pair: usize): bool {
  const difference = v128.or(
    v128.xor(v128.load(pair), v128.load(pair, 32)),
    v128.xor(v128.load(pair, 16), v128.load(pair, 48)),
  );
  return !v128.any_true(difference);
}

/**
 * Root of the tree over the `count` hashes at the input, which are overwritten; `count` is 1 or more. The root appears at the output.
 *
 * @returns whether two hashes that are hashed together, and are not one hash doubled, are the same
 */
export function merkleRoot(count: u32): bool {
  const nodes = inputOffset();
  let mutated = false;
  for (let left: usize = count; left > 1; left = (left + 1) >> 1) {
    for (let i: usize = 0; i + 1 < left; i += 2) if (isPairOfTwins(nodes + (i << 5))) mutated = true;
    if (left & 1) memory.copy(nodes + (left << 5), nodes + ((left - 1) << 5), 32);
    const pairs = (left + 1) >> 1;
    for (let i: usize = 0; i < pairs; i += 4) {
      // Lanes without a pair work on leftovers and write behind the level, where nothing is read any more.
      if (pairs - i > 1) hashFourPairs(nodes + (i << 6), nodes + (i << 5));
      else hashPair(nodes + (i << 6), nodes + (i << 5));
    }
  }
  memory.copy(OUTPUT, nodes, 32);
  return mutated;
}

/**
 * -a·c and -b·c modulo n, the order of secp256k1, for a, b and c of 32 bytes after one another at the input: 64 bytes at the output.
 */
export function negatedProducts(): void {
  const input = inputOffset();
  negatedProduct(input, input + 64, OUTPUT);
  negatedProduct(input + 32, input + 64, OUTPUT + 32);
}
