/**
 * What every engine behind `Secp256k1` must do. Called by the test of each; the differential test compares them besides.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AssertionError } from '../../src/core/base/assert.ts';
import { concatBytes, fromHex, toHex } from '../../src/core/base/bytes.ts';
import { failedEngineCheck } from '../../src/core/crypto/check-engine.ts';
import { isLowS, parseLaxDer } from '../../src/core/crypto/der.ts';
import { negateScalar } from '../../src/core/crypto/scalar.ts';
import type { Secp256k1 } from '../../src/core/crypto/secp256k1.ts';
import { FIELD, recoveredKey } from './noble-points.ts';
import { ORDER, scalarToBigint, writeScalar } from './scalars.ts';
import { describeVectors, readVectorText } from './vectors.ts';

/** A number below 2^256 as 32 bytes, big-endian. */
export function scalar(value: bigint): Uint8Array {
  const bytes = new Uint8Array(32);
  writeScalar(value, bytes, 0);
  return bytes;
}

/** Malformed keys that an engine is fed. WebAssembly's own reporting would have broken down after about 3,400. */
const MALFORMED_KEYS = 8_000;

const HASH: Uint8Array = scalar(0x5ec2e7n << 200n);
const PRIVATE: Uint8Array = scalar(0x1badb002n << 128n);
const ZERO: Uint8Array = scalar(0n);
const TOO_LARGE: Uint8Array = new Uint8Array(32).fill(255);
/** The x of no point: 5³ + 7 is no square. */
const NO_X: Uint8Array = scalar(5n);

const hex = (text: string): Uint8Array => fromHex(text)!;

/** Runs the suite; `make` is called once. A slow engine may be fed fewer malformed keys. */
export function secp256k1Suite(name: string, make: () => Secp256k1, malformedKeys: number = MALFORMED_KEYS): void {
  describe(`secp256k1 engine ${name}`, () => {
    const engine = make();
    it('is called by its name and passes the check before use', () => {
      assert.equal(engine.name, name);
      assert.equal(failedEngineCheck(engine), undefined);
    });
    describe('public keys', () => keyTests(engine));
    describe('ECDSA', () => ecdsaTests(engine));
    describe('ECDSA at the edges', () => ecdsaEdgeTests(engine));
    describe('Schnorr', () => schnorrTests(engine));
    describe('tweaks', () => tweakTests(engine));
    describe('private keys', () => privateTests(engine));
    describe('malformed input', () => malformedTests(engine, malformedKeys));
    describeVectors(`BIP-340 vectors (${name})`, () => bip340Tests(engine));
  });
}

/** A public key of 65 bytes with another first byte. */
function withPrefix(key: Uint8Array, prefix: number): Uint8Array {
  const changed = key.slice();
  changed[0] = prefix;
  return changed;
}

function keyTests(engine: Secp256k1): void {
  const compressed = engine.publicKeyOf(PRIVATE)!;
  const full = engine.publicKeyOf(PRIVATE, false)!;
  const odd = full[64]! & 1;

  it('takes compressed and uncompressed keys', () => {
    assert.equal(compressed.length, 33);
    assert.equal(full.length, 65);
    assert.ok(engine.isPublicKey(compressed) && engine.isPublicKey(full));
    assert.ok(engine.isPublicKey(withPrefix(compressed, 5 - compressed[0]!)));
  });
  it('takes a hybrid key whose first byte tells the parity of y, and no other', () => {
    assert.ok(engine.isPublicKey(withPrefix(full, 6 + odd)));
    assert.ok(!engine.isPublicKey(withPrefix(full, 7 - odd)));
  });
  it('refuses other first bytes and lengths', () => {
    for (const prefix of [0, 1, 4, 5, 6, 7, 8, 255]) assert.ok(!engine.isPublicKey(withPrefix(compressed, prefix)), `33 bytes, ${prefix}`);
    for (const prefix of [0, 1, 2, 3, 5, 8, 255]) assert.ok(!engine.isPublicKey(withPrefix(full, prefix)), `65 bytes, ${prefix}`);
    for (const length of [0, 1, 32, 34, 64, 66]) assert.ok(!engine.isPublicKey(new Uint8Array(length).fill(2)), `${length} bytes`);
  });
  it('refuses points off the curve', () => {
    const off = full.slice();
    off[64]! ^= 2;
    assert.ok(!engine.isPublicKey(off));
    assert.ok(!engine.isPublicKey(concatBytes(Uint8Array.of(2), NO_X)));
    assert.ok(!engine.isPublicKey(concatBytes(Uint8Array.of(2), ZERO)));
  });
  it('takes an x-only key below p that is on the curve, and no other', () => {
    assert.ok(engine.isXOnlyPublicKey(compressed.subarray(1)));
    for (const x of [NO_X, ZERO, scalar(FIELD), scalar(FIELD + 1n), TOO_LARGE]) assert.ok(!engine.isXOnlyPublicKey(x), toHex(x));
    for (const length of [0, 31, 33]) assert.ok(!engine.isXOnlyPublicKey(new Uint8Array(length).fill(1)), `${length} bytes`);
  });
  it('does not reduce an x by p: p + 1 is not 1', () => {
    assert.ok(engine.isXOnlyPublicKey(scalar(1n)));
    assert.ok(!engine.isXOnlyPublicKey(scalar(FIELD + 1n)));
    assert.ok(!engine.isPublicKey(concatBytes(Uint8Array.of(2), scalar(FIELD + 1n))));
  });
  it('takes an x between n and p', () => {
    assert.ok(engine.isXOnlyPublicKey(scalar(X_ABOVE_ORDER)));
  });
}

