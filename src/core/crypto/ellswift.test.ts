import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import fc from 'fast-check';
import { engines } from '../../../test/support/secp256k1-engines.ts';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import { bytesEqual, concatBytes, toHex } from '../base/bytes.ts';
import { decodeEllswift, ELLSWIFT_SIZE_BYTES, encodeEllswift } from './ellswift.ts';
import { opensslSharedX, prebuiltSharedX } from './node/choose-transport-engine.ts';
import { FIELD_SIZE, inverseOf, isCurveX, squareRootOf } from './secp-field.ts';

const { Fp } = secp256k1.Point;
const key = fc.uint8Array({ minLength: 32, maxLength: 32 }).filter((bytes) => secp256k1.utils.isValidSecretKey(bytes));
const element = fc.oneof(fc.constantFrom(1n, 2n, 7n, FIELD_SIZE - 1n, FIELD_SIZE - 2n), fc.bigInt(1n, FIELD_SIZE - 1n));

describe('numbers modulo p', () => {
  it('have the roots and inverses that the reference gives them', () => {
    let roots = 0;
    const property = fc.property(element, (value) => {
      assert.equal(inverseOf(value), Fp.inv(value));
      const square = (value * value) % FIELD_SIZE;
      const root = squareRootOf(square)!;
      assert.ok(root === value || root === FIELD_SIZE - value);
      if (squareRootOf(value) !== undefined) roots++;
      assert.equal(squareRootOf(value) !== undefined, squareRootOf(FIELD_SIZE - value) === undefined, 'p is 3 modulo 4');
    });
    fc.assert(property, { numRuns: 200 });
    assert.ok(roots > 20);
    assert.equal(squareRootOf(0n), 0n);
    assert.ok(isCurveX(1n) && !isCurveX(5n) && !isCurveX(0n));
  });
});

describe('ElligatorSwift', () => {
  const random = new SeededRandom(324);
  const encode = (x: Uint8Array): Uint8Array => encodeEllswift(x, (count) => random.bytes(count));

  it('gives the x back that was encoded, in another form each time', () => {
    const property = fc.property(key, (privateKey) => {
      const x = secp256k1.getPublicKey(privateKey).slice(1);
      const [one, other] = [encode(x), encode(x)];
      assert.equal(toHex(decodeEllswift(one)), toHex(x));
      assert.equal(toHex(decodeEllswift(other)), toHex(x));
      assert.ok(!bytesEqual(one, other));
    });
    fc.assert(property, { numRuns: 40 });
  });

  it('takes any 64 bytes for an encoding', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ minLength: ELLSWIFT_SIZE_BYTES, maxLength: ELLSWIFT_SIZE_BYTES }),
      fc.constantFrom(0, 255).map((value) => new Uint8Array(ELLSWIFT_SIZE_BYTES).fill(value)),
    );
    const property = fc.property(bytes, (encoding) => {
      const x = decodeEllswift(encoding);
      for (const engine of engines) assert.ok(engine.isXOnlyPublicKey(x), engine.name);
    });
    fc.assert(property, { numRuns: 100 });
  });
});

describe('Diffie-Hellman', () => {
  const prebuilt = prebuiltSharedX();

  it('gives the x that the reference does, by both libraries, whichever y the point has', () => {
    const property = fc.property(key, key, fc.constantFrom(2, 3), (ours, theirs, prefix) => {
      const point = concatBytes(Uint8Array.of(prefix), secp256k1.getPublicKey(theirs).slice(1));
      const expected = toHex(secp256k1.getSharedSecret(ours, point).slice(1));
      assert.equal(toHex(prebuilt(point, ours)), expected);
      assert.equal(toHex(opensslSharedX(point, ours)), expected);
    });
    fc.assert(property, { numRuns: 40 });
  });
});
