import type { LedgerBlock } from './reference-ledger.ts';

/** What a run is measured by, besides its end: gathered while it goes. */
export class RunMeasures {
  /** When each block was first stored, microseconds. */
  readonly #firstUs = new Map<LedgerBlock, number>();
  /** How long each block took to each honest node that connected it as new, milliseconds. */
  readonly #delaysMs: number[] = [];
  reorganisations = 0;
  deepestReorganisation = 0;
  transactionsSubmitted = 0;
  transactionsRefused = 0;

  /** A block is there for the first time. */
  found(block: LedgerBlock, atUs: number): void {
    this.#firstUs.set(block, atUs);
  }

  /** An honest node has connected it. */
  arrived(block: LedgerBlock, atUs: number): void {
    const firstUs = this.#firstUs.get(block);
    if (firstUs !== undefined && atUs > firstUs) this.#delaysMs.push((atUs - firstUs) / 1_000);
  }

  /** A node has left blocks. */
  reorganised(depth: number): void {
    if (depth === 0) return;
    this.reorganisations++;
    this.deepestReorganisation = Math.max(this.deepestReorganisation, depth);
  }

  /** Times that blocks took to nodes: those that so many of a hundred were not above; undefined where no block went anywhere. */
  propagationMs(...percents: readonly number[]): readonly number[] | undefined {
    if (this.#delaysMs.length === 0) return undefined;
    const sorted = Float64Array.from(this.#delaysMs).sort();
    return percents.map((percent) => sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] as number);
  }
}
