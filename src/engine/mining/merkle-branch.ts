import { concatBytes } from '../../core/base/bytes.ts';
import { sha256d } from '../../core/crypto/sha256.ts';

/**
 * The hashes beside the way from a block's first transaction to the Merkle root. They stay the same whatever the first transaction is.
 *
 * @param others - txids of all transactions but the first, in order
 */
export function merkleBranch(others: readonly Uint8Array[]): readonly Uint8Array[] {
  const branch: Uint8Array[] = [];
  // The place of the first transaction and, on each level, what stands on its way is left out.
  let level = others;
  while (level.length > 0) {
    branch.push(level[0]!);
    const next: Uint8Array[] = [];
    for (let i = 1; i < level.length; i += 2) next.push(sha256d(concatBytes(level[i]!, level[i + 1] ?? level[i]!)));
    level = next;
  }
  return branch;
}

/** The Merkle root of a first transaction and a branch. */
export function merkleRootFrom(txid: Uint8Array, branch: readonly Uint8Array[]): Uint8Array {
  let hash = txid;
  for (const beside of branch) hash = sha256d(concatBytes(hash, beside));
  return hash;
}
