import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { concatBytes, fromHex, toHex } from '../../base/bytes.ts';
import { makeHeader } from '../../primitives/block.ts';
import { DecodeError } from '../../primitives/decode-error.ts';
import type { BlockHash, MerkleRoot, Txid } from '../../primitives/ids.ts';
import type { Transaction } from '../../primitives/transaction.ts';
import { encodeTransaction, makeTransaction } from '../../primitives/transaction.ts';
import { COMPACT_TRANSACTIONS_MAX } from '../index-list.ts';
import type { CmpctblockMessage } from './cmpctblock.ts';
import { decodeMessage, encodeMessage } from './table.ts';

const hash = (fill: number) => new Uint8Array(32).fill(fill);
const header = makeHeader({
  version: 1,
  prevBlockHash: hash(1) as BlockHash,
  merkleRoot: hash(2) as MerkleRoot,
  timeSeconds: 1,
  bits: 0x207fffff,
  nonce: 7,
});
const tx: Transaction = makeTransaction({
  version: 2,
  inputs: [{ prevout: { txid: hash(9) as Txid, vout: 1 }, scriptSig: new Uint8Array(), sequence: 3, witness: [Uint8Array.of(5)] }],
  outputs: [{ value: 10n, scriptPubKey: Uint8Array.of(0x51) }],
  lockTime: 0,
});
const TX = toHex(encodeTransaction(tx));

/** A compact block written by hand behind its header and nonce. */
const behindNonce = (hex: string) =>
  decodeMessage('cmpctblock', concatBytes(encodeMessage(compact({ shortIds: [1], prefilled: [] })).subarray(0, 88), fromHex(hex)!));
const compact = (changes: Partial<CmpctblockMessage>): CmpctblockMessage => ({
  ...{ type: 'cmpctblock', header, nonce: 1n, shortIds: [], prefilled: [{ index: 0, tx }] },
  ...changes,
});
const request = (hex: string) => {
  const message = decodeMessage('getblocktxn', concatBytes(hash(3), fromHex(hex)!));
  assert.ok(message?.type === 'getblocktxn');
  return message.indexes;
};

describe('cmpctblock', () => {
  it('is written as BIP-152 has it: six bytes a short id, and places as distances', () => {
    const message = compact({ shortIds: [0x0605_0403_0201], prefilled: [0, 2].map((index) => ({ index, tx })) });
    assert.equal(toHex(encodeMessage(message).subarray(80)), `${'0100000000000000'}01010203040506${'0200'}${TX}01${TX}`);
  });

  it('takes a transaction at the last place there is and refuses one beyond', () => {
    assert.ok(behindNonce(`01 112233445566 01 01 ${TX}`.replaceAll(' ', '')) !== undefined);
    assert.throws(() => behindNonce(`01 112233445566 01 02 ${TX}`.replaceAll(' ', '')), /no place 2/);
    assert.throws(() => behindNonce(`00 02 00 ${TX} 01 ${TX}`.replaceAll(' ', '')), /no place 2/);
  });

  it('P9: refuses places that run over 16 bits, one by one or together', () => {
    assert.throws(() => behindNonce(`00 01 fe00000100 ${TX}`.replaceAll(' ', '')), /over the limit of 65535/);
    const ids = '00'.repeat(6 * 65_533);
    assert.throws(() => behindNonce(`fdfdff${ids}02fdfcff${TX}fdffff${TX}`), /over the limit of 16 bits/);
  });

  it('refuses one of no transactions and one of more than 65,535', () => {
    assert.throws(() => behindNonce('0000'), /no transactions/);
    const shortIds = new Array<number>(COMPACT_TRANSACTIONS_MAX).fill(1);
    assert.ok(decodeMessage('cmpctblock', encodeMessage(compact({ shortIds, prefilled: [] }))) !== undefined);
    assert.throws(() => decodeMessage('cmpctblock', encodeMessage(compact({ shortIds }))), /over the limit of 0/);
    assert.throws(
      () => decodeMessage('cmpctblock', encodeMessage(compact({ shortIds: [...shortIds, 1], prefilled: [] }))),
      /over the limit of 65535/,
    );
  });

  it('refuses counts that the payload cannot hold before it reads an entry', () => {
    assert.throws(() => behindNonce('fdffff'), /cannot fit/);
    assert.throws(() => behindNonce('00fdffff'), /cannot fit/);
  });

  it('gives back whatever places and short ids it was written with', () => {
    const places = fc.uniqueArray(fc.nat(60), { minLength: 1, maxLength: 20 }).map((each) => each.sort((a, b) => a - b));
    fc.assert(
      fc.property(
        places,
        fc.array(fc.nat(2 ** 48 - 1), { minLength: 60, maxLength: 80 }),
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        (at, ids, nonce) => {
          const message = compact({ nonce, shortIds: ids, prefilled: at.map((index) => ({ index, tx })) });
          assert.deepEqual(decodeMessage('cmpctblock', encodeMessage(message)), message);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('getblocktxn', () => {
  it('reads places as distances from the one before', () => {
    assert.deepEqual(request('03000001'), [0, 1, 3]);
    assert.deepEqual(request('00'), []);
  });

  it('P9: takes the place 65,535 and refuses one more, also where distances add up to it', () => {
    assert.deepEqual(request('01fdffff'), [65_535]);
    assert.deepEqual(request('02fdfeff00'), [65_534, 65_535]);
    assert.throws(() => request('02fdffff00'), /over the limit of 16 bits/);
    assert.throws(() => request('01fe00000100'), /over the limit of 65535/);
    assert.throws(() => request('01ffffffffffffffffff'), DecodeError);
  });

  it('takes all of 65,536 places and refuses a count beyond', () => {
    assert.equal(request(`fe00000100${'00'.repeat(65_536)}`).length, 65_536);
    assert.throws(() => request(`fe01000100${'00'.repeat(65_537)}`), /over the limit of 65536/);
  });

  it('gives ascending places, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        let indexes: readonly number[] = [];
        try {
          indexes = request(toHex(bytes));
        } catch (error) {
          assert.ok(error instanceof DecodeError);
        }
        for (let i = 1; i < indexes.length; i++) assert.ok(indexes[i]! > indexes[i - 1]!);
      }),
      { numRuns: 500 },
    );
  });
});

describe('blocktxn', () => {
  it('takes none at all, and refuses a count that the payload cannot hold', () => {
    const none = { type: 'blocktxn', blockHash: hash(3) as BlockHash, transactions: [] } as const;
    assert.deepEqual(decodeMessage('blocktxn', encodeMessage(none)), none);
    assert.throws(() => decodeMessage('blocktxn', concatBytes(hash(3), Uint8Array.of(0xfd, 0xff, 0xff))), /cannot fit/);
  });
});
