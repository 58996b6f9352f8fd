import { formatHostPort } from '../../core/wire/ip-text.ts';
import type { Clock, Timer } from '../../engine/ports/clock.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import type { Connection, ConnectionHandlers, SocketAddress, Transport } from '../../engine/ports/transport.ts';
import type { PeerUrl } from './peer-url.ts';

/** Bytes that may wait to be taken before a writer is told to wait. */
const WRITE_QUEUE_BYTES_MAX = 1_000_000;

/** Time between two looks at whether they were taken: nobody tells a page. */
const DRAIN_INTERVAL_MS = 20;

/**
 * Bytes that are held while nobody reads. A page cannot make the other side wait, so one that sends more than this ends the connection: more
 * than the blocks and filters that a light client ever asks of one peer.
 */
export const HELD_BYTES_MAX = 32_000_000;

/** A page does not learn its own end of a connection. */
const UNKNOWN: SocketAddress = { host: '', port: 0 };

const IGNORE: ConnectionHandlers = { data: () => {}, drained: () => {}, closed: () => {} };

/** A WebSocket that is open, as a stream of bytes: where a message ends means nothing. */
class SocketConnection implements Connection {
  readonly remote: SocketAddress;
  readonly local: SocketAddress = UNKNOWN;
  handlers: ConnectionHandlers = IGNORE;
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  #closed = false;
  #paused = false;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #drainTimer: Timer | undefined;

  constructor(socket: WebSocket, remote: SocketAddress, clock: Clock) {
    this.remote = remote;
    this.#socket = socket;
    this.#clock = clock;
    socket.onmessage = ({ data }: MessageEvent<unknown>) => this.#received(data);
    socket.onclose = () => this.#ended('the other side closed the connection');
  }

  get queuedBytes(): number {
    return this.#closed ? 0 : this.#socket.bufferedAmount;
  }

  write(bytes: Uint8Array): boolean {
    if (this.#closed) return true;
    this.#socket.send(bytes as Uint8Array<ArrayBuffer>);
    if (this.queuedBytes > WRITE_QUEUE_BYTES_MAX) this.#awaitDrain();
    return this.#drainTimer === undefined;
  }

  #awaitDrain(): void {
    this.#drainTimer ??= this.#clock.after(DRAIN_INTERVAL_MS, () => {
      this.#drainTimer = undefined;
      if (this.#closed) return;
      if (this.queuedBytes > WRITE_QUEUE_BYTES_MAX / 2) this.#awaitDrain();
      else this.handlers.drained();
    });
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    while (!this.#paused && !this.#closed) {
      const bytes = this.#held.shift();
      if (bytes === undefined) return;
      this.#heldBytes -= bytes.length;
      this.handlers.data(bytes);
    }
  }

  close(why: string): void {
    this.#ended(why);
    this.#socket.close();
  }

  #received(data: unknown): void {
    if (this.#closed) return;
    if (!(data instanceof ArrayBuffer)) {
      this.close('a message of text came, where peers send binary ones');
      return;
    }
    const bytes = new Uint8Array(data);
    if (bytes.length === 0) return;
    if (!this.#paused) {
      this.handlers.data(bytes);
      return;
    }
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#heldBytes > HELD_BYTES_MAX) this.close('it sends more than can be looked at');
  }

  /** Told once, in a turn of its own as every other end of a connection. */
  #ended(why: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#held = [];
    if (this.#drainTimer !== undefined) this.#clock.cancel(this.#drainTimer);
    void this.#clock.yield().then(() => this.handlers.closed(why));
  }
}

/** Calls one node. */
function dial({ url, address }: PeerUrl, timeoutMs: number, clock: Clock): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const fail = (why: string, cause?: unknown): void => reject(new NodeError('dial-failed', `${url}: ${why}`, { cause }));
    let socket: WebSocket;
    try {
      socket = new WebSocket(url);
    } catch (error) {
      // A page that came by https may call no ws:// address but those of this machine.
      fail('the browser does not let this page call it; a page that came by https may call wss:// addresses only', error);
      return;
    }
    socket.binaryType = 'arraybuffer';
    const late = clock.after(timeoutMs, () => {
      socket.onclose = null;
      socket.onopen = null;
      socket.close();
      fail('it does not answer');
    });
    socket.onclose = () => {
      clock.cancel(late);
      fail('nobody is there, or it takes no WebSocket');
    };
    socket.onopen = () => {
      clock.cancel(late);
      resolve(new SocketConnection(socket, address, clock));
    };
  });
}

/** Streams to the nodes of these URLs, each called by its host and port. Nobody can call a page. */
export function createWebSocketTransport(peers: readonly PeerUrl[], clock: Clock): Transport {
  const known = new Map(peers.map((peer) => [formatHostPort(peer.address.host, peer.address.port), peer]));
  return {
    dial: async (address, { timeoutMs }) => {
      const peer = known.get(formatHostPort(address.host, address.port));
      if (peer === undefined) throw new NodeError('dial-failed', `no WebSocket is known at ${formatHostPort(address.host, address.port)}`);
      return dial(peer, timeoutMs, clock);
    },
    listen: async () => {
      throw new NodeError('listen-failed', 'nobody can call a page in a browser');
    },
  };
}
