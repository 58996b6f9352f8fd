import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OP_TRUE, spend, unknownHash } from '../../../test/support/chain-builder.ts';
import { regtest } from '../params/regtest.ts';
import type { Txid } from '../primitives/ids.ts';
import type { Transaction } from '../primitives/transaction.ts';
import { checkTxInputs } from './check-tx-inputs.ts';
import type { Coin } from './coin.ts';

const params = regtest.consensus;
const coin = (value: bigint, height = 1, coinbase = false): Coin => ({ value, scriptPubKey: OP_TRUE, height, coinbase });
const paying = (inputCount: number, ...values: bigint[]): Transaction =>
  spend({
    inputs: Array.from({ length: inputCount }, (_, vout) => ({ outPoint: { txid: unknownHash() as unknown as Txid, vout }, value: 0n })),
    outputs: values.map((value) => ({ value, scriptPubKey: OP_TRUE })),
  });
const reasonOf = (tx: Transaction, coins: (Coin | undefined)[], height = 500): string | undefined =>
  checkTxInputs(tx, coins, height, params).rejection?.reason;

describe('checkTxInputs', () => {
  it('says the fee', () => {
    const outcome = checkTxInputs(paying(2, 30n, 12n), [coin(40n), coin(3n)], 500, params);
    assert.ok(outcome.rejection === undefined);
    assert.equal(outcome.fee, 1n);
  });

  it('takes a fee of nothing and refuses one unit less', () => {
    assert.equal(reasonOf(paying(1, 40n), [coin(40n)]), undefined);
    assert.equal(reasonOf(paying(1, 41n), [coin(40n)]), 'bad-txns-in-belowout');
  });

  it('lets a coinbase be spent at depth 100 and not at depth 99', () => {
    assert.equal(reasonOf(paying(1, 1n), [coin(1n, 400, true)], 500), undefined);
    assert.equal(reasonOf(paying(1, 1n), [coin(1n, 401, true)], 500), 'bad-txns-premature-spend-of-coinbase');
    assert.equal(reasonOf(paying(1, 1n), [coin(1n, 499, false)], 500), undefined);
    const kind = checkTxInputs(paying(1, 1n), [coin(1n, 401, true)], 500, params).rejection?.kind;
    assert.equal(kind, 'premature');
  });

  it('misses a coin before it judges any other', () => {
    const tx = paying(2, 1n);
    assert.equal(reasonOf(tx, [coin(1n, 499, true), undefined]), 'bad-txns-inputs-missingorspent');
    assert.equal(checkTxInputs(tx, [undefined, coin(1n)], 500, params).rejection?.kind, 'missing-inputs');
  });

  it('takes coins and sums up to maxMoney', () => {
    const { maxMoney } = params;
    assert.equal(reasonOf(paying(1, maxMoney), [coin(maxMoney)]), undefined);
    assert.equal(reasonOf(paying(2, 1n), [coin(maxMoney - 1n), coin(1n)]), undefined);
    assert.equal(reasonOf(paying(2, 1n), [coin(maxMoney), coin(1n)]), 'bad-txns-inputvalues-outofrange');
    assert.equal(reasonOf(paying(1, 1n), [coin(maxMoney + 1n)]), 'bad-txns-inputvalues-outofrange');
  });
});
