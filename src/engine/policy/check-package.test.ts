import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { makeTransaction, type Transaction, transactionWeightWu } from '../../core/primitives/transaction.ts';
import { checkPackage, PACKAGE_COUNT_MAX, PACKAGE_WEIGHT_WU_MAX } from './check-package.ts';

/** One that spends an output of its own, with a script of some bytes. */
function spending(mark: number, scriptBytes = 0): Transaction {
  const prevout = { txid: new Uint8Array(32).fill(mark) as Transaction['txid'], vout: 0 };
  const inputs = [{ prevout, scriptSig: new Uint8Array(scriptBytes), sequence: 0, witness: [] }];
  return makeTransaction({ version: 2, inputs, outputs: [{ value: 1n, scriptPubKey: new Uint8Array() }], lockTime: 0 });
}

describe('the form of a package', () => {
  it('has at most 25 transactions', () => {
    const many = Array.from({ length: PACKAGE_COUNT_MAX + 1 }, (_, mark) => spending(mark));
    assert.equal(checkPackage(many), 'package-too-many-transactions');
    assert.equal(checkPackage(many.slice(1)), undefined);
  });

  it('has at most 404,000 weight, unless it is one', () => {
    const first = spending(1, 50_000);
    const room = PACKAGE_WEIGHT_WU_MAX - transactionWeightWu(first);
    // A script of so many bytes has a length of three.
    const bare = transactionWeightWu(spending(2, 1_000)) - 4 * 1_000;
    const bytes = Math.floor((room - bare) / 4);
    assert.equal(checkPackage([first, spending(2, bytes)]), undefined);
    assert.equal(checkPackage([first, spending(2, bytes + 1)]), 'package-too-large');
    assert.equal(checkPackage([spending(1, 200_000)]), undefined);
  });

  it('is consistent: nothing spends nothing', () => {
    const nothing = makeTransaction({ version: 2, inputs: [], outputs: [{ value: 1n, scriptPubKey: new Uint8Array() }], lockTime: 0 });
    assert.equal(checkPackage([spending(1), nothing]), 'conflict-in-package');
  });
});
