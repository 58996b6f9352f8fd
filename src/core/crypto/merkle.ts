/**
 * The Merkle tree over a block's transactions.
 *
 * @module
 */

import { bytesEqual, concatBytes } from '../base/bytes.ts';
import { sha256d } from './sha256.ts';

/** What `merkleRootOf` found. */
export interface MerkleResult {
  /** The root, 32 bytes in wire order. */
  readonly root: Uint8Array;
  /** Whether some other, shorter list has the same root; see `merkleRootOf`. */
  readonly mutated: boolean;
}

export function merkleRootOf(hashes: readonly Uint8Array[]): MerkleResult {
  if (hashes.length === 0) return { root: new Uint8Array(32), mutated: false };
  let mutated = false;
  let level = hashes;
  while (level.length > 1) {
    const next: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const left = level[i]!;
      const right = level[i + 1];
      if (right !== undefined && bytesEqual(left, right)) mutated = true;
      next.push(sha256d(concatBytes(left, right ?? left)));
    }
    level = next;
  }
  return { root: level[0]!.slice(), mutated };
}
