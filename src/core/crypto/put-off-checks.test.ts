import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { secp256k1Suite } from '../../../test/support/secp256k1-suite.ts';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import { PutOffChecks } from './put-off-checks.ts';
import type { Secp256k1 } from './secp256k1.ts';
import { CHECKS_MAX } from './signature-kernel.ts';
import { createWasmSecp256k1 } from './wasm-secp256k1.ts';

const wasm = createWasmSecp256k1();

/** Puts off each check and has it made at once; by the engine alone where it is not known to hold. */
function lateEngine(togetherFrom: number): Secp256k1 {
  const engine = { ...wasm, togetherFrom };
  const putOff = new PutOffChecks(engine);
  const late = (ask: (engine: Secp256k1) => boolean): boolean => {
    const answer = ask(putOff.engine);
    return putOff.settle().size === 0 ? answer : ask(wasm);
  };
  return {
    ...engine,
    verifyEcdsa: (...check) => late(({ verifyEcdsa }) => verifyEcdsa(...check)),
    verifySchnorr: (...check) => late(({ verifySchnorr }) => verifySchnorr(...check)),
    checkTweak: (...check) => late(({ checkTweak }) => checkTweak(...check)),
  };
}

describe('checks put off, by the kernel', () => secp256k1Suite('wasm', () => lateEngine(1), 50));
describe('checks put off, too few for the kernel', () => secp256k1Suite('wasm', () => lateEngine(2), 50));

describe('PutOffChecks', () => {
  const random = new SeededRandom(22);
  const key = random.bytes(32);
  const publicKey = wasm.publicKeyOf(key)!;
  const hash = random.bytes(32);
  const signature = wasm.signEcdsa(hash, key);
  const wrong = wasm.signEcdsa(random.bytes(32), key);

  for (const togetherFrom of [1, CHECKS_MAX, CHECKS_MAX + 1, undefined]) {
    it(`says yes to each, and later whose did not hold, made together from ${togetherFrom ?? 'never'}`, () => {
      const putOff = new PutOffChecks({ ...wasm, togetherFrom });
      const bad = [0, 7, 62, 63, 64, 149];
      for (let owner = 0; owner < 150; owner++) {
        putOff.owner = owner;
        assert.equal(putOff.engine.verifyEcdsa(publicKey, hash, signature), true);
        if (bad.includes(owner)) assert.equal(putOff.engine.verifyEcdsa(publicKey, hash, wrong), true);
        assert.ok(putOff.count < CHECKS_MAX);
      }
      assert.deepEqual(
        [...putOff.settle()].sort((a, b) => a - b),
        bad,
      );
      assert.equal(putOff.count, 0);
      assert.deepEqual([...putOff.settle()], []);
    });
  }

  it('answers at once what cannot be put off, and where it is asked to', () => {
    const putOff = new PutOffChecks({ ...wasm, togetherFrom: 1 });
    const long = wasm.publicKeyOf(key, false)!;
    assert.equal(putOff.engine.verifyEcdsa(long, hash, signature), true);
    assert.equal(putOff.engine.verifyEcdsa(long, hash, wrong), false);
    assert.equal(putOff.engine.atOnce!.verifyEcdsa(publicKey, hash, wrong), false);
    assert.equal(putOff.engine.verifySchnorr(publicKey.slice(1), hash.slice(1), signature), false);
    assert.equal(putOff.count, 0);
  });
});
