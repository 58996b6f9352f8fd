/**
 * Starting a WebAssembly kernel: its bytes are text inside a source file, so a bundle needs no file beside it and loading is
 * synchronous. Kernels are written in AssemblyScript under kernels/assembly and built by tools/build.mjs.
 *
 * @module
 */

import { assert } from '../base/assert.ts';

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Bytes of standard base64 with padding. Text of ours only: anything else is a bug. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  assert(text.length % 4 === 0, 'base64 comes in groups of four');
  const values = new Uint8Array(128).fill(255);
  for (let i = 0; i < DIGITS.length; i++) values[DIGITS.charCodeAt(i)] = i;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let bits = 0;
  for (let i = 0, at = 0; i < text.length - padding; i++) {
    const value = values[text.charCodeAt(i)] ?? 255;
    assert(value < 64, 'base64 digit');
    bits = (bits << 6) | value;
    if (i % 4 !== 0) bytes[at++] = (bits >>> (6 - 2 * (i % 4))) & 255;
  }
  return bytes;
}

/**
 * A new instance, with a memory of its own. Kernels import nothing.
 *
 * The type of the exports is the caller's claim, held by tests: WebAssembly itself knows only numbers.
 */
export function startKernel<Exports>(base64: string): Exports {
  const module = new WebAssembly.Module(decodeBase64(base64));
  return new WebAssembly.Instance(module, {}).exports as Exports;
}

/** Memory of a kernel as bytes, followed when it grows. */
export class KernelMemory {
  readonly #memory: WebAssemblyMemory;
  #bytes: Uint8Array;

  constructor(memory: WebAssemblyMemory) {
    this.#memory = memory;
    this.#bytes = new Uint8Array(memory.buffer);
  }

  /** The whole memory. The array is void after the next `reserve`. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /**
   * Makes the memory at least `sizeBytes` large, and twice as large as it was, so that growing stays rare.
   *
   * @throws RangeError when there is no more memory to be had
   */
  reserve(sizeBytes: number): void {
    const missing = sizeBytes - this.#bytes.length;
    if (missing <= 0) return;
    this.#memory.grow(Math.ceil(Math.max(missing, this.#bytes.length) / 65_536));
    this.#bytes = new Uint8Array(this.#memory.buffer);
  }
}
