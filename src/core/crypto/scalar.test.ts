import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ORDER, scalarToBigint, writeScalar } from '../../../test/support/scalars.ts';
import { isAboveHalfOrder, isBelowOrder, isPrivateKey, isZero, negatedProducts, negateScalar, reduceScalar } from './scalar.ts';

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
  it('are reduced by n once, as 32 bytes need', () => {
    for (const value of [0n, 1n, ORDER - 1n, ORDER, ORDER + 1n, 2n ** 256n - 1n]) {
      assert.equal(scalarToBigint(reduceScalar(scalar(value))), value % ORDER);
    }
  });
  it('multiply and negate as numbers of the language do, from 0 to all bits', () => {
    const edges = [0n, 1n, 2n, 2n ** 32n - 1n, 2n ** 128n, ORDER - 2n, ORDER - 1n, ORDER, ORDER + 1n, 2n ** 256n - 1n];
    const any = fc.oneof(fc.constantFrom(...edges), fc.bigInt(0n, 2n ** 256n - 1n));
    const negated = (a: bigint, b: bigint): bigint => (ORDER - ((a * b) % ORDER)) % ORDER;
    const check = (a: bigint, b: bigint, c: bigint): void => {
      const products = negatedProducts(scalar(a), scalar(b), scalar(c));
      assert.equal(scalarToBigint(products.subarray(0, 32)), negated(a, c));
      assert.equal(scalarToBigint(products.subarray(32)), negated(b, c));
    };
    for (const a of edges) for (const c of edges) check(a, c, a);
    fc.assert(fc.property(any, any, any, check), { numRuns: 2_000 });
  });
  it('are zero in all bytes or not at all', () => {
    assert.ok(isZero(scalar(0n)) && !isZero(scalar(1n)) && !isZero(scalar(1n << 255n)));
  });
});
