import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isAboveHalfOrder, isBelowOrder, isPrivateKey, isZero, negateScalar, ORDER, scalarToBigint, writeScalar } from './scalar.ts';

function scalar(value: bigint): Uint8Array {
  const bytes = new Uint8Array(32);
  writeScalar(value, bytes, 0);
  return bytes;
}

describe('numbers modulo n', () => {
  it('go to bytes and back, at any place', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 256n - 1n), (value) => {
        const bytes = new Uint8Array(40).fill(7);
        writeScalar(value, bytes, 5);
        assert.equal(BigInt(`0x${Buffer.from(bytes.subarray(5, 37)).toString('hex')}`), value);
        assert.equal(scalarToBigint(bytes.subarray(5, 37)), value);
        assert.deepEqual([bytes[4], bytes[37]], [7, 7]);
      }),
    );
  });
  it('are below n up to n - 1', () => {
    assert.ok(isBelowOrder(scalar(0n)) && isBelowOrder(scalar(ORDER - 1n)));
    for (const value of [ORDER, ORDER + 1n, 2n ** 256n - 1n]) assert.ok(!isBelowOrder(scalar(value)));
  });
  it('are high from n / 2 rounded up on', () => {
    assert.ok(!isAboveHalfOrder(scalar(0n)) && !isAboveHalfOrder(scalar((ORDER - 1n) / 2n)));
    for (const value of [(ORDER + 1n) / 2n, ORDER - 1n, 2n ** 255n]) assert.ok(isAboveHalfOrder(scalar(value)));
  });
  it('are private keys from 1 to n - 1, of 32 bytes', () => {
    assert.ok(isPrivateKey(scalar(1n)) && isPrivateKey(scalar(ORDER - 1n)));
    assert.ok(!isPrivateKey(scalar(0n)) && !isPrivateKey(scalar(ORDER)));
    assert.ok(!isPrivateKey(new Uint8Array(31).fill(1)) && !isPrivateKey(new Uint8Array(33).fill(1)));
  });
  it('negate to what makes n with them', () => {
    for (const value of [1n, 255n, 256n, (ORDER - 1n) / 2n, ORDER - 1n]) {
      assert.equal(scalarToBigint(negateScalar(scalar(value))) + value, ORDER);
    }
  });
  it('are zero in all bytes or not at all', () => {
    assert.ok(isZero(scalar(0n)) && !isZero(scalar(1n)) && !isZero(scalar(1n << 255n)));
  });
});
