/**
 * A port for peers over WebSocket and nothing else.
 *
 * @module
 */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Connection, Listener, SocketAddress } from '../../engine/ports/transport.ts';
import { listenOn } from './tcp-transport.ts';
import { upgradeToWebSocket } from './web-socket.ts';

/** What a request for a WebSocket may take, as at the HTTP port. */
const LIMITS = { maxHeaderSize: 8_192, headersTimeout: 10_000, requestTimeout: 10_000, connectionsCheckingInterval: 1_000 };

/** Connections at once, those that ask for nothing yet too; a further one is closed. */
const CONNECTIONS_MAX = 256;

/**
 * Accepts peers at `/p2p`, whoever's page they are; any other request is told where it is.
 *
 * @throws NodeError `port-in-use`, `listen-failed`
 */
export async function listenWebSocket(address: SocketAddress, accept: (connection: Connection) => void): Promise<Listener> {
  const open = new Set<Connection>();
  const server = createServer(LIMITS, (_request, response) => {
    const headers = { 'content-type': 'text/plain', connection: 'close', upgrade: 'websocket' };
    response.writeHead(426, headers).end('Here are peers over WebSocket, at /p2p, and nothing else.\n');
  });
  server.maxConnections = CONNECTIONS_MAX;
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => undefined);
    if ((request.url ?? '').split('?', 1)[0] !== '/p2p') {
      socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n', () => socket.destroy());
      return;
    }
    upgradeToWebSocket(request, socket, head, (connection) => {
      open.add(connection);
      socket.once('close', () => open.delete(connection));
      accept(connection);
    });
  });
  await listenOn(server, address);
  // What goes wrong with a connection before it is one is that connection's alone.
  server.on('error', () => {});
  return {
    address: { host: address.host, port: (server.address() as AddressInfo).port },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const connection of open) connection.close('stopping');
      }),
  };
}
