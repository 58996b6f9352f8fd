import { createNonceSearch, type NonceSearch } from '../core/crypto/search-nonce.ts';
import { SlicedSearch } from '../engine/mining/search-slice.ts';
import type { BlockSearch, SearchJob, SearchResult } from '../engine/ports/block-search.ts';
import type { EventQueue, QueuedEvent } from './event-queue.ts';
import type { SimRandom } from './sim-random.ts';

/** More tries than any block of a simulation takes: the chance that it takes more is 2^-65536. */
const TRIES_MAX = 65_536;

const US_PER_MS = 1_000;

/** Every search of a process shares it: it is at work for no longer than a call. */
let nonces: NonceSearch | undefined;

/** What a search is made with. */
export interface PoissonSearchOptions {
  readonly queue: EventQueue;
  readonly random: SimRandom;
  /** Mean time between two blocks of this miner. */
  readonly meanMs: number;
}

/**
 * Finds blocks by a Poisson process on the virtual clock, as real searching does: at each of its moments the job at hand is solved, which takes two tries.
 * A process has no memory, so it does not matter when a job began, nor what became of those before it.
 */
export class PoissonSearch implements BlockSearch {
  readonly workers = 1;
  readonly #queue: EventQueue;
  readonly #random: SimRandom;
  #meanMs: number;
  #next: QueuedEvent | undefined;
  #job: { readonly job: SearchJob; readonly found: (result: SearchResult) => void } | undefined;
  #hashes = 0n;
  #closed = false;

  constructor({ queue, random, meanMs }: PoissonSearchOptions) {
    this.#queue = queue;
    this.#random = random;
    this.#meanMs = meanMs;
    this.#arm();
  }

  start(job: SearchJob, found: (result: SearchResult) => void): void {
    this.#job = { job, found };
  }

  pause(): void {
    this.#job = undefined;
  }

  hashes(): bigint {
    return this.#hashes;
  }

  /** From now on blocks come as often as this. */
  setMeanMs(meanMs: number): void {
    this.#meanMs = meanMs;
    this.#disarm();
    this.#arm();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.pause();
    this.#disarm();
  }

  #disarm(): void {
    if (this.#next !== undefined) this.#queue.cancel(this.#next);
  }

  #arm(): void {
    if (this.#closed || this.#meanMs === Number.POSITIVE_INFINITY) return;
    this.#next = this.#queue.after(this.#random.exponential(this.#meanMs) * US_PER_MS, () => {
      this.#arm();
      this.#find();
    });
  }

  #find(): void {
    if (this.#job === undefined) return;
    const { job, found } = this.#job;
    this.#job = undefined;
    nonces ??= createNonceSearch();
    const search = new SlicedSearch(job, { index: 0, of: 1 }, nonces);
    const outcome = search.slice(TRIES_MAX);
    this.#hashes += BigInt(search.tried);
    if (outcome.kind === 'found') found(outcome.result);
  }
}
