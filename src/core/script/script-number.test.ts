import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hex } from '../../../test/support/core-script-text.ts';
import { toHex } from '../base/bytes.ts';
import { castToBool, decodeScriptNumber, encodeScriptNumber, isMinimalNumber } from './script-number.ts';

const KNOWN: readonly (readonly [number, string])[] = [
  [0, ''],
  [1, '01'],
  [-1, '81'],
  [16, '10'],
  [127, '7f'],
  [128, '8000'],
  [-127, 'ff'],
  [-128, '8080'],
  [255, 'ff00'],
  [256, '0001'],
  [-255, 'ff80'],
  [32_767, 'ff7f'],
  [32_768, '008000'],
  [-32_768, '008080'],
  [2_147_483_647, 'ffffff7f'],
  [-2_147_483_647, 'ffffffff'],
  [2_147_483_648, '0000008000'],
  [4_294_967_294, 'feffffff00'],
  [-4_294_967_294, 'feffffff80'],
];

describe('script numbers', () => {
  it('have one shortest form, which reads back', () => {
    for (const [value, text] of KNOWN) {
      assert.equal(toHex(encodeScriptNumber(value)), text);
      assert.equal(decodeScriptNumber(hex(text), true, 5), value);
    }
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 39) + 1, max: 2 ** 39 - 1 }), (value) => {
        const bytes = encodeScriptNumber(value);
        assert.ok(isMinimalNumber(bytes));
        assert.equal(decodeScriptNumber(bytes, true, 5), value);
      }),
    );
  });

  it('are read up to four bytes and not at five, unless five are allowed', () => {
    assert.equal(decodeScriptNumber(hex('ffffff7f'), false, 4), 2_147_483_647);
    assert.equal(decodeScriptNumber(hex('0000008000'), false, 4), undefined);
    assert.equal(decodeScriptNumber(hex('ffffffff7f'), false, 5), 2 ** 39 - 1);
    assert.equal(decodeScriptNumber(hex('000000008000'), false, 5), undefined);
  });

  it('are refused in a longer form where the shortest is required', () => {
    for (const text of ['00', '80', '0100', '0180', '000000', '7f00', 'ff0000']) {
      assert.equal(decodeScriptNumber(hex(text), true, 4), undefined, text);
      assert.notEqual(decodeScriptNumber(hex(text), false, 4), undefined, text);
    }
  });

  it('know no negative zero', () => {
    assert.ok(Object.is(decodeScriptNumber(hex('80'), false, 4), 0));
    assert.ok(Object.is(decodeScriptNumber(hex('0080'), false, 4), 0));
    assert.equal(encodeScriptNumber(-0).length, 0);
  });

  it('are true unless every byte is zero or the sign alone is set', () => {
    for (const text of ['', '00', '0000', '80', '000080']) assert.equal(castToBool(hex(text)), false, text);
    for (const text of ['01', '81', '8000', '0001', '008000', '0081']) assert.equal(castToBool(hex(text)), true, text);
  });
});
