/**
 * Bitcoin Core's REST over HTTP: `/rest/…`. Reading needs no login on this machine, as for our own REST.
 *
 * @module
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CancelSignal } from '../../engine/ports/cancel-signal.ts';
import type { Authenticator } from './auth.ts';
import { announcedSize, readBody } from './body.ts';
import type { Capacity } from './capacity.ts';
import { isLoopback } from './guard.ts';
import { BODY_SIZE_MAX } from './limits.ts';

/** Answers requests below `/rest/`; the rest room makes one. */
export type CoreRestHandler = (call: {
  readonly target: string;
  readonly body: Uint8Array;
  readonly signal: CancelSignal;
}) => Promise<{ readonly status: number; readonly contentType: string; readonly body: string | Uint8Array }>;

/** What the requests share. */
export interface CoreRestContext {
  readonly handler: CoreRestHandler;
  readonly auth: Authenticator;
  readonly requests: Capacity;
  readonly bodies: Capacity;
  readonly signal: CancelSignal;
}

/** Whether a path is one of Core's REST. */
export function isCoreRestPath(path: string): boolean {
  return path.startsWith('/rest/');
}

/** Answers as Core's HTTP server where nothing is at a path: without a word. */
export function refuseCoreRest(response: ServerResponse): void {
  response.writeHead(404, { 'content-type': 'text/html; charset=ISO-8859-1', 'content-length': 0 }).end();
}

function refuse(response: ServerResponse, status: number, message: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'text/plain', connection: 'close', ...headers }).end(`${message}\r\n`);
}

async function answerBody(request: IncomingMessage, response: ServerResponse, { handler, signal }: CoreRestContext): Promise<void> {
  const body = await readBody(request, BODY_SIZE_MAX);
  if (body === undefined) return refuse(response, 413, `A body may have ${BODY_SIZE_MAX} bytes`);
  const answer = await handler({ target: request.url ?? '/', body, signal });
  const bytes = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
  response.writeHead(answer.status, { 'content-type': answer.contentType, 'content-length': bytes.length }).end(bytes);
}

/** Answers one request whose path is Core's REST. */
export async function answerCoreRest(request: IncomingMessage, response: ServerResponse, context: CoreRestContext): Promise<void> {
  if (!isLoopback(request.socket.remoteAddress)) {
    const login = await context.auth.login(request.headers.authorization);
    if (login === 'too-many') return refuse(response, 503, 'Too many wrong logins', { 'retry-after': '1' });
    if (login !== 'right') return refuse(response, 401, 'Login required', { 'www-authenticate': 'Basic realm="quoin"' });
  }
  const size = announcedSize(request, BODY_SIZE_MAX);
  if (size > BODY_SIZE_MAX) return refuse(response, 413, `A body may have ${BODY_SIZE_MAX} bytes`);
  if (!context.requests.take(1)) return refuse(response, 503, 'Work queue depth exceeded', { 'retry-after': '1' });
  // Its place is free again when the answer is through: whoever does not take it holds it.
  response.once('close', () => context.requests.release(1));
  if (!context.bodies.take(size)) return refuse(response, 503, 'Work queue depth exceeded', { 'retry-after': '1' });
  try {
    await answerBody(request, response, context);
  } finally {
    context.bodies.release(size);
  }
}
