import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildBlock, genesisParent, OP_TRUE, rebuild, spend, unknownHash } from '../../../test/support/chain-builder.ts';
import { regtest } from '../params/regtest.ts';
import type { ConsensusParams } from '../params/types.ts';
import type { Block } from '../primitives/block.ts';
import { blockWeightWu } from '../primitives/block.ts';
import type { Txid } from '../primitives/ids.ts';
import type { Transaction, TransactionFields } from '../primitives/transaction.ts';
import { makeTransaction } from '../primitives/transaction.ts';
import { checkBlockInContext } from './check-block-in-context.ts';
import { coinbaseHeightScript } from './coinbase-height.ts';
import { witnessCommitment, witnessCommitmentOutput } from './witness-commitment.ts';

const params = regtest.consensus;
const parentAt = (height: number) => ({ ...genesisParent(regtest), height });
const any = (changes: Partial<TransactionFields> = {}): Transaction => {
  const tx = spend({
    inputs: [{ outPoint: { txid: unknownHash() as unknown as Txid, vout: 0 }, value: 1n }],
    outputs: [{ value: 1n, scriptPubKey: OP_TRUE }],
  });
  return makeTransaction({ ...tx, ...changes });
};
const withWitness = (items: readonly Uint8Array[]): Transaction => {
  const tx = any();
  return any({ inputs: tx.inputs.map((input) => ({ ...input, witness: items })) });
};
const blockAt = (height: number, ...transactions: Transaction[]): Block =>
  buildBlock({ parent: parentAt(height - 1), params: regtest, transactions });
const check = (block: Block, height: number, rules: ConsensusParams = params, prevMedianTimeSeconds = 0) =>
  checkBlockInContext(block, { height, prevMedianTimeSeconds }, rules);
const reasonOf = (...args: Parameters<typeof check>): string | undefined => check(...args)?.reason;

describe('checkBlockInContext', () => {
  it('asks every transaction to be final by the height', () => {
    assert.equal(reasonOf(blockAt(200, any({ lockTime: 199 })), 200), undefined);
    assert.equal(reasonOf(blockAt(200, any({ lockTime: 200 })), 200), 'bad-txns-nonfinal');
  });

  it('measures lock times by the median time from csv on, by the block before', () => {
    const time = regtest.genesis.header.timeSeconds;
    const block = blockAt(200, any({ lockTime: time }));
    assert.equal(reasonOf(block, 200, params, time), 'bad-txns-nonfinal');
    assert.equal(reasonOf(block, 200, params, time + 1), undefined);
    const before = { ...params, heights: { ...params.heights, csv: 201 } };
    assert.equal(reasonOf(block, 200, before, 0), undefined);
    assert.equal(reasonOf(block, 200, { ...params, heights: { ...params.heights, csv: 200 } }, 0), 'bad-txns-nonfinal');
  });

  it('asks for the height in the coinbase from bip34 on', () => {
    assert.equal(reasonOf(blockAt(300), 300), undefined);
    assert.equal(reasonOf(blockAt(300), 301), 'bad-cb-height');
    const later = { ...params, heights: { ...params.heights, bip34: 301 } };
    assert.equal(reasonOf(blockAt(299), 300, later), undefined);
    assert.equal(reasonOf(blockAt(300), 301, later), 'bad-cb-height');
  });

  it('takes witnesses with their commitment', () => {
    assert.equal(reasonOf(blockAt(50, withWitness([new Uint8Array(9)])), 50), undefined);
  });

  it('refuses a changed witness, as mutated', () => {
    const block = blockAt(50, withWitness([new Uint8Array(9)]));
    const changed = rebuild(block, { transactions: [block.transactions[0]!, withWitness([new Uint8Array(10)])] }, regtest);
    assert.deepEqual(changed.header.hash, block.header.hash);
    assert.deepEqual(check(changed, 50), { kind: 'mutated', reason: 'bad-witness-merkle-match' });
  });

  it('asks for one reserved value of 32 bytes, as mutated', () => {
    const block = blockAt(50, withWitness([new Uint8Array(9)]));
    const [coinbase, tx] = block.transactions as [Transaction, Transaction];
    for (const witness of [[], [new Uint8Array(31)], [new Uint8Array(33)], [new Uint8Array(32), new Uint8Array(32)]]) {
      const changed = makeTransaction({ ...coinbase, inputs: coinbase.inputs.map((input) => ({ ...input, witness })) });
      assert.deepEqual(check(rebuild(block, { transactions: [changed, tx] }, regtest), 50), {
        kind: 'mutated',
        reason: 'bad-witness-nonce-size',
      });
    }
  });

  it('refuses witnesses without a commitment or before segwit, as mutated', () => {
    const block = blockAt(50, withWitness([new Uint8Array(9)]));
    const [coinbase, tx] = block.transactions as [Transaction, Transaction];
    const bare = makeTransaction({ ...coinbase, outputs: coinbase.outputs.slice(0, 1) });
    const why = check(rebuild(block, { transactions: [bare, tx] }, regtest), 50);
    assert.equal(why?.reason, 'unexpected-witness');
    assert.equal(why.kind, 'mutated');
    assert.equal(reasonOf(block, 50, { ...params, heights: { ...params.heights, segwit: 51 } }), 'unexpected-witness');
    assert.equal(reasonOf(block, 50, { ...params, heights: { ...params.heights, segwit: 50 } }), undefined);
  });

  it('holds to the last of several commitments', () => {
    const block = blockAt(50, withWitness([new Uint8Array(9)]));
    const [coinbase, tx] = block.transactions as [Transaction, Transaction];
    const right = coinbase.outputs[1]!;
    const wrong = witnessCommitmentOutput(witnessCommitment([coinbase], new Uint8Array(32)));
    const ordered = (...outputs: (typeof right)[]): Block =>
      rebuild(block, { transactions: [makeTransaction({ ...coinbase, outputs: [coinbase.outputs[0]!, ...outputs] }), tx] }, regtest);
    assert.equal(reasonOf(ordered(wrong, right), 50), undefined);
    assert.equal(reasonOf(ordered(right, wrong), 50), 'bad-witness-merkle-match');
  });

  it('takes a weight of the limit and refuses one more', () => {
    const sized = (size: number): Block => blockAt(50, withWitness([new Uint8Array(size)]));
    const overhead = blockWeightWu(sized(70_000)) - 70_000;
    const limit = params.maxBlockWeightWu;
    assert.equal(blockWeightWu(sized(limit - overhead)), limit);
    assert.equal(reasonOf(sized(limit - overhead), 50), undefined);
    assert.equal(reasonOf(sized(limit - overhead + 1), 50), 'bad-blk-weight');
  });
});

describe('coinbaseHeightScript', () => {
  it('writes heights as a script pushes them', () => {
    const hex = (height: number): string => Buffer.from(coinbaseHeightScript(height)).toString('hex');
    assert.deepEqual([0, 1, 16, 17, 127, 128, 255, 256, 32_767, 32_768, 840_000, 8_388_608].map(hex), [
      '00',
      '51',
      '60',
      '0111',
      '017f',
      '028000',
      '02ff00',
      '020001',
      '02ff7f',
      '03008000',
      '0340d10c',
      '0400008000',
    ]);
  });
});
