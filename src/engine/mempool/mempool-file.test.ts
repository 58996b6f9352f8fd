import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MempoolWorld } from '../../../test/support/mempool-world.ts';
import { concatBytes } from '../../core/base/bytes.ts';
import { DecodeError } from '../../core/primitives/decode-error.ts';
import { encodeTransaction } from '../../core/primitives/transaction.ts';
import { decodeMempoolFile, encodeMempoolFile } from './mempool-file.ts';

const world = new MempoolWorld();
const saved = [1_000n, 2_000n].map((fee, i) => ({
  tx: world.payment(fee),
  timeSeconds: 1_700_000_000 + i,
  feeDeltaSat: -3n * BigInt(i),
}));
const otherFeeDeltas = [{ txid: world.payment(3_000n).txid, deltaSat: -(2n ** 63n) }];
const whole = { transactions: saved, otherFeeDeltas };

describe('the file of waiting transactions', () => {
  it('gives back what was put into it', () => {
    assert.deepEqual(decodeMempoolFile(encodeMempoolFile(whole)), whole);
    const nothing = { transactions: [], otherFeeDeltas: [] };
    assert.deepEqual(decodeMempoolFile(encodeMempoolFile(nothing)), nothing);
  });

  it("has Core's layout: version, count, then transaction, time and fee difference", () => {
    const bytes = encodeMempoolFile({ transactions: saved.slice(0, 1), otherFeeDeltas: [] });
    const u64 = (value: number) => Uint8Array.of(...new Uint8Array(new BigUint64Array([BigInt(value)]).buffer));
    assert.deepEqual(bytes, concatBytes(u64(1), u64(1), encodeTransaction(saved[0]!.tx), u64(1_700_000_000), u64(0), Uint8Array.of(0, 0)));
  });

  it("is read in Core's obfuscated form too", () => {
    const plain = encodeMempoolFile(whole);
    const key = Uint8Array.of(3, 1, 4, 1, 5, 9, 2, 6);
    const bytes = concatBytes(Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 8), key, plain.subarray(8));
    for (let i = 17; i < bytes.length; i++) bytes[i]! ^= key[i % 8]!;
    assert.deepEqual(decodeMempoolFile(bytes), whole);
  });

  it('is refused where it is cut short anywhere before the end of its rows, or hostile (T13)', () => {
    const bytes = encodeMempoolFile(whole);
    for (let length = 0; length < bytes.length - 1; length++) {
      assert.throws(() => decodeMempoolFile(bytes.subarray(0, length)), DecodeError, `${length} bytes`);
    }
    const many = bytes.slice();
    many.fill(0xff, 8, 16);
    assert.throws(() => decodeMempoolFile(many), DecodeError);
    assert.throws(() => decodeMempoolFile(Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0)), /version/);
  });

  it('brings transactions back with the time they first came', async () => {
    const later = new MempoolWorld();
    const tx = later.payment(1_000n);
    const entry = await later.add(tx, { timeSeconds: 1_600_000_000 + 100_000_000 - 50 });
    assert.equal(entry.timeSeconds, 1_699_999_950);
  });
});
