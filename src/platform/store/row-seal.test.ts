import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openRow, SEAL_SIZE_BYTES, sealRow } from './row-seal.ts';

const key = Uint8Array.of(0x43, 1, 2, 3);
const otherKey = Uint8Array.of(0x43, 1, 2, 4);

describe('a sealed row', () => {
  it('opens under its own key alone, with a value or without', () => {
    for (const value of [new Uint8Array(0), Uint8Array.of(7), new Uint8Array(300).fill(9)]) {
      const row = sealRow(key, value);
      assert.equal(row.length, value.length + SEAL_SIZE_BYTES);
      assert.deepEqual(openRow(key, row), value);
      assert.equal(openRow(otherKey, row), undefined, `${value.length} bytes under another key`);
    }
  });

  it('does not open with any of its bits changed, nor cut', () => {
    const row = sealRow(key, Uint8Array.of(5, 6, 7));
    for (let bit = 0; bit < row.length * 8; bit++) {
      const flipped = row.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      assert.equal(openRow(key, flipped), undefined, `bit ${bit}`);
    }
    for (let size = 0; size < row.length; size++) assert.equal(openRow(key, row.subarray(0, size)), undefined, `${size} bytes`);
  });
});
