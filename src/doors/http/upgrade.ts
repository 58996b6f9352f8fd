/**
 * Requests that want another protocol: peers over WebSocket at `/p2p`. All others are answered as if they had not asked.
 *
 * @module
 */

import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Connection } from '../../engine/ports/transport.ts';
import { type ProblemCode, problemDocument, problemHeaders } from './problem.ts';

/** Makes a connection of a request for a WebSocket, or answers why not; the net room has one. */
export type PeerUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer, accept: (connection: Connection) => void) => void;

/** Whether a request that wants another protocol is a peer's. */
export function isPeerRequest({ headers, url }: IncomingMessage): boolean {
  return (url ?? '').split('?', 1)[0] === '/p2p' && headers.upgrade?.toLowerCase() === 'websocket';
}

/** Answers with a problem, or with nothing but 403, and closes. */
export function refuseUpgrade(socket: Duplex, code: ProblemCode | 'forbidden'): void {
  const document = code === 'forbidden' ? undefined : problemDocument(code);
  const body = document === undefined ? '' : JSON.stringify(document);
  const headers = {
    ...(code === 'forbidden' ? {} : problemHeaders(code)),
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const status = `${document?.status ?? 403} ${document?.title ?? 'Forbidden'}`;
  // The other side may leave its half open for ever.
  socket.end(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n${body}`, () => socket.destroy());
}

/** Headers that only say what protocol is wanted instead. */
const UPGRADE_WORDS: ReadonlySet<string> = new Set(['upgrade', 'http2-settings']);

/**
 * Gives a connection back to the server as if its request wanted nothing but an answer. Programs that offer HTTP/2 with each first request
 * expect this, and a server that hears of upgrades at all hears of every one.
 */
export function answerWithoutUpgrade(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  let text = `${request.method} ${request.url} HTTP/${request.httpVersion}\r\n`;
  for (let i = 0; i + 1 < request.rawHeaders.length; i += 2) {
    const [name, value] = request.rawHeaders.slice(i, i + 2) as [string, string];
    if (UPGRADE_WORDS.has(name.toLowerCase())) continue;
    const words = value.split(',').map((word) => word.trim());
    const kept = name.toLowerCase() === 'connection' ? words.filter((word) => !UPGRADE_WORDS.has(word.toLowerCase())).join(', ') : value;
    if (kept !== '' || value === '') text += `${name}: ${kept}\r\n`;
  }
  socket.unshift(Buffer.concat([Buffer.from(`${text}\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}
