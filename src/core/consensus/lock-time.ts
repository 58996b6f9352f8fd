/**
 * When a transaction may be in a block: by its lock time, and by the age of the coins it spends (BIP-68).
 *
 * @module
 */

import type { TransactionFields } from '../primitives/transaction.ts';

/** Lock times and sequences below are heights, from here on seconds since 1970. */
export const LOCK_TIME_THRESHOLD = 500_000_000;

/** A sequence that switches lock time off for its input; all inputs with it make a transaction final. */
export const SEQUENCE_FINAL = 0xffffffff;

/** BIP-68: a sequence with this bit locks nothing. */
export const SEQUENCE_DISABLE_FLAG = 0x80000000;

/** BIP-68: with this bit the value counts units of 512 seconds, else blocks. */
export const SEQUENCE_TYPE_FLAG = 0x00400000;

/** BIP-68: the bits of the value. */
export const SEQUENCE_MASK = 0x0000ffff;

/** BIP-68: seconds of one unit, as a shift. */
export const SEQUENCE_GRANULARITY = 9;

/**
 * Whether the lock time allows a transaction in a block. Core's `IsFinalTx`.
 *
 * @param height - of the block
 * @param timeSeconds - of the block, or from `csv` on the median time of its parent (BIP-113)
 */
export function isFinalTransaction(tx: TransactionFields, height: number, timeSeconds: number): boolean {
  const { lockTime } = tx;
  if (lockTime === 0) return true;
  if (lockTime < (lockTime < LOCK_TIME_THRESHOLD ? height : timeSeconds)) return true;
  return tx.inputs.every((input) => input.sequence === SEQUENCE_FINAL);
}

/** The last height and the last median time at which a transaction is still locked; -1 where nothing locks. */
export interface SequenceLock {
  readonly height: number;
  readonly timeSeconds: number;
}

/**
 * What the sequences of a transaction ask for (BIP-68). Core's `CalculateSequenceLocks`.
 *
 * Only from `csv` on, and never for a coinbase: the caller sees to that.
 *
 * @param coinHeights - of the coin that each input spends, in order; for a coin that waits unconfirmed, the height it may come at
 * @param medianTimeAt - median time past of the chain's block at a height, in seconds
 */
export function sequenceLocks(
  tx: TransactionFields,
  coinHeights: readonly number[],
  medianTimeAt: (height: number) => number,
): SequenceLock {
  let height = -1;
  let timeSeconds = -1;
  if (tx.version < 2) return { height, timeSeconds };
  for (let i = 0; i < tx.inputs.length; i++) {
    const { sequence } = tx.inputs[i]!;
    if (sequence >= SEQUENCE_DISABLE_FLAG) continue;
    const coinHeight = coinHeights[i]!;
    const value = sequence & SEQUENCE_MASK;
    if ((sequence & SEQUENCE_TYPE_FLAG) !== 0) {
      // The age is measured from the median time of the block before the coin's: the earliest the coin's own block could say.
      const from = medianTimeAt(Math.max(coinHeight - 1, 0));
      timeSeconds = Math.max(timeSeconds, from + value * (1 << SEQUENCE_GRANULARITY) - 1);
    } else {
      height = Math.max(height, coinHeight + value - 1);
    }
  }
  return { height, timeSeconds };
}

/** Whether a block at `height`, whose parent's median time past is given, is past the lock. Core's `EvaluateSequenceLocks`. */
export function isPastSequenceLock(lock: SequenceLock, height: number, medianTimeSeconds: number): boolean {
  return lock.height < height && lock.timeSeconds < medianTimeSeconds;
}
