import type { Block } from '../../core/primitives/block.ts';
import type { HashKey } from '../../core/primitives/ids.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import type { Transaction } from '../../core/primitives/transaction.ts';
import { isCoinbase } from '../../core/primitives/transaction.ts';

/** Most bytes of transactions that are kept while branches are switched, so that memory does not grow with the depth of a switch. */
export const RETURNING_BYTES_MAX = 20_000_000;

/** A transaction on its way back. */
export interface Returning {
  readonly tx: Transaction;
  /** Flags that its scripts are known to hold under, from its block. */
  readonly heldUnder: number | undefined;
}

/** Transactions of one disconnected block. */
type Row = Map<HashKey, Returning>;

/** Transactions of disconnected blocks on their way back, until the new branch stands. */
export class ReturningTransactions {
  /** One row a block, the highest first. */
  readonly #blocks: Row[] = [];
  /** The row of each: a switch may be hundreds of blocks deep. */
  readonly #rowOf = new Map<HashKey, Row>();
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
   *
   * @param heldUnder - flags under which its scripts were run by this process
   */
  add(block: Block, height: number, heldUnder?: number): void {
    this.#forkHeight = Math.min(this.#forkHeight, height - 1);
    const row: Row = new Map();
    for (const tx of block.transactions) {
      if (isCoinbase(tx)) continue;
      const key = hashKey(tx.txid);
      row.set(key, { tx, heldUnder });
      this.#rowOf.set(key, row);
      this.#bytes += tx.sizeBytes;
    }
    this.#blocks.push(row);
    if (this.#bytes <= this.#bytesMax) return;
    for (const blockRow of this.#blocks) {
      for (const { tx } of [...blockRow.values()].reverse()) {
        if (this.#bytes <= this.#bytesMax) return;
        this.forget(tx);
      }
    }
  }

  /** It is confirmed again, or has been dealt with. */
  forget(tx: Transaction): void {
    const key = hashKey(tx.txid);
    const row = this.#rowOf.get(key);
    if (row === undefined) return;
    this.#bytes -= row.get(key)?.tx.sizeBytes ?? 0;
    row.delete(key);
    this.#rowOf.delete(key);
  }

  /** What is left, parents before children: the lowest block first, each in its own order. */
  list(): readonly Returning[] {
    return [...this.#blocks].reverse().flatMap((row) => [...row.values()]);
  }
}
