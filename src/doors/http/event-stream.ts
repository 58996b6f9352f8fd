/**
 * `GET /events`: what happens in the node as server-sent events.
 *
 * @module
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock, Timer } from '../../engine/ports/clock.ts';
import type { Authenticator } from './auth.ts';
import type { Capacity } from './capacity.ts';
import type { EventLog } from './event-log.ts';
import { isLoopback } from './guard.ts';
import { EVENT_BEAT_MS } from './limits.ts';
import type { ProblemCode } from './problem.ts';

/** What the streams share. */
export interface EventStreamContext {
  readonly events: EventLog;
  readonly auth: Authenticator;
  readonly streams: Capacity;
  readonly clock: Clock;
  /** Ends every stream. */
  readonly signal: AbortSignal;
}

/** Whether a request asks for the events. */
export function isEventStream(path: string, method: string | undefined): boolean {
  return path === '/events' && method === 'GET';
}

/** A browser waits so long before it connects again. */
const RETRY_MS = 2_000;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  // Servers in between would keep events back to send many at once.
  'x-accel-buffering': 'no',
};

/** The id of the last event that a client has: of its header, or of the query where it cannot set one. */
function lastEventId(request: IncomingMessage): string | undefined {
  const header = request.headers['last-event-id'];
  if (typeof header === 'string' && header !== '') return header;
  return new URLSearchParams((request.url ?? '').split('?', 2)[1]).get('after') ?? undefined;
}

/**
 * Sends events until the client goes or is cut off. What it has not taken stays in the log alone: nothing is queued for it but the event
 * under way. Who takes nothing for two beats, or is overtaken by what is let go, is cut off, and may come back with its last id.
 */
class EventStream {
  readonly #response: ServerResponse;
  readonly #events: EventLog;
  readonly #clock: Clock;
  #after: number;
  #blocked = false;
  #stalledBeats = 0;
  #timer: Timer;

  constructor(response: ServerResponse, after: number, { clock, events }: EventStreamContext) {
    this.#response = response;
    this.#events = events;
    this.#clock = clock;
    this.#after = after;
    response.on('drain', () => {
      this.#blocked = false;
      this.#stalledBeats = 0;
      this.pump();
    });
    this.#timer = clock.after(EVENT_BEAT_MS, () => this.#beat());
  }

  end(): void {
    this.#clock.cancel(this.#timer);
  }

  write(text: string): void {
    if (!this.#response.write(text)) this.#blocked = true;
  }

  /** Sends what there is, as far as the client takes it. */
  pump(): void {
    while (!this.#blocked && this.#after < this.#events.last) {
      const event = this.#events.at(this.#after + 1);
      if (event === undefined) {
        this.#response.destroy();
        return;
      }
      this.#after = event.sequence;
      this.write(`id: ${this.#events.idOf(event.sequence)}\nevent: ${event.kind}\ndata: ${event.data}\n\n`);
    }
  }

  /** Shows that the connection stands, where nothing else does. */
  #beat(): void {
    if (this.#blocked && ++this.#stalledBeats >= 2) {
      this.#response.destroy();
      return;
    }
    if (!this.#blocked) this.write(':\n\n');
    this.#timer = this.#clock.after(EVENT_BEAT_MS, () => this.#beat());
  }
}

/** Begins a stream. @returns why not, where it is refused */
export async function streamEvents(
  request: IncomingMessage,
  response: ServerResponse,
  context: EventStreamContext,
): Promise<ProblemCode | undefined> {
  const { auth, events, signal, streams } = context;
  if (!isLoopback(request.socket.remoteAddress)) {
    const login = await auth.login(request.headers.authorization);
    if (login === 'too-many') return 'too-many-attempts';
    if (login !== 'right') return 'login-required';
  }
  if (response.destroyed || signal.aborted) return undefined;
  if (!streams.take(1)) return 'busy';
  const { after, gap } = events.resume(lastEventId(request));
  request.socket.setNoDelay(true);
  response.writeHead(200, HEADERS);
  const stream = new EventStream(response, after, context);
  const unsubscribe = events.subscribe(() => stream.pump());
  const onStop = (): void => void response.end();
  signal.addEventListener('abort', onStop, { once: true });
  response.once('close', () => {
    unsubscribe();
    stream.end();
    signal.removeEventListener('abort', onStop);
    streams.release(1);
  });
  // An id without data: the client knows where it stands before anything happens.
  stream.write(`retry: ${RETRY_MS}\nid: ${events.idOf(after)}\n\n`);
  if (gap !== undefined) stream.write(`event: gap\ndata: ${JSON.stringify({ kind: 'gap', reason: gap, first: after + 1 })}\n\n`);
  stream.pump();
  return undefined;
}
