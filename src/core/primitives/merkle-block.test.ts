import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { merkleRootOf } from '../crypto/merkle.ts';
import { sha256d } from '../crypto/sha256.ts';
import { makeHeader } from './block.ts';
import type { BlockHash, MerkleRoot } from './ids.ts';
import { decodeMerkleBlock, encodeMerkleBlock, type MerkleBlock, makeMerkleBlock, provenBy } from './merkle-block.ts';

const MAX = 16_666;

function txidsOf(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => sha256d(Uint8Array.of(i, i >> 8)));
}

function headerOf(txids: readonly Uint8Array[]) {
  const merkleRoot = merkleRootOf(txids).root as MerkleRoot;
  return makeHeader({ version: 1, prevBlockHash: new Uint8Array(32) as BlockHash, merkleRoot, timeSeconds: 1, bits: 0x207fffff, nonce: 0 });
}

function proofOf(count: number, wanted: readonly number[]): MerkleBlock {
  const txids = txidsOf(count);
  return makeMerkleBlock(headerOf(txids), txids, (position) => wanted.includes(position));
}

describe('merkle blocks', () => {
  it('prove what was asked for and nothing else, for trees of every shape', () => {
    for (const count of [1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 100, 257]) {
      const txids = txidsOf(count);
      for (const wanted of [[0], [count - 1], [0, count - 1], [count >> 1], txids.map((_, i) => i), []]) {
        const proof = decodeMerkleBlock(encodeMerkleBlock(proofOf(count, wanted)));
        const expected = [...new Set(wanted)].sort((a, b) => a - b).map((position) => ({ hash: txids[position], position }));
        assert.deepEqual(provenBy(proof, MAX), expected, `${count}: ${wanted.join()}`);
      }
    }
  });

  it('prove nothing when any bit of the hashes or the flags that count is another', () => {
    const proof = proofOf(7, [2, 5]);
    const bytes = encodeMerkleBlock(proof);
    const proven = new Set<string>();
    for (let bit = 84 * 8; bit < bytes.length * 8; bit++) {
      const forged = bytes.slice();
      forged[bit >> 3]! ^= 1 << (bit & 7);
      let matches: ReturnType<typeof provenBy>;
      try {
        matches = provenBy(decodeMerkleBlock(forged), MAX);
      } catch (error) {
        assert.equal((error as Error).name, 'DecodeError');
      }
      if (matches !== undefined) proven.add(matches.map(({ position }) => position).join());
    }
    // A leaf whose bit is changed is still under the root; one that stands beside a wanted one may be called wanted too.
    assert.deepEqual([...proven].sort(), ['2', '2,3,5', '2,4,5', '2,5', '5'].sort());
  });

  it('refuse a count of none, one too high, too many hashes and too few flags', () => {
    const proof = proofOf(4, [1]);
    assert.notEqual(provenBy(proof, 4), undefined);
    assert.equal(provenBy(proof, 3), undefined);
    assert.equal(provenBy({ ...proof, transactionCount: 0 }, MAX), undefined);
    assert.equal(provenBy({ ...proof, hashes: [...proof.hashes, proof.hashes[0]!] }, MAX), undefined);
    assert.equal(provenBy({ ...proof, hashes: proof.hashes.slice(1) }, MAX), undefined);
    assert.equal(provenBy({ ...proof, flags: new Uint8Array(0) }, MAX), undefined);
    assert.equal(provenBy({ ...proof, flags: Uint8Array.of(...proof.flags, 0) }, MAX), undefined);
  });

  it('refuse a list that repeats its end to look longer', () => {
    const txids = txidsOf(6);
    const repeated = [...txids, txids[4]!, txids[5]!];
    assert.deepEqual(merkleRootOf(repeated).root, merkleRootOf(txids).root);
    const proof = makeMerkleBlock(headerOf(txids), repeated, (position) => position >= 6);
    assert.equal(provenBy(proof, MAX), undefined);
  });

  it('take an inner node for a transaction only with another number of transactions', () => {
    const txids = txidsOf(4);
    const inner = [sha256d(Uint8Array.of(...txids[0]!, ...txids[1]!)), sha256d(Uint8Array.of(...txids[2]!, ...txids[3]!))];
    const proof = makeMerkleBlock(headerOf(txids), inner, (position) => position === 0);
    assert.equal(proof.transactionCount, 2);
    assert.deepEqual(provenBy(proof, MAX), [{ hash: inner[0], position: 0 }]);
    assert.equal(provenBy({ ...proof, transactionCount: 4 }, MAX), undefined);
  });

  it('do not decode where bytes are missing', () => {
    const bytes = encodeMerkleBlock(proofOf(5, [3]));
    for (let size = 0; size < bytes.length; size++) assert.throws(() => decodeMerkleBlock(bytes.slice(0, size)), { name: 'DecodeError' });
  });
});
