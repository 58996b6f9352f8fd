import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { describe, it } from 'node:test';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import { concatBytes, fromHex, toHex } from '../base/bytes.ts';
import { chacha20Keystream } from './chacha20.ts';

/** The same by Node's own cipher, whose 16-byte start is the counter before the nonce. */
function oracle(key: Uint8Array, nonce: Uint8Array, sizeBytes: number, counter: number): Uint8Array {
  const first = new Uint8Array(4);
  new DataView(first.buffer).setUint32(0, counter, true);
  return new Uint8Array(createCipheriv('chacha20', key, concatBytes(first, nonce)).update(new Uint8Array(sizeBytes)));
}

describe('ChaCha20', () => {
  it("gives RFC 8439's block of section 2.3.2", () => {
    const key = Uint8Array.from({ length: 32 }, (_, i) => i);
    const out = new Uint8Array(64);
    chacha20Keystream(key, fromHex('000000090000004a00000000')!, out, 1);
    assert.equal(
      toHex(out),
      '10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4ed2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e',
    );
  });

  it("gives Node's bytes for any key, nonce, first block and length, also of a part of a block", () => {
    const random = new SeededRandom(20);
    for (const sizeBytes of [0, 1, 63, 64, 65, 128, 384, 1_000]) {
      const [key, nonce, counter] = [random.bytes(32), random.bytes(12), random.below(2 ** 31)];
      const out = new Uint8Array(sizeBytes).fill(7);
      chacha20Keystream(key, nonce, out, counter);
      assert.deepEqual(out, oracle(key, nonce, sizeBytes, counter));
    }
  });

  it('refuses a key or a nonce of another length', () => {
    assert.throws(() => chacha20Keystream(new Uint8Array(31), new Uint8Array(12), new Uint8Array(1)));
    assert.throws(() => chacha20Keystream(new Uint8Array(32), new Uint8Array(8), new Uint8Array(1)));
  });
});
