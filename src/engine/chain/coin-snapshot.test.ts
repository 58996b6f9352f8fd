import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { concatBytes, toHex } from '../../core/base/bytes.ts';
import type { Txid } from '../../core/primitives/ids.ts';
import { coinKey } from './coin-codec.ts';
import { writtenTo } from './coin-snapshot.ts';
import type { StoredCoin } from './past-coins.ts';

const HEAD_SIZE_BYTES = 51;

/** What is written behind the head. */
async function written(coins: readonly StoredCoin[]): Promise<string> {
  const chunks: Uint8Array[] = [];
  async function* listed(): AsyncGenerator<StoredCoin> {
    yield* coins;
  }
  let given = 0;
  for await (const coin of writtenTo({ append: async (bytes) => void chunks.push(bytes) }, listed())) assert.equal(coin, coins[given++]);
  assert.equal(given, coins.length);
  return toHex(concatBytes(...chunks).subarray(HEAD_SIZE_BYTES));
}

function coin(txidByte: number, vout: number): StoredCoin {
  return [coinKey({ txid: new Uint8Array(32).fill(txidByte) as Uint8Array as Txid, vout }), Uint8Array.of(vout & 0xff)];
}

describe('the coins of a snapshot file', () => {
  it('stand together by transaction, with how many there are', async () => {
    const [a, b] = ['0a'.repeat(32), '0b'.repeat(32)];
    assert.equal(await written([coin(10, 0), coin(10, 7), coin(11, 253)]), `${a}020000${'0707'}${b}01fdfd00fd`);
    assert.equal(await written([]), '');
  });

  it("stand in the order of Core's keys, in which indexes of three bytes come among those of two", async () => {
    const order = async (...vouts: number[]): Promise<number[]> => {
      const bytes = Buffer.from(await written(vouts.map((vout) => coin(1, vout))), 'hex').subarray(33);
      const found: number[] = [];
      for (let at = 0; at < bytes.length; at += 2) {
        const isLong = bytes[at] === 0xfd;
        found.push(isLong ? bytes.readUInt16LE(at + 1) : bytes[at]!);
        if (isLong) at += 2;
      }
      return found;
    };
    assert.deepEqual(await order(0, 127, 128, 255, 256, 16_511), [0, 127, 128, 255, 256, 16_511]);
    assert.deepEqual(await order(0, 127, 128, 255, 256, 16_512), [0, 127, 128, 255, 16_512, 256]);
  });
});
