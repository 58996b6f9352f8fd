/**
 * Streams over WebSocket, called as a page would call.
 *
 * @module
 */

import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { NodeError } from '../../src/engine/ports/node-error.ts';
import type { Connection, Transport } from '../../src/engine/ports/transport.ts';
import { WEB_SOCKET_LIMITS, WebSocketConnection } from '../../src/platform/net/web-socket.ts';
import { listenWebSocket } from '../../src/platform/net/web-socket-listener.ts';

/** Calls `ws://host:port/p2p`, as from a page of another site where an origin is given. */
export function dialWebSocket({ host, port }: { readonly host: string; readonly port: number }, origin?: string): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://${host}:${port}/p2p`, { ...WEB_SOCKET_LIMITS, ...(origin === undefined ? {} : { origin }) });
    let local = { host: '', port: 0 };
    socket.once('upgrade', (response: IncomingMessage) => {
      local = { host: response.socket.localAddress ?? '', port: response.socket.localPort ?? 0 };
    });
    const fail = (error: Error): void => reject(new NodeError('dial-failed', error.message, { cause: error }));
    socket.once('error', fail);
    socket.once('open', () => {
      socket.off('error', fail);
      resolve(new WebSocketConnection(socket, { remote: { host, port }, local }));
    });
  });
}

/** Both sides. */
export const webSocketTransport: Transport = { dial: (address) => dialWebSocket(address), listen: listenWebSocket };
