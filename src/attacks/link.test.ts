import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { regtest } from '../core/params/regtest.ts';
import { encodeFrame } from '../core/wire/frame.ts';
import { encodeMessage } from '../core/wire/messages/table.ts';
import type { Connection } from '../engine/ports/transport.ts';
import { BYTES_KEPT_MAX, Link, MESSAGES_KEPT_MAX } from './link.ts';

/** A link, and what its target sends over it. */
function createLink() {
  const nowhere = { host: '127.0.0.1', port: 1 };
  const connection: Connection = {
    ...{ remote: nowhere, local: nowhere, queuedBytes: 0, handlers: { data: () => {}, drained: () => {}, closed: () => {} } },
    ...{ write: () => true, pause: () => {}, resume: () => {}, close: () => {} },
  };
  const traffic = { connections: 0, messages: 0, bytesSent: 0, bytesReceived: 0 };
  const link = new Link({ connection, params: regtest, clock: new FakeClock(0), traffic, spend: () => {}, nonce: 1n });
  const receive = (command: string, payload: Uint8Array): void =>
    connection.handlers.data(encodeFrame(regtest.messageStart, command, payload));
  return { link, receive };
}

describe('what a target sends', () => {
  it('is kept up to so many messages, the last ones', () => {
    const { link, receive } = createLink();
    const pong = (nonce: number): void => receive('pong', encodeMessage({ type: 'pong', nonce: BigInt(nonce) }));
    for (let i = 0; i < MESSAGES_KEPT_MAX; i++) pong(i);
    assert.deepEqual([link.of('pong').length, link.of('pong')[0]?.nonce], [MESSAGES_KEPT_MAX, 0n]);
    pong(MESSAGES_KEPT_MAX);
    assert.deepEqual([link.of('pong').length, link.of('pong')[0]?.nonce], [MESSAGES_KEPT_MAX, 1n]);
  });

  it('is kept up to so many bytes, and counted anew when it was forgotten', () => {
    const { link, receive } = createLink();
    // A transaction whose one output has a script of so many bytes: all else of it takes 64.
    const size = 1_000_000;
    const script = size - 64;
    const head = Uint8Array.of(1, 0, 0, 0, 1, ...new Array(32).fill(1), 0, 0, 0, 0, 0, 255, 255, 255, 255, 1, ...new Array(8).fill(0));
    const length = Uint8Array.of(0xfe, script & 0xff, (script >> 8) & 0xff, script >> 16, 0);
    const payload = Uint8Array.from(Buffer.concat([head, length, new Uint8Array(script), new Uint8Array(4)]));
    assert.equal(payload.length, size);
    const limit = BYTES_KEPT_MAX / size;
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < limit; i++) receive('tx', payload);
      assert.equal(link.of('tx').length, limit);
      receive('tx', payload);
      assert.equal(link.of('tx').length, limit);
      link.forget();
    }
  });
});
