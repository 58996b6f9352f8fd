import { isIP } from 'node:net';
import { toHex } from '../../core/base/bytes.ts';
import { formatHostPort } from '../../core/wire/ip-text.ts';
import { parseOnion } from '../../core/wire/onion-text.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import type { CalledNetwork, Proxies, SocksProxy } from '../../engine/ports/proxy.ts';
import type { Random } from '../../engine/ports/random.ts';
import type { Connection, ConnectionHandlers, SocketAddress, Transport } from '../../engine/ports/transport.ts';
import { SocksHandshake } from './socks5.ts';

/** A proxy has so long to reach the target: over Tor that takes seconds. Core's `g_socks5_recv_timeout`. */
export const SOCKS_TIMEOUT_MS = 20_000;

const LOGIN_BYTES = 8;

/** What calls are made with. */
export interface ProxyOptions {
  readonly direct: Transport;
  readonly proxies: Proxies;
  readonly random: Random;
  /** How long a proxy may take once it is called. Default: `SOCKS_TIMEOUT_MS`. */
  readonly socksTimeoutMs?: number;
}

/** Which way a host is called: by its network, or as a name that somebody has to look up. */
function wayOf(host: string): CalledNetwork | 'names' {
  const version = isIP(host);
  if (version !== 0) return version === 4 ? 'ipv4' : 'ipv6';
  return /\.onion$/i.test(host) ? 'onion' : 'names';
}

/** A connection that a proxy made: to its owner it is one to the target. */
class ProxiedConnection implements Connection {
  readonly remote: SocketAddress;
  readonly local: SocketAddress;
  readonly #inner: Connection;
  #first: Uint8Array;

  constructor(inner: Connection, target: SocketAddress, first: Uint8Array) {
    this.#inner = inner;
    this.remote = target;
    this.local = inner.local;
    this.#first = first;
  }

  get handlers(): ConnectionHandlers {
    return this.#inner.handlers;
  }

  set handlers(handlers: ConnectionHandlers) {
    this.#inner.handlers = handlers;
    const first = this.#first;
    this.#first = new Uint8Array(0);
    // What came with the proxy's answer comes first, once its owner has it all set up.
    if (first.length > 0) void Promise.resolve().then(() => handlers.data(first));
  }

  get queuedBytes(): number {
    return this.#inner.queuedBytes;
  }

  write(bytes: Uint8Array): boolean {
    return this.#inner.write(bytes);
  }

  pause(): void {
    this.#inner.pause();
  }

  resume(): void {
    this.#inner.resume();
  }

  close(why: string): void {
    this.#inner.close(why);
  }
}

/** Asks a proxy for its target over a connection that stands. */
function negotiate(inner: Connection, target: SocketAddress, handshake: SocksHandshake, timeoutMs: number): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      inner.handlers = { data: () => {}, drained: () => {}, closed: () => {} };
      inner.close(why);
      reject(new NodeError('proxy-failed', `no connection to ${formatHostPort(target.host, target.port)} by the proxy: ${why}`));
    };
    const expiry = AbortSignal.timeout(timeoutMs);
    const onExpiry = (): void => fail(`no answer within ${timeoutMs} ms`);
    expiry.addEventListener('abort', onExpiry, { once: true });
    const settled = (): void => expiry.removeEventListener('abort', onExpiry);
    inner.handlers = {
      data: (bytes) => {
        const step = handshake.push(bytes);
        if (step.kind === 'send') inner.write(step.bytes);
        if (step.kind === 'failed' || step.kind === 'done') settled();
        if (step.kind === 'failed') fail(step.why);
        if (step.kind === 'done') resolve(new ProxiedConnection(inner, target, step.rest));
      },
      drained: () => {},
      closed: (why) => {
        settled();
        fail(why);
      },
    };
    inner.write(handshake.hello());
  });
}

/** How calls are made by a proxy. */
async function dialBy(proxy: SocksProxy, target: SocketAddress, options: ProxyOptions, timeoutMs: number): Promise<Connection> {
  const { direct, random, socksTimeoutMs = SOCKS_TIMEOUT_MS } = options;
  const text = toHex(random.bytes(LOGIN_BYTES));
  const login = proxy.randomizeCredentials ? { user: text, password: text } : undefined;
  let handshake: SocksHandshake;
  try {
    handshake = new SocksHandshake(target, login);
  } catch (error) {
    throw new NodeError('dial-failed', `no connection to ${formatHostPort(target.host, target.port)}: its name is too long`, {
      cause: error,
    });
  }
  const inner = await direct.dial({ host: proxy.host, port: proxy.port }, { timeoutMs });
  return negotiate(inner, target, handshake, socksTimeoutMs);
}

/**
 * Streams that begin at a proxy where there is one for their network. A name goes to the proxy and is not looked up here; one of an onion
 * service is never looked up at all, which would tell others of it (RFC 7686).
 *
 * Calls fail with `dial-failed` where the proxy or the target cannot be called, and `proxy-failed` where the proxy refuses, says what is not
 * SOCKS5, or takes too long.
 */
export function createProxyTransport(options: ProxyOptions): Transport {
  const { direct, proxies } = options;
  return {
    listen: (address, accept) => direct.listen(address, accept),
    dial: async (address, { timeoutMs }) => {
      const way = wayOf(address.host);
      const proxy = proxies[way];
      const isNoOnion = way === 'onion' && parseOnion(address.host) === undefined;
      if (isNoOnion || (way === 'onion' && proxy === undefined)) {
        const why = isNoOnion ? 'it is no address of an onion service' : 'there is no proxy to Tor';
        throw new NodeError('dial-failed', `no connection to ${formatHostPort(address.host, address.port)}: ${why}`);
      }
      return proxy === undefined ? direct.dial(address, { timeoutMs }) : dialBy(proxy, address, options, timeoutMs);
    },
  };
}