/** The x of a point that is above n, so that ECDSA's r is it minus n. */
const X_ABOVE_ORDER: bigint = (() => {
  for (let x = ORDER; ; x++) if (recoveredKey(x, ORDER - 1n, 1n) !== undefined) return x;
})();

function ecdsaTests(engine: Secp256k1): void {
  const key = engine.publicKeyOf(PRIVATE)!;
  const full = engine.publicKeyOf(PRIVATE, false)!;
  const signature = engine.signEcdsa(HASH, PRIVATE);
  const s = signature.subarray(32);

  it('verifies what it signs, by every form of the key', () => {
    for (const form of [key, full, withPrefix(full, 6 + (full[64]! & 1))]) assert.ok(engine.verifyEcdsa(form, HASH, signature));
    assert.ok(!engine.verifyEcdsa(withPrefix(full, 7 - (full[64]! & 1)), HASH, signature));
  });
  it('signs with low s and with an r that needs no padding, the same each time', () => {
    for (let i = 1n; i <= 24n; i++) {
      const made = engine.signEcdsa(scalar(i), PRIVATE);
      assert.ok(isLowS(made) && made[0]! < 0x80);
      assert.deepEqual(engine.signEcdsa(scalar(i), PRIVATE), made);
    }
  });
  it('takes a high s as its low twin', () => {
    assert.ok(engine.verifyEcdsa(key, HASH, concatBytes(signature.subarray(0, 32), negateScalar(s))));
  });
  it('refuses another key, another hash and any changed bit of a byte', () => {
    assert.ok(!engine.verifyEcdsa(engine.publicKeyOf(scalar(2n))!, HASH, signature));
    assert.ok(!engine.verifyEcdsa(key, scalar(1n), signature));
    for (let i = 0; i < 64; i++) {
      const changed = signature.slice();
      changed[i]! ^= 1 << (i % 8);
      assert.ok(!engine.verifyEcdsa(key, HASH, changed), `byte ${i}`);
    }
  });
  it('refuses r or s of 0, n, n + 1 and p, also where they are right modulo n', () => {
    for (const bad of [0n, ORDER, ORDER + 1n, FIELD, 2n ** 256n - 1n]) {
      assert.ok(!engine.verifyEcdsa(key, HASH, concatBytes(scalar(bad), s)), `r = ${bad}`);
      assert.ok(!engine.verifyEcdsa(key, HASH, concatBytes(signature.subarray(0, 32), scalar(bad))), `s = ${bad}`);
    }
    const one = recoveredKey(1n, 1n, scalarToBigint(HASH))!;
    assert.ok(engine.verifyEcdsa(one, HASH, concatBytes(scalar(1n), scalar(1n))));
    assert.ok(!engine.verifyEcdsa(one, HASH, concatBytes(scalar(1n), scalar(ORDER + 1n))));
    assert.ok(!engine.verifyEcdsa(one, HASH, concatBytes(scalar(ORDER + 1n), scalar(1n))));
  });
  it('never verifies the zeros that stand for an overflowing DER signature', () => {
    const overflowing = concatBytes(hex('3026022100'), TOO_LARGE, hex('020101'));
    assert.deepEqual(parseLaxDer(overflowing), new Uint8Array(64));
    assert.ok(!engine.verifyEcdsa(key, HASH, new Uint8Array(64)));
  });
  it('does not write to its arguments', () => {
    const before = [key, HASH, signature].map(toHex);
    engine.verifyEcdsa(key, HASH, signature);
    engine.verifyEcdsa(key, HASH, concatBytes(signature.subarray(0, 32), negateScalar(s)));
    engine.signEcdsa(HASH, PRIVATE);
    assert.deepEqual([key, HASH, signature].map(toHex), before);
  });
}

