import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OP_TRUE, unknownHash } from '../../../test/support/chain-builder.ts';
import { regtest } from '../params/regtest.ts';
import { type Txid, zeroHash } from '../primitives/ids.ts';
import { makeTransaction, NULL_VOUT, type Transaction, type TxInput, type TxOutput } from '../primitives/transaction.ts';
import { checkTransaction } from './check-transaction.ts';

const params = regtest.consensus;
const MAX = params.maxMoney;

const input = (vout = 0): TxInput => ({
  prevout: { txid: unknownHash() as unknown as Txid, vout },
  scriptSig: new Uint8Array(0),
  sequence: 0xffffffff,
  witness: [],
});
const nullInput = (scriptSize: number): TxInput => ({
  ...input(),
  prevout: { txid: zeroHash(), vout: NULL_VOUT },
  scriptSig: new Uint8Array(scriptSize),
});
const pays = (...values: bigint[]): TxOutput[] => values.map((value) => ({ value, scriptPubKey: OP_TRUE }));
const tx = (inputs: TxInput[], outputs: TxOutput[]): Transaction => makeTransaction({ version: 2, inputs, outputs, lockTime: 0 });
const reasonOf = (each: Transaction): string | undefined => checkTransaction(each, params)?.reason;

describe('checkTransaction', () => {
  it('asks for at least one input and one output', () => {
    assert.equal(reasonOf(tx([input()], pays(1n))), undefined);
    assert.equal(reasonOf(tx([], pays(1n))), 'bad-txns-vin-empty');
    assert.equal(reasonOf(tx([input()], [])), 'bad-txns-vout-empty');
  });

  it('takes a stripped size of a quarter of the block weight and refuses one byte more', () => {
    const sized = (size: number): Transaction => {
      const empty = tx([input()], [{ value: 1n, scriptPubKey: new Uint8Array(0) }]);
      // The length of a long script takes four bytes more than that of an empty one.
      return tx([input()], [{ value: 1n, scriptPubKey: new Uint8Array(size - empty.strippedSizeBytes - 4) }]);
    };
    const limit = params.maxBlockWeightWu / 4;
    assert.equal(sized(limit).strippedSizeBytes, limit);
    assert.equal(reasonOf(sized(limit)), undefined);
    assert.equal(reasonOf(sized(limit + 1)), 'bad-txns-oversize');
  });

  it('takes values from 0 to maxMoney', () => {
    assert.equal(reasonOf(tx([input()], pays(0n))), undefined);
    assert.equal(reasonOf(tx([input()], pays(MAX))), undefined);
    assert.equal(reasonOf(tx([input()], pays(MAX + 1n))), 'bad-txns-vout-toolarge');
  });

  it('S5: refuses a negative output', () => {
    assert.equal(reasonOf(tx([input()], pays(-1n))), 'bad-txns-vout-negative');
    assert.equal(reasonOf(tx([input()], pays(1_025n, -1_000n))), 'bad-txns-vout-negative');
  });

  it('S6: refuses a coinbase of a huge and a negative output, and any sum over maxMoney', () => {
    assert.equal(reasonOf(tx([nullInput(2)], pays(2n ** 62n, -(2n ** 62n) + 5_000_000_000n))), 'bad-txns-vout-toolarge');
    assert.equal(reasonOf(tx([nullInput(2)], pays(-1_000n, 5_000_001_000n))), 'bad-txns-vout-negative');
    assert.equal(reasonOf(tx([input()], pays(MAX - 1n, 1n))), undefined);
    assert.equal(reasonOf(tx([input()], pays(MAX - 1n, 2n))), 'bad-txns-txouttotal-toolarge');
    assert.equal(reasonOf(tx([input()], pays(MAX, MAX, MAX))), 'bad-txns-txouttotal-toolarge');
  });

  it('S2: refuses the same output spent twice in one transaction', () => {
    assert.equal(reasonOf(tx([input(0), input(1)], pays(1n))), undefined);
    assert.equal(reasonOf(tx([input(0), input(0)], pays(1n))), 'bad-txns-inputs-duplicate');
    assert.equal(reasonOf(tx([input(3), input(1), input(2), input(3)], pays(1n))), 'bad-txns-inputs-duplicate');
  });

  it('S2: refuses it at any two places, however many inputs there are', () => {
    for (const count of [2, 8, 9, 40]) {
      const inputs = Array.from({ length: count }, (_, vout) => input(vout));
      assert.equal(reasonOf(tx(inputs, pays(1n))), undefined, `${count} inputs`);
      for (const [first, second] of [
        [0, 1],
        [0, count - 1],
        [count - 2, count - 1],
      ] as const) {
        const twice = inputs.with(second, inputs[first]!);
        assert.equal(reasonOf(tx(twice, pays(1n))), 'bad-txns-inputs-duplicate', `${first} and ${second} of ${count}`);
      }
    }
  });

  it('takes coinbase scripts of 2 to 100 bytes', () => {
    const reasons = [1, 2, 100, 101].map((size) => reasonOf(tx([nullInput(size)], pays(1n))));
    assert.deepEqual(reasons, ['bad-cb-length', undefined, undefined, 'bad-cb-length']);
  });

  it('S4: refuses an ordinary transaction with a coinbase input among others', () => {
    assert.equal(reasonOf(tx([nullInput(2), input()], pays(5_000_000_000n))), 'bad-txns-prevout-null');
    assert.equal(reasonOf(tx([input(), nullInput(2)], pays(5_000_000_000n))), 'bad-txns-prevout-null');
  });
});
