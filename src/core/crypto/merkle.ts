/**
 * The Merkle tree over a block's transactions.
 *
 * @module
 */

import { assert } from '../base/assert.ts';
import { hashKernel } from './hash-kernel.ts';

/** What `merkleRootOf` found. */
export interface MerkleResult {
  /** The root, 32 bytes in wire order. */
  readonly root: Uint8Array;
  /** Whether a hash is paired with an equal one, so that a shorter list has the same root; see `merkleRootOf`. */
  readonly mutated: boolean;
}

/** Most leaves: 32 MiB of hashes, many times what a block of any network can hold. */
const LEAVES_MAX = 1_048_576;

/**
 * Root of the tree whose leaves are these hashes: Core's `ComputeMerkleRoot`. SHA-256d of each two neighbours gives the level above;
 * where a level is odd its last hash is paired with itself. The root of nothing is 32 zeros.
 *
 * That doubling is a flaw (CVE-2012-2459): different lists have the same root.
 *
 *              root                        root
 *             /    \                      /    \
 *           A        B                  A        B
 *          / \      / \                / \      / \
 *         C   D    E   E              C   D    E   F       where F equals E
 *        / \ / \  / \                / \ / \  / \ / \
 *        1 2 3 4  5 6                1 2 3 4  5 6 5 6
 *
 * Whoever relays the right block with transactions 5 and 6 repeated makes an invalid one under the same header; a node that then
 * remembers the header as invalid would never take the good block. `mutated` tells: it is true where two hashes that stand side by
 * side to be paired are equal, at any level. (Not the doubled last one: there is no list without it.) Honest blocks never have it,
 * for no two transactions of a block have the same id.
 *
 * @param hashes - 32 bytes each, wire order; at most 2^20
 */
export function merkleRootOf(hashes: readonly Uint8Array[]): MerkleResult {
  if (hashes.length === 0) return { root: new Uint8Array(32), mutated: false };
  assert(hashes.length <= LEAVES_MAX, 'a Merkle tree has at most 2^20 leaves');
  const kernel = hashKernel();
  kernel.reserve(32 * hashes.length);
  for (let i = 0; i < hashes.length; i++) {
    const hash = hashes[i]!;
    assert(hash.length === 32, 'a leaf is 32 bytes');
    kernel.put(hash, 32 * i);
  }
  const mutated = kernel.exports.merkleRoot(hashes.length) !== 0;
  return { root: kernel.output(32), mutated };
}
