import { checkTxInputs } from '../../core/consensus/check-tx-inputs.ts';
import type { Coin } from '../../core/consensus/coin.ts';
import { SEQUENCE_DISABLE_FLAG } from '../../core/consensus/lock-time.ts';
import type { Rejection } from '../../core/consensus/rejection.ts';
import type { HashKey } from '../../core/primitives/ids.ts';
import type { AcceptanceContext } from './acceptance.ts';
import { checkFinal, checkRelativeLocks, coinsOfInputs, MEMPOOL_COIN_HEIGHT } from './acceptance.ts';
import type { GraphEntry } from './entry.ts';

/** Whether a chain that is cut back to `forkHeight` may make a waiting transaction invalid. */
export function dependsOnHeight(entry: GraphEntry, forkHeight: number): boolean {
  const { tx } = entry;
  const locked = tx.lockTime !== 0 || (tx.version >= 2 && tx.inputs.some((input) => input.sequence < SEQUENCE_DISABLE_FLAG));
  return locked || entry.spendsCoinbase || entry.coinHeightMax > forkHeight;
}

/** What the new branch has against a waiting transaction; notes the heights of its coins. Scripts and policy do not depend on the branch. */
export function recheck(entry: GraphEntry, loaded: ReadonlyMap<HashKey, Coin>, context: AcceptanceContext): Rejection | undefined {
  const { tip, params } = context;
  const coins = coinsOfInputs(entry.tx, loaded, context.graph);
  const amounts = checkTxInputs(entry.tx, coins, tip.height + 1, params);
  if (amounts.rejection !== undefined) return amounts.rejection;
  const spent = coins as readonly Coin[];
  entry.coinHeightMax = spent.reduce((most, coin) => (coin.height === MEMPOOL_COIN_HEIGHT ? most : Math.max(most, coin.height)), -1);
  return checkFinal(entry.tx, tip) ?? checkRelativeLocks(entry.tx, spent, context);
}
