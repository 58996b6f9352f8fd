import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TestKey } from '../../../test/support/key-spends.ts';
import { chooseSecp256k1 } from '../../core/crypto/node/choose-secp256k1.ts';
import { regtest } from '../../core/params/regtest.ts';
import { makeTransaction } from '../../core/primitives/transaction.ts';
import { checkSendable, signOf } from './sending.ts';

const key = new TestKey(chooseSecp256k1('auto'), 1);
const coin = { outPoint: { txid: regtest.genesis.transactions[0]!.txid, vout: 0 }, value: 1_000n };
const nothing = { value: 0n, scriptPubKey: Uint8Array.of(0x6a, 1, 2) };
const { consensus } = regtest;

describe('a transaction that is to be sent', () => {
  it('is found by its first output that stands in filters', () => {
    const tx = key.spend([{ ...coin, kind: 'tr' }], [nothing, { value: 0n, scriptPubKey: new Uint8Array() }, key.output('pkh', 5n)]);
    assert.deepEqual(signOf(tx), key.scripts.pkh);
  });

  it('is found by what an input shows that it spends where no output does, and not at all where none shows it', () => {
    for (const kind of ['wpkh', 'pkh'] as const) assert.deepEqual(signOf(key.spend([{ ...coin, kind }], [nothing])), key.scripts[kind]);
    assert.equal(signOf(key.spend([{ ...coin, kind: 'tr' }], [nothing])), undefined);
    assert.deepEqual(
      signOf(
        key.spend(
          [
            { ...coin, kind: 'tr' },
            { ...coin, kind: 'pkh' },
          ],
          [nothing],
        ),
      ),
      key.scripts.pkh,
    );
  });

  it('is refused where it breaks a rule of its own, or is a coinbase', () => {
    const good = key.spend([{ ...coin, kind: 'wpkh' }], [key.output('pkh', consensus.maxMoney)]);
    assert.equal(checkSendable(good, consensus), undefined);
    const over = key.spend([{ ...coin, kind: 'wpkh' }], [key.output('pkh', consensus.maxMoney + 1n)]);
    assert.equal(checkSendable(over, consensus)?.reason, 'bad-txns-vout-toolarge');
    assert.equal(checkSendable(makeTransaction({ ...good, outputs: [] }), consensus)?.reason, 'bad-txns-vout-empty');
    assert.equal(checkSendable(regtest.genesis.transactions[0]!, consensus)?.reason, 'coinbase');
  });
});
