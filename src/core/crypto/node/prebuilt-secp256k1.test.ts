import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as tiny from 'tiny-secp256k1';
import { FIELD, schnorrPointOf } from '../../../../test/support/noble-points.ts';
import { ORDER } from '../../../../test/support/scalars.ts';
import { scalar, secp256k1Suite } from '../../../../test/support/secp256k1-suite.ts';
import { toHex } from '../../base/bytes.ts';
import { schnorrPointBySteps } from '../schnorr-equation.ts';
import { tinySteps } from '../tiny-secp256k1.ts';
import { createWasmSecp256k1 } from '../wasm-secp256k1.ts';
import { loadPrebuiltBinding, prebuiltSteps, schnorrPoint, secp256k1FromPrebuilt } from './prebuilt-secp256k1.ts';

const binding = loadPrebuiltBinding();

secp256k1Suite('prebuilt', () => secp256k1FromPrebuilt(binding, createWasmSecp256k1));

/** The first x from `start` on that a point has. */
function nextX(start: bigint): bigint {
  for (let x = start; ; x++) if (schnorrPointOf(scalar(x), ORDER - 1n, 0n) !== undefined) return x;
}

describe('sG - eP, the equation of BIP-340', () => {
  const G = 0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n;
  const some = 0x1d5b_c0de_f00d_1234n ** 4n % ORDER;
  // Those of no point: 0, 5, p - 1 and what is not below p. From n to p the way by recovery does not work.
  const xs = [G, nextX(1n), nextX(some), nextX(ORDER), nextX(FIELD - 100n), 0n, 5n, FIELD, FIELD + 1n, 2n ** 256n - 1n];
  const scalars = [0n, 1n, 2n, ORDER - 2n, ORDER - 1n, some, ORDER - some, G % ORDER];

  it('is the same by key recovery, by steps of either library and by the reference, in every corner', () => {
    let infinite = 0;
    let points = 0;
    for (const x of xs.map(scalar)) {
      for (const e of scalars) {
        for (const s of scalars) {
          const expected = schnorrPointOf(x, e, s);
          const bytes = [scalar(e), scalar(s)] as const;
          const what = `x ${toHex(x)}, e ${e}, s ${s}`;
          assert.deepEqual(schnorrPoint(binding, x, ...bytes), expected, `recovery: ${what}`);
          assert.deepEqual(schnorrPointBySteps(prebuiltSteps(binding), x, ...bytes), expected, `prebuilt steps: ${what}`);
          assert.deepEqual(schnorrPointBySteps(tinySteps(tiny), x, ...bytes), expected, `wasm steps: ${what}`);
          if (expected === undefined) infinite++;
          else points++;
        }
      }
    }
    // 5 of the 10 x have points; of their 64 sums each one is infinity for e = s = 0, and of G's all 8 with e = s.
    assert.equal(points, 5 * 64 - 5 - 7);
    assert.equal(infinite, 5 * 64 + 5 + 7);
  });
});
