import { bytesEqual } from '../../core/base/bytes.ts';
import { nextBits } from '../../core/consensus/next-bits.ts';
import type { CancelSignal } from '../ports/cancel-signal.ts';
import type { Timer } from '../ports/clock.ts';
import type { OfferedTemplate, TemplateState } from '../ports/mining-service.ts';
import type { BlockTemplate, TemplateOptions } from './block-template.ts';
import { createTemplate, templateTimes } from './block-template.ts';

/** A template is kept for so long while only the waiting transactions change, as Core's. */
const KEPT_SECONDS = 5;

/** Who waits for a change is told of other waiting transactions after this, and from then on in these steps. Core's. */
const FIRST_LOOK_MS = 60_000;
const LOOK_MS = 10_000;

/** Between two looks at whether to go on waiting. */
const POLL_MS = 250;

/** What templates for others are made with: whoever finishes them pays whom he likes. */
export type OfferOptions = Omit<TemplateOptions, 'coinbaseScript' | 'transactions'>;

/** Templates that others finish (BIP-22). Core's `getblocktemplate`, without its words. */
export class TemplateOffers {
  readonly #options: OfferOptions;
  #kept: { readonly template: BlockTemplate; readonly revision: number; readonly madeSeconds: number } | undefined;

  constructor(options: OfferOptions) {
    this.#options = options;
  }

  /** The template for now: the one that was made last while it is good, with the time of now. */
  async current(): Promise<OfferedTemplate> {
    const { chain, clock, mempool, params } = this.#options;
    await mempool.settled();
    let kept = this.#kept;
    const stale = kept !== undefined && kept.revision !== mempool.revision && clock.nowSeconds() - kept.madeSeconds > KEPT_SECONDS;
    if (kept === undefined || stale || !bytesEqual(kept.template.prevBlockHash, chain.tip().hash)) {
      const [revision, madeSeconds] = [mempool.revision, clock.nowSeconds()];
      kept = { template: await createTemplate({ ...this.#options, coinbaseScript: new Uint8Array() }), revision, madeSeconds };
      this.#kept = kept;
    }
    const { template, revision } = kept;
    const tip = chain.tip();
    const onTip = bytesEqual(template.prevBlockHash, tip.hash);
    const { timeSeconds } = onTip ? templateTimes(tip, clock.nowSeconds(), params) : template;
    return {
      height: template.height,
      version: template.version,
      bits: onTip ? nextBits(timeSeconds, tip, params.pow) : template.bits,
      timeSeconds,
      timeSecondsMin: template.timeSecondsMin,
      transactions: template.rows.map(({ tx, feeSat, sigopsCost }) => ({ tx, fee: feeSat, sigopsCost })),
      coinbaseValue: template.coinbaseValueSat,
      witnessCommitment: template.witness ? template.coinbaseOutputs.at(-1)?.scriptPubKey : undefined,
      state: { tip: template.prevBlockHash, revision },
    };
  }

  /** What a template made now would be made of; `revision` is that of the last one that was made. */
  state(): TemplateState {
    return { tip: this.#options.chain.tip().hash, revision: this.#kept?.revision ?? 0 };
  }

  /** Resolves when the tip is another than the one named, or other transactions wait and a minute has gone by, or the signal says so. */
  changed(known: TemplateState, signal: CancelSignal): Promise<void> {
    const { chain, clock, mempool } = this.#options;
    return new Promise((resolve) => {
      let timer: Timer;
      let lookMs = clock.monotonicMs() + FIRST_LOOK_MS;
      const end = (): void => {
        clock.cancel(timer);
        unsubscribe();
        resolve();
      };
      const isOver = (): boolean => {
        if (signal.aborted || !bytesEqual(chain.tip().hash, known.tip)) return true;
        if (clock.monotonicMs() < lookMs) return false;
        lookMs += LOOK_MS;
        return mempool.revision !== known.revision;
      };
      const poll = (): void => {
        if (isOver()) end();
        else timer = clock.after(POLL_MS, poll);
      };
      const unsubscribe = chain.onTip(() => {
        if (isOver()) end();
      });
      timer = clock.after(0, poll);
    });
  }
}
