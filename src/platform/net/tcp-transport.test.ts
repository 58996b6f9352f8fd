import assert from 'node:assert/strict';
import { createConnection } from 'node:net';
import { describe, it } from 'node:test';
import { transportSuite } from '../../../test/support/transport-suite.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import { createSystemClock } from '../system/clock.ts';
import { tcpTransport } from './tcp-transport.ts';

const clock = createSystemClock();

/** Lets the event loop turn until the condition holds; fails after ten seconds. */
async function until(condition: () => boolean): Promise<void> {
  const limit = clock.monotonicMs() + 10_000;
  do {
    await clock.yield();
    assert.ok(clock.monotonicMs() < limit, `in time: ${condition}`);
  } while (!condition());
}

transportSuite('TCP transport', () => ({ transport: tcpTransport, address: { host: '127.0.0.1', port: 0 }, until }));

describe('tcpTransport', () => {
  it('says what to do where it cannot listen', async () => {
    const listener = await tcpTransport.listen({ host: '127.0.0.1', port: 0 }, () => {});
    await assert.rejects(
      tcpTransport.listen(listener.address, () => {}),
      (error: unknown) =>
        error instanceof NodeError && /something else listens on 127\.0\.0\.1:\d+: stop it, or choose another port/.test(error.message),
    );
    await listener.close();
    await assert.rejects(
      tcpTransport.listen({ host: '192.0.2.1', port: 0 }, () => {}),
      (error: unknown) =>
        error instanceof NodeError && error.code === 'listen-failed' && /no interface of this machine/.test(error.message),
    );
  });

  it('carries IPv6', async () => {
    let received = 0;
    let listener: Awaited<ReturnType<typeof tcpTransport.listen>>;
    try {
      listener = await tcpTransport.listen({ host: '::1', port: 0 }, (connection) => {
        connection.handlers = { data: (bytes) => (received += bytes.length), drained: () => {}, closed: () => {} };
      });
    } catch (error) {
      // A machine without IPv6 has no such address.
      assert.ok(error instanceof NodeError && error.code === 'listen-failed');
      return;
    }
    const connection = await tcpTransport.dial(listener.address, { timeoutMs: 5_000 });
    assert.equal(connection.remote.host, '::1');
    connection.write(Uint8Array.of(1, 2, 3));
    await until(() => received === 3);
    connection.close('done');
    await listener.close();
  });

  it('ends a connection whose other side only stops sending', async () => {
    let why: string | undefined;
    const listener = await tcpTransport.listen({ host: '127.0.0.1', port: 0 }, (connection) => {
      connection.handlers = { data: () => {}, drained: () => {}, closed: (reason) => (why = reason) };
    });
    const socket = createConnection(listener.address.port, '127.0.0.1');
    socket.on('connect', () => socket.end());
    await until(() => why !== undefined);
    assert.equal(why, 'the other side closed the connection');
    socket.destroy();
    await listener.close();
  });
});
