import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { AssertionError } from '../base/assert.ts';
import { bytesEqual, concatBytes } from '../base/bytes.ts';
import { merkleRootOf } from './merkle.ts';

/** The `i`-th of many different leaves. */
function leaf(i: number): Uint8Array {
  return nobleSha256(Uint8Array.of(i & 255, i >> 8));
}

/** The tree as its definition has it: level by level, one pair after another. */
function plainMerkle(hashes: readonly Uint8Array[]): { root: Uint8Array; mutated: boolean } {
  let level = hashes;
  let mutated = false;
  while (level.length > 1) {
    const next: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const right = level[i + 1] ?? level[i]!;
      if (i + 1 < level.length && bytesEqual(level[i]!, right)) mutated = true;
      next.push(nobleSha256(nobleSha256(concatBytes(level[i]!, right))));
    }
    level = next;
  }
  return { root: level[0] ?? new Uint8Array(32), mutated };
}

describe('Merkle roots', () => {
  it('of nothing are zeros and of one leaf the leaf, as a copy', () => {
    assert.deepEqual(merkleRootOf([]), { root: new Uint8Array(32), mutated: false });
    const only = leaf(1);
    const { root, mutated } = merkleRootOf([only]);
    assert.deepEqual(root, only);
    assert.notEqual(root, only);
    assert.equal(mutated, false);
  });
  it('agree with the definition at every number of leaves, and leave these alone', () => {
    const leaves = Array.from({ length: 300 }, (_, i) => leaf(i));
    for (let count = 1; count <= 130; count++) assert.deepEqual(merkleRootOf(leaves.slice(0, count)), plainMerkle(leaves.slice(0, count)));
    assert.deepEqual(merkleRootOf(leaves), plainMerkle(leaves));
    assert.deepEqual(leaves[299], leaf(299));
  });
  it('agree with it where leaves repeat, mutation included', () => {
    let mutatedCount = 0;
    fc.assert(
      fc.property(fc.array(fc.nat(2), { minLength: 1, maxLength: 20 }), (numbers) => {
        const leaves = numbers.map(leaf);
        const expected = plainMerkle(leaves);
        if (expected.mutated) mutatedCount++;
        assert.deepEqual(merkleRootOf(leaves), expected);
      }),
      { numRuns: 200 },
    );
    assert.ok(mutatedCount > 0);
  });
  it('are the same for a list whose end is repeated, which is told (CVE-2012-2459)', () => {
    for (const [count, repeated] of [
      [3, 1],
      [6, 2],
      [5, 1],
      [12, 4],
      [7, 1],
    ] as const) {
      const honest = Array.from({ length: count }, (_, i) => leaf(i));
      const forged = [...honest, ...honest.slice(count - repeated)];
      assert.equal(merkleRootOf(honest).mutated, false);
      assert.deepEqual(merkleRootOf(forged), { root: merkleRootOf(honest).root, mutated: true });
    }
  });
  it('do not call a list mutated for equal neighbours that are not paired', () => {
    assert.equal(merkleRootOf([leaf(1), leaf(2), leaf(2), leaf(3)]).mutated, false);
    assert.equal(merkleRootOf([leaf(1), leaf(2), leaf(3), leaf(3)]).mutated, true);
  });
  it('stop at what is no hash', () => {
    assert.throws(() => merkleRootOf([leaf(1), new Uint8Array(31)]), AssertionError);
  });
});
