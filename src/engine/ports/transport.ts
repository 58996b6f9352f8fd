import type { Permission } from './permissions.ts';

/** An address as sockets know it: an IP in text (IPv6 without brackets) and a port. */
export interface SocketAddress {
  readonly host: string;
  readonly port: number;
}

/** Where to accept connections, and what is known of everybody who comes in there. */
export interface ListenAddress extends SocketAddress {
  readonly permissions?: readonly Permission[];
  /** Tor's own program calls this place. */
  readonly onion?: boolean;
}

/** What the owner of a connection is told. Data comes in order; nothing comes after `closed`. */
export interface ConnectionHandlers {
  data(bytes: Uint8Array): void;
  /** The other side has taken enough: `write` may go on. */
  drained(): void;
  closed(why: string): void;
}

/** A stream of bytes to and from one peer. */
export interface Connection {
  readonly remote: SocketAddress;
  readonly local: SocketAddress;
  /** Set once, in the turn in which the connection is handed over. */
  handlers: ConnectionHandlers;
  /**
   * Sends, or queues what cannot be sent at once: whoever sends leaves the bytes alone. False: the queue is over its limit; send no more until
   * `drained`.
   */
  write(bytes: Uint8Array): boolean;
  /** Bytes queued and not yet taken by the system. */
  readonly queuedBytes: number;
  /** Stops and starts reading; while it is stopped the other side's sending stops too. */
  pause(): void;
  resume(): void;
  /** Closes at once; `closed` still comes. */
  close(why: string): void;
}

/** A place where connections are accepted, with its real port. */
export interface Listener {
  readonly address: SocketAddress;
  close(): Promise<void>;
}

/** Streams to other nodes. */
export interface Transport {
  /** @throws NodeError `dial-failed` */
  dial(address: SocketAddress, options: { readonly timeoutMs: number }): Promise<Connection>;
  /** Port 0 takes any free one. @throws NodeError `port-in-use`, `listen-failed` */
  listen(address: SocketAddress, accept: (connection: Connection) => void): Promise<Listener>;
}
