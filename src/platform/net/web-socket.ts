/**
 * The bytes that peers exchange, in binary messages of a WebSocket (RFC 6455): for those who cannot open a socket, such as a page.
 *
 * Where a message ends means nothing: the bytes are one stream, as over TCP, with the same limits. Ours are one per write.
 *
 * @module
 */

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ClientOptions, type RawData, type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import { FRAME_HEADER_SIZE_BYTES, PAYLOAD_SIZE_BYTES_MAX } from '../../core/wire/frame.ts';
import type { Connection, ConnectionHandlers, SocketAddress } from '../../engine/ports/transport.ts';
import { plainHost, WRITE_QUEUE_BYTES_MAX } from './tcp-transport.ts';

/** Bytes of one message: the largest that peers send each other fits, whole. A longer one ends the connection before it is kept. */
export const WEB_SOCKET_MESSAGE_BYTES_MAX: number = FRAME_HEADER_SIZE_BYTES + PAYLOAD_SIZE_BYTES_MAX;

/** Pieces that a message may come in, and pieces of it that wait: each takes memory of its own, however small it is. */
const FRAGMENTS_MAX = 1_024;
const CHUNKS_MAX = 16_384;

/** What a WebSocket of ours is made with on either side. Nothing is compressed: what is small on the wire would be large in memory. */
export const WEB_SOCKET_LIMITS: Readonly<ServerOptions & ClientOptions & { closeTimeout: number }> = {
  maxPayload: WEB_SOCKET_MESSAGE_BYTES_MAX,
  maxFragments: FRAGMENTS_MAX,
  maxBufferedChunks: CHUNKS_MAX,
  perMessageDeflate: false,
  // Pongs to one who does not read would pile up: they are sent while there is room.
  autoPong: false,
  // One who says that it ends does so.
  closeTimeout: 1_000,
};

const IGNORE: ConnectionHandlers = { data: () => {}, drained: () => {}, closed: () => {} };

/** A WebSocket that is open, as a stream of bytes. */
export class WebSocketConnection implements Connection {
  readonly remote: SocketAddress;
  readonly local: SocketAddress;
  handlers: ConnectionHandlers = IGNORE;
  readonly #socket: WebSocket;
  #why: string | undefined;
  #full = false;

  constructor(socket: WebSocket, ends: { readonly remote: SocketAddress; readonly local: SocketAddress }) {
    this.#socket = socket;
    this.remote = ends.remote;
    this.local = ends.local;
    // Messages come as one piece of memory, of which nobody else has a view.
    socket.binaryType = 'nodebuffer';
    socket.on('message', (data: RawData, isBinary: boolean) => this.#onMessage(data as Buffer, isBinary));
    socket.on('ping', (data: Buffer) => {
      if (this.#why === undefined && this.queuedBytes < WRITE_QUEUE_BYTES_MAX) socket.pong(data);
    });
    // Who breaks the rules is not waited for.
    socket.on('error', (error) => this.close(error.message));
    socket.on('close', () => this.handlers.closed(this.#why ?? 'the other side closed the connection'));
  }

  get queuedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  write(bytes: Uint8Array): boolean {
    if (this.#why !== undefined) return true;
    this.#socket.send(bytes, { binary: true }, () => {
      // Told when half is gone, not for each piece.
      if (!this.#full || this.#why !== undefined || this.queuedBytes > WRITE_QUEUE_BYTES_MAX / 2) return;
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
    this.#socket.terminate();
  }

  #onMessage(data: Buffer, isBinary: boolean): void {
    if (this.#why !== undefined || data.length === 0) return;
    if (!isBinary) this.close('a message of text came, where peers send binary ones');
    else this.handlers.data(new Uint8Array(data.buffer, data.byteOffset, data.length));
  }
}

const server = new WebSocketServer({ noServer: true, clientTracking: false, ...WEB_SOCKET_LIMITS });

/** Makes a connection of an HTTP request for a WebSocket. One that is no proper one is answered so, and is no connection. */
export function upgradeToWebSocket(request: IncomingMessage, socket: Duplex, head: Buffer, accept: (connection: Connection) => void): void {
  const { localAddress, localPort, remoteAddress, remotePort } = request.socket;
  const remote = { host: plainHost(remoteAddress), port: remotePort ?? 0 };
  const local = { host: plainHost(localAddress), port: localPort ?? 0 };
  server.handleUpgrade(request, socket, head, (webSocket) => accept(new WebSocketConnection(webSocket, { remote, local })));
}
