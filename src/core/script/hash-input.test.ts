import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { useLongSha256 } from '../crypto/long-sha256.ts';
import { useNodeSha256 } from '../crypto/node/long-sha256.ts';
import { taggedHash } from '../crypto/sha256.ts';
import { HashInput } from './hash-input.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());

/** Lengths around the borders of blocks, and around a piece of 65,536 bytes. */
const LENGTHS = [
  0, 1, 54, 55, 56, 63, 64, 65, 119, 120, 127, 128, 129, 4_095, 4_096, 65_471, 65_472, 65_473, 65_535, 65_536, 65_537, 200_000,
];

const sample = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 7)) & 255);

/** What holds whether long hashes are the kernel's or the platform's. */
function inputSuite(): void {
  it('hashes once, twice and with a tag what was written at once, at every length', () => {
    const input = new HashInput();
    for (const length of LENGTHS) {
      const bytes = sample(length);
      assert.deepEqual(input.begin().raw(bytes).sha256(), sha256(bytes), `${length} bytes`);
      assert.deepEqual(input.begin().raw(bytes).sha256d(), sha256(sha256(bytes)), `${length} bytes twice`);
      assert.deepEqual(input.beginTagged('Some/tag').raw(bytes).sha256(), taggedHash('Some/tag', bytes), `${length} bytes, tagged`);
    }
  });

  it('does not mind how bytes are written: numbers, counts, zeros, pieces', () => {
    const input = new HashInput();
    input.begin().u8(7).u32(0xfffffffe).u64(-2n).zeros(3);
    const counts = [0xfc, 0xfd, 0xffff, 0x10000];
    for (const count of counts) input.compactSize(count);
    input
      .varBytes(sample(300))
      .outPoint({ txid: sample(32) as never, vout: 5 })
      .output({ value: 1n, scriptPubKey: sample(2) });
    const expected = Buffer.concat([
      Buffer.from('07feffffff' + 'feffffffffffffff' + '000000' + 'fc' + 'fdfd00' + 'fdffff' + 'fe00000100' + 'fd2c01', 'hex'),
      sample(300),
      sample(32),
      Buffer.from('05000000' + '0100000000000000' + '02', 'hex'),
      sample(2),
    ]);
    assert.deepEqual(input.sha256(), sha256(expected));
  });

  it('goes through in pieces, however small the writes', () => {
    const input = new HashInput();
    const bytes = sample(150_000);
    input.begin();
    for (let at = 0; at < bytes.length; at += 37) input.raw(bytes.subarray(at, at + 37));
    assert.deepEqual(input.sha256d(), sha256(sha256(bytes)));
  });

  it('writes digests into an array of the caller', () => {
    const input = new HashInput();
    const digests = new Uint8Array(96);
    input.begin().raw(sample(100)).sha256Into(digests, 0);
    input.begin().raw(sample(100)).sha256dInto(digests, 32);
    input.begin().raw(sample(70_000)).sha256dInto(digests, 64);
    assert.deepEqual(digests.subarray(0, 32), sha256(sample(100)));
    assert.deepEqual(digests.subarray(32, 64), sha256(sha256(sample(100))));
    assert.deepEqual(digests.subarray(64), sha256(sha256(sample(70_000))));
  });

  it('is interrupted and gone on with any number of times, with other hashes between', () => {
    const input = new HashInput();
    for (const length of LENGTHS) {
      const bytes = sample(length);
      const paused = input.begin().raw(bytes).pause();
      const whole = (more: number): Uint8Array => sha256(Buffer.concat([bytes, sample(more)]));
      assert.deepEqual(input.raw(sample(9)).sha256(), whole(9), `${length} bytes, at once`);
      input.begin().raw(sample(1_000)).sha256();
      for (const more of [0, 1, 64, 70_000]) {
        assert.deepEqual(input.resume(paused).raw(sample(more)).sha256(), whole(more), `${length} bytes, ${more} more`);
      }
      assert.deepEqual(input.resume(paused).sha256d(), sha256(whole(0)), `${length} bytes, twice`);
    }
  });
}

describe('input of a hash', () => {
  inputSuite();

  it('hashes three messages at once, and their digests, whatever their lengths', () => {
    const input = new HashInput();
    const lengths = [0, 1, 55, 56, 64, 72, 119, 120, 300, 20_000];
    for (const a of lengths) {
      for (const b of lengths) {
        for (const c of lengths) {
          const messages = [a, b, c].map((length, i) => sample(length + i).subarray(i));
          input.begin();
          for (const message of messages) input.raw(message);
          assert.equal(input.written, a + b + c);
          const once = messages.map(sha256);
          assert.deepEqual(input.sha256Three(a, b, c), new Uint8Array(Buffer.concat([...once, ...once.map(sha256)])), `${a}, ${b}, ${c}`);
        }
      }
    }
    assert.equal(input.begin().raw(sample(60_000)).raw(sample(6_000)).written, undefined);
  });
});

describe('input of a hash whose long ones the platform does', () => {
  before(useNodeSha256);
  after(() => useLongSha256(undefined));

  inputSuite();

  it('is begun as a long one, interrupted and gone on with', () => {
    const input = new HashInput();
    for (const length of LENGTHS) {
      const bytes = sample(length);
      const paused = input.beginLong().raw(bytes).pause();
      for (const more of [0, 1, 64, 4_095, 4_096, 70_000]) {
        const whole = sha256(Buffer.concat([bytes, sample(more)]));
        assert.deepEqual(input.resume(paused).raw(sample(more)).sha256(), whole, `${length} bytes, ${more} more`);
        assert.deepEqual(input.resume(paused).raw(sample(more)).sha256d(), sha256(whole), `${length} bytes, ${more} more, twice`);
      }
      assert.deepEqual(input.resume(paused).begin().raw(bytes).sha256(), sha256(bytes), 'begun anew');
    }
  });

  it('is asked for nothing but long ones', () => {
    let begun = 0;
    useLongSha256(() => {
      begun++;
      return createHash('sha256');
    });
    const input = new HashInput();
    input.begin().raw(sample(4_095)).pause();
    assert.equal(input.written, undefined);
    input.beginTagged('Some/tag').raw(sample(100_000)).sha256();
    assert.equal(begun, 0);
    assert.equal(input.begin().raw(sample(4_096)).written, undefined);
    input.sha256();
    assert.equal(begun, 1);
    useNodeSha256();
  });
});
