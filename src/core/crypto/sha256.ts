/**
 * Hashes and curves: SHA-256 and what Bitcoin builds of it, RIPEMD-160, SipHash, Merkle trees, secp256k1, the nonce search.
 *
 * Owns algorithms over bytes, and is the one room that imports cryptography packages. Does not own what is hashed or signed.
 * Begin here for hashes, in secp256k1.ts for signatures; docs/adr/0004 tells why the engines are what they are.
 *
 * @module
 */

import { assert } from '../base/assert.ts';
import { utf8ToBytes } from '../base/bytes.ts';
import { type HashKernel, hashKernel, MESSAGE_BYTES_MAX } from './hash-kernel.ts';

/** Copies the message into the kernel. */
function load(bytes: Uint8Array): HashKernel {
  const kernel = hashKernel();
  kernel.reserve(bytes.length);
  kernel.put(bytes, 0);
  return kernel;
}

/** SHA-256 (FIPS 180-4). A new array of 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  if (bytes.length > MESSAGE_BYTES_MAX) return createSha256().update(bytes).digest();
  const kernel = load(bytes);
  kernel.exports.sha256(bytes.length);
  return kernel.output(32);
}

/** SHA-256 of SHA-256, the hash that names blocks and transactions. A new array of 32 bytes, in wire order. */
export function sha256d(bytes: Uint8Array): Uint8Array {
  if (bytes.length > MESSAGE_BYTES_MAX) return sha256(sha256(bytes));
  const kernel = load(bytes);
  kernel.exports.sha256d(bytes.length);
  return kernel.output(32);
}

/**
 * SHA-256d of each message, as `sha256d` gives it, in their order. Messages that fill the same number of blocks are hashed four at a
 * time in the lanes of a vector, which takes less than half as long: for the ids of a block's transactions.
 */
export function sha256dMany(messages: readonly Uint8Array[]): Uint8Array[] {
  const digests = new Array<Uint8Array>(messages.length);
  const waiting = new Map<number, number[]>();
  messages.forEach((message, index) => {
    const stride = Math.ceil((message.length + 9) / 64) * 64;
    if (stride > LANE_BYTES_MAX) {
      digests[index] = sha256d(message);
      return;
    }
    const group = waiting.get(stride);
    if (group === undefined) waiting.set(stride, [index]);
    else if (group.push(index) === 4) {
      hashFour(messages, group, stride, digests);
      group.length = 0;
    }
  });
  for (const group of waiting.values()) for (const index of group) digests[index] = sha256d(messages[index]!);
  return digests;
}

/** Longest message, padding included, that goes into a lane. Beyond it the lanes' blocks no longer lie in the processor's near cache. */
const LANE_BYTES_MAX = 16_384;

/** Hashes the four messages of a group and puts the digests into their places. */
function hashFour(messages: readonly Uint8Array[], group: readonly number[], stride: number, digests: Uint8Array[]): void {
  const kernel = hashKernel();
  kernel.reserve(4 * stride);
  const length = (lane: number): number => messages[group[lane]!]!.length;
  for (let lane = 0; lane < 4; lane++) kernel.put(messages[group[lane]!]!, lane * stride);
  kernel.exports.sha256dFour(stride, length(0), length(1), length(2), length(3));
  for (let lane = 0; lane < 4; lane++) digests[group[lane]!] = kernel.output(32, 32 * lane);
}

/** RIPEMD-160. A new array of 20 bytes. The whole message lies in the kernel's memory at once: it is at most a push of a script. */
export function ripemd160(bytes: Uint8Array): Uint8Array {
  const kernel = load(bytes);
  kernel.exports.ripemd160(bytes.length);
  return kernel.output(20);
}

/** RIPEMD-160 of SHA-256, the hash in P2PKH, P2SH and P2WPKH outputs. A new array of 20 bytes. */
export function hash160(bytes: Uint8Array): Uint8Array {
  if (bytes.length > MESSAGE_BYTES_MAX) return ripemd160(sha256(bytes));
  const kernel = load(bytes);
  kernel.exports.hash160(bytes.length);
  return kernel.output(20);
}

/** SHA-1, which a script can still ask for (`OP_SHA1`) and nothing else uses. A new array of 20 bytes. The message is as for `ripemd160`. */
export function sha1(bytes: Uint8Array): Uint8Array {
  const kernel = load(bytes);
  kernel.exports.sha1(bytes.length);
  return kernel.output(20);
}

