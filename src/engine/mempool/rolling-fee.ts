import type { Satoshis } from '../../core/primitives/transaction.ts';
import type { Chunk } from './cluster.ts';

/** Time in which the minimum falls to half, while the pool is full. Core's `ROLLING_FEE_HALFLIFE`. */
const HALF_LIFE_SECONDS = 12 * 3_600;

/** The minimum is not computed again before that time. */
const UPDATE_SECONDS_MIN = 10;

/** How full the pool is. */
export interface PoolUsage {
  readonly usageBytes: number;
  readonly usageBytesMax: number;
}

/**
 * The fee rate that a full pool asks for: above what was last pushed out, falling again once blocks come and room is left.
 * Core's `CTxMemPool::GetMinFee` and `trackPackageRemoved`.
 */
export class RollingFee {
  readonly #incrementalSatPerKvb: Satoshis;
  /** A fraction remains between updates, so this one rate is a floating-point number. */
  #rateSatPerKvb = 0;
  #updatedSeconds = 0;
  /** Whether a block came since the minimum last rose: before that it does not fall. */
  #falling = true;

  constructor(incrementalSatPerKvb: Satoshis) {
    this.#incrementalSatPerKvb = incrementalSatPerKvb;
  }

  /** A chunk was pushed out for lack of room. */
  onEvicted(chunk: Chunk): void {
    // Base units per weight unit, four of which are a virtual byte.
    const rate = chunk.rate * 4_000 + Number(this.#incrementalSatPerKvb);
    if (rate <= this.#rateSatPerKvb) return;
    this.#rateSatPerKvb = rate;
    this.#falling = false;
  }

  /** A block was connected. */
  onBlock(nowSeconds: number): void {
    this.#updatedSeconds = nowSeconds;
    this.#falling = true;
  }

  /** Base units per 1,000 virtual bytes that a transaction must pay to enter; 0 where there is room. */
  minimumSatPerKvb(nowSeconds: number, pool: PoolUsage): Satoshis {
    if (this.#falling && this.#rateSatPerKvb > 0 && nowSeconds > this.#updatedSeconds + UPDATE_SECONDS_MIN) {
      let halfLife = HALF_LIFE_SECONDS;
      if (pool.usageBytes < pool.usageBytesMax / 4) halfLife /= 4;
      else if (pool.usageBytes < pool.usageBytesMax / 2) halfLife /= 2;
      this.#rateSatPerKvb /= 2 ** ((nowSeconds - this.#updatedSeconds) / halfLife);
      this.#updatedSeconds = nowSeconds;
      if (this.#rateSatPerKvb < Number(this.#incrementalSatPerKvb) / 2) this.#rateSatPerKvb = 0;
    }
    if (this.#rateSatPerKvb === 0) return 0n;
    const rate = BigInt(Math.ceil(this.#rateSatPerKvb));
    return this.#falling && rate < this.#incrementalSatPerKvb ? this.#incrementalSatPerKvb : rate;
  }
}
