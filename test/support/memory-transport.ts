/**
 * A network in memory: what is written arrives after a latency of the clock that was handed in.
 *
 * @module
 */

import type { Clock } from '../../src/engine/ports/clock.ts';
import { NodeError } from '../../src/engine/ports/node-error.ts';
import type { Connection, ConnectionHandlers, Listener, SocketAddress, Transport } from '../../src/engine/ports/transport.ts';

/** As the TCP transport: bytes that may be queued before `write` says to wait. */
const WRITE_QUEUE_BYTES_MAX = 1_000_000;

const IGNORE: ConnectionHandlers = { data: () => {}, drained: () => {}, closed: () => {} };

/** One end of a stream. */
class MemoryConnection implements Connection {
  readonly remote: SocketAddress;
  readonly local: SocketAddress;
  handlers: ConnectionHandlers = IGNORE;
  readonly #network: MemoryNetwork;
  other: MemoryConnection | undefined;
  #inbox: Uint8Array[] = [];
  #queuedBytes = 0;
  #paused = false;
  #full = false;
  #closed = false;

  constructor(network: MemoryNetwork, local: SocketAddress, remote: SocketAddress) {
    this.#network = network;
    this.local = local;
    this.remote = remote;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  write(bytes: Uint8Array): boolean {
    if (this.#closed || this.other === undefined) return true;
    const { other } = this;
    const copy = bytes.slice();
    this.#queuedBytes += copy.length;
    this.#network.later(() => other.#arrive(copy));
    this.#full ||= this.#queuedBytes > WRITE_QUEUE_BYTES_MAX;
    return !this.#full;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    const inbox = this.#inbox;
    this.#inbox = [];
    for (const bytes of inbox) this.#arrive(bytes);
  }

  close(why: string): void {
    if (this.#closed) return;
    this.#end(why);
    const { other } = this;
    this.#network.later(() => {
      if (other !== undefined) other.#end('the other side closed the connection');
    });
  }

  #end(why: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#inbox = [];
    this.#network.connections.delete(this);
    // As with a socket, never within the call that closes.
    this.#network.soon(() => this.handlers.closed(why));
  }

  #arrive(bytes: Uint8Array): void {
    if (this.#closed) return;
    if (this.#paused) {
      this.#inbox.push(bytes);
      return;
    }
    if (this.other !== undefined) this.other.#taken(bytes.length);
    this.handlers.data(bytes);
  }

  #taken(count: number): void {
    this.#queuedBytes -= count;
    if (!this.#full || this.#queuedBytes > WRITE_QUEUE_BYTES_MAX / 2 || this.#closed) return;
    this.#full = false;
    this.#network.soon(() => this.handlers.drained());
  }
}

/** All that is connected with each other. Hosts are made up by whoever asks for their transport. */
export class MemoryNetwork {
  /** Ends of streams that stand. */
  readonly connections = new Set<MemoryConnection>();
  readonly #clock: Pick<Clock, 'after'>;
  readonly #latencyMs: number;
  readonly #listeners = new Map<string, (connection: Connection) => void>();
  #nextPort = 49_152;
  #reachable: (from: string, to: string) => boolean = () => true;

  constructor(clock: Pick<Clock, 'after'>, options: { readonly latencyMs?: number } = {}) {
    this.#clock = clock;
    this.#latencyMs = options.latencyMs ?? 1;
  }

  /** Runs an action after the latency, in the order of the calls. */
  later(action: () => void): void {
    this.#clock.after(this.#latencyMs, action);
  }

  /** Runs an action as soon as this turn is over. */
  soon(action: () => void): void {
    this.#clock.after(0, action);
  }

  /** Says who reaches whom from now on; streams between those who do not are cut. */
  setReachable(reachable: (from: string, to: string) => boolean): void {
    this.#reachable = reachable;
    for (const connection of [...this.connections]) {
      if (!reachable(connection.local.host, connection.remote.host)) connection.close('unreachable');
    }
  }

  /** The network as one host sees it. */
  transport(host: string): Transport {
    return {
      dial: (address) => this.#dial(host, address),
      listen: (address, accept) => this.#listen(address, accept),
    };
  }

  #dial(host: string, address: SocketAddress): Promise<Connection> {
    return new Promise((resolve, reject) => {
      this.later(() => {
        const accept = this.#listeners.get(`${address.host}:${address.port}`);
        if (accept === undefined || !this.#reachable(host, address.host)) {
          reject(new NodeError('dial-failed', `no connection to ${address.host}:${address.port}: nobody listens`));
          return;
        }
        const local = { host, port: this.#nextPort++ };
        const near = new MemoryConnection(this, local, address);
        const far = new MemoryConnection(this, address, local);
        near.other = far;
        far.other = near;
        this.connections.add(near);
        this.connections.add(far);
        accept(far);
        resolve(near);
      });
    });
  }

  async #listen(address: SocketAddress, accept: (connection: Connection) => void): Promise<Listener> {
    const port = address.port === 0 ? this.#nextPort++ : address.port;
    const key = `${address.host}:${port}`;
    if (this.#listeners.has(key)) throw new NodeError('port-in-use', `something else listens on ${key}`);
    this.#listeners.set(key, accept);
    return {
      address: { host: address.host, port },
      close: async () => {
        this.#listeners.delete(key);
      },
    };
  }
}