function ecdsaEdgeTests(engine: Secp256k1): void {
  it('verifies where the x of the nonce is r + n', () => {
    const r = X_ABOVE_ORDER - ORDER;
    const key = recoveredKey(X_ABOVE_ORDER, 7n, scalarToBigint(HASH))!;
    assert.ok(engine.verifyEcdsa(key, HASH, concatBytes(scalar(r), scalar(7n))));
    assert.ok(!engine.verifyEcdsa(key, HASH, concatBytes(scalar(r + 1n), scalar(7n))));
  });
  it('verifies s of 1, of n - 1 and about the middle', () => {
    for (const s of [1n, 2n, (ORDER - 1n) / 2n, (ORDER + 1n) / 2n, ORDER - 1n]) {
      const key = recoveredKey(1n, s, scalarToBigint(HASH))!;
      assert.ok(engine.verifyEcdsa(key, HASH, concatBytes(scalar(1n), scalar(s))), `s = ${s}`);
    }
  });
  it('reads a hash modulo n: 0, n and 2^256 - 1', () => {
    const zero = recoveredKey(1n, 3n, 0n)!;
    const signature = concatBytes(scalar(1n), scalar(3n));
    assert.ok(engine.verifyEcdsa(zero, ZERO, signature));
    assert.ok(engine.verifyEcdsa(zero, scalar(ORDER), signature));
    const largest = recoveredKey(1n, 3n, 2n ** 256n - 1n)!;
    assert.ok(engine.verifyEcdsa(largest, TOO_LARGE, signature));
    assert.ok(!engine.verifyEcdsa(zero, TOO_LARGE, signature));
  });
  it('refuses where the sum is infinity, and verifies where both its terms are the same', () => {
    // With r = x(G) = R and private key d: mG + rdG is infinity for d = -m / r, and twice mG for d = m / r.
    const r = scalarToBigint(engine.publicKeyOf(scalar(1n))!.subarray(1));
    const minus = engine.publicKeyOf(scalar(ORDER - 1n))!;
    assert.ok(!engine.verifyEcdsa(minus, scalar(r), concatBytes(scalar(r), scalar(1n))));
    const plus = engine.publicKeyOf(scalar(1n))!;
    assert.ok(engine.verifyEcdsa(plus, scalar(r), concatBytes(scalar(r), scalar((2n * r) % ORDER))));
  });
}

function schnorrTests(engine: Secp256k1): void {
  const key = engine.publicKeyOf(PRIVATE)!.subarray(1);
  const signature = engine.signSchnorr(HASH, PRIVATE, ZERO);

  it('verifies what it signs, whatever the randomness', () => {
    assert.ok(engine.verifySchnorr(key, HASH, signature));
    const other = engine.signSchnorr(HASH, PRIVATE, TOO_LARGE);
    assert.notDeepEqual(other, signature);
    assert.ok(engine.verifySchnorr(key, HASH, other));
  });
  it('refuses another key, another message and any changed bit of a byte', () => {
    assert.ok(!engine.verifySchnorr(engine.publicKeyOf(scalar(2n))!.subarray(1), HASH, signature));
    assert.ok(!engine.verifySchnorr(key, scalar(1n), signature));
    for (let i = 0; i < 64; i++) {
      const changed = signature.slice();
      changed[i]! ^= 1 << (i % 8);
      assert.ok(!engine.verifySchnorr(key, HASH, changed), `byte ${i}`);
    }
  });
  it('refuses s turned round, which ECDSA would take', () => {
    assert.ok(!engine.verifySchnorr(key, HASH, concatBytes(signature.subarray(0, 32), negateScalar(signature.subarray(32)))));
  });
  it('refuses r of 0, from n to p and above, and s of 0 and from n on', () => {
    for (const bad of [0n, ORDER - 1n, ORDER, X_ABOVE_ORDER, FIELD - 1n, FIELD, 2n ** 256n - 1n]) {
      assert.ok(!engine.verifySchnorr(key, HASH, concatBytes(scalar(bad), signature.subarray(32))), `r = ${bad}`);
    }
    for (const bad of [0n, ORDER, ORDER + 1n, FIELD, 2n ** 256n - 1n]) {
      assert.ok(!engine.verifySchnorr(key, HASH, concatBytes(signature.subarray(0, 32), scalar(bad))), `s = ${bad}`);
    }
  });
  it('refuses a key that is no x and does not trap on one above n', () => {
    for (const bad of [NO_X, ZERO, scalar(FIELD), TOO_LARGE]) assert.ok(!engine.verifySchnorr(bad, HASH, signature), toHex(bad));
    assert.ok(!engine.verifySchnorr(scalar(X_ABOVE_ORDER), HASH, signature));
  });
}

