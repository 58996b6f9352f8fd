import type { UploadState } from '../ports/network-service.ts';

/** The limit holds for so long, then it begins anew. Core's MAX_UPLOAD_TIMEFRAME. */
export const UPLOAD_CYCLE_SECONDS = 86_400;

/** A block that is older than the best header by more than this is one that only new nodes want. Core's HISTORICAL_BLOCK_AGE. */
export const HISTORICAL_SECONDS = 604_800;

/** So much is kept free for each ten minutes that are left, for blocks that are found meanwhile. */
const RESERVED_BYTES = 4_000_000;
const RESERVED_PER_SECONDS = 600;

/** How much may be sent in a day: when it runs short, old blocks are served no more. Core's `-maxuploadtarget`. */
export class UploadTarget {
  readonly #targetBytes: number;
  readonly #nowSeconds: () => number;
  readonly #bytesSent: () => number;
  /** When the day began, and how much had been sent by then; undefined before the first look. */
  #cycle: { readonly startSeconds: number; readonly sentBefore: number } | undefined;

  /**
   * @param targetBytes - 0 for no limit
   * @param bytesSent - of all connections since the start
   */
  constructor(targetBytes: number, nowSeconds: () => number, bytesSent: () => number) {
    this.#targetBytes = targetBytes;
    this.#nowSeconds = nowSeconds;
    this.#bytesSent = bytesSent;
  }

  /** Whether a block is too old to be sent now. */
  refuses(block: { readonly timeSeconds: number }, bestHeader: { readonly timeSeconds: number }): boolean {
    return bestHeader.timeSeconds - block.timeSeconds > HISTORICAL_SECONDS && !this.state().servesHistoricalBlocks;
  }

  /** Where it stands. */
  state(): UploadState {
    const target = this.#targetBytes;
    const fixed = { cycleSeconds: UPLOAD_CYCLE_SECONDS, targetBytes: target };
    if (target === 0) return { ...fixed, isReached: false, servesHistoricalBlocks: true, bytesLeft: 0, secondsLeft: 0 };
    const now = this.#nowSeconds();
    const sent = this.#bytesSent();
    if (this.#cycle === undefined || now >= this.#cycle.startSeconds + UPLOAD_CYCLE_SECONDS) {
      this.#cycle = { startSeconds: now, sentBefore: this.#cycle === undefined ? 0 : sent };
    }
    const secondsLeft = Math.min(this.#cycle.startSeconds + UPLOAD_CYCLE_SECONDS - now, UPLOAD_CYCLE_SECONDS);
    const bytesLeft = Math.max(target - (sent - this.#cycle.sentBefore), 0);
    const reserved = Math.floor(secondsLeft / RESERVED_PER_SECONDS) * RESERVED_BYTES;
    return { ...fixed, isReached: bytesLeft === 0, servesHistoricalBlocks: bytesLeft > reserved, bytesLeft, secondsLeft };
  }
}
