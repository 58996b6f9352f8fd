/**
 * Headers of a chain that has not shown enough work yet: looked at twice, kept once.
 *
 * Headers are cheap to make where a network is easy, and a tree of them only grows. So headers of a chain whose work is below a threshold
 * are not kept: on the first pass one secret bit in every `COMMITMENT_PERIOD` of them is, until the chain shows the work. Then they are
 * asked for again from the start. On the second pass they must have the same bits, so the sender cannot send other ones, and those that are
 * followed by enough right bits are let out to the tree. Core's `HeadersSyncState`.
 *
 * Owns the two passes for one peer, a pure state machine. Does not own what the threshold is or who is asked (`LowWork`, `HeaderSync`), nor
 * whether a hash shows the work that it claims: the caller has checked that of every header.
 *
 * @module
 */

import { bytesEqual } from '../../core/base/bytes.ts';
import { arePermittedBits } from '../../core/consensus/permitted-bits.ts';
import { blockWork } from '../../core/consensus/proof-of-work.ts';
import { sipHash24Into } from '../../core/crypto/siphash.ts';
import type { PowParams } from '../../core/params/types.ts';
import type { BlockHeader } from '../../core/primitives/block.ts';
import { makeHeader } from '../../core/primitives/block.ts';
import type { BlockHash, MerkleRoot } from '../../core/primitives/ids.ts';

/** One header in so many leaves a bit behind. As Core's for the main network. */
export const COMMITMENT_PERIOD = 640;

/** Headers that are held back on the second pass: 24 right bits must follow one before it is let out. 737,280 bytes. */
export const HELD_HEADERS_MAX: number = 24 * COMMITMENT_PERIOD;

/** Bits that are kept on the first pass: 262,144 bytes, for 1.3 thousand million headers. A longer chain is given up on. */
export const COMMITMENTS_MAX = 2_097_152;

/** Bytes of a header that is held back: all but its parent's hash, which follows. */
const HELD_SIZE_BYTES = 48;

/** The block in the tree that the headers build on. */
export interface PresyncStart {
  readonly hash: BlockHash;
  readonly height: number;
  readonly bits: number;
  readonly chainWork: bigint;
}

/** What a pass is made of. */
export interface PresyncOptions {
  readonly start: PresyncStart;
  /** Work that the chain must show. */
  readonly requiredWork: bigint;
  /** Headers after which the chain is given up on, if it has not shown the work by then. */
  readonly headersMax: number;
  readonly pow: PowParams;
  /** 16 bytes that no peer knows: they decide the bits. */
  readonly salt: Uint8Array;
  /** From 0 to `COMMITMENT_PERIOD` - 1, and no peer knows it: which headers leave bits. */
  readonly offset: number;
}

/** Why the headers of a peer are looked at no longer. */
export type PresyncEnd =
  /** Everything has come and was let out. */
  | 'proven'
  /** The chain ended below the work, or had too many headers for it. */
  | 'too-little-work'
  /** Other headers came on the second pass, or fewer, or ones that cannot follow each other. */
  | 'broken';

/** What follows from a message. */
export interface PresyncStep {
  /** To be handed to the tree, in order. Also where it ends: these are proven. */
  readonly proven: readonly BlockHeader[];
  /** Undefined: more is to be asked for, after `last`. */
  readonly end: PresyncEnd | undefined;
}

/** Where a pass has come to. */
interface Cursor {
  hash: BlockHash;
  height: number;
  bits: number;
  work: bigint;
}

function cursorAt({ hash, height, bits, chainWork }: PresyncStart): Cursor {
  return { hash, height, bits, work: chainWork };
}

const NONE: readonly BlockHeader[] = [];

/** Both passes over one peer's headers. At most a million bytes, however many come. */
export class HeaderPresync {
  readonly #options: PresyncOptions;
  readonly #hashed: Uint32Array = new Uint32Array(2);
  #commitments: Uint8Array = new Uint8Array(64);
  #committed = 0;
  #compared = 0;
  #at: Cursor;
  /** Headers of the first pass; 0 while it lasts. */
  #wanted = 0;
  /** The second pass has reached the work: everything may go. */
  #enough = false;
  #held: Uint8Array = new Uint8Array(0);
  #heldFirst = 0;
  #heldCount = 0;
  /** Parent of the first that is held back. */
  #releasedHash: BlockHash;

  constructor(options: PresyncOptions) {
    this.#options = options;
    this.#at = cursorAt(options.start);
    this.#releasedHash = options.start.hash;
  }

  /** The header after which more is to be asked for. */
  get last(): BlockHash {
    return this.#at.hash;
  }

  /** Height up to which the pass has come. */
  get height(): number {
    return this.#at.height;
  }

  /** Whether this is the second pass. */
  get redownloads(): boolean {
    return this.#wanted > 0;
  }

  /** Bytes that are held for this peer. */
  get memoryBytes(): number {
    return this.#commitments.byteLength + this.#held.byteLength;
  }

