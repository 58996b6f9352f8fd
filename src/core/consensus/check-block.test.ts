import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  buildBlock,
  buildCoinbase,
  genesisParent,
  OP_TRUE,
  outputOf,
  rebuild,
  spend,
  unknownHash,
} from '../../../test/support/chain-builder.ts';
import { regtest } from '../params/regtest.ts';
import type { Block } from '../primitives/block.ts';
import { makeBlock, makeHeader } from '../primitives/block.ts';
import { type MerkleRoot, type Txid, zeroHash } from '../primitives/ids.ts';
import type { Transaction } from '../primitives/transaction.ts';
import { makeTransaction } from '../primitives/transaction.ts';
import { checkBlock } from './check-block.ts';

const params = regtest.consensus;
const parent = genesisParent(regtest);

/** A transaction that no rule looks behind: it spends an unknown output. */
const any = (vout: number, scriptPubKey: Uint8Array = OP_TRUE): Transaction =>
  spend({ inputs: [{ outPoint: { txid: unknownHash() as unknown as Txid, vout }, value: 1n }], outputs: [{ value: 1n, scriptPubKey }] });
const blockOf = (transactions: readonly Transaction[]): Block => buildBlock({ parent, params: regtest, transactions });
const reasonOf = (block: Block): string | undefined => checkBlock(block, params)?.reason;

describe('checkBlock', () => {
  it('takes a whole block', () => {
    assert.equal(reasonOf(blockOf([])), undefined);
    assert.equal(reasonOf(blockOf([any(0), any(1)])), undefined);
    assert.equal(reasonOf(regtest.genesis), undefined);
  });

  it('refuses a header without work unless it is told that there is none yet', () => {
    const block = blockOf([]);
    let header = block.header;
    for (let nonce = 0; reasonOf({ ...block, header }) !== 'high-hash'; nonce++) header = makeHeader({ ...header, nonce });
    assert.equal(checkBlock({ ...block, header }, params, { proofOfWork: false, merkleRoot: true }), undefined);
  });

  it('refuses transactions that the header does not commit to, as mutated', () => {
    const block = blockOf([any(0)]);
    const other = makeBlock(block.header, [...block.transactions, any(1)]);
    assert.deepEqual(checkBlock(other, params), { kind: 'mutated', reason: 'bad-txnmrklroot' });
    assert.equal(checkBlock(other, params, { proofOfWork: true, merkleRoot: false }), undefined);
  });

  it('refuses a repeated tail that leaves the Merkle root as it was, as mutated (CVE-2012-2459)', () => {
    const block = blockOf([any(0), any(1)]);
    const mutated = makeBlock(block.header, [...block.transactions, block.transactions[2]!]);
    assert.deepEqual(checkBlock(mutated, params), { kind: 'mutated', reason: 'bad-txns-duplicate' });
  });

  it('S7: refuses a block without transactions', () => {
    const empty = rebuild(blockOf([]), { transactions: [] }, regtest);
    assert.deepEqual(empty.header.merkleRoot, zeroHash<MerkleRoot>());
    assert.equal(reasonOf(empty), 'bad-blk-length');
  });

  it('takes a stripped size of a quarter of the weight and refuses one byte more', () => {
    const size = blockOf([any(0, new Uint8Array(70_000))]).strippedSizeBytes - 70_000;
    const limit = params.maxBlockWeightWu / 4;
    assert.equal(reasonOf(blockOf([any(0, new Uint8Array(limit - size))])), undefined);
    assert.equal(reasonOf(blockOf([any(0, new Uint8Array(limit - size + 1))])), 'bad-blk-length');
  });

  it('asks for a coinbase in front and nowhere else', () => {
    const block = blockOf([any(0)]);
    const [coinbase, tx] = block.transactions as [Transaction, Transaction];
    const reordered = rebuild(block, { transactions: [tx, coinbase] }, regtest);
    assert.deepEqual(checkBlock(reordered, params), { kind: 'consensus', reason: 'bad-cb-missing' });
    const second = buildCoinbase({ parent, params: regtest, extra: Uint8Array.of(1) });
    assert.equal(reasonOf(rebuild(block, { transactions: [coinbase, tx, second] }, regtest)), 'bad-cb-multiple');
    assert.equal(reasonOf(rebuild(block, { transactions: [coinbase, second] }, regtest)), 'bad-cb-multiple');
  });

  it('takes a list of 64-byte transactions without a coinbase for inner nodes: mutated (CVE-2017-12842)', () => {
    const node = any(0, new Uint8Array(4));
    assert.equal(node.strippedSizeBytes, 64);
    const block = rebuild(blockOf([]), { transactions: [node, any(1)] }, regtest);
    assert.deepEqual(checkBlock(block, params), { kind: 'mutated', reason: 'bad-cb-missing' });
  });

  it('S2: refuses a block with a transaction that spends one output twice, and says which', () => {
    const input = { outPoint: { txid: unknownHash() as unknown as Txid, vout: 0 }, value: 1n };
    const twice = spend({ inputs: [input, input], outputs: [{ value: 2n, scriptPubKey: OP_TRUE }] });
    const why = checkBlock(blockOf([any(5), twice]), params);
    assert.equal(why?.reason, 'bad-txns-inputs-duplicate');
    assert.equal(why.kind, 'consensus');
    assert.equal(why.detail?.position, 2);
  });

  it('takes 20,000 signature operations and refuses one more', () => {
    // Outputs of OP_CHECKSIG; they are counted though nothing runs.
    const many = (count: number): Block => blockOf([any(0, new Uint8Array(count).fill(0xac))]);
    assert.equal(reasonOf(many(20_000)), undefined);
    assert.equal(reasonOf(many(20_001)), 'bad-blk-sigops');
  });

  it('holds coinbase outputs to the same rules', () => {
    const block = blockOf([]);
    const [coinbase] = block.transactions as [Transaction];
    const negative = makeTransaction({ ...coinbase, outputs: [{ value: -1n, scriptPubKey: OP_TRUE }] });
    assert.equal(reasonOf(rebuild(block, { transactions: [negative] }, regtest)), 'bad-txns-vout-negative');
    assert.equal(outputOf(coinbase).value, 5_000_000_000n);
  });
});
