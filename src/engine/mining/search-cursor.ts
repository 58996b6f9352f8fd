import { concatBytes } from '../../core/base/bytes.ts';
import { sha256d } from '../../core/crypto/sha256.ts';
import type { SearchJob } from '../ports/block-search.ts';
import { merkleRootFrom } from './merkle-branch.ts';

/**
 * Which part of a job's extranonces a searcher takes: every `of`th, beginning at `index`. Where there are none it is the `index`th of `of` parts of the
 * nonces.
 */
export interface SearchShare {
  readonly index: number;
  readonly of: number;
}

/** Nonces of one header. */
export const NONCE_COUNT = 0x1_0000_0000;

const MERKLE_ROOT_OFFSET = 36;
const TIME_OFFSET = 68;

/**
 * One searcher's way through a job: all nonces of a header, then the next extranonce of its share, and when those are used up, the next
 * second. Shares are disjoint, so no work is done twice.
 */
export class SearchCursor {
  /** The header to try nonces in. Another one after each `next`. */
  readonly header: Uint8Array;
  readonly #job: SearchJob;
  readonly #share: SearchShare;
  readonly #view: DataView;
  readonly #extranonceEnd: number;
  #extranonce: number;

  constructor(job: SearchJob, share: SearchShare) {
    this.header = job.header.slice();
    this.#job = job;
    this.#share = share;
    this.#view = new DataView(this.header.buffer);
    // Beyond 2^53 a number is not exact; nobody gets there.
    this.#extranonceEnd = Math.min(256 ** job.extranonceSizeBytes, Number.MAX_SAFE_INTEGER);
    this.#extranonce = this.#extranonceBegin;
    this.#writeMerkleRoot();
  }

  get #extranonceBegin(): number {
    return this.#job.extranonceSizeBytes === 0 ? 0 : this.#share.index;
  }

  /** The extranonce whose Merkle root stands in the header. */
  get extranonce(): number {
    return this.#extranonce;
  }

  /** Goes on to the next header. False where there is none left: the share of every allowed second is used up. */
  next(): boolean {
    this.#extranonce += this.#share.of;
    if (this.#extranonce >= this.#extranonceEnd) {
      const timeSeconds = this.#view.getUint32(TIME_OFFSET, true);
      if (timeSeconds >= this.#job.timeSecondsMax || this.#extranonceBegin >= this.#extranonceEnd) return false;
      this.#view.setUint32(TIME_OFFSET, timeSeconds + 1, true);
      this.#extranonce = this.#extranonceBegin;
    }
    this.#writeMerkleRoot();
    return true;
  }

  #writeMerkleRoot(): void {
    const { coinbaseHead, coinbaseTail, extranonceSizeBytes, merkleBranch } = this.#job;
    const bytes = new Uint8Array(extranonceSizeBytes);
    let rest = this.#extranonce;
    for (let i = 0; i < bytes.length; i++, rest = Math.floor(rest / 256)) bytes[i] = rest % 256;
    const txid = sha256d(concatBytes(coinbaseHead, bytes, coinbaseTail));
    this.header.set(merkleRootFrom(txid, merkleBranch), MERKLE_ROOT_OFFSET);
  }
}
