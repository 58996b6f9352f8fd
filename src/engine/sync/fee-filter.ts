import type { SyncContext } from './context.ts';
import type { Peer } from './peer.ts';
import { poissonDelayMs } from './poisson.ts';

/** Mean time between looking whether peers must hear of another rate. Core's AVG_FEEFILTER_BROADCAST_INTERVAL. */
const LOOK_MEAN_MS = 10 * 60_000;

/** From here on a peer understands `feefilter` (BIP-133). */
const FEE_FILTER_VERSION = 70_013;

/** Tells peers what a transaction must pay to be announced to us, so that none is announced in vain. */
export class FeeFilter {
  readonly #context: SyncContext;

  constructor(context: SyncContext) {
    this.#context = context;
  }

  /** The handshake is done. */
  ready(peer: Peer): void {
    if (this.#isTold(peer)) this.#tell(peer);
  }

  /** Looks now and then whether the rate is another one. */
  tick(peer: Peer): void {
    if (!peer.ready || !this.#isTold(peer)) return;
    if (this.#context.nowMs() >= peer.transactions.feeFilterAtMs) this.#tell(peer);
    else this.#context.wakeBy(peer.transactions.feeFilterAtMs);
  }

  /** Who takes blocks alone names no fee, not even to those that may bring transactions. */
  #isTold(peer: Peer): boolean {
    const { options } = this.#context;
    const understands = (peer.version?.protocolVersion ?? 0) >= FEE_FILTER_VERSION;
    return understands && options.blocksOnly !== true && this.#context.takesTransactions(peer);
  }

  #tell(peer: Peer): void {
    const { transactions } = peer;
    const feeRateSatPerKvb = this.#context.mempool.minFeeRateSatPerKvb();
    if (transactions.sentFeeFilterSatPerKvb !== feeRateSatPerKvb) this.#context.send(peer, { type: 'feefilter', feeRateSatPerKvb });
    transactions.sentFeeFilterSatPerKvb = feeRateSatPerKvb;
    transactions.feeFilterAtMs = this.#context.nowMs() + poissonDelayMs(this.#context.random, LOOK_MEAN_MS);
    this.#context.wakeBy(transactions.feeFilterAtMs);
  }
}
