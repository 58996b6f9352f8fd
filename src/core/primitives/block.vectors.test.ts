import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeVectors, readVectorBytes } from '../../../test/support/vectors.ts';
import { merkleRootOf } from '../crypto/merkle.ts';
import { blockWeightWu, decodeBlock, encodeBlock } from './block.ts';
import { decodeBits, hashToNumber } from './compact-target.ts';
import { toDisplayHex } from './ids.ts';
import { hasWitness } from './transaction.ts';

/** Real blocks: transactions, those with a witness, bytes. */
const BLOCKS: readonly (readonly [string, number, number, number])[] = [
  ['block300025', 461, 0, 284_231],
  ['block413567', 1_557, 0, 999_887],
  ['block928816', 889, 830, 1_589_046],
  ['block928828', 201, 0, 620_390],
  ['block1087400', 97, 3, 48_524],
];

describeVectors('real blocks', () => {
  for (const [name, count, witnesses, size] of BLOCKS) {
    it(`decodes ${name}, gives the same bytes back, and finds its Merkle root and proof of work`, () => {
      const bytes = readVectorBytes(`blocks/${name}.raw`);
      const block = decodeBlock(bytes);
      assert.deepEqual(encodeBlock(block), bytes);
      assert.deepEqual(
        [block.transactions.length, block.transactions.filter(hasWitness).length, block.sizeBytes],
        [count, witnesses, size],
      );
      assert.equal(toDisplayHex(merkleRootOf(block.transactions.map((tx) => tx.txid)).root), toDisplayHex(block.header.merkleRoot));
      assert.ok(hashToNumber(block.header.hash) <= decodeBits(block.header.bits).target);
      assert.ok(blockWeightWu(block) <= 4_000_000);
      assert.equal(encodeBlock(block, { witness: false }).length, block.strippedSizeBytes);
    });
  }
});
