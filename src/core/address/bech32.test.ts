import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bytesToValues, decodeBech32, encodeBech32, valuesToBytes } from './bech32.ts';

describe('bech32 and bech32m', () => {
  // Valid and invalid texts published in BIP-173 and BIP-350.
  const valid = {
    bech32: [
      'A12UEL5L',
      'a12uel5l',
      'an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs',
      'abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw',
      '11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqc8247j',
      'split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w',
      '?1ezyfcl',
    ],
    bech32m: [
      'A1LQFN3A',
      'a1lqfn3a',
      'an83characterlonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11sg7hg6',
      'abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx',
      '11llllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllludsr8',
      'split1checkupstagehandshakeupstreamerranterredcaperredlc445v',
      '?1v759aa',
    ],
  } as const;

  it('reads the texts of BIP-173 and BIP-350 and writes them again', () => {
    for (const encoding of ['bech32', 'bech32m'] as const) {
      for (const text of valid[encoding]) {
        const decoded = decodeBech32(text);
        assert.ok('encoding' in decoded, text);
        assert.equal(decoded.encoding, encoding, text);
        assert.equal(encodeBech32(decoded.prefix, decoded.values, encoding), text.toLowerCase());
      }
    }
  });

  it('refuses what the BIPs call invalid', () => {
    const invalid = [
      '\u00201nwldj5',
      '\u007f1axkwrx',
      '\u00801eym55h',
      'an84characterslonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1569pvx',
      'pzry9x0s0muk',
      '1pzry9x0s0muk',
      'x1b4n0q5v',
      'li1dgmt3',
      'de1lg7wt\u00ff',
      'A1G7SGD8',
      '10a06t8',
      '1qzzfhee',
      'in1muywd',
      'mm1crxm3i',
      'M1VUXWEZ',
      '16plkw9',
      '1p2gdwpf',
    ];
    for (const text of invalid) assert.ok('problem' in decodeBech32(text), text);
  });

  it('finds one wrong character, and two', () => {
    const values = fc.uint8Array({ minLength: 1, maxLength: 60, max: 31 });
    const arbitrary = fc.record({
      values,
      places: fc.uniqueArray(fc.nat(), { minLength: 1, maxLength: 2 }),
      by: fc.integer({ min: 1, max: 31 }),
    });
    fc.assert(
      fc.property(arbitrary, fc.constantFrom('bech32', 'bech32m'), ({ values, places, by }, encoding) => {
        const digits = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
        const letters = [...encodeBech32('quoin', values, encoding)];
        const start = 'quoin1'.length;
        const wrong = [...new Set(places.map((place) => start + (place % (letters.length - start))))].sort((a, b) => a - b);
        for (const at of wrong) letters[at] = digits.charAt(digits.indexOf(letters[at] ?? '') ^ by);
        const result = decodeBech32(letters.join(''));
        assert.ok('problem' in result);
        // Seldom, as few changes give the other checksum: then those are told.
        const same = result.problem === (encoding === 'bech32' ? 'Invalid Bech32 checksum' : 'Invalid Bech32m checksum');
        if (same) assert.deepEqual(result.positions, wrong);
        else assert.ok(result.positions.length > 0 && result.positions.length <= wrong.length);
      }),
    );
  });

  it('turns bytes into numbers of 5 bits and back', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => assert.deepEqual(valuesToBytes(bytesToValues(bytes)), bytes)));
    assert.deepEqual(bytesToValues(Uint8Array.of(0xff)), Uint8Array.of(31, 28));
    assert.equal(valuesToBytes(Uint8Array.of(31, 29)), undefined, 'padding that is not zero');
    assert.equal(valuesToBytes(Uint8Array.of(31, 28, 0)), undefined, 'a whole number too many');
    assert.equal(valuesToBytes(Uint8Array.of(0)), undefined, 'five bits are no byte');
  });

  it('stops at our own text of more than 90 characters', () => {
    assert.equal(encodeBech32('a', new Uint8Array(82), 'bech32').length, 90);
    assert.throws(() => encodeBech32('a', new Uint8Array(83), 'bech32'), { name: 'AssertionError' });
  });
});