function tweakTests(engine: Secp256k1): void {
  const full = engine.publicKeyOf(scalar(1n))!;
  const base = full.subarray(1);

  it('adds a tweak as it does to the private key', () => {
    const tweaked = engine.tweakXOnly(base, scalar(4n))!;
    const five = engine.publicKeyOf(scalar(5n))!;
    assert.deepEqual(concatBytes(Uint8Array.of(2 + tweaked.parity), tweaked.key), five);
    assert.deepEqual(engine.tweakPrivate(scalar(1n), scalar(4n)), scalar(5n));
  });
  it('confirms x and parity together', () => {
    const { key, parity } = engine.tweakXOnly(base, HASH)!;
    const other = parity === 0 ? 1 : 0;
    assert.ok(engine.checkTweak(base, HASH, key, parity));
    assert.ok(!engine.checkTweak(base, HASH, key, other));
    assert.ok(!engine.checkTweak(base, scalar(1n), key, parity));
    assert.ok(!engine.checkTweak(base, HASH, base, parity));
    assert.ok(!engine.checkTweak(key, HASH, key, parity));
  });
  it('takes a tweak of 0: the key itself with an even y', () => {
    assert.deepEqual(engine.tweakXOnly(base, ZERO), { key: base.slice(), parity: 0 });
    assert.ok(engine.checkTweak(base, ZERO, base, 0) && !engine.checkTweak(base, ZERO, base, 1));
  });
  it('takes n - 2 and refuses a sum at infinity (n - 1 for G) and tweaks from n on', () => {
    assert.deepEqual(engine.tweakXOnly(base, scalar(ORDER - 2n)), { key: base.slice(), parity: 1 });
    for (const tweak of [ORDER - 1n, ORDER, ORDER + 1n, 2n ** 256n - 1n]) {
      assert.equal(engine.tweakXOnly(base, scalar(tweak)), undefined, `${tweak}`);
      assert.ok(!engine.checkTweak(base, scalar(tweak), base, 0), `${tweak}`);
    }
  });
  it('refuses an internal key that is no x, and a result that is none', () => {
    for (const bad of [NO_X, ZERO, scalar(FIELD), TOO_LARGE, base.subarray(1), full]) {
      assert.equal(engine.tweakXOnly(bad, HASH), undefined, toHex(bad));
      assert.ok(!engine.checkTweak(bad, HASH, base, 0), toHex(bad));
      assert.ok(!engine.checkTweak(base, HASH, bad, 0), toHex(bad));
    }
    assert.equal(engine.tweakXOnly(base, HASH.subarray(1)), undefined);
    assert.ok(!engine.checkTweak(base, HASH.subarray(1), base, 0));
  });
}

function privateTests(engine: Secp256k1): void {
  const bad = [ZERO, scalar(ORDER), scalar(ORDER + 1n), TOO_LARGE, new Uint8Array(31).fill(1), new Uint8Array(33).fill(1)];

  it('has points for 1 and n - 1, which are twins, and none for 0 and from n on', () => {
    const one = engine.publicKeyOf(scalar(1n))!;
    const last = engine.publicKeyOf(scalar(ORDER - 1n))!;
    assert.deepEqual(last.subarray(1), one.subarray(1));
    assert.equal(last[0]! + one[0]!, 5);
    for (const key of bad) assert.equal(engine.publicKeyOf(key), undefined, toHex(key));
  });
  it('adds modulo n, and refuses what has no result', () => {
    assert.deepEqual(engine.tweakPrivate(scalar(ORDER - 1n), scalar(3n)), scalar(2n));
    assert.deepEqual(engine.tweakPrivate(PRIVATE, ZERO), PRIVATE.slice());
    assert.equal(engine.tweakPrivate(scalar(1n), scalar(ORDER - 1n)), undefined);
    for (const tweak of bad.slice(1)) assert.equal(engine.tweakPrivate(PRIVATE, tweak), undefined, toHex(tweak));
    for (const key of bad) assert.equal(engine.tweakPrivate(key, scalar(1n)), undefined, toHex(key));
  });
  it('negates, and leaves its argument alone', () => {
    const key = scalar(1n);
    assert.deepEqual(engine.negatePrivate(key), scalar(ORDER - 1n));
    assert.deepEqual(engine.negatePrivate(scalar(ORDER - 1n)), scalar(1n));
    assert.deepEqual(engine.tweakPrivate(key, scalar(1n)), scalar(2n));
    assert.deepEqual(key, scalar(1n));
  });
  it('stops where it is asked to sign with or negate what is no private key', () => {
    for (const key of bad) {
      assert.throws(() => engine.negatePrivate(key), AssertionError);
      assert.throws(() => engine.signEcdsa(HASH, key), AssertionError);
      assert.throws(() => engine.signSchnorr(HASH, key, ZERO), AssertionError);
    }
    assert.throws(() => engine.signEcdsa(HASH.subarray(1), PRIVATE), AssertionError);
    assert.throws(() => engine.signSchnorr(HASH, PRIVATE, ZERO.subarray(1)), AssertionError);
  });
}

