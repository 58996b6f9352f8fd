/**
 * Brings the fee estimates what happens in the mempool and on the chain, and keeps them over a restart, in Core's `fee_estimates.dat`. A file that
 * is damaged or too old is passed over with a warning: the counts begin anew.
 *
 * @module
 */

import type { NetworkParams } from '../core/params/types.ts';
import { DecodeError } from '../core/primitives/decode-error.ts';
import type { Chain } from '../engine/chain/chain.ts';
import { decodeFeeEstimates, encodeFeeEstimates } from '../engine/fees/fee-estimates-file.ts';
import type { FeeSample } from '../engine/fees/fee-estimator.ts';
import { FeeEstimator, TARGET_BLOCKS_MAX } from '../engine/fees/fee-estimator.ts';
import type { MempoolEntry } from '../engine/mempool/entry.ts';
import type { Mempool, MempoolEvent } from '../engine/mempool/mempool.ts';
import type { Clock, Timer } from '../engine/ports/clock.ts';
import type { FeeEstimate, FeeHorizon, FeeService, HorizonEstimate } from '../engine/ports/fee-service.ts';
import type { Log } from '../engine/ports/log.ts';

/** How often the counts are written. Core's `FEE_FLUSH_INTERVAL`. */
const WRITE_MS = 3_600_000;

/** A file that was written longer ago is not used: what was enough then may not be now. Core's `MAX_FILE_AGE`. */
const AGE_HOURS_MAX = 60;

/** While the tip is older than that, transactions wait for us, not for a block. Core's `MAX_FEE_ESTIMATION_TIP_AGE`. */
const TIP_AGE_SECONDS_MAX = 3 * 3_600;

/** Where the counts are kept. */
export interface FeeFile {
  /** What was written last, and how long ago; undefined where there is nothing. */
  read(): Promise<{ readonly bytes: Uint8Array; readonly ageSeconds: number } | undefined>;
  /** Replaces it in one step. */
  write(bytes: Uint8Array): Promise<void>;
}

/** What it works with. */
export interface FeeEstimatesParts {
  readonly chain: Pick<Chain, 'bestHeader' | 'subscribe' | 'tip'>;
  /** Must hear of the chain's blocks before this does. */
  readonly mempool: Pick<Mempool, 'minFeeRateSatPerKvb' | 'subscribe'>;
  readonly params: Pick<NetworkParams, 'minimumChainWork'>;
  readonly clock: Pick<Clock, 'after' | 'cancel' | 'nowSeconds'>;
  readonly log: Log;
  /** Nothing is kept unless given. */
  readonly file: FeeFile | undefined;
  /** Takes a file of any age. */
  readonly acceptStale: boolean;
}

function sampleOf({ tx, height, feeSat, vsizeBytes }: MempoolEntry): FeeSample {
  return { txid: tx.txid, height, feeSat, vsizeBytes };
}

/** The estimates of a node. */
export class FeeEstimates implements FeeService {
  readonly targetBlocksMax: number = TARGET_BLOCKS_MAX;
  readonly #parts: FeeEstimatesParts;
  readonly #estimator = new FeeEstimator();
  readonly #unsubscribe: readonly (() => void)[];
  /** What a block that is being connected took from the mempool, in its order. */
  #confirmed: FeeSample[] = [];
  #timer: Timer | undefined;
  #writing: Promise<void> = Promise.resolve();

  private constructor(parts: FeeEstimatesParts) {
    this.#parts = parts;
    this.#unsubscribe = [
      parts.mempool.subscribe((event) => this.#onMempool(event)),
      parts.chain.subscribe((event) => {
        // The mempool has told before what the block took from it, and what left because of it.
        if (event.kind === 'block-connected') this.#estimator.block(event.node.height, this.#takeConfirmed());
      }),
    ];
  }

  /** Reads what was kept, then counts what happens. */
  static async open(parts: FeeEstimatesParts): Promise<FeeEstimates> {
    const estimates = new FeeEstimates(parts);
    await estimates.#load();
    estimates.#writeLater();
    return estimates;
  }

  estimate(targetBlocks: number, conservative: boolean): FeeEstimate {
    const found = this.#estimator.estimate(targetBlocks, conservative);
    if (found.feeRateSatPerKvb === 0n) return { feeRateSatPerKvb: undefined, targetBlocks: found.targetBlocks };
    const least = this.#parts.mempool.minFeeRateSatPerKvb();
    return found.feeRateSatPerKvb < least ? { ...found, feeRateSatPerKvb: least } : found;
  }

  estimateOn(horizon: FeeHorizon, targetBlocks: number, threshold: number): HorizonEstimate | undefined {
    return this.#estimator.estimateOn(horizon, targetBlocks, threshold);
  }

  /** Ends the counting, with what waits still as not confirmed, and keeps the counts. */
  async close(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    if (this.#timer !== undefined) this.#parts.clock.cancel(this.#timer);
    this.#estimator.forgetWaiting();
    await this.#write();
  }

  #takeConfirmed(): readonly FeeSample[] {
    const confirmed = this.#confirmed;
    this.#confirmed = [];
    return confirmed;
  }

  #onMempool(event: MempoolEvent): void {
    const { entry } = event;
    if (event.kind === 'removed') {
      if (event.reason === 'block') this.#confirmed.push(sampleOf(entry));
      else this.#estimator.removed(entry.tx.txid);
    } else if (!event.returning && entry.parents.size === 0 && this.#isCurrent()) {
      // What needs another one waits for that one, whatever it pays itself.
      this.#estimator.added(sampleOf(entry));
    }
  }

  /** Whether blocks come to us when they are found. Core's `IsCurrentForFeeEstimation`. */
  #isCurrent(): boolean {
    const { chain, clock, params } = this.#parts;
    const { tip } = chain;
    const isRecent = tip.header.timeSeconds >= clock.nowSeconds() - TIP_AGE_SECONDS_MAX;
    return isRecent && tip.chainWork >= params.minimumChainWork && tip.height >= chain.bestHeader.height - 1;
  }

  async #load(): Promise<void> {
    const { file, acceptStale, log } = this.#parts;
    try {
      const found = await file?.read();
      if (found === undefined) return;
      const ageHours = Math.floor(found.ageSeconds / 3_600);
      if (ageHours > AGE_HOURS_MAX && !acceptStale) log.warn('fee-estimates-stale', { ageHours });
      else this.#estimator.restore(decodeFeeEstimates(found.bytes));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      log.warn(error instanceof DecodeError ? 'fee-estimates-damaged' : 'fee-estimates-unread', { why });
    }
  }

  #writeLater(): void {
    this.#timer = this.#parts.clock.after(WRITE_MS, () => {
      this.#writeLater();
      void this.#write();
    });
  }

  /** One write after another. That the estimates cannot be kept stops nothing. */
  #write(): Promise<void> {
    this.#writing = this.#writing.then(async () => {
      const { file, log } = this.#parts;
      if (file === undefined) return;
      try {
        await file.write(encodeFeeEstimates(this.#estimator.save()));
        log.debug('fee-estimates-written');
      } catch (error) {
        log.warn('fee-estimates-unwritten', { why: error instanceof Error ? error.message : String(error) });
      }
    });
    return this.#writing;
  }
}
