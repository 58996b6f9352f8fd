import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ORDER, writeScalar } from '../../../test/support/scalars.ts';
import { concatBytes, fromHex, toHex } from '../base/bytes.ts';
import { encodeDer, isLowS, isStrictDer, parseLaxDer } from './der.ts';

const hex = (text: string): Uint8Array => fromHex(text.replaceAll(' ', ''))!;

function compactOf(r: bigint, s: bigint): Uint8Array {
  const bytes = new Uint8Array(64);
  writeScalar(r, bytes, 0);
  writeScalar(s, bytes, 32);
  return bytes;
}

/** Asserts what is read from a signature given in hexadecimal: r and s, or nothing. */
function reads(text: string, expected: readonly [bigint, bigint] | undefined): void {
  assert.deepEqual(parseLaxDer(hex(text)), expected === undefined ? undefined : compactOf(...expected), text);
}

const OVERFLOW: readonly [bigint, bigint] = [0n, 0n];
const ORDER_HEX = ORDER.toString(16);

describe('reading DER loosely', () => {
  it('reads strict DER', () => {
    reads('30 06 02 01 05 02 01 07', [5n, 7n]);
    reads('30 08 02 02 00 85 02 02 00 87', [0x85n, 0x87n]);
  });
  it('does not look at the outer length, in either form, as long as its own bytes are there', () => {
    reads('30 00 02 01 05 02 01 07', [5n, 7n]);
    reads('30 7f 02 01 05 02 01 07', [5n, 7n]);
    reads('30 80 02 01 05 02 01 07', [5n, 7n]);
    reads('30 82 ff ff 02 01 05 02 01 07', [5n, 7n]);
    reads('30 88 02 01 05 02 01 07', undefined);
    reads('30 86 02 01 05 02 01 07', undefined);
  });
  it('takes lengths of integers in long form, with zeros before them', () => {
    reads('30 06 02 81 01 05 02 82 00 01 07', [5n, 7n]);
    reads('30 06 02 87 00 00 00 00 00 00 01 05 02 01 07', [5n, 7n]);
    reads('30 06 02 83 00 00 01 05 02 01 07', [5n, 7n]);
    reads('30 06 02 80 02 01 07', [0n, 7n]);
  });
  it('refuses a length of four significant bytes or more, and one that is cut short', () => {
    reads('30 06 02 84 01 00 00 00 05 02 01 07', undefined);
    reads('30 06 02 85 00 01 00 00 00 05 02 01 07', undefined);
    reads('30 06 02 83 01 00 00 05 02 01 07', undefined);
    reads('30 06 02 8f 01 05 02 01 07', undefined);
    reads('30 06 02 01 05 02 82 01', undefined);
  });
  it('takes padded integers, reads negative ones as positive and empty ones as 0', () => {
    reads(`30 06 02 28 ${'00'.repeat(39)} 05 02 03 00 00 07`, [5n, 7n]);
    reads('30 06 02 01 ff 02 02 80 00', [255n, 0x8000n]);
    reads('30 06 02 00 02 00', [0n, 0n]);
  });
  it('ignores bytes behind s', () => {
    reads('30 06 02 01 05 02 01 07 01 02 03', [5n, 7n]);
  });
  it('gives zeros where r or s is n or more, or longer than 32 bytes', () => {
    const below = (ORDER - 1n).toString(16);
    reads(`30 00 02 20 ${below} 02 20 ${below}`, [ORDER - 1n, ORDER - 1n]);
    reads(`30 00 02 20 ${ORDER_HEX} 02 01 07`, OVERFLOW);
    reads(`30 00 02 01 05 02 20 ${ORDER_HEX}`, OVERFLOW);
    reads(`30 00 02 21 01 ${'00'.repeat(32)} 02 01 07`, OVERFLOW);
    reads(`30 00 02 01 05 02 21 00 ${'ff'.repeat(32)}`, OVERFLOW);
    reads(`30 00 02 81 c8 ${'11'.repeat(200)} 02 01 07`, OVERFLOW);
  });
  it('refuses other tags and every signature that ends too early', () => {
    reads('31 06 02 01 05 02 01 07', undefined);
    reads('30 06 03 01 05 02 01 07', undefined);
    reads('30 06 02 01 05 03 01 07', undefined);
    const whole = hex('30 06 02 01 05 02 01 07');
    for (let length = 0; length < whole.length; length++)
      assert.equal(parseLaxDer(whole.subarray(0, length)), undefined, `${length} bytes`);
  });
  it('never throws and gives 64 bytes or nothing', () => {
    const noise = fc.array(fc.oneof(fc.constantFrom(0x30, 0x02, 0, 1, 4, 0x80, 0x81, 0x84), fc.nat(255)), { maxLength: 80 });
    fc.assert(
      fc.property(noise, (bytes) => {
        const compact = parseLaxDer(Uint8Array.from([0x30, ...bytes]));
        assert.ok(compact === undefined || compact.length === 64);
      }),
      { numRuns: 500 },
    );
  });
});

