import type { HeaderNode } from '../chain/header-node.ts';
import { isFailed } from '../chain/header-node.ts';
import type { SyncProgress } from '../ports/network-service.ts';
import type { SyncContext } from './context.ts';

/** This many blocks behind what a peer has shown, transactions and gossip of blocks say nothing to us yet. */
const FAR_BEHIND_BLOCKS = 24;

/** Time over which the speed is measured. */
const SPEED_SPAN_MS = 30_000;

/** Measurements within the span. */
const SAMPLES_MAX = 60;

/** As finely a ratio of work is told. */
const RATIO_STEPS = 1_000_000n;

/** How far we are, by what peers have shown. No clock tells a node how old a tip may be. */
export class SyncStatus {
  readonly #context: SyncContext;
  #samples: { readonly atMs: number; readonly height: number }[] = [];

  constructor(context: SyncContext) {
    this.#context = context;
  }

  /**
   * Whether no connected peer has shown a header chain of more work than our tip's. So it is at once where there is no peer. A chain that
   * turned out invalid shows nothing. Where more work is known than we have, nobody need show it.
   */
  inSync(): boolean {
    return this.wouldBeInSync(this.#context.chain.active.tip);
  }

  /** The same, if another block were our tip. */
  wouldBeInSync(tip: HeaderNode): boolean {
    return tip.chainWork >= this.#context.params.minimumChainWork && this.#heightBeyond(tip) === undefined;
  }

  /** Whether a peer has shown a chain that goes on for long beyond our tip. */
  farBehind(): boolean {
    const height = this.#heightBeyond(this.#context.chain.active.tip);
    return height !== undefined && height > this.#context.chain.active.height + FAR_BEHIND_BLOCKS;
  }

  /** The tip moved: for the speed. */
  advanced(): void {
    const atMs = this.#context.nowMs();
    const { height } = this.#context.chain.active;
    const last = this.#samples[this.#samples.length - 1];
    if (last !== undefined && atMs - last.atMs < SPEED_SPAN_MS / SAMPLES_MAX) return;
    this.#samples.push({ atMs, height });
    this.#forget(atMs);
  }

  /** Figures for people. */
  progress(): SyncProgress {
    const { tip } = this.#context.chain.active;
    const { height } = tip;
    const { best } = this.#context.chain.tree;
    const headers = Math.max(height, best.height);
    const blocksPerSecond = this.#speed();
    const left = headers - height;
    // Where the headers do not show the work that the chain is known to have, they are not all, and nobody knows how many there are.
    const { minimumChainWork } = this.#context.params;
    const known = best.chainWork >= minimumChainWork;
    const ofKnown = headers === 0 ? 1 : height / headers;
    return {
      inSync: this.inSync(),
      height,
      headers,
      fraction: known ? ofKnown : Math.min(ofKnown, ratioOf(tip.chainWork, minimumChainWork)),
      blocksPerSecond,
      secondsLeft: !known ? undefined : left === 0 ? 0 : blocksPerSecond > 0 ? left / blocksPerSecond : undefined,
    };
  }

  #speed(): number {
    const now = this.#context.nowMs();
    this.#forget(now);
    const first = this.#samples[0];
    if (first === undefined || now <= first.atMs) return 0;
    return Math.max(0, ((this.#context.chain.active.height - first.height) * 1000) / (now - first.atMs));
  }

  #forget(nowMs: number): void {
    this.#samples = this.#samples.filter((sample) => nowMs - sample.atMs <= SPEED_SPAN_MS);
  }

  /** Height of the best chain that a peer has shown and that has more work than one that ends here. */
  #heightBeyond(tip: HeaderNode): number | undefined {
    let { chainWork } = tip;
    // What peers have shown is in the tree. This is asked at every announcement, and mostly there is nothing beyond the tip.
    if (this.#context.chain.tree.best.chainWork <= chainWork) return undefined;
    let height: number | undefined;
    for (const peer of this.#context.ready()) {
      const { bestKnown } = peer.headers;
      if (bestKnown === undefined || bestKnown.chainWork <= chainWork || isFailed(bestKnown)) continue;
      chainWork = bestKnown.chainWork;
      height = bestKnown.height;
    }
    return height;
  }
}

/** A part of a whole that is not 0, both too large for a number. */
function ratioOf(part: bigint, whole: bigint): number {
  return Number((part * RATIO_STEPS) / whole) / Number(RATIO_STEPS);
}
