import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SocksHandshake, type SocksStep } from './socks5.ts';

const LOGIN = { user: 'u', password: 'pw' };
const TARGET = { host: 'node.example', port: 8333 };

/** What a handshake does with an answer that comes in pieces; a `send` ends a conversation's turn. */
function feed(handshake: SocksHandshake, bytes: Uint8Array, sizes: readonly number[]): SocksStep {
  let step: SocksStep = { kind: 'wait' };
  for (let at = 0, i = 0; at < bytes.length && step.kind === 'wait'; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    step = handshake.push(bytes.subarray(at, at + size));
    at += size;
  }
  return step;
}

/** One that has sent its request. */
function asked(): SocksHandshake {
  const handshake = new SocksHandshake(TARGET);
  assert.equal(handshake.push(Uint8Array.of(5, 0)).kind, 'send');
  return handshake;
}

const bytesOf = (step: SocksStep): readonly number[] => (step.kind === 'send' ? [...step.bytes] : []);

describe('SocksHandshake', () => {
  it('gives the name to the proxy as it is, with a login where the proxy wants one', () => {
    const handshake = new SocksHandshake(TARGET, LOGIN);
    assert.deepEqual([...handshake.hello()], [5, 2, 0, 2]);
    assert.deepEqual(bytesOf(handshake.push(Uint8Array.of(5, 2))), [1, 1, 117, 2, 112, 119]);
    const name = [...Buffer.from('node.example')];
    assert.deepEqual(bytesOf(handshake.push(Uint8Array.of(1, 0))), [5, 1, 0, 3, 12, ...name, 0x20, 0x8d]);
    assert.deepEqual(handshake.push(Uint8Array.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0)), { kind: 'done', rest: new Uint8Array(0) });
    assert.deepEqual([...new SocksHandshake(TARGET).hello()], [5, 1, 0]);
  });

  it('takes an answer with any address in any pieces, and leaves what comes after it', () => {
    const addresses = [
      Uint8Array.of(1, 1, 2, 3, 4),
      Uint8Array.of(4, ...new Uint8Array(16)),
      Uint8Array.of(3, 0),
      Uint8Array.of(3, 2, 65, 66),
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...addresses),
        fc.uint8Array({ maxLength: 40 }),
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 }),
        (address, rest, sizes) => {
          const answer = Uint8Array.of(5, 0, 0, ...address, 0, 80);
          const handshake = asked();
          const early = feed(handshake, answer.subarray(0, answer.length - 1), sizes);
          assert.equal(early.kind, 'wait');
          assert.deepEqual(handshake.push(Uint8Array.of(80, ...rest)), { kind: 'done', rest });
        },
      ),
    );
  });

  it('ends within 262 bytes whatever comes, and says what is wrong', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 262, maxLength: 300 }), fc.boolean(), (bytes, far) => {
        const handshake = far ? asked() : new SocksHandshake(TARGET, LOGIN);
        const step = handshake.push(bytes);
        assert.notEqual(step.kind, 'wait');
        if (step.kind === 'failed') assert.ok(step.why.length > 0);
      }),
    );
    for (const [answer, why] of [
      [[4], /does not speak SOCKS5/],
      [[5, 0xff], /wants a login/],
      [[5, 2], /wants a login/],
      [[5, 0, 5, 0], /before it is asked/],
    ] as const) {
      const step = new SocksHandshake(TARGET).push(Uint8Array.from(answer));
      assert.ok(step.kind === 'failed' && why.test(step.why), JSON.stringify(step));
    }
    for (const [answer, why] of [
      [[5, 5], /refused/],
      [[5, 99], /code 99/],
      [[5, 240], /onion service/],
      [[1, 0], /not of SOCKS5/],
      [[5, 0, 1, 1, 0], /cannot be read/],
      [[5, 0, 0, 2, 0], /cannot be read/],
    ] as const) {
      const step = asked().push(Uint8Array.from(answer));
      assert.ok(step.kind === 'failed' && why.test(step.why), JSON.stringify(step));
    }
    const refused = new SocksHandshake(TARGET, LOGIN);
    refused.push(Uint8Array.of(5, 2));
    assert.equal(refused.push(Uint8Array.of(1, 1)).kind, 'failed');
  });

  it('has no room for an empty name or one over 255 bytes', () => {
    assert.throws(() => new SocksHandshake({ host: '', port: 1 }), RangeError);
    assert.throws(() => new SocksHandshake({ host: 'a'.repeat(256), port: 1 }), RangeError);
    assert.doesNotThrow(() => new SocksHandshake({ host: 'a'.repeat(255), port: 1 }));
  });
});
