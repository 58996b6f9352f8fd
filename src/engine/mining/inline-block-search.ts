import { createNonceSearch } from '../../core/crypto/search-nonce.ts';
import type { BlockSearch, SearchJob, SearchResult } from '../ports/block-search.ts';
import type { Clock } from '../ports/clock.ts';
import { SlicedSearch } from './search-slice.ts';

/** Hashes between two chances for others to run: about 2 ms. */
const SLICE_HASHES = 16_384;

/** Starts again after a job was replaced or paused: a run whose mark is not the search's any more ends. */
interface Run {
  readonly sliced: SlicedSearch;
  readonly found: (result: SearchResult) => void;
}

/** Looks for nonces on the calling thread, giving way after each slice. The twin of the worker threads for tests, simulations and easy targets. */
export class InlineBlockSearch implements BlockSearch {
  readonly workers = 1;
  readonly #clock: Pick<Clock, 'yield'>;
  readonly #search = createNonceSearch();
  #run: Run | undefined;
  #hashes = 0n;

  constructor(clock: Pick<Clock, 'yield'>) {
    this.#clock = clock;
  }

  start(job: SearchJob, found: (result: SearchResult) => void): void {
    const run = { sliced: new SlicedSearch(job, { index: 0, of: 1 }, this.#search), found };
    this.#run = run;
    // Nothing in it can fail but `found`, and that is the caller's own code: its error must not be swallowed here.
    void this.#work(run);
  }

  pause(): void {
    this.#run = undefined;
  }

  hashes(): bigint {
    return this.#hashes;
  }

  close(): Promise<void> {
    this.pause();
    return Promise.resolve();
  }

  async #work(run: Run): Promise<void> {
    // Never within `start`: the caller is told of a block only after it knows that the search began.
    await Promise.resolve();
    while (this.#run === run) {
      const outcome = run.sliced.slice(SLICE_HASHES);
      this.#hashes += BigInt(run.sliced.tried);
      if (outcome.kind !== 'searching') this.#run = undefined;
      if (outcome.kind === 'found') run.found(outcome.result);
      else await this.#clock.yield();
    }
  }
}
