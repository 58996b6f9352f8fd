/**
 * What every transport must do, whatever it is made of.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NodeError } from '../../src/engine/ports/node-error.ts';
import type { Connection, Listener, SocketAddress, Transport } from '../../src/engine/ports/transport.ts';

/** A transport to try, an address to listen on with any port, and a way to let time pass until something holds. */
export interface TransportUnderTest {
  readonly transport: Transport;
  readonly address: SocketAddress;
  readonly until: (condition: () => boolean) => Promise<void>;
}

/** What happened on one end. */
interface End {
  readonly connection: Connection;
  readonly received: () => Uint8Array;
  readonly receivedBytes: () => number;
  readonly drained: () => number;
  readonly closed: () => string | undefined;
}

function watch(connection: Connection): End {
  const chunks: Uint8Array[] = [];
  let drained = 0;
  let bytes = 0;
  let why: string | undefined;
  connection.handlers = {
    data: (chunk) => {
      assert.equal(why, undefined, 'no data after closed');
      chunks.push(chunk.slice());
      bytes += chunk.length;
    },
    drained: () => {
      drained++;
    },
    closed: (reason) => {
      assert.equal(why, undefined, 'closed once');
      why = reason;
    },
  };
  return { connection, received: () => Buffer.concat(chunks), receivedBytes: () => bytes, drained: () => drained, closed: () => why };
}

async function settleDial<T>(under: TransportUnderTest, promise: Promise<T>): Promise<T> {
  let done = false;
  const watched = promise.finally(() => {
    done = true;
  });
  watched.catch(() => undefined);
  await under.until(() => done);
  return watched;
}

async function pair(under: TransportUnderTest): Promise<{ near: End; far: End; listener: Listener }> {
  let far: End | undefined;
  const listener = await under.transport.listen(under.address, (connection) => {
    far = watch(connection);
  });
  const near = watch(await settleDial(under, under.transport.dial(listener.address, { timeoutMs: 5_000 })));
  await under.until(() => far !== undefined);
  return { near, far: far!, listener };
}

/** Runs the suite. */
export function transportSuite(name: string, make: () => TransportUnderTest): void {
  describe(name, () => {
    it('carries bytes in order, both ways, and names both ends', async () => {
      const under = make();
      const { near, far, listener } = await pair(under);
      for (let i = 0; i < 100; i++) near.connection.write(Uint8Array.of(i, i));
      far.connection.write(Uint8Array.of(7));
      await under.until(() => far.receivedBytes() === 200 && near.receivedBytes() === 1);
      assert.deepEqual(
        [...far.received()],
        Array.from({ length: 200 }, (_, i) => i >> 1),
      );
      assert.deepEqual(near.connection.remote, listener.address);
      assert.deepEqual(far.connection.local, listener.address);
      assert.deepEqual(far.connection.remote, near.connection.local);
      near.connection.close('done');
      await under.until(() => far.closed() !== undefined && near.closed() !== undefined);
      assert.equal(near.closed(), 'done');
      await listener.close();
    });

    it('takes a free port for port 0, and refuses one that is taken', async () => {
      const under = make();
      const listener = await under.transport.listen(under.address, () => {});
      assert.ok(listener.address.port > 0);
      await assert.rejects(
        under.transport.listen(listener.address, () => {}),
        (error: unknown) => error instanceof NodeError && error.code === 'port-in-use',
      );
      await listener.close();
    });

    it('fails to call where nobody listens', async () => {
      const under = make();
      const listener = await under.transport.listen(under.address, () => {});
      await listener.close();
      await assert.rejects(
        settleDial(under, under.transport.dial(listener.address, { timeoutMs: 5_000 })),
        (error: unknown) => error instanceof NodeError && error.code === 'dial-failed',
      );
    });

    it('tells a writer to wait for a slow reader, holds little, and goes on when it reads', async () => {
      const under = make();
      const { near, far, listener } = await pair(under);
      far.connection.pause();
      const piece = new Uint8Array(100_000).fill(1);
      let written = 0;
      // A system keeps some megabytes on its own account; then the queue grows, and at about a million `write` says so.
      for (let waits = false; !waits; ) {
        waits = !near.connection.write(piece);
        written += piece.length;
        assert.ok(written < 50_000_000, 'a reader that does not read stops the writer');
        if (!waits) await under.until(() => true);
      }
      assert.ok(near.connection.queuedBytes <= 1_000_000 + piece.length, `${near.connection.queuedBytes} bytes are queued`);
      assert.equal(near.drained(), 0);
      far.connection.resume();
      await under.until(() => near.drained() > 0 && far.receivedBytes() === written);
      assert.equal(near.connection.queuedBytes, 0);
      assert.ok(near.connection.write(piece), 'there is room again');
      far.connection.close('done');
      await under.until(() => near.closed() !== undefined);
      await listener.close();
    });

    it('hands over nothing that comes after the close, and takes writes after it as no error', async () => {
      const under = make();
      const { near, far, listener } = await pair(under);
      near.connection.write(Uint8Array.of(1));
      far.connection.close('enough');
      await under.until(() => near.closed() !== undefined && far.closed() !== undefined);
      assert.equal(far.closed(), 'enough');
      assert.equal(far.connection.write(Uint8Array.of(2)), true);
      far.connection.close('again');
      await listener.close();
    });
  });
}
