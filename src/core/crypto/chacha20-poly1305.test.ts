import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { concatBytes, fromHex, toHex, utf8ToBytes } from '../base/bytes.ts';
import { type Aead, portableAead, TAG_SIZE_BYTES } from './chacha20-poly1305.ts';
import { chooseAead } from './node/aead.ts';
import { Poly1305 } from './poly1305.ts';

const hex = (text: string): Uint8Array => fromHex(text.replace(/\s/g, ''))!;

/** The tag of a message given in pieces. */
function tagOf(key: Uint8Array, ...parts: Uint8Array[]): string {
  const mac = new Poly1305(key);
  for (const part of parts) mac.update(part);
  return toHex(mac.finish());
}

describe('Poly1305', () => {
  const key = hex('85d6be7857556d337f4452fe42d506a8 0103808afb0db2fd4abff6af4149f51b');

  it('gives the tag of RFC 8439, section 2.5.2, in whatever pieces the message comes', () => {
    const message = utf8ToBytes('Cryptographic Forum Research Group');
    for (let cut = 0; cut <= message.length; cut++) {
      assert.equal(tagOf(key, message.subarray(0, cut), message.subarray(cut)), 'a8061dc1305136c6c22b8baf0c0127a9', `cut at ${cut}`);
    }
  });

  it('is right where the sum is at the prime (RFC 8439, A.3, 7 to 11)', () => {
    const one = (r: string, s = '0'): Uint8Array => hex(r.padEnd(32, '0') + s.padEnd(32, '0'));
    const cases: [Uint8Array, string, string][] = [
      [one('02'), 'ff'.repeat(16), `03${'00'.repeat(15)}`],
      [one('02', 'ff'.repeat(16)), `02${'00'.repeat(15)}`, `03${'00'.repeat(15)}`],
      [one('01'), `${'ff'.repeat(16)}f0${'ff'.repeat(15)}11${'00'.repeat(15)}`, `05${'00'.repeat(15)}`],
      [one('01'), `${'ff'.repeat(16)}fb${'fe'.repeat(15)}${'01'.repeat(16)}`, '00'.repeat(16)],
      [one('02'), `fd${'ff'.repeat(15)}`, `fa${'ff'.repeat(15)}`],
    ];
    for (const [oneKey, message, tag] of cases) assert.equal(tagOf(oneKey, hex(message)), tag, message);
  });
});

for (const [name, aead] of [
  ['portable', portableAead],
  ['of Node', chooseAead()],
] as const) {
  describe(`ChaCha20-Poly1305 ${name}`, () => tests(aead));
}

function tests(aead: Aead): void {
  const key = hex('808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f');
  const nonce = hex('070000004041424344454647');
  const associated = hex('50515253c0c1c2c3c4c5c6c7');
  const text = utf8ToBytes(
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
  );
  const sealed = concatBytes(...aead.seal(key, nonce, associated, [text]));

  it('gives the bytes of RFC 8439, section 2.8.2', () => {
    assert.match(toHex(sealed), /^d31a8d34648e60db7b86afbc53ef7ec2[0-9a-f]*6116.{32}$/);
    assert.equal(toHex(sealed.subarray(text.length)), '1ae10b594f09e26a7e902ecbd0600691');
    assert.equal(toHex(aead.open(key, nonce, associated, sealed)!), toHex(text));
  });

  it('opens nothing of which one bit was changed, and nothing too short for a tag', () => {
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = sealed.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      assert.equal(aead.open(key, nonce, associated, changed), undefined, `bit ${bit}`);
    }
    assert.equal(aead.open(key, nonce, associated.subarray(1), sealed), undefined);
    for (let length = 0; length <= TAG_SIZE_BYTES; length++) {
      assert.equal(aead.open(key, nonce, associated, sealed.subarray(0, length)), undefined, `${length} bytes`);
    }
  });

  it('gives what OpenSSL does, of any bytes in any parts', () => {
    const bytes = (size: number) => fc.uint8Array({ minLength: size, maxLength: size });
    const anyBytes = fc.oneof(fc.uint8Array({ maxLength: 300 }), bytes(4_096), bytes(9_000));
    const property = fc.property(
      bytes(32),
      bytes(12),
      anyBytes,
      fc.array(anyBytes, { maxLength: 3 }),
      (someKey, someNonce, more, parts) => {
        const cipher = createCipheriv('chacha20-poly1305', someKey, someNonce, { authTagLength: TAG_SIZE_BYTES });
        const whole = concatBytes(...parts);
        cipher.setAAD(more, { plaintextLength: whole.length });
        const expected = concatBytes(cipher.update(whole), cipher.final(), cipher.getAuthTag());
        assert.equal(toHex(concatBytes(...aead.seal(someKey, someNonce, more, parts))), toHex(expected));
        assert.equal(toHex(aead.open(someKey, someNonce, more, expected)!), toHex(whole));
      },
    );
    fc.assert(property, { numRuns: 100 });
  });
}
