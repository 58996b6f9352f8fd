import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { secp256k1Suite } from '../../../test/support/secp256k1-suite.ts';
import { rememberSignatures } from './remember-signatures.ts';
import type { Secp256k1 } from './secp256k1.ts';
import { createWasmSecp256k1 } from './wasm-secp256k1.ts';

const engine = createWasmSecp256k1();

/** An engine that says what it is told and counts how often it is asked. */
function countingEngine(answer: () => boolean): Secp256k1 & { asked: number } {
  const counting = { ...engine, asked: 0 };
  const count = (): boolean => {
    counting.asked++;
    return answer();
  };
  return Object.assign(counting, { verifyEcdsa: count, verifySchnorr: count, checkTweak: count });
}

secp256k1Suite('wasm', () => rememberSignatures(engine), 100);

describe('an engine that remembers', () => {
  const of = (size: number, fill: number): Uint8Array => new Uint8Array(size).fill(fill);

  it('checks once what is good, and each time what is not', () => {
    let good = false;
    const counting = countingEngine(() => good);
    const remembering = rememberSignatures(counting);
    for (let i = 0; i < 3; i++) assert.equal(remembering.verifyEcdsa(of(33, 2), of(32, 1), of(64, 1)), false);
    assert.equal(counting.asked, 3);
    good = true;
    for (let i = 0; i < 3; i++) assert.equal(remembering.verifyEcdsa(of(33, 2), of(32, 1), of(64, 1)), true);
    assert.equal(counting.asked, 4);
  });

  it('takes no check for another: of other bytes, of another kind, of another parity', () => {
    const counting = countingEngine(() => true);
    const remembering = rememberSignatures(counting);
    const checks: (() => boolean)[] = [
      () => remembering.verifyEcdsa(of(33, 2), of(32, 1), of(64, 1)),
      () => remembering.verifyEcdsa(of(33, 3), of(32, 1), of(64, 1)),
      () => remembering.verifyEcdsa(of(33, 2), of(32, 2), of(64, 1)),
      () => remembering.verifyEcdsa(of(33, 2), of(32, 1), of(64, 2)),
      () => remembering.verifySchnorr(of(33, 2), of(32, 1), of(64, 1)),
      () => remembering.checkTweak(of(32, 2), of(32, 1), of(32, 1), 0),
      () => remembering.checkTweak(of(32, 2), of(32, 1), of(32, 1), 1),
    ];
    for (const [i, check] of checks.entries()) {
      assert.ok(check());
      assert.equal(counting.asked, i + 1);
    }
    for (const check of checks) assert.ok(check());
    assert.equal(counting.asked, checks.length);
  });
});
