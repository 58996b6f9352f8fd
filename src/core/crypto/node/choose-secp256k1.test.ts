import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { engines } from '../../../../test/support/secp256k1-engines.ts';
import { failedEngineCheck } from '../check-engine.ts';
import type { Secp256k1 } from '../secp256k1.ts';
import { createWasmSecp256k1 } from '../wasm-secp256k1.ts';
import { chooseSecp256k1, engineOrThrow, Secp256k1UnavailableError } from './choose-secp256k1.ts';

const wasm = createWasmSecp256k1();
const nativeMissing = !engines.some(({ name }) => name === 'native');

describe('choosing an engine', () => {
  it('gives the one that is asked for, loaded once', () => {
    assert.equal(chooseSecp256k1('wasm').name, 'wasm');
    assert.equal(chooseSecp256k1('prebuilt').name, 'prebuilt');
    assert.equal(chooseSecp256k1('wasm'), chooseSecp256k1('wasm'));
    assert.equal(chooseSecp256k1('prebuilt'), chooseSecp256k1('prebuilt'));
  });
  it("prefers the system's library, then native code of a package", { skip: nativeMissing }, () => {
    assert.equal(chooseSecp256k1('auto').name, 'native');
    assert.equal(chooseSecp256k1('native').verifyEcdsa, chooseSecp256k1('auto').verifyEcdsa);
  });
  it('makes many checks together where nothing is asked for, and with wasm, but not where a library is named', () => {
    assert.ok((chooseSecp256k1('auto').togetherFrom ?? 0) > 1 && (chooseSecp256k1('wasm').togetherFrom ?? 0) > 1);
    for (const engine of engines) if (engine.name !== 'wasm') assert.equal(engine.togetherFrom, undefined, engine.name);
  });
  it('takes native code of a package where the system has no library, and says so where that is asked for', {
    skip: !nativeMissing,
  }, () => {
    assert.equal(chooseSecp256k1('auto').name, 'prebuilt');
    assert.throws(() => chooseSecp256k1('native'), /engine native cannot be used: .* is not installed/);
  });
  it('says what is missing and what to do where one does not load', () => {
    const missing = (): Secp256k1 => {
      throw new Error('no native build was found for this machine\nsearched in …');
    };
    assert.throws(
      () => engineOrThrow('prebuilt', missing),
      (error) =>
        error instanceof Secp256k1UnavailableError &&
        error.code === 'secp256k1-unavailable' &&
        error.message === 'the secp256k1 engine prebuilt cannot be used: no native build was found for this machine; choose auto or wasm',
    );
  });
  it('refuses one that takes every signature, one that takes none, and one that is wrong about tweaks', () => {
    const broken: readonly [string, Partial<Secp256k1>][] = [
      ['ECDSA', { verifyEcdsa: () => true }],
      ['ECDSA', { verifyEcdsa: () => false }],
      ['ECDSA', { signEcdsa: () => new Uint8Array(64) }],
      ['ECDSA', { publicKeyOf: () => undefined }],
      ['Schnorr', { verifySchnorr: () => true }],
      ['Schnorr', { verifySchnorr: () => false }],
      ['tweak', { checkTweak: () => true }],
      ['tweak', { tweakXOnly: () => undefined }],
    ];
    for (const [failed, fault] of broken) {
      assert.equal(failedEngineCheck({ ...wasm, ...fault }), failed);
      assert.throws(() => engineOrThrow('wasm', () => ({ ...wasm, ...fault })), new RegExp(`fails the check of ${failed}`));
    }
  });
});