/** SHA-256 of bytes that come in pieces. */
export interface Sha256 {
  /** Takes the next bytes, which are not kept. Returns itself. */
  update(bytes: Uint8Array): this;
  /** The digest of everything taken, a new array of 32 bytes. Ends this hash: it must not be used again. */
  digest(): Uint8Array;
}

/** Begins a SHA-256 of pieces. Any number may be under way at once. */
export function createSha256(): Sha256 {
  return new Sha256Stream(undefined);
}

/** A state and what has not filled a block yet. The kernel holds the state only during a call. */
class Sha256Stream implements Sha256 {
  readonly #state = new Uint8Array(32);
  readonly #tail = new Uint8Array(64);
  #tailLength = 0;
  #total = 0;
  #ended = false;

  /** @param midstate - state after a first block of 64 bytes, or undefined to begin anew */
  constructor(midstate: Uint8Array | undefined) {
    if (midstate === undefined) {
      const kernel = hashKernel();
      kernel.exports.reset();
      kernel.saveState(this.#state);
    } else {
      this.#state.set(midstate);
      this.#total = 64;
    }
  }

  update(bytes: Uint8Array): this {
    assert(!this.#ended, 'a hash takes no bytes after its digest');
    this.#total += bytes.length;
    if (this.#tailLength + bytes.length < 64) {
      this.#tail.set(bytes, this.#tailLength);
      this.#tailLength += bytes.length;
      return this;
    }
    const kernel = hashKernel();
    kernel.setState(this.#state);
    for (let at = 0; at < bytes.length; at += MESSAGE_BYTES_MAX) this.#absorb(kernel, bytes.subarray(at, at + MESSAGE_BYTES_MAX));
    kernel.saveState(this.#state);
    return this;
  }

  /** Feeds the tail and one piece; what does not fill a block is the new tail. */
  #absorb(kernel: HashKernel, piece: Uint8Array): void {
    const length = this.#tailLength + piece.length;
    const rest = length % 64;
    kernel.reserve(length);
    kernel.put(this.#tail.subarray(0, this.#tailLength), 0);
    kernel.put(piece, this.#tailLength);
    kernel.exports.absorb((length - rest) / 64);
    if (rest <= piece.length) this.#tail.set(piece.subarray(piece.length - rest));
    else this.#tail.set(piece, this.#tailLength);
    this.#tailLength = rest;
  }

  digest(): Uint8Array {
    assert(!this.#ended, 'a hash has one digest');
    this.#ended = true;
    const kernel = hashKernel();
    kernel.setState(this.#state);
    kernel.put(this.#tail.subarray(0, this.#tailLength), 0);
    kernel.exports.finish(this.#tailLength, this.#total);
    return kernel.output(32);
  }
}

/** State after the 64 bytes with which each tag begins. Tags are words of the program, never of a peer, so the map stays small. */
const midstateOfTag = new Map<string, Uint8Array>();

/** The state after SHA-256(tag) twice, with which tagged hashes begin. Not to be written to. */
export function tagMidstate(tag: string): Uint8Array {
  const known = midstateOfTag.get(tag);
  if (known !== undefined) return known;
  const digest = sha256(utf8ToBytes(tag));
  const kernel = hashKernel();
  kernel.put(digest, 0);
  kernel.put(digest, 32);
  kernel.exports.reset();
  kernel.exports.absorb(1);
  const state = new Uint8Array(32);
  kernel.saveState(state);
  midstateOfTag.set(tag, state);
  return state;
}

/** BIP-340's tagged hash: SHA-256 over SHA-256(tag), SHA-256(tag) and the parts after one another. A new array of 32 bytes. */
export function taggedHash(tag: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const midstate = tagMidstate(tag);
  let length = 0;
  for (const part of parts) length += part.length;
  if (length > MESSAGE_BYTES_MAX) {
    const stream = new Sha256Stream(midstate);
    for (const part of parts) stream.update(part);
    return stream.digest();
  }
  const kernel = hashKernel();
  kernel.reserve(length);
  kernel.setState(midstate);
  let at = 0;
  for (const part of parts) {
    kernel.put(part, at);
    at += part.length;
  }
  kernel.exports.finish(length, 64 + length);
  return kernel.output(32);
}
