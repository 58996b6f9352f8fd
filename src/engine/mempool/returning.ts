import type { Block } from '../../core/primitives/block.ts';
import type { HashKey } from '../../core/primitives/ids.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import type { Transaction } from '../../core/primitives/transaction.ts';
import { isCoinbase } from '../../core/primitives/transaction.ts';

/** Most bytes of transactions that are kept while branches are switched, so that memory does not grow with the depth of a switch. */
export const RETURNING_BYTES_MAX = 20_000_000;

/** Transactions of disconnected blocks on their way back, until the new branch stands. */
export class ReturningTransactions {
  /** One row a block, the highest first. */
  readonly #blocks: Map<HashKey, Transaction>[] = [];
  readonly #bytesMax: number;
  #bytes = 0;
  #forkHeight = Number.POSITIVE_INFINITY;

  constructor(bytesMax: number = RETURNING_BYTES_MAX) {
    this.#bytesMax = bytesMax;
  }

  /** Height of the last block that both branches have. */
  get forkHeight(): number {
    return this.#forkHeight;
  }

  /**
   * A block was disconnected, the tip first. Over the limit the latest transactions are forgotten: earlier ones do not depend on them.
   */
  add(block: Block, height: number): void {
    this.#forkHeight = Math.min(this.#forkHeight, height - 1);
    const row = new Map<HashKey, Transaction>();
    for (const tx of block.transactions) {
      if (isCoinbase(tx)) continue;
      row.set(hashKey(tx.txid), tx);
      this.#bytes += tx.sizeBytes;
    }
    this.#blocks.push(row);
    for (const blockRow of this.#blocks) {
      for (const tx of [...blockRow.values()].reverse()) {
        if (this.#bytes <= this.#bytesMax) return;
        this.forget(tx);
      }
    }
  }

  /** It is confirmed again, or has been dealt with. */
  forget(tx: Transaction): void {
    const key = hashKey(tx.txid);
    for (const row of this.#blocks) if (row.delete(key)) this.#bytes -= tx.sizeBytes;
  }

  /** What is left, parents before children: the lowest block first, each in its own order. */
  list(): readonly Transaction[] {
    return [...this.#blocks].reverse().flatMap((row) => [...row.values()]);
  }
}
