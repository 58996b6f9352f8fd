import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fromHex, toHex } from '../../core/base/bytes.ts';
import type { Coin } from '../../core/consensus/coin.ts';
import { DecodeError } from '../../core/primitives/decode-error.ts';
import type { Txid } from '../../core/primitives/ids.ts';
import { coinKey, decodeCoin, encodeCoin } from './coin-codec.ts';
import { decodeUndo, encodeUndo } from './undo-codec.ts';

const coins = fc.record(
  {
    value: fc.bigInt(0n, 9n * 10n ** 15n),
    scriptPubKey: fc.uint8Array({ maxLength: 80 }).map((bytes) => Uint8Array.from(bytes)),
    height: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    coinbase: fc.boolean(),
  },
  { noNullPrototype: true },
);

describe('encodeCoin', () => {
  // From Core's coins_tests: entries of the main chain.
  it("writes and reads Core's entries", () => {
    const rows: [string, Coin][] = [
      [
        '97f23c835800816115944e077fe7c803cfa57f29b36bf87c1d35',
        {
          height: 203998,
          coinbase: false,
          value: 60_000_000_000n,
          scriptPubKey: fromHex('76a914816115944e077fe7c803cfa57f29b36bf87c1d3588ac')!,
        },
      ],
      [
        '8ddf77bbd123008c988f1a4a4de2161e0f50aac7f17e7f9555caa4',
        {
          height: 120891,
          coinbase: true,
          value: 110_397n,
          scriptPubKey: fromHex('76a9148c988f1a4a4de2161e0f50aac7f17e7f9555caa488ac')!,
        },
      ],
      ['000006', { height: 0, coinbase: false, value: 0n, scriptPubKey: new Uint8Array(0) }],
    ];
    for (const [hex, coin] of rows) {
      assert.deepEqual(decodeCoin(fromHex(hex)!), coin);
      assert.equal(toHex(encodeCoin(coin)), hex);
    }
  });

  it('reads what it writes', () => {
    fc.assert(fc.property(coins, (coin) => assert.deepEqual(decodeCoin(encodeCoin(coin)), coin)));
  });

  it('refuses a script that is cut short, bytes left over, and a height over 31 bits', () => {
    assert.throws(() => decodeCoin(fromHex('000007')!), DecodeError);
    assert.throws(() => decodeCoin(fromHex('00000600')!), DecodeError);
    assert.throws(() => decodeCoin(fromHex('8efefeff000006')!), DecodeError);
  });

  it('makes keys that sort by transaction, then by index', () => {
    const txid = new Uint8Array(32).fill(3) as unknown as Txid;
    assert.equal(toHex(coinKey({ txid, vout: 0x01020304 })), `${'03'.repeat(32)}01020304`);
    assert.equal(toHex(coinKey({ txid, vout: 0xffffffff })), `${'03'.repeat(32)}ffffffff`);
  });
});

describe('encodeUndo', () => {
  it('reads what it writes', () => {
    fc.assert(
      fc.property(fc.array(fc.array(coins, { maxLength: 4 }), { maxLength: 5 }), (spent) => {
        assert.deepEqual(decodeUndo(encodeUndo(spent)), spent);
      }),
    );
    assert.equal(toHex(encodeUndo([])), '00');
  });

  it('refuses counts that cannot fit before it takes memory, and bytes left over', () => {
    assert.throws(() => decodeUndo(fromHex('feffffff01')!), DecodeError);
    assert.throws(() => decodeUndo(fromHex('01fd0010000000')!), DecodeError);
    assert.throws(() => decodeUndo(fromHex('0000')!), DecodeError);
  });
});
