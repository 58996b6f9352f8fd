import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AssertionError } from '../base/assert.ts';
import { sipHash24 } from './siphash.ts';

const MASK = 2n ** 64n - 1n;
const rotate = (value: bigint, bits: bigint): bigint => ((value << bits) | (value >> (64n - bits))) & MASK;

/** SipHash-2-4 as its paper writes it, in 64-bit numbers. */
function plainSipHash(key: Uint8Array, bytes: Uint8Array): bigint {
  const word = (from: Uint8Array, at: number): bigint => new DataView(from.buffer, from.byteOffset).getBigUint64(at, true);
  const [k0, k1] = [word(key, 0), word(key, 8)];
  let [a, b, c, d] = [k0 ^ 0x736f6d6570736575n, k1 ^ 0x646f72616e646f6dn, k0 ^ 0x6c7967656e657261n, k1 ^ 0x7465646279746573n];
  const round = (): void => {
    a = (a + b) & MASK;
    b = rotate(b, 13n) ^ a;
    a = rotate(a, 32n);
    c = (c + d) & MASK;
    d = rotate(d, 16n) ^ c;
    a = (a + d) & MASK;
    d = rotate(d, 21n) ^ a;
    c = (c + b) & MASK;
    b = rotate(b, 17n) ^ c;
    c = rotate(c, 32n);
  };
  const padded = new Uint8Array(bytes.length - (bytes.length % 8) + 8);
  padded.set(bytes);
  padded[padded.length - 1] = bytes.length & 255;
  for (let at = 0; at < padded.length; at += 8) {
    d ^= word(padded, at);
    round();
    round();
    a ^= word(padded, at);
  }
  c ^= 255n;
  for (let i = 0; i < 4; i++) round();
  return a ^ b ^ c ^ d;
}

describe('SipHash-2-4', () => {
  it('gives the 64 bits of its paper for the bytes 0 to 14 under the key 0 to 15', () => {
    const key = Uint8Array.from({ length: 16 }, (_, i) => i);
    assert.equal(sipHash24(key, key.subarray(0, 15)), 0xa129ca6149be45e5n);
  });
  it('agrees with plain 64-bit arithmetic for any key and bytes', () => {
    const key = fc.oneof(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.constant(new Uint8Array(16).fill(255)));
    fc.assert(
      fc.property(key, fc.uint8Array({ maxLength: 300 }), (keyBytes, bytes) => {
        assert.equal(sipHash24(keyBytes.slice(), bytes), plainSipHash(keyBytes.slice(), bytes));
      }),
      { numRuns: 300 },
    );
  });
  it('stops at a key of another length', () => {
    assert.throws(() => sipHash24(new Uint8Array(15), new Uint8Array(1)), AssertionError);
  });
});