  /**
   * Takes the headers of one message.
   *
   * @param headers - each shows the work that it claims
   * @param full - the message had room for no more; else it was the end of the chain
   */
  take(headers: readonly BlockHeader[], full: boolean): PresyncStep {
    return this.redownloads ? this.#second(headers, full) : this.#first(headers, full);
  }

  #first(headers: readonly BlockHeader[], full: boolean): PresyncStep {
    const { start, requiredWork, headersMax } = this.#options;
    for (const header of headers) {
      if (!this.#advance(header)) return { proven: NONE, end: 'broken' };
      if (this.#at.height - start.height > headersMax) return { proven: NONE, end: 'too-little-work' };
      if (this.#leavesBit() && !this.#commit(header)) return { proven: NONE, end: 'too-little-work' };
      if (this.#at.work < requiredWork) continue;
      this.#beginSecond();
      return { proven: NONE, end: undefined };
    }
    return { proven: NONE, end: full ? undefined : 'too-little-work' };
  }

  /** The work is shown: as many headers again, from the start. */
  #beginSecond(): void {
    const { start } = this.#options;
    this.#wanted = this.#at.height - start.height;
    this.#held = new Uint8Array(Math.min(this.#wanted, HELD_HEADERS_MAX) * HELD_SIZE_BYTES);
    this.#at = cursorAt(start);
  }

  #second(headers: readonly BlockHeader[], full: boolean): PresyncStep {
    const proven: BlockHeader[] = [];
    for (const header of headers) {
      if (!this.#advance(header)) return { proven, end: 'broken' };
      if (this.#enough) {
        proven.push(header);
        continue;
      }
      // The same headers show the work after as many: what needs more is another chain, of easier ones.
      if (this.#at.height - this.#options.start.height > this.#wanted) return { proven, end: 'broken' };
      if (this.#leavesBit() && !this.#compare(header)) return { proven, end: 'broken' };
      if (this.#heldCount * HELD_SIZE_BYTES === this.#held.length) proven.push(this.#release());
      this.#hold(header);
      if (this.#at.work < this.#options.requiredWork) continue;
      this.#enough = true;
      while (this.#heldCount > 0) proven.push(this.#release());
    }
    if (this.#enough) return { proven, end: 'proven' };
    return { proven, end: full ? undefined : 'broken' };
  }

  /** One header on. @returns whether it can follow */
  #advance(header: BlockHeader): boolean {
    const at = this.#at;
    if (!bytesEqual(header.prevBlockHash, at.hash) || !arePermittedBits(at.height + 1, at.bits, header.bits, this.#options.pow))
      return false;
    at.hash = header.hash;
    at.height++;
    at.bits = header.bits;
    at.work += blockWork(header.bits);
    return true;
  }

  #leavesBit(): boolean {
    return this.#at.height % COMMITMENT_PERIOD === this.#options.offset;
  }

  #bitOf(header: BlockHeader): number {
    sipHash24Into(this.#options.salt, header.hash, this.#hashed);
    return this.#hashed[0]! & 1;
  }

  /** Keeps a header's bit. @returns false where there is no more room */
  #commit(header: BlockHeader): boolean {
    if (this.#committed === COMMITMENTS_MAX) return false;
    if (this.#committed === this.#commitments.length * 8) {
      const more = new Uint8Array(this.#commitments.length * 2);
      more.set(this.#commitments);
      this.#commitments = more;
    }
    this.#commitments[this.#committed >> 3]! |= this.#bitOf(header) << (this.#committed & 7);
    this.#committed++;
    return true;
  }

  /** Whether a header has the bit of the one that came in its place. Each place has one: there are no more headers than on the first pass. */
  #compare(header: BlockHeader): boolean {
    const bit = (this.#commitments[this.#compared >> 3]! >> (this.#compared & 7)) & 1;
    this.#compared++;
    return bit === this.#bitOf(header);
  }

  #hold(header: BlockHeader): void {
    const slots = this.#held.length / HELD_SIZE_BYTES;
    const offset = ((this.#heldFirst + this.#heldCount) % slots) * HELD_SIZE_BYTES;
    const view = new DataView(this.#held.buffer, offset, HELD_SIZE_BYTES);
    view.setInt32(0, header.version);
    this.#held.set(header.merkleRoot, offset + 4);
    view.setUint32(36, header.timeSeconds);
    view.setUint32(40, header.bits);
    view.setUint32(44, header.nonce);
    this.#heldCount++;
  }

  /** The first that is held back, made whole again. */
  #release(): BlockHeader {
    const offset = this.#heldFirst * HELD_SIZE_BYTES;
    const view = new DataView(this.#held.buffer, offset, HELD_SIZE_BYTES);
    const header = makeHeader({
      version: view.getInt32(0),
      prevBlockHash: this.#releasedHash,
      merkleRoot: this.#held.slice(offset + 4, offset + 36) as MerkleRoot,
      timeSeconds: view.getUint32(36),
      bits: view.getUint32(40),
      nonce: view.getUint32(44),
    });
    this.#heldFirst = (this.#heldFirst + 1) % (this.#held.length / HELD_SIZE_BYTES);
    this.#heldCount--;
    this.#releasedHash = header.hash;
    return header;
  }
}
