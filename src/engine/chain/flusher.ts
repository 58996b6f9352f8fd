import type { Clock, Timer } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { BlockIndex } from './block-index.ts';
import type { ChainState } from './chain-state.ts';
import type { ChangeQueue } from './change-queue.ts';

/** Header rows are written this long after the first of them changed: what a crash may cost. */
export const HEADER_FLUSH_DELAY_MS = 10_000;

/** So many changed pages of header rows are written at once: they take well below the room that a data folder has in reserve for them. */
export const HEADER_PAGES_DIRTY_MAX = 125;

/** Coins are written at least this often, so that no start has much to do. */
export const COIN_FLUSH_INTERVAL_MS = 3_000_000;

interface FlusherParts {
  readonly index: Pick<BlockIndex, 'dirtyPages'>;
  readonly state: Pick<ChainState, 'flush' | 'flushHeaders'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly changes: Pick<ChangeQueue, 'change'>;
}

/** When what a chain changed is written, besides when memory is short. */
export class Flusher {
  readonly #parts: FlusherParts;
  #headerTimer: Timer | undefined;
  #lastCoinFlushMs: number;
  #closed = false;

  constructor(parts: FlusherParts) {
    this.#parts = parts;
    this.#lastCoinFlushMs = parts.clock.monotonicMs();
  }

  /** Sees to it that changed header rows are written before long, so that a crash costs little. */
  headersLater(): void {
    const { changes, clock, index, log, state } = this.#parts;
    if (this.#headerTimer !== undefined || this.#closed || index.dirtyPages === 0) return;
    this.#headerTimer = clock.after(HEADER_FLUSH_DELAY_MS, () => {
      this.#headerTimer = undefined;
      changes
        .change(() => state.flushHeaders())
        .catch((error: unknown) => {
          // Nothing is lost: the rows still count as changed, and the next change or flush tries again and reports.
          log.error('header-flush-failed', { error: String(error) });
        });
    });
  }

  /** Whether so many header rows changed that they are to be written now. */
  get areHeadersDue(): boolean {
    return this.#parts.index.dirtyPages >= HEADER_PAGES_DIRTY_MAX;
  }

  /** Whether the coins were not written for so long that they are to be written now. */
  get areCoinsDue(): boolean {
    return this.#parts.clock.monotonicMs() - this.#lastCoinFlushMs >= COIN_FLUSH_INTERVAL_MS;
  }

  /** Writes everything. To be called between two changes of the chain. */
  async flush(): Promise<void> {
    const { clock, log, state } = this.#parts;
    const startMs = clock.monotonicMs();
    await state.flush();
    this.#lastCoinFlushMs = clock.monotonicMs();
    log.debug('coins-written', { ms: Math.round(this.#lastCoinFlushMs - startMs) });
  }

  /** Nothing is written by itself any more. */
  close(): void {
    this.#closed = true;
    if (this.#headerTimer !== undefined) this.#parts.clock.cancel(this.#headerTimer);
  }
}
