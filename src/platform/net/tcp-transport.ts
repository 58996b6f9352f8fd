import type { Server, Socket } from 'node:net';
import { createConnection, createServer } from 'node:net';
import { formatHostPort } from '../../core/wire/ip-text.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import type { Connection, ConnectionHandlers, Listener, SocketAddress, Transport } from '../../engine/ports/transport.ts';

/** Bytes that may be queued before `write` says to wait. Core's `-maxsendbuffer`. */
export const WRITE_QUEUE_BYTES_MAX = 1_000_000;

/** Connections that the system keeps for us until we take them. */
const BACKLOG = 511;

const IGNORE: ConnectionHandlers = { data: () => {}, drained: () => {}, closed: () => {} };

/** An IPv4 address that came in over an IPv6 socket, as itself. */
export function plainHost(host: string | undefined): string {
  return (host ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
}

/** Streams over TCP, of IPv4 and IPv6. */
class TcpConnection implements Connection {
  readonly remote: SocketAddress;
  readonly local: SocketAddress;
  handlers: ConnectionHandlers = IGNORE;
  readonly #socket: Socket;
  #why: string | undefined;
  #full = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.remote = { host: plainHost(socket.remoteAddress), port: socket.remotePort ?? 0 };
    this.local = { host: plainHost(socket.localAddress), port: socket.localPort ?? 0 };
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => {
      if (this.#why === undefined) this.handlers.data(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length));
    });
    socket.on('end', () => {
      // Nobody on this protocol goes on after the other side has ended.
      this.close('the other side closed the connection');
    });
    socket.on('error', (error) => {
      this.#why ??= error.message;
    });
    socket.on('close', () => this.handlers.closed(this.#why ?? 'closed'));
  }

  get queuedBytes(): number {
    return this.#socket.writableLength;
  }

  write(bytes: Uint8Array): boolean {
    if (this.#why !== undefined) return true;
    this.#socket.write(bytes, () => {
      // Told when half is gone, not for each piece.
      if (!this.#full || this.queuedBytes > WRITE_QUEUE_BYTES_MAX / 2) return;
      this.#full = false;
      this.handlers.drained();
    });
    this.#full ||= this.queuedBytes > WRITE_QUEUE_BYTES_MAX;
    return !this.#full;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(why: string): void {
    if (this.#why !== undefined) return;
    this.#why = why;
    this.#socket.destroy();
  }
}

/** Listens, or says what stands in the way. @throws NodeError `port-in-use`, `listen-failed` */
export function listenOn(server: Server, address: SocketAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, address)));
    server.listen({ host: address.host, port: address.port, backlog: BACKLOG }, resolve);
  });
}

function listenError(error: NodeJS.ErrnoException, { host, port }: SocketAddress): NodeError {
  const where = formatHostPort(host, port);
  if (error.code === 'EADDRINUSE') {
    const message = `something else listens on ${where}: stop it, or choose another port (0 takes any free one)`;
    return new NodeError('port-in-use', message, { cause: error });
  }
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'this user may not use the port: choose one above 1023',
    EADDRNOTAVAIL: 'no interface of this machine has the address',
    ENOTFOUND: 'the name has no address',
  };
  const why = reasons[error.code ?? ''] ?? error.message;
  return new NodeError('listen-failed', `cannot listen on ${where}: ${why}`, { cause: error });
}

/** Calls a node, or says why that failed. Names are looked up by the system. */
function dial(address: SocketAddress, { timeoutMs }: { readonly timeoutMs: number }): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: address.host, port: address.port });
    const fail = (why: string, cause?: unknown): void => {
      socket.destroy();
      reject(new NodeError('dial-failed', `no connection to ${formatHostPort(address.host, address.port)}: ${why}`, { cause }));
    };
    const onError = (error: Error): void => fail(error.message, error);
    socket.once('error', onError);
    const expiry = AbortSignal.timeout(timeoutMs);
    const onExpiry = (): void => fail(`no answer within ${timeoutMs} ms`);
    expiry.addEventListener('abort', onExpiry, { once: true });
    socket.once('connect', () => {
      socket.off('error', onError);
      expiry.removeEventListener('abort', onExpiry);
      resolve(new TcpConnection(socket));
    });
  });
}

async function listen(address: SocketAddress, accept: (connection: Connection) => void): Promise<Listener> {
  // The caller pauses and resumes as soon as it has the connection; until then nothing is read.
  const server = createServer((socket) => accept(new TcpConnection(socket)));
  await listenOn(server, address);
  // What goes wrong with a connection before it is one is that connection's alone.
  server.on('error', () => {});
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : address.port;
  return {
    address: { host: address.host, port },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** TCP by Node's sockets. */
export const tcpTransport: Transport = { dial, listen };
