/**
 * What Bitcoin Core's code made of the same chain: `mixedChain` was handed block by block to a node of it (Bitcoin Knots 29.4, regtest),
 * and its answers stand here.
 */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mixedChain } from '../../../test/support/mixed-chain.ts';
import { acceptAll, openTestChain, testSecp256k1 } from '../../../test/support/test-chain.ts';
import { reversedBytes, toHex } from '../../core/base/bytes.ts';
import { regtest } from '../../core/params/regtest.ts';
import { toDisplayHex } from '../../core/primitives/ids.ts';
import { encodeUndo } from './undo-codec.ts';

/** `gettxoutsetinfo hash_serialized_3`. */
const STATS = {
  height: 104,
  bestBlock: '20e092dfa88d790385ea148f2f65b66f258793508d5e4d575c1c6877bb459615',
  txouts: 113,
  bogosize: 6_181,
  hash: '933c33df1cd4d204a509c4ab306b61479c5d1e0de2e1f24164d76e964a065ace',
  totalAmount: 519_001_306_355n,
  transactions: 107,
};

/** `gettxoutsetinfo muhash`. */
const MUHASH = '347d5486002d808c437bef5a294bba556315c94ec5b6e6df846cd4d427d851f2';

/** The last records of `rev00000.dat`, without frame and checksum. */
const UNDO: readonly [number, string][] = [
  [102, '00'],
  [103, '01010300320751'],
  [
    104,
    '0401804e000a00a3c6b1ee4a49d9f2af3b3802974744fba924164a' +
      '01804e008390e7ea3d01da1745e9b549bd0bfa1a569971c77eba30cd5a4b' +
      '01804e0083a16c04989c0b76cb563971fdc9bef31ec06c3560f3249d6ee9e5d83c57625596e05f6f' +
      '03804e00a52f1c0014a3c6b1ee4a49d9f2af3b3802974744fba924164a804e001407518050008390e7a4150751',
  ],
];

describe('the chain beside a C++ node', () => {
  it('counts and hashes the coin set alike, and writes the same undo records', async () => {
    const chain = await openTestChain({ params: regtest });
    assert.deepEqual(await acceptAll(chain, mixedChain(testSecp256k1)), []);
    const stats = await chain.coinSetStats('hash_serialized_3');
    assert.deepEqual(
      {
        height: stats.height,
        bestBlock: toDisplayHex(stats.bestBlock),
        txouts: stats.txouts,
        bogosize: stats.bogosize,
        hash: toHex(reversedBytes(stats.hashSerialized!)),
        totalAmount: stats.totalAmount,
        transactions: stats.transactions,
      },
      STATS,
    );
    const { muhash, hashSerialized } = await chain.coinSetStats('muhash');
    assert.equal(toHex(reversedBytes(muhash!)), MUHASH);
    assert.equal(hashSerialized, undefined, 'one hash is worked out, the one that was asked for');
    for (const [height, hex] of UNDO) {
      assert.equal(toHex(encodeUndo(await chain.readBlockUndo(chain.active.at(height)!))), hex, `undo of block ${height}`);
    }
  });
});
