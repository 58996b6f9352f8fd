/**
 * The search for a block's nonce, four nonces at a time.
 *
 * @module
 */

import { assert } from '../base/assert.ts';
import { KernelMemory, startKernel } from './kernel.ts';
import { WASM_BASE64 } from './kernels/mining.wasm.ts';

/** Exports of kernels/assembly/mining.kernel.ts; their meaning is told there. */
interface MiningKernelExports {
  readonly memory: WebAssemblyMemory;
  headerOffset(): number;
  targetOffset(): number;
  prepare(): void;
  search(from: number, count: number): number;
}

/** What to search, and where. */
export interface NonceRange {
  /** A header on the wire, 80 bytes. Its last four, the nonce, do not matter. Not written to. */
  readonly header80: Uint8Array;
  /** The largest hash that will do, 32 bytes **big-endian**, as the number is written (display order). Any number from 0 to 2^256 - 1. */
  readonly target: Uint8Array;
  /** First nonce to try. */
  readonly from: number;
  /** How many to try; `from` + `count` is at most 2^32. */
  readonly count: number;
}

/** A search with a memory of its own: one a thread. */
export interface NonceSearch {
  /**
   * The first nonce in [from, from + count) with which SHA-256d of the header, read as a little-endian number, is at most the target;
   * -1 where there is none. The answer is exact for every target.
   *
   * Does not come back before it is done: about 6.5 million nonces a second, so the caller chooses `count` by how soon it wants to
   * look up. What depends on header and target alone is worked out anew in each call, in about a microsecond.
   */
  search(range: NonceRange): number;
}

/** Starts the kernel, in about a millisecond. */
export function createNonceSearch(): NonceSearch {
  const kernel = startKernel<MiningKernelExports>(WASM_BASE64);
  const memory = new KernelMemory(kernel.memory);
  const headerOffset = kernel.headerOffset();
  const targetOffset = kernel.targetOffset();
  return {
    search({ header80, target, from, count }) {
      assert(header80.length === 80 && target.length === 32, 'a header of 80 bytes and a target of 32');
      assert(Number.isSafeInteger(from) && Number.isSafeInteger(count) && from >= 0 && count >= 0, 'a range of nonces');
      assert(from + count <= 2 ** 32, 'nonces have 32 bits');
      memory.bytes.set(header80, headerOffset);
      memory.bytes.set(target, targetOffset);
      kernel.prepare();
      return kernel.search(from, count);
    },
  };
}
