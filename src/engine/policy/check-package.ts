/**
 * What transactions must keep to that are looked at together, whatever chain and pool they meet.
 *
 * @module
 */

import { hashKey } from '../../core/primitives/ids.ts';
import { outPointKey, type Transaction, transactionWeightWu } from '../../core/primitives/transaction.ts';

/** Most transactions of a package. Core's `MAX_PACKAGE_COUNT`. */
export const PACKAGE_COUNT_MAX = 25;

/** Most weight of several. Core's `MAX_PACKAGE_WEIGHT`. */
export const PACKAGE_WEIGHT_WU_MAX = 404_000;

/** Whether each stands behind those of the others that it spends. Core's `IsTopoSortedPackage`. */
function isSorted(transactions: readonly Transaction[]): boolean {
  const later = new Set(transactions.map(({ txid }) => hashKey(txid)));
  for (const { inputs, txid } of transactions) {
    if (inputs.some(({ prevout }) => later.has(hashKey(prevout.txid)))) return false;
    later.delete(hashKey(txid));
  }
  return true;
}

/** Whether no two spend the same output. What spends none is refused too: copies of it could not be told apart. Core's `IsConsistentPackage`. */
function isConsistent(transactions: readonly Transaction[]): boolean {
  const spent = new Set<string>();
  for (const { inputs } of transactions) {
    if (inputs.length === 0) return false;
    // One that spends an output twice by itself is refused for that, later.
    const keys = new Set(inputs.map(({ prevout }) => outPointKey(prevout) as string));
    for (const key of keys) {
      if (spent.has(key)) return false;
      spent.add(key);
    }
  }
  return true;
}

/** Why they cannot be looked at together, in Core's words; undefined where they can. Core's `IsWellFormedPackage` of sorted packages. */
export function checkPackage(transactions: readonly Transaction[]): string | undefined {
  if (transactions.length > PACKAGE_COUNT_MAX) return 'package-too-many-transactions';
  const weightWu = transactions.reduce((sum, tx) => sum + transactionWeightWu(tx), 0);
  if (transactions.length > 1 && weightWu > PACKAGE_WEIGHT_WU_MAX) return 'package-too-large';
  if (new Set(transactions.map(({ txid }) => hashKey(txid))).size < transactions.length) return 'package-contains-duplicates';
  if (!isSorted(transactions)) return 'package-not-sorted';
  return isConsistent(transactions) ? undefined : 'conflict-in-package';
}
