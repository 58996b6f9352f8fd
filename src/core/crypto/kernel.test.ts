import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AssertionError } from '../base/assert.ts';
import { decodeBase64, KernelMemory } from './kernel.ts';

describe('base64', () => {
  it('decodes what Node encodes, at every length and with every byte', () => {
    for (let length = 0; length <= 300; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 255);
      assert.deepEqual(decodeBase64(Buffer.from(bytes).toString('base64')), bytes);
    }
  });
  it('stops at anything else', () => {
    for (const text of ['A', 'AAA', 'AA*A', 'AA=A', 'AAA\u0141', 'AA-_']) assert.throws(() => decodeBase64(text), AssertionError, text);
  });
});

describe('memory of a kernel', () => {
  it('grows to what is reserved, at least twice what it was, and keeps its bytes', () => {
    let buffer = new ArrayBuffer(65_536);
    const grown: number[] = [];
    const memory = new KernelMemory({
      get buffer() {
        return buffer;
      },
      grow(pages) {
        grown.push(pages);
        const next = new ArrayBuffer(buffer.byteLength + pages * 65_536);
        new Uint8Array(next).set(new Uint8Array(buffer));
        buffer = next;
        return 0;
      },
    });
    memory.bytes[5] = 9;
    memory.reserve(65_536);
    memory.reserve(65_537);
    memory.reserve(10 * 65_536 + 1);
    assert.deepEqual(grown, [1, 9]);
    assert.equal(memory.bytes.length, 11 * 65_536);
    assert.equal(memory.bytes[5], 9);
  });
});
