import type { HashKey } from '../../core/primitives/ids.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import type { Transaction } from '../../core/primitives/transaction.ts';
import { ownCopy } from '../../core/primitives/transaction.ts';

/** Transactions that are remembered. Core's default `-blockreconstructionextratxn`. */
export const EXTRA_TRANSACTIONS_MAX = 100;

/** Larger ones are not. Core's limit on the memory of one. */
export const EXTRA_TRANSACTION_BYTES_MAX = 100_000;

/**
 * The last transactions that came and do not wait: replaced ones, orphans, and those that policy refuses. A miner may have taken them all the
 * same, and then a compact block needs them.
 */
export class ExtraTransactions {
  /** By wtxid, the oldest first. */
  readonly #transactions = new Map<HashKey, Transaction>();

  /** Keeps a copy; the oldest makes room. */
  add(tx: Transaction): void {
    const key = hashKey(tx.wtxid);
    if (tx.sizeBytes >= EXTRA_TRANSACTION_BYTES_MAX || this.#transactions.has(key)) return;
    for (const oldest of this.#transactions.keys()) {
      if (this.#transactions.size < EXTRA_TRANSACTIONS_MAX) break;
      this.#transactions.delete(oldest);
    }
    this.#transactions.set(key, ownCopy(tx));
  }

  /** All of them. */
  all(): Iterable<Transaction> {
    return this.#transactions.values();
  }
}
