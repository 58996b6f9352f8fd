/**
 * Checks of signatures and tweaks, 64 at a time, by the kernel that does four in each step (kernels/assembly/signatures.kernel.ts).
 *
 * @module
 */

import { assert } from '../base/assert.ts';
import { startKernel } from './kernel.ts';
import { WASM_BASE64 } from './kernels/signatures.wasm.ts';

/** Exports of the kernel; their meaning is told there. */
interface SignatureKernelExports {
  readonly memory: WebAssemblyMemory;
  inputOffset(): number;
  outputOffset(): number;
  capacity(): number;
  verify(count: number): void;
}

/** Bytes of a check. */
const RECORD_SIZE = 160;
/** Where its parts are. The key is compressed, and its first byte comes right before x. */
const AT = { kind: 0, parity: 1, key: 31, x: 32, hash: 64, r: 96, s: 128 } as const;
const KIND = { ecdsa: 1, schnorr: 2, tweak: 3 } as const;
/** The first byte of a compressed key with an even y. */
const EVEN = 2;

/** Checks that a call takes. */
export const CHECKS_MAX = 64;

const NO_BYTES = new Uint8Array(0);

/** Checks that are gathered to be made at once. Arguments are copied, and have the sizes that are named; nothing else is asked of them. */
export class SignatureChecks {
  /** Made with the first check: most scripts of single transactions put none off. */
  #records = NO_BYTES;
  #count = 0;

  /** How many there are, at most `CHECKS_MAX`. */
  get count(): number {
    return this.#count;
  }

  /** ECDSA: a compressed key of 33 bytes that begins with 2 or 3, a hash of 32, r and s of 32 bytes each. */
  addEcdsa(publicKey: Uint8Array, messageHash: Uint8Array, signature: Uint8Array): void {
    const at = this.#next(KIND.ecdsa);
    this.#records.set(publicKey, at + AT.key);
    this.#records.set(messageHash, at + AT.hash);
    this.#records.set(signature, at + AT.r);
  }

  /** BIP-340: an x-only key of 32 bytes, the challenge e of 32, the signature of 64. */
  addSchnorr(publicKey: Uint8Array, challenge: Uint8Array, signature: Uint8Array): void {
    const at = this.#next(KIND.schnorr);
    this.#records[at + AT.key] = EVEN;
    this.#records.set(publicKey, at + AT.x);
    this.#records.set(challenge, at + AT.hash);
    this.#records.set(signature, at + AT.r);
  }

  /** Whether internalKey + tweak·G is the tweaked key with this parity: three times 32 bytes. */
  addTweak(internalKey: Uint8Array, tweak: Uint8Array, tweakedKey: Uint8Array, parity: 0 | 1): void {
    const at = this.#next(KIND.tweak);
    this.#records[at + AT.parity] = parity;
    this.#records[at + AT.key] = EVEN;
    this.#records.set(internalKey, at + AT.x);
    this.#records.set(tweakedKey, at + AT.r);
    this.#records.set(tweak, at + AT.s);
  }

  /**
   * Makes them all, and begins anew with none.
   *
   * @returns a byte for each in their order: 1 where it holds, 0 where it is not known to. Void after the next call.
   */
  make(): Uint8Array {
    kernel ??= start();
    const count = this.#count;
    this.#count = 0;
    kernel.input.set(this.#records.subarray(0, count * RECORD_SIZE));
    if (count > 0) kernel.exports.verify(count);
    return kernel.verdicts.subarray(0, count);
  }

  /** Begins anew with none. */
  clear(): void {
    this.#count = 0;
  }

  #next(kind: number): number {
    assert(this.#count < CHECKS_MAX, 'no more checks than a call takes');
    if (this.#records.length === 0) this.#records = new Uint8Array(CHECKS_MAX * RECORD_SIZE);
    const at = this.#count++ * RECORD_SIZE;
    this.#records[at + AT.kind] = kind;
    return at;
  }
}

/** The kernel, and views of its two places. */
interface SignatureKernel {
  readonly exports: SignatureKernelExports;
  readonly input: Uint8Array;
  readonly verdicts: Uint8Array;
}

let kernel: SignatureKernel | undefined;

/** Compiles it at first use; its tables, 80 KiB, take some five milliseconds more at the first call. */
function start(): SignatureKernel {
  const exports = startKernel<SignatureKernelExports>(WASM_BASE64);
  assert(exports.capacity() === CHECKS_MAX, 'the kernel takes as many checks as it is given');
  const { buffer } = exports.memory;
  return {
    exports,
    input: new Uint8Array(buffer, exports.inputOffset(), CHECKS_MAX * RECORD_SIZE),
    verdicts: new Uint8Array(buffer, exports.outputOffset(), CHECKS_MAX),
  };
}
