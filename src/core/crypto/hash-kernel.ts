/**
 * The one instance of the hash kernel in this thread, and the ways bytes go in and out of it.
 *
 * @module
 */

import { KernelMemory, startKernel } from './kernel.ts';
import { WASM_BASE64 } from './kernels/hash.wasm.ts';

/** Exports of kernels/assembly/hash.kernel.ts; their meaning is told there. */
export interface HashKernelExports {
  readonly memory: WebAssemblyMemory;
  inputOffset(): number;
  outputOffset(): number;
  stateOffset(): number;
  reset(): void;
  absorb(blocks: number): void;
  finish(length: number, total: number): void;
  finishTwice(length: number, total: number): void;
  sha256(length: number): void;
  sha256d(length: number): void;
  hash160(length: number): void;
  ripemd160(length: number): void;
  sha1(length: number): void;
  sha256dFour(stride: number, length0: number, length1: number, length2: number, length3: number): void;
  sha256Three(length0: number, length1: number, length2: number): void;
  negatedProducts(): void;
  transactionIds(count: number, from: number, to: number): void;
  /** 1 or 0. */
  merkleRoot(count: number): number;
}

/** Room the kernel wants behind a message. */
const ROOM_BYTES = 256;

/** Most bytes that lie in the kernel's memory at once for one message, a whole block's worth; longer ones go through in pieces. */
export const MESSAGE_BYTES_MAX = 4_194_304;

/**
 * The kernel with its memory. Nothing in it outlives a call: whoever calls puts bytes in and takes a copy of the result. (Who writes a
 * message in place has the kernel until its digest is taken, and lets nothing else be hashed meanwhile.)
 */
export class HashKernel {
  readonly exports: HashKernelExports;
  readonly #memory: KernelMemory;
  readonly #input: number;
  readonly #output: number;
  readonly #state: number;
  /** The digest as a view that is made once, for making one costs more than copying it. */
  #digest: Uint8Array;

  constructor() {
    this.exports = startKernel<HashKernelExports>(WASM_BASE64);
    this.#memory = new KernelMemory(this.exports.memory);
    this.#input = this.exports.inputOffset();
    this.#output = this.exports.outputOffset();
    this.#state = this.exports.stateOffset();
    this.#digest = this.#memory.bytes.subarray(this.#output, this.#output + 32);
  }

  /** Where messages begin in `bytes`. */
  get inputOffset(): number {
    return this.#input;
  }

  /** The whole memory, for who writes a message in place. Void after the next `reserve`: then it is another array. */
  get bytes(): Uint8Array {
    return this.#memory.bytes;
  }

  /** Makes room for a message of so many bytes. */
  reserve(sizeBytes: number): void {
    this.#memory.reserve(this.#input + sizeBytes + ROOM_BYTES);
  }

  /** Copies bytes to the input, `at` bytes behind its beginning; room must have been made. */
  put(bytes: Uint8Array, at: number): void {
    this.#memory.bytes.set(bytes, this.#input + at);
  }

  /** A copy of `sizeBytes` bytes of the output, `at` bytes behind its beginning. */
  output(sizeBytes: number, at = 0): Uint8Array {
    const start = this.#output + at;
    return this.#memory.bytes.slice(start, start + sizeBytes);
  }

  /** Puts a digest that was made elsewhere where those of the kernel are. */
  setOutput(digest: Uint8Array): void {
    this.#memory.bytes.set(digest, this.#output);
  }

  /** Copies the digest at the output, 32 bytes, into `target` at `offset`. */
  copyDigest(target: Uint8Array, offset: number): void {
    if (this.#digest.buffer !== this.#memory.bytes.buffer) this.#digest = this.#memory.bytes.subarray(this.#output, this.#output + 32);
    target.set(this.#digest, offset);
  }

  /** Sets the state of a hash that was interrupted. */
  setState(state: Uint8Array): void {
    this.#memory.bytes.set(state, this.#state);
  }

  /** Keeps the state of a hash that is to go on later: 32 bytes into `state`. */
  saveState(state: Uint8Array): void {
    state.set(this.#memory.bytes.subarray(this.#state, this.#state + 32));
  }
}

let kernel: HashKernel | undefined;

/** This thread's kernel, started at first use (about a millisecond), so that importing costs nothing. */
export function hashKernel(): HashKernel {
  kernel ??= new HashKernel();
  return kernel;
}
