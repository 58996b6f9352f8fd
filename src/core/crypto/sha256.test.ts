import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ripemd160 as nobleRipemd160, sha1 as nobleSha1 } from '@noble/hashes/legacy.js';
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { AssertionError } from '../base/assert.ts';
import { concatBytes, toHex, utf8ToBytes } from '../base/bytes.ts';
import { MESSAGE_BYTES_MAX } from './hash-kernel.ts';
import { createSha256, hash160, ripemd160, sha1, sha256, sha256d, sha256dMany, taggedHash } from './sha256.ts';

/** `length` bytes that repeat only after 251. */
function pattern(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = (i * 31 + 7) % 251;
  return bytes;
}

/** Every length about the ends of the first blocks, then some larger. */
const LENGTHS: readonly number[] = [...Array.from({ length: 260 }, (_, length) => length), 1_000, 4_095, 65_536, 65_599, 200_000];

const nobleSha256d = (bytes: Uint8Array): Uint8Array => nobleSha256(nobleSha256(bytes));

describe('hashes of whole messages', () => {
  it('are those that the standards publish', () => {
    const abc = utf8ToBytes('abc');
    assert.equal(toHex(sha256(abc)), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    assert.equal(toHex(sha256(new Uint8Array(0))), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    assert.equal(toHex(ripemd160(abc)), '8eb208f7e05d987a9b044a8e98c6b087f15a0bfc');
    assert.equal(toHex(ripemd160(new Uint8Array(0))), '9c1185a5c5e9fc54612808977ee8f548b2258d31');
    assert.equal(toHex(sha1(abc)), 'a9993e364706816aba3e25717850c26c9cd0d89d');
  });
  it('agree with another implementation at every length', () => {
    for (const length of LENGTHS) {
      const bytes = pattern(length);
      assert.deepEqual(sha256(bytes), nobleSha256(bytes), `sha256 of ${length}`);
      assert.deepEqual(sha256d(bytes), nobleSha256d(bytes), `sha256d of ${length}`);
      assert.deepEqual(ripemd160(bytes), nobleRipemd160(bytes), `ripemd160 of ${length}`);
      assert.deepEqual(hash160(bytes), nobleRipemd160(nobleSha256(bytes)), `hash160 of ${length}`);
      assert.deepEqual(sha1(bytes), nobleSha1(bytes), `sha1 of ${length}`);
    }
  });
  it('go on beyond what the kernel takes at once', () => {
    for (const length of [MESSAGE_BYTES_MAX, MESSAGE_BYTES_MAX + 1, 2 * MESSAGE_BYTES_MAX + 70]) {
      const bytes = pattern(length);
      const expected = nobleSha256(bytes);
      assert.deepEqual(sha256(bytes), expected, `${length} bytes`);
      assert.deepEqual(sha256d(bytes), nobleSha256(expected));
      assert.deepEqual(hash160(bytes), nobleRipemd160(expected));
      assert.deepEqual(createSha256().update(pattern(3)).update(bytes).digest(), nobleSha256(concatBytes(pattern(3), bytes)));
      assert.deepEqual(taggedHash('tag', bytes), nobleTagged('tag', bytes));
    }
  });
  it('are arrays of their own, and read views into larger ones', () => {
    const bytes = pattern(100);
    const first = sha256(bytes.subarray(10, 50));
    const copy = first.slice();
    sha256(bytes);
    assert.deepEqual(first, copy);
    assert.equal(first.buffer.byteLength, 32);
    assert.deepEqual(first, nobleSha256(bytes.slice(10, 50)));
    assert.deepEqual(bytes, pattern(100));
  });
});

describe('hashing many', () => {
  it('gives each message its own hash, in their order, whatever their lengths', () => {
    const length = fc.oneof(fc.nat(260), fc.constantFrom(55, 56, 119, 120, 16_375, 16_376, 20_000));
    fc.assert(
      fc.property(fc.array(length, { maxLength: 40 }), (lengths) => {
        const messages = lengths.map((each, index) => pattern(each + index).subarray(index));
        assert.deepEqual(sha256dMany(messages), messages.map(nobleSha256d));
      }),
      { numRuns: 60 },
    );
  });
  it('fills lanes with messages of one length, and does the rest alone', () => {
    for (let count = 0; count <= 9; count++) {
      const messages = Array.from({ length: count }, (_, index) => pattern(182).map((byte) => byte ^ index));
      assert.deepEqual(sha256dMany(messages), messages.map(nobleSha256d), `${count} messages`);
    }
  });
});

describe('SHA-256 of pieces', () => {
  it('does not depend on where a message is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(150), { maxLength: 12 }), (lengths) => {
        const hash = createSha256();
        const pieces = lengths.map(pattern);
        for (const piece of pieces) hash.update(piece);
        assert.deepEqual(hash.digest(), nobleSha256(concatBytes(...pieces)));
      }),
      { numRuns: 200 },
    );
  });
  it('lets several be under way, between other hashes', () => {
    const one = createSha256();
    const two = createSha256();
    for (let i = 0; i < 10; i++) {
      one.update(pattern(70));
      two.update(pattern(33));
      sha256d(pattern(500));
      taggedHash('between', pattern(5));
    }
    assert.deepEqual(one.digest(), nobleSha256(concatBytes(...Array.from({ length: 10 }, () => pattern(70)))));
    assert.deepEqual(two.digest(), nobleSha256(concatBytes(...Array.from({ length: 10 }, () => pattern(33)))));
  });
  it('ends with its digest', () => {
    const hash = createSha256();
    hash.digest();
    assert.throws(() => hash.digest(), AssertionError);
    assert.throws(() => hash.update(pattern(1)), AssertionError);
  });
});

function nobleTagged(tag: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const digest = nobleSha256(utf8ToBytes(tag));
  return nobleSha256(concatBytes(digest, digest, ...parts));
}

describe('tagged hashes', () => {
  it('begin with the tag hashed twice, and take their parts as one message', () => {
    for (const tag of ['TapLeaf', 'TapLeaf', 'TapTweak', 'BIP0340/challenge', '']) {
      for (const length of [0, 1, 31, 32, 63, 64, 65, 1_000]) {
        const bytes = pattern(length);
        assert.deepEqual(taggedHash(tag, bytes), nobleTagged(tag, bytes), `${tag}, ${length} bytes`);
        assert.deepEqual(taggedHash(tag, bytes.subarray(0, length >> 1), bytes.subarray(length >> 1)), nobleTagged(tag, bytes));
      }
    }
    assert.deepEqual(taggedHash('TapLeaf'), nobleTagged('TapLeaf'));
  });
  it('tell tags apart', () => {
    assert.notDeepEqual(taggedHash('TapLeaf', pattern(32)), taggedHash('TapBranch', pattern(32)));
  });
});
