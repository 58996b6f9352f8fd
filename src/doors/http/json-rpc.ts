/**
 * JSON-RPC over HTTP: `POST /` and `POST /wallet/NAME`, with Bitcoin Core's status codes.
 *
 * @module
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CancelSignal } from '../../engine/ports/cancel-signal.ts';
import { type Authenticator, userOf } from './auth.ts';
import { announcedSize, readBody } from './body.ts';
import type { Capacity } from './capacity.ts';
import { RPC_BODY_SIZE_MAX } from './limits.ts';
import type { TurnEnd } from './turn-end.ts';

/** Answers from here on are sent as bytes of their own: measured with whole blocks. */
const LONG_ANSWER_BYTES = 16_384;

/** Answers JSON-RPC bodies; the rpc room makes one. */
export type JsonRpcHandler = (call: {
  readonly body: Uint8Array;
  readonly signal: CancelSignal;
  /** Whether who asks may call a method; every one unless given. */
  readonly allows?: (method: string) => boolean;
}) => Promise<{
  readonly status: number;
  readonly body: string | readonly Buffer[];
  /** To be called when the pieces are sent. */
  readonly sent?: () => void;
}>;

/** Whether a path is one of JSON-RPC's. No wallet is named in the methods there are, so any name will do. */
export function isJsonRpcPath(path: string): boolean {
  return path === '/' || path.startsWith('/wallet/');
}

function refuse(response: ServerResponse, status: number, message: string, headers: Record<string, string> = {}): void {
  // What is left of the body is not worth reading.
  response.writeHead(status, { 'content-type': 'text/plain', connection: 'close', ...headers }).end(message);
}

/** Who may call what. */
export interface JsonRpcRules {
  /** What a user may call: undefined for everything. Core's `-rpcwhitelist`. */
  readonly allowsUser?: (user: string) => ((method: string) => boolean) | undefined;
}

/** What the requests share. */
export interface JsonRpcContext {
  readonly handler: JsonRpcHandler;
  readonly auth: Authenticator;
  readonly requests: Capacity;
  readonly bodies: Capacity;
  readonly signal: CancelSignal;
  readonly rules: JsonRpcRules;
  readonly turnEnd: TurnEnd;
}

/**
 * Sends an answer. A short text goes out with the headers in one write; a long one would be copied for that once more. Where it has
 * nothing but ASCII (as many bytes as characters), it need not be encoded either.
 */
function send(response: ServerResponse, { status, body, sent }: Awaited<ReturnType<JsonRpcHandler>>, turnEnd: TurnEnd): void {
  const isText = typeof body === 'string';
  const sizeBytes = isText ? Buffer.byteLength(body) : body.reduce((sum, piece) => sum + piece.length, 0);
  response.writeHead(status, ['content-type', 'application/json', 'content-length', String(sizeBytes)]);
  if (isText) {
    const text = sizeBytes < LONG_ANSWER_BYTES ? body : Buffer.from(body, sizeBytes === body.length ? 'latin1' : 'utf8');
    turnEnd.run(() => response.end(text));
    return;
  }
  // Of a connection that breaks before that nothing is heard, and its memory is left to the garbage collector.
  if (sent !== undefined) response.once('finish', sent);
  response.cork();
  for (const piece of body) response.write(piece);
  response.end();
}

async function answerBody(request: IncomingMessage, response: ServerResponse, context: JsonRpcContext): Promise<void> {
  const body = await readBody(request, RPC_BODY_SIZE_MAX);
  if (body === undefined) {
    refuse(response, 413, `A JSON-RPC request may have ${RPC_BODY_SIZE_MAX} bytes`);
    return;
  }
  const allows = context.rules.allowsUser?.(userOf(request.headers.authorization));
  const answer = await context.handler({ body, signal: context.signal, ...(allows && { allows }) });
  if (answer.body === '') {
    response.writeHead(answer.status).end();
    return;
  }
  send(response, answer, context.turnEnd);
}

/** Answers one request whose path is JSON-RPC's. */
export async function answerJsonRpc(request: IncomingMessage, response: ServerResponse, context: JsonRpcContext): Promise<void> {
  if (request.method !== 'POST') return refuse(response, 405, 'JSONRPC server handles only POST requests', { allow: 'POST' });
  const { authorization } = request.headers;
  const login = context.auth.isKnown(authorization) ? 'right' : await context.auth.login(authorization);
  if (login === 'too-many') return refuse(response, 503, 'Too many wrong logins', { 'retry-after': '1' });
  if (login !== 'right') return refuse(response, 401, '', { 'www-authenticate': 'Basic realm="jsonrpc"' });
  const size = announcedSize(request, RPC_BODY_SIZE_MAX);
  if (size > RPC_BODY_SIZE_MAX) return refuse(response, 413, `A JSON-RPC request may have ${RPC_BODY_SIZE_MAX} bytes`);
  if (!context.requests.take(1)) return refuse(response, 503, 'Work queue depth exceeded', { 'retry-after': '1' });
  try {
    if (!context.bodies.take(size)) return refuse(response, 503, 'Work queue depth exceeded', { 'retry-after': '1' });
    try {
      await answerBody(request, response, context);
    } finally {
      context.bodies.release(size);
    }
  } finally {
    context.requests.release(1);
  }
}
