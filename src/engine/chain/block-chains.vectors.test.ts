/**
 * Blocks and transactions that BIP-54 published for its other rules, under today's rules of main: the blocks have main's own work.
 */

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { hex } from '../../../test/support/core-script-text.ts';
import { MemoryChain } from '../../../test/support/memory-chain.ts';
import { describeVectors, readVectorJson } from '../../../test/support/vectors.ts';
import { checkTransaction } from '../../core/consensus/check-transaction.ts';
import { main } from '../../core/params/main.ts';
import { decodeBlock } from '../../core/primitives/block.ts';
import { decodeTransaction } from '../../core/primitives/transaction.ts';

interface BlockChain {
  readonly block_chain: readonly string[];
  readonly comment: string;
  /** By BIP-54, which is not in force. */
  readonly valid: boolean;
}

interface SizedTransaction {
  readonly tx: string;
  readonly comment: string;
  /** By BIP-54. */
  readonly valid: boolean;
}

/** BIP-54 forbids transactions of this size without witnesses. */
const FORBIDDEN_SIZE_BYTES = 64;

/** A clock that none of the blocks is ahead of. */
const NOW_SECONDS = 0xfffffff0;

describeVectors('the block chains of BIP-54', () => {
  it('are accepted on main, but for the two whose coinbase is locked at its own height', async () => {
    const chains = readVectorJson<readonly BlockChain[]>('bips/bip-0054/test_vectors/coinbases.json');
    const verdicts: (readonly [valid: boolean, height: number, reason: string | undefined])[] = [];
    for (const { block_chain: bytes, valid, comment } of chains) {
      const [genesis, ...blocks] = bytes.map((text) => decodeBlock(hex(text)));
      assert.deepEqual(genesis?.header.hash, main.genesis.header.hash);
      const node = await MemoryChain.open(main, NOW_SECONDS);
      for (const block of blocks.slice(0, -1)) assert.equal(await node.take(block), undefined, comment);
      const reason = await node.take(blocks.at(-1)!);
      verdicts.push([valid, node.tip.height, reason]);
    }
    assert.deepEqual(verdicts, [
      [false, 3, 'bad-txns-nonfinal'],
      [false, 3, 'bad-txns-nonfinal'],
      [false, 4, undefined],
      [true, 4, undefined],
      [true, 4, undefined],
      [false, 4, undefined],
      [false, 4, undefined],
    ]);
  });
});

describeVectors('the small transactions of BIP-54', () => {
  it('are valid by themselves, and those that it forbids are the ones of 64 bytes', () => {
    const rows = readVectorJson<readonly SizedTransaction[]>('bips/bip-0054/test_vectors/txsize.json');
    for (const { tx: text, valid, comment } of rows) {
      const tx = decodeTransaction(hex(text));
      assert.equal(checkTransaction(tx, main.consensus), undefined, comment);
      assert.equal(tx.strippedSizeBytes !== FORBIDDEN_SIZE_BYTES, valid, comment);
    }
    assert.deepEqual([rows.length, rows.filter(({ valid }) => !valid).length], [13, 10]);
  });
});
