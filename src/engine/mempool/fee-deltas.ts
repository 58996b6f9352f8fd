import type { HashKey, Txid } from '../../core/primitives/ids.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import type { Satoshis } from '../../core/primitives/transaction.ts';

/** Sums stay within signed 64 bits, in which they are kept over a restart. */
const DELTA_MAX = 0x7fffffffffffffffn;
const DELTA_MIN: bigint = -DELTA_MAX - 1n;

/** What the operator added to the fee of a transaction, which may wait already or come later. */
export interface FeeDelta {
  readonly txid: Txid;
  readonly deltaSat: Satoshis;
}

/** What the operator added to fees, by transaction. Core's `mapDeltas`. */
export class FeeDeltas {
  readonly #rows = new Map<HashKey, FeeDelta>();

  /** 0 where nothing was added. */
  of(txid: Txid): Satoshis {
    return this.#rows.get(hashKey(txid))?.deltaSat ?? 0n;
  }

  /** Adds to what was added before. @returns the sum, within signed 64 bits; one of 0 is forgotten */
  add(txid: Txid, deltaSat: Satoshis): Satoshis {
    const sum = this.of(txid) + deltaSat;
    const kept = sum > DELTA_MAX ? DELTA_MAX : sum < DELTA_MIN ? DELTA_MIN : sum;
    if (kept === 0n) this.#rows.delete(hashKey(txid));
    else this.#rows.set(hashKey(txid), { txid, deltaSat: kept });
    return kept;
  }

  /** A block has it: nothing is to be decided about it any more. */
  forget(txid: Txid): void {
    // A sync forgets every transaction of every block while there are none: no key is made in vain.
    if (this.#rows.size > 0) this.#rows.delete(hashKey(txid));
  }

  /** In the order in which they were first added to. */
  all(): IterableIterator<FeeDelta> {
    return this.#rows.values();
  }
}
