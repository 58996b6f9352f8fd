import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { writeHexDigits } from './hex-digits.ts';

/** Bytes of one call of the kernel. */
const PIECE = 16_384;

describe('digits in hexadecimal', () => {
  it("are Node's own for every byte, at every length and place, and nothing is written around them", () => {
    const lengths = [...Array.from({ length: 70 }, (_, length) => length), PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 17];
    for (const length of lengths) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 255);
      for (const at of [0, 1, 2, 3, 37]) {
        const target = Buffer.alloc(at + 2 * length + 5, '!');
        writeHexDigits(target, at, bytes);
        assert.equal(target.toString('latin1'), `${'!'.repeat(at)}${Buffer.from(bytes).toString('hex')}!!!!!`);
      }
    }
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const target = Buffer.alloc(512);
    writeHexDigits(target, 0, all);
    assert.equal(target.toString('latin1'), Buffer.from(all).toString('hex'));
  });

  it('do not fit into less room than they take', () => {
    assert.throws(() => writeHexDigits(new Uint8Array(9), 0, new Uint8Array(5)), RangeError);
  });
});
