import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createWasmSecp256k1 } from '../crypto/index.ts';
import type { Txid } from '../primitives/ids.ts';
import { STANDARD_FLAGS, verifyTransactionScripts } from '../script/index.ts';
import { type KeyCoin, SingleKey } from './index.ts';

const secp256k1 = createWasmSecp256k1();
const key = new SingleKey(secp256k1, new Uint8Array(32).fill(7));
const coins = [1_000n, 2_000n].map(
  (value, index): KeyCoin => ({ outPoint: { txid: new Uint8Array(32).fill(index + 1) as unknown as Txid, vout: index }, value }),
);

describe('a single key', () => {
  it('signs all inputs of a payment so that their scripts hold, and no longer once an amount is another', () => {
    const tx = key.spend(coins, [key.output(2_500n)]);
    const spent = coins.map(({ value }) => key.output(value));
    assert.equal(verifyTransactionScripts(tx, spent, STANDARD_FLAGS, secp256k1), undefined);
    const other = [spent[0]!, key.output(2_001n)];
    assert.equal(verifyTransactionScripts(tx, other, STANDARD_FLAGS, secp256k1)?.inputIndex, 1);
    const { version, lockTime, inputs } = tx;
    assert.deepEqual([version, lockTime, inputs.map(({ sequence }) => sequence)], [2, 0, [0xfffffffd, 0xfffffffd]]);
  });

  it('signs what differs from an ordinary payment as well', () => {
    const tx = key.spend(coins.slice(0, 1), [key.output(900n)], { version: 3, lockTime: 5, sequence: 0 });
    assert.deepEqual([tx.version, tx.lockTime, tx.inputs[0]?.sequence], [3, 5, 0]);
    assert.equal(verifyTransactionScripts(tx, [key.output(1_000n)], STANDARD_FLAGS, secp256k1), undefined);
  });

  it('is refused where the bytes are none', () => {
    for (const fill of [0, 0xff]) assert.throws(() => new SingleKey(secp256k1, new Uint8Array(32).fill(fill)), RangeError);
  });
});
