import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FIELD } from '../../../../test/support/noble-points.ts';
import { ORDER } from '../../../../test/support/scalars.ts';
import { engines } from '../../../../test/support/secp256k1-engines.ts';
import { scalar } from '../../../../test/support/secp256k1-suite.ts';
import { toHex } from '../../base/bytes.ts';
import { createNobleSecp256k1 } from '../noble-secp256k1.ts';
import type { Secp256k1, TweakedKey } from '../secp256k1.ts';

/**
 * A difference between two engines would split the chain: each is compared with the reference, over random values and over those
 * where an implementation is likeliest to slip.
 */
const reference = createNobleSecp256k1();

/** Runs of each property. The reference takes milliseconds for each. */
const RUNS = { numRuns: 120 };

const G = 0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n;
const CORNERS: readonly bigint[] = [
  ...[0n, 1n, 2n, 3n, 5n, (ORDER - 1n) / 2n, (ORDER + 1n) / 2n, ORDER - 2n, ORDER - 1n, ORDER, ORDER + 1n, ORDER + 2n],
  ...[
    FIELD - ORDER - 1n,
    FIELD - ORDER,
    FIELD - 1n,
    FIELD,
    FIELD + 1n,
    2n ** 255n - 1n,
    2n ** 255n,
    2n ** 256n - 1n,
    G,
    ORDER - (G % ORDER),
  ],
];

const anyScalar = fc.oneof(
  fc.constantFrom(...CORNERS).map(scalar),
  fc.uint8Array({ minLength: 32, maxLength: 32 }),
  fc.uint8Array({ minLength: 32, maxLength: 32 }),
);
const privateKey = anyScalar.filter((bytes) => reference.publicKeyOf(bytes) !== undefined);

/** A change of some bytes: none, one bit, or 32 of them by a scalar; so that what is tried is valid, nearly valid or odd. */
const change = fc.oneof(
  fc.constant((bytes: Uint8Array) => bytes),
  fc.nat(4095).map((bit) => (bytes: Uint8Array) => {
    const changed = bytes.slice();
    changed[(bit >> 3) % bytes.length]! ^= 1 << (bit & 7);
    return changed;
  }),
  fc.tuple(fc.boolean(), anyScalar).map(([second, value]) => (bytes: Uint8Array) => {
    const changed = bytes.slice();
    if (bytes.length >= 32) changed.set(value, second ? bytes.length - 32 : 0);
    return changed;
  }),
  fc.nat(70).map((length) => (bytes: Uint8Array) => bytes.slice(0, length)),
);

/** A public key in one of its forms, hybrid ones with right and wrong first bytes included. */
const keyForm = fc.constantFrom(33, 4, 6, 7);
function formOf(key: Uint8Array, form: number): Uint8Array {
  if (form === 33) return reference.publicKeyOf(key)!;
  const full = reference.publicKeyOf(key, false)!;
  full[0] = form;
  return full;
}

/** Asserts that every engine answers as the reference does. Returns the answer. */
function agree<T>(what: string, ask: (engine: Secp256k1) => T): T {
  const expected = ask(reference);
  for (const engine of engines) assert.deepEqual(ask(engine), expected, `${engine.name}: ${what}`);
  return expected;
}

/** Counts answers, so that a property which only ever sees one of them fails. */
function bothSeen(name: string, property: (seen: (answer: boolean) => void) => void): void {
  it(name, () => {
    let yes = 0;
    let no = 0;
    property((answer) => {
      if (answer) yes++;
      else no++;
    });
    assert.ok(yes > 0 && no > 0, `${yes} accepted, ${no} refused`);
  });
}

describe('all engines agree with the reference', () => {
  bothSeen('on ECDSA signatures, valid ones and changed ones', (seen) => {
    const property = fc.property(privateKey, anyScalar, keyForm, change, change, (key, hash, form, changeKey, changeSignature) => {
      const publicKey = changeKey(formOf(key, form));
      const signature = changeSignature(reference.signEcdsa(hash, key));
      seen(agree(`${toHex(publicKey)} ${toHex(hash)} ${toHex(signature)}`, (engine) => engine.verifyEcdsa(publicKey, hash, signature)));
    });
    fc.assert(property, RUNS);
  });

  bothSeen('on Schnorr signatures, valid ones and changed ones, of messages of any length', (seen) => {
    const message = fc.oneof(anyScalar, fc.uint8Array({ maxLength: 100 }));
    const property = fc.property(privateKey, message, anyScalar, change, change, (key, bytes, aux, changeKey, changeSignature) => {
      const publicKey = changeKey(reference.publicKeyOf(key)!.slice(1));
      const signed = bytes.length === 32 ? reference.signSchnorr(bytes, key, aux) : new Uint8Array(64).fill(1);
      const signature = changeSignature(signed);
      seen(agree(`${toHex(publicKey)} ${toHex(bytes)} ${toHex(signature)}`, (engine) => engine.verifySchnorr(publicKey, bytes, signature)));
    });
    fc.assert(property, RUNS);
  });

  bothSeen('on which bytes are public keys', (seen) => {
    const property = fc.property(privateKey, keyForm, change, anyScalar, (key, form, changeKey, x) => {
      const publicKey = changeKey(formOf(key, form));
      seen(agree(toHex(publicKey), (engine) => engine.isPublicKey(publicKey)));
      seen(agree(toHex(x), (engine) => engine.isXOnlyPublicKey(x)));
    });
    fc.assert(property, RUNS);
  });

  bothSeen('on tweaks of x-only keys', (seen) => {
    const property = fc.property(anyScalar, anyScalar, change, fc.constantFrom(0, 1), (x, tweak, changeResult, parity) => {
      const tweaked = agree<TweakedKey | undefined>(`${toHex(x)} ${toHex(tweak)}`, (engine) => engine.tweakXOnly(x, tweak));
      const claimed = changeResult(tweaked?.key ?? x);
      const what = `${toHex(x)} ${toHex(tweak)} ${toHex(claimed)} ${parity}`;
      seen(agree(what, (engine) => engine.checkTweak(x, tweak, claimed, parity as 0 | 1)));
    });
    fc.assert(property, RUNS);
  });

  bothSeen('on private keys and their sums', (seen) => {
    const property = fc.property(anyScalar, anyScalar, fc.boolean(), (key, tweak, compressed) => {
      const publicKey = agree(toHex(key), (engine) => engine.publicKeyOf(key, compressed));
      seen(publicKey !== undefined);
      agree(`${toHex(key)} ${toHex(tweak)}`, (engine) => engine.tweakPrivate(key, tweak));
      if (publicKey !== undefined) agree(toHex(key), (engine) => engine.negatePrivate(key));
    });
    fc.assert(property, RUNS);
  });

  it('on every byte of a signature made', () => {
    const property = fc.property(privateKey, anyScalar, anyScalar, (key, message, aux) => {
      agree(`${toHex(key)} ${toHex(message)} ${toHex(aux)}`, (engine) => engine.signSchnorr(message, key, aux));
      agree(`${toHex(key)} ${toHex(message)}`, (engine) => engine.signEcdsa(message, key));
    });
    fc.assert(property, RUNS);
  });
});
