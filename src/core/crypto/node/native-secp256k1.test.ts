import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ORDER, scalarToBigint, writeScalar } from '../../../../test/support/scalars.ts';
import { engines } from '../../../../test/support/secp256k1-engines.ts';
import { secp256k1Suite } from '../../../../test/support/secp256k1-suite.ts';
import { negateScalar } from '../scalar.ts';
import { schnorrChallenge } from '../schnorr-equation.ts';
import type { Secp256k1 } from '../secp256k1.ts';
import { loadNativeLibrary, type NativeLibrary, nativeFileNames, secp256k1FromNative } from './native-secp256k1.ts';

const missing = !engines.some(({ name }) => name === 'native');

/** Whether any byte of it is left anywhere in the library's memory, 8 bytes at a time. */
function holdsPartOf({ memory }: NativeLibrary, secret: Uint8Array): boolean {
  const text = Buffer.from(memory);
  for (let at = 0; at + 8 <= secret.length; at += 8) if (text.includes(Buffer.from(secret.subarray(at, at + 8)))) return true;
  return false;
}

/** A private key whose point has an even y. */
function evenKey(engine: Secp256k1, from: Uint8Array): { readonly scalar: bigint; readonly x: Uint8Array } {
  const point = engine.publicKeyOf(from)!;
  return { scalar: scalarToBigint(point[0] === 2 ? from : negateScalar(from)), x: point.slice(1) };
}

/** BIP-340 by its own words, for messages that engines do not sign: s = k + e·d. */
function signedByHand(engine: Secp256k1, message: Uint8Array): { readonly key: Uint8Array; readonly signature: Uint8Array } {
  const key = evenKey(engine, new Uint8Array(32).fill(7));
  const nonce = evenKey(engine, new Uint8Array(32).fill(11));
  const signature = new Uint8Array(64);
  signature.set(nonce.x);
  const s = (nonce.scalar + scalarToBigint(schnorrChallenge(key.x, message, signature)) * key.scalar) % ORDER;
  writeScalar(s, signature, 32);
  return { key: key.x, signature };
}

if (missing) it('has no libsecp256k1 of the system to test', { skip: true }, () => {});
else secp256k1Suite('native', () => secp256k1FromNative(loadNativeLibrary()));

describe("the system's libsecp256k1", () => {
  it('is told to be missing, with the names that were looked for', { skip: missing }, () => {
    const expected = /^libsecp256k1 is not installed on this machine \(looked for libnowhere-1\.so, libnowhere-2\.so\)$/;
    assert.throws(() => loadNativeLibrary(['libnowhere-1.so', 'libnowhere-2.so']), { message: expected });
    assert.throws(() => loadNativeLibrary([]), { message: /no name of it is known on this system/ });
  });

  it('is found under the first name that there is', { skip: missing }, () => {
    assert.equal(secp256k1FromNative(loadNativeLibrary(['libnowhere.so', ...nativeFileNames()])).name, 'native');
  });

  it('verifies messages of BIP-340 of any length, also those longer than its memory', { skip: missing }, () => {
    const engine = secp256k1FromNative(loadNativeLibrary());
    for (const length of [0, 31, 320, 321, 5_000]) {
      const message = new Uint8Array(length).fill(3);
      const { key, signature } = signedByHand(engine, message);
      assert.equal(engine.verifySchnorr(key, message, signature), true, `${length} bytes`);
      signature[40]! ^= 1;
      assert.equal(engine.verifySchnorr(key, message, signature), false, `${length} bytes`);
    }
  });

  it('leaves no private key in the memory that it shares with the library', { skip: missing }, () => {
    const library = loadNativeLibrary();
    const engine = secp256k1FromNative(library);
    const secret = Uint8Array.from({ length: 32 }, (_, i) => 0x51 + i * 3);
    const tweak = new Uint8Array(32).fill(1);
    library.memory.set(secret, 192);
    assert.ok(holdsPartOf(library, secret), 'the search finds it while it is there');
    engine.publicKeyOf(secret);
    assert.ok(!holdsPartOf(library, secret));
    const sum = engine.tweakPrivate(secret, tweak)!;
    assert.ok(!holdsPartOf(library, secret) && !holdsPartOf(library, sum));
    engine.signEcdsa(tweak, secret);
    engine.signSchnorr(tweak, secret, tweak);
    assert.ok(!holdsPartOf(library, secret));
  });
});