function malformedTests(engine: Secp256k1, malformedKeys: number): void {
  const key = engine.publicKeyOf(PRIVATE)!;
  const signature = engine.signEcdsa(HASH, PRIVATE);
  const schnorrSignature = engine.signSchnorr(HASH, PRIVATE, ZERO);

  it('is false for every other length of each argument', () => {
    for (let length = 0; length <= 80; length++) {
      const bytes = new Uint8Array(length).fill(2);
      if (length !== 33 && length !== 65) assert.ok(!engine.verifyEcdsa(bytes, HASH, signature), `key of ${length}`);
      if (length !== 32) assert.ok(!engine.verifyEcdsa(key, bytes, signature), `hash of ${length}`);
      assert.ok(!engine.verifyEcdsa(key, HASH, bytes), `signature of ${length}`);
      assert.ok(!engine.verifySchnorr(bytes, HASH, schnorrSignature), `x-only key of ${length}`);
      assert.ok(!engine.verifySchnorr(key.subarray(1), HASH, bytes), `Schnorr signature of ${length}`);
      assert.ok(!engine.verifySchnorr(key.subarray(1), bytes, schnorrSignature), `message of ${length}`);
    }
  });
  it(`still works after ${malformedKeys} malformed keys of each kind`, () => {
    const noPoint = concatBytes(Uint8Array.of(2), NO_X);
    for (let i = 0; i < malformedKeys; i++) {
      assert.ok(!engine.verifyEcdsa(noPoint, HASH, signature));
      assert.ok(!engine.verifySchnorr(NO_X, HASH, schnorrSignature));
      assert.ok(!engine.checkTweak(NO_X, HASH, NO_X, 0));
    }
    assert.ok(engine.verifyEcdsa(key, HASH, signature));
    assert.ok(engine.verifySchnorr(key.subarray(1), HASH, schnorrSignature));
  });
  it('reads arguments in the middle of a shared memory', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(256));
    shared.set(key, 3);
    shared.set(HASH, 40);
    shared.set(signature, 80);
    shared.set(schnorrSignature, 150);
    assert.ok(engine.verifyEcdsa(shared.subarray(3, 36), shared.subarray(40, 72), shared.subarray(80, 144)));
    assert.ok(engine.verifySchnorr(shared.subarray(4, 36), shared.subarray(40, 72), shared.subarray(150, 214)));
  });
}

/** Rows of BIP-340's table; those with messages of other lengths count only where the engine takes them. */
function bip340Tests(engine: Secp256k1): void {
  const rows = readVectorText('bips/bip-0340/test-vectors.csv').trim().split(/\r?\n/).slice(1);

  it('has 19 rows, 4 of them with a message of another length than 32 bytes', () => {
    assert.equal(rows.length, 19);
    assert.equal(rows.filter((row) => row.split(',')[4]!.length !== 64).length, 4);
  });
  for (const row of rows) {
    const [index, secretKey, publicKey, auxRand, message, signature, result, comment] = row.split(',');
    const skip = !engine.anyMessageLength && message!.length !== 64 && 'this engine takes messages of 32 bytes only';
    it(`row ${index}: ${result}${comment ? `, ${comment}` : ''}`, { skip }, () => {
      assert.equal(engine.verifySchnorr(hex(publicKey!), hex(message!), hex(signature!)), result === 'TRUE');
      if (secretKey === '') return;
      assert.deepEqual(engine.publicKeyOf(hex(secretKey!))!.slice(1), hex(publicKey!));
      if (message!.length === 64) assert.deepEqual(engine.signSchnorr(hex(message!), hex(secretKey!), hex(auxRand!)), hex(signature!));
    });
  }
}