/** A signature in strict DER with a hash type byte. */
const STRICT = '30 08 02 02 00 85 02 02 00 87 01';

describe('strict DER', () => {
  it('is what encoding gives, and reads back as it was', () => {
    const number = fc.oneof(
      fc.bigInt(1n, ORDER - 1n),
      fc.nat(40).map((shift) => 1n << BigInt(6 * shift)),
      fc.constantFrom(0n, ORDER - 1n),
    );
    fc.assert(
      fc.property(number, number, (r, s) => {
        const der = encodeDer(compactOf(r, s));
        assert.ok(isStrictDer(concatBytes(der, Uint8Array.of(1))), toHex(der));
        assert.deepEqual(parseLaxDer(der), compactOf(r, s));
      }),
      { numRuns: 500 },
    );
  });
  it('has 9 to 73 bytes with its hash type', () => {
    assert.ok(isStrictDer(hex('30 06 02 01 05 02 01 07 01')));
    assert.ok(!isStrictDer(hex('30 05 02 01 05 02 00 01')));
    const longest = `30 46 02 21 00 ${'ff'.repeat(32)} 02 21 00 ${'ff'.repeat(32)} 01`;
    assert.equal(hex(longest).length, 73);
    assert.ok(isStrictDer(hex(longest)));
    assert.ok(!isStrictDer(hex(`30 47 02 22 00 ${'ff'.repeat(33)} 02 21 00 ${'ff'.repeat(32)} 01`)));
    assert.ok(!isStrictDer(new Uint8Array(0)));
  });
  it('does not look at the hash type nor at the size of r and s', () => {
    assert.ok(isStrictDer(hex(STRICT)));
    assert.ok(isStrictDer(hex(STRICT.replace(/01$/, 'ff'))));
    assert.ok(isStrictDer(hex(`30 25 02 20 7f ${'ff'.repeat(31)} 02 01 00 01`)));
  });
  it('refuses each departure from the form', () => {
    for (const [what, text] of [
      ['another outer tag', '31 08 02 02 00 85 02 02 00 87 01'],
      ['an outer length too short', '30 07 02 02 00 85 02 02 00 87 01'],
      ['an outer length too long', '30 09 02 02 00 85 02 02 00 87 01'],
      ['a byte behind s', '30 09 02 02 00 85 02 02 00 87 00 01'],
      ['another tag of r', '30 08 03 02 00 85 02 02 00 87 01'],
      ['another tag of s', '30 08 02 02 00 85 03 02 00 87 01'],
      ['an empty r', '30 07 02 00 02 03 00 87 00 01'],
      ['an empty s', '30 07 02 03 00 85 00 02 00 01'],
      ['a negative r', '30 08 02 02 85 00 02 02 00 87 01'],
      ['a negative s', '30 08 02 02 00 85 02 02 87 00 01'],
      ['an r with a needless zero', '30 08 02 02 00 05 02 02 00 87 01'],
      ['an s with a needless zero', '30 08 02 02 00 85 02 02 00 07 01'],
      ['an r that ends behind the signature', '30 08 02 08 00 85 02 02 00 87 01'],
      ['an r so long that no length of s is left', '30 08 02 06 00 85 02 02 00 87 01'],
      ['an s that ends behind the signature', '30 08 02 02 00 85 02 03 00 87 01'],
    ] as const) {
      assert.ok(!isStrictDer(hex(text)), what);
    }
  });
});

describe('low s', () => {
  it('is up to half of n, and so is the zero of an overflow', () => {
    const half = (ORDER - 1n) / 2n;
    assert.ok(isLowS(compactOf(ORDER - 1n, half)) && isLowS(compactOf(1n, 0n)) && isLowS(new Uint8Array(64)));
    assert.ok(!isLowS(compactOf(1n, half + 1n)) && !isLowS(compactOf(1n, ORDER - 1n)));
  });
});
