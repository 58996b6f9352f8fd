import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import { SocksServer } from '../../../test/support/socks-server.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import type { Proxies, SocksProxy } from '../../engine/ports/proxy.ts';
import type { Connection, Listener, Transport } from '../../engine/ports/transport.ts';
import { createSystemClock } from '../system/clock.ts';
import { createProxyTransport } from './proxy-transport.ts';
import { tcpTransport } from './tcp-transport.ts';

const clock = createSystemClock();
const ONION = '2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion';

async function until(condition: () => boolean): Promise<void> {
  const limit = clock.monotonicMs() + 10_000;
  do {
    await clock.yield();
    assert.ok(clock.monotonicMs() < limit, `in time: ${condition}`);
  } while (!condition());
}

describe('createProxyTransport', () => {
  let listener: Listener;
  let came: Connection[];
  let server: SocksServer | undefined;

  beforeEach(async () => {
    came = [];
    listener = await tcpTransport.listen({ host: '127.0.0.1', port: 0 }, (connection) => {
      // Answers in the same moment in which the proxy says yes.
      connection.write(Uint8Array.of(1, 2, 3));
      connection.handlers = { data: (bytes) => connection.write(bytes), drained: () => {}, closed: () => {} };
      came.push(connection);
    });
    server = undefined;
  });

  afterEach(async () => {
    for (const connection of came) connection.close('done');
    await server?.close();
    await listener.close();
  });

  async function transportBy(
    networks: readonly (keyof Proxies)[],
    options: { readonly randomizes?: boolean; readonly misbehave?: (socket: Socket) => void } = {},
  ): Promise<Transport> {
    server = await SocksServer.start(() => listener.address.port, options.misbehave);
    const proxy: SocksProxy = { host: '127.0.0.1', port: server.port, randomizeCredentials: options.randomizes === true };
    const proxies = Object.fromEntries(networks.map((network) => [network, proxy]));
    return createProxyTransport({ direct: tcpTransport, proxies, random: new SeededRandom(5) });
  }

  it('calls names, addresses and onion services by the proxy, which alone learns the name, with another login each', async () => {
    const transport = await transportBy(['ipv4', 'ipv6', 'onion', 'names'], { randomizes: true });
    for (const host of ['no-such-name.invalid', '15.61.23.23', '2001:4860::1', ONION]) {
      const connection = await transport.dial({ host, port: 8333 }, { timeoutMs: 5_000 });
      const got: number[] = [];
      connection.handlers = { data: (bytes) => got.push(...bytes), drained: () => {}, closed: () => {} };
      connection.write(Uint8Array.of(9));
      await until(() => got.length === 4);
      assert.deepEqual(got, [1, 2, 3, 9]);
      assert.deepEqual(connection.remote, { host, port: 8333 });
      connection.close('done');
    }
    const { calls } = server!;
    assert.deepEqual(
      calls.map(({ kind, host, port }) => [kind, host, port]),
      ['no-such-name.invalid', '15.61.23.23', '2001:4860::1', ONION].map((host) => [3, host, 8333]),
    );
    assert.equal(new Set(calls.map(({ user }) => user)).size, 4);
    assert.ok(calls.every(({ user, password }) => user !== undefined && user === password));
  });

  it('logs in with nothing where calls are not to be kept apart, and calls directly where no proxy is for the network', async () => {
    const transport = await transportBy(['onion']);
    const byProxy = await transport.dial({ host: ONION, port: 1 }, { timeoutMs: 5_000 });
    const direct = await transport.dial(listener.address, { timeoutMs: 5_000 });
    assert.deepEqual([server!.calls.length, server!.calls[0]?.user], [1, undefined]);
    byProxy.close('done');
    direct.close('done');
  });

  it('never looks up the name of an onion service', async () => {
    const transport = createProxyTransport({ direct: tcpTransport, proxies: {}, random: new SeededRandom(1) });
    const broken = ONION.replace('2gzy', '3gzy');
    for (const [host, why] of [
      [ONION, /no proxy to Tor/],
      [broken, /no address of an onion service/],
    ] as const) {
      await assert.rejects(
        transport.dial({ host, port: 1 }, { timeoutMs: 1_000 }),
        (error: unknown) => error instanceof NodeError && error.code === 'dial-failed' && why.test(error.message),
      );
    }
  });

  for (const [what, misbehave, why] of [
    ['hangs up', (socket: Socket) => socket.destroy(), /./],
    ['speaks something else', (socket: Socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'), /does not speak SOCKS5/],
    ['refuses', (socket: Socket) => socket.once('data', () => socket.write(Buffer.of(5, 0xff))), /wants a login/],
    [
      'cannot reach the target',
      (socket: Socket) => {
        socket.once('data', () => {
          socket.write(Buffer.of(5, 0));
          socket.once('data', () => socket.write(Buffer.of(5, 4, 0, 1, 0, 0, 0, 0, 0, 0)));
        });
      },
      /the host cannot be reached/,
    ],
    ['says yes before it was asked', (socket: Socket) => socket.write(Buffer.of(5, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0)), /before it is asked/],
    ['sends without end', (socket: Socket) => socket.write(Buffer.alloc(1_000_000, 5)), /wants a login/],
  ] as const) {
    it(`fails with a code of its own where the proxy ${what}`, async () => {
      let gone = false;
      const transport = await transportBy(['names'], {
        misbehave: (socket) => {
          socket.on('close', () => {
            gone = true;
          });
          misbehave(socket);
        },
      });
      await assert.rejects(
        transport.dial({ host: 'a.invalid', port: 1 }, { timeoutMs: 5_000 }),
        (error: unknown) => error instanceof NodeError && error.code === 'proxy-failed' && why.test(error.message),
      );
      await until(() => gone);
    });
  }

  it('gives a proxy that stalls a time, and hangs up after it', async () => {
    const sockets: Socket[] = [];
    const direct: Transport = { ...tcpTransport };
    server = await SocksServer.start(
      () => listener.address.port,
      (socket) => sockets.push(socket),
    );
    const proxy: SocksProxy = { host: '127.0.0.1', port: server.port, randomizeCredentials: false };
    const transport = createProxyTransport({ direct, proxies: { names: proxy }, random: new SeededRandom(1), socksTimeoutMs: 20 });
    await assert.rejects(
      transport.dial({ host: 'a.invalid', port: 1 }, { timeoutMs: 20 }),
      (error: unknown) => error instanceof NodeError && error.code === 'proxy-failed' && /no answer within 20 ms/.test(error.message),
    );
    await until(() => sockets.length === 1 && sockets.every((socket) => socket.destroyed));
  });
});
