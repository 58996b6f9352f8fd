import type { NonceSearch } from '../../core/crypto/search-nonce.ts';
import type { SearchJob, SearchResult } from '../ports/block-search.ts';
import type { SearchShare } from './search-cursor.ts';
import { NONCE_COUNT, SearchCursor } from './search-cursor.ts';

/** What a slice of the search came to. */
export type SliceOutcome =
  | { readonly kind: 'searching' }
  | { readonly kind: 'found'; readonly result: SearchResult }
  /** Every header of the share was tried. */
  | { readonly kind: 'exhausted' };

const SEARCHING: SliceOutcome = { kind: 'searching' };

/** One searcher at work on one job, slice by slice, so that it can be told to stop in between. Used by threads and by the inline twin. */
export class SlicedSearch {
  /** Hashes of the last slice. */
  tried = 0;
  readonly #job: SearchJob;
  readonly #search: NonceSearch;
  readonly #cursor: SearchCursor;
  /** The nonces that are tried in each header. */
  readonly #begin: number;
  readonly #end: number;
  #nonce: number;

  constructor(job: SearchJob, share: SearchShare, search: NonceSearch) {
    this.#job = job;
    this.#search = search;
    this.#cursor = new SearchCursor(job, share);
    const isShared = job.extranonceSizeBytes === 0;
    this.#begin = isShared ? Math.floor((NONCE_COUNT * share.index) / share.of) : 0;
    this.#end = isShared ? Math.floor((NONCE_COUNT * (share.index + 1)) / share.of) : NONCE_COUNT;
    this.#nonce = this.#begin;
  }

  /** Tries up to `hashes` more nonces. */
  slice(hashes: number): SliceOutcome {
    const count = Math.min(hashes, this.#end - this.#nonce);
    const { header, extranonce } = this.#cursor;
    const nonce = this.#search.search({ header80: header, target: this.#job.target, from: this.#nonce, count });
    if (nonce >= 0) {
      this.tried = nonce - this.#nonce + 1;
      const solved = header.slice();
      new DataView(solved.buffer).setUint32(76, nonce, true);
      return { kind: 'found', result: { jobId: this.#job.id, header: solved, extranonce } };
    }
    this.tried = count;
    this.#nonce += count;
    if (this.#nonce < this.#end) return SEARCHING;
    this.#nonce = this.#begin;
    return this.#cursor.next() ? SEARCHING : { kind: 'exhausted' };
  }
}
