import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fromHex } from '../base/bytes.ts';
import { decodeBits, encodeBits, hashToNumber } from './compact-target.ts';

describe('compact targets', () => {
  // The cases of Core's src/test/arith_uint256_tests.cpp (bignum_SetCompact): bits, number, bits again, negative, overflow.
  const cases: readonly (readonly [number, bigint, number, boolean, boolean])[] = [
    [0, 0n, 0, false, false],
    [0x00123456, 0n, 0, false, false],
    [0x01003456, 0n, 0, false, false],
    [0x02000056, 0n, 0, false, false],
    [0x03000000, 0n, 0, false, false],
    [0x04000000, 0n, 0, false, false],
    [0x00923456, 0n, 0, false, false],
    [0x01803456, 0n, 0, false, false],
    [0x02800056, 0n, 0, false, false],
    [0x03800000, 0n, 0, false, false],
    [0x04800000, 0n, 0, false, false],
    [0x01123456, 0x12n, 0x01120000, false, false],
    [0x01fedcba, 0x7en, 0x017e0000, true, false],
    [0x02123456, 0x1234n, 0x02123400, false, false],
    [0x03123456, 0x123456n, 0x03123456, false, false],
    [0x04123456, 0x12345600n, 0x04123456, false, false],
    [0x04923456, 0x12345600n, 0x04123456, true, false],
    [0x05009234, 0x92340000n, 0x05009234, false, false],
    [0x20123456, 0x123456n << 232n, 0x20123456, false, false],
  ];

  it('read and write as Core does', () => {
    for (const [bits, number, again, negative, overflow] of cases) {
      assert.deepEqual(decodeBits(bits), { target: number, negative, overflow }, bits.toString(16));
      // Core writes the sign bit back; a target has none.
      assert.equal(encodeBits(number), again, bits.toString(16));
    }
    assert.equal(encodeBits(0x80n), 0x02008000);
  });

  it('overflow one step past 256 bits', () => {
    const borders: readonly (readonly [number, boolean])[] = [
      [0xff123456, true],
      [0x220000ff, false],
      [0x22000100, true],
      [0x2100ffff, false],
      [0x21010000, true],
      [0x207fffff, false],
      [0x23000001, true],
      [0x23000000, false],
    ];
    for (const [bits, overflow] of borders) assert.equal(decodeBits(bits).overflow, overflow, bits.toString(16));
    assert.equal(decodeBits(0x2100ffff).target, 0xffffn << 240n);
  });

  it('round down to three bytes and stay where they are then', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 256n - 1n }), (target) => {
        const bits = encodeBits(target);
        const { target: rounded, negative, overflow } = decodeBits(bits);
        assert.ok(!negative && !overflow);
        assert.ok((rounded <= target && target - rounded < target >> 14n) || target === rounded);
        assert.equal(encodeBits(rounded), bits);
      }),
    );
  });

  it('say the difficulties of the networks', () => {
    assert.equal(decodeBits(0x1d400000).target, 2n ** 230n);
    assert.equal(encodeBits(2n ** 230n), 0x1d400000);
    assert.equal(encodeBits(2n ** 255n - 1n), 0x207fffff);
    assert.equal(encodeBits(2n ** 255n), 0x21008000);
  });

  it('are held against a hash read from its last byte', () => {
    assert.equal(hashToNumber(Uint8Array.of(1, 2, 3)), 0x030201n);
    assert.equal(hashToNumber(fromHex(`${'00'.repeat(31)}80`) ?? assert.fail()), 2n ** 255n);
  });
});
