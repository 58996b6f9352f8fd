import assert from 'node:assert/strict';
import { createServer, request as httpRequestOf, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { FakeNode } from '../../../test/support/fake-node.ts';
import { httpRequest } from '../../../test/support/http-request.ts';
import type { BlockHash, Txid } from '../../core/primitives/ids.ts';
import type { Reorganisation } from '../../engine/ports/reorganisation.ts';
import { Authenticator } from './auth.ts';
import { Capacity } from './capacity.ts';
import { EVENT_BYTES_KEPT_MAX, EVENTS_KEPT_MAX, EventLog } from './event-log.ts';
import { streamEvents } from './event-stream.ts';
import { EVENT_BEAT_MS, EVENT_STREAMS_MAX } from './limits.ts';
import { createHttpServer, type HttpServer, type HttpServerOptions } from './server.ts';

const hash = <T>(byte: number): T => new Uint8Array(32).fill(byte) as T;
const hex = (byte: number): string => byte.toString(16).padStart(2, '0').repeat(32);

const REORGANISATION: Reorganisation = {
  depth: 1,
  fork: { hash: hash<BlockHash>(1), height: 7 },
  oldBranch: { tip: { hash: hash<BlockHash>(2), height: 8 }, length: 1, blocks: [hash<BlockHash>(2)] },
  newBranch: { tip: { hash: hash<BlockHash>(4), height: 9 }, length: 2, blocks: [hash<BlockHash>(3), hash<BlockHash>(4)] },
  transactions: {
    confirmed: { count: 0, list: [] },
    returned: { count: 1, list: [hash<Txid>(5)] },
    conflicted: { count: 1, list: [{ txid: hash<Txid>(6), with: hash<Txid>(7) }] },
    dropped: { count: 1, list: [hash<Txid>(8)] },
    unknownCount: 3,
  },
};

/** Lets the event loop turn until the condition holds. */
async function until(condition: () => boolean): Promise<void> {
  for (let turns = 0; !condition(); turns++) {
    assert.ok(turns < 200_000, `in time: ${condition}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** One event as a client reads it; its own fields only where they came. */
interface ReadEvent {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
}

/** A client of the stream. */
interface Client {
  readonly response: IncomingMessage;
  text: string;
  closed: boolean;
  events(): ReadEvent[];
  end(): void;
}

async function open(port: number, headers: Record<string, string> = {}, query = ''): Promise<Client> {
  const request = httpRequestOf({ port, host: '127.0.0.1', path: `/events${query}`, headers });
  const response = await new Promise<IncomingMessage>((resolve, reject) => request.once('response', resolve).once('error', reject).end());
  const client: Client = {
    response,
    text: '',
    closed: false,
    events: () =>
      client.text
        .split('\n\n')
        .slice(0, -1)
        .map((block) => Object.fromEntries(block.split('\n').map((line) => line.split(/: ?/, 2).concat('').slice(0, 2)))),
    end: () => void request.destroy(),
  };
  response.setEncoding('utf8').on('data', (text: string) => {
    client.text += text;
  });
  response.on('error', () => undefined);
  response.on('close', () => {
    client.closed = true;
  });
  return client;
}

async function scene(check: (scene: { node: FakeNode; server: HttpServer }) => Promise<void>, changes: Partial<HttpServerOptions> = {}) {
  const node = new FakeNode();
  const rpc = async () => ({ status: 200, body: '' });
  const auth = { user: { name: 'me', password: 'secret' } };
  const server = await createHttpServer({ node, rpc, auth, listen: { host: '127.0.0.1', port: 0 }, ...changes });
  try {
    await check({ node, server });
  } finally {
    await server.close();
  }
}

function reorganise(node: FakeNode): void {
  for (const listener of node.listeners) listener({ kind: 'reorg', ...REORGANISATION });
}

describe('the log of events', () => {
  it('keeps the last thousand, and tells who comes back where it goes on', () => {
    const log = new EventLog();
    assert.deepEqual(log.resume(undefined), { after: 0, gap: undefined });
    for (let i = 0; i < EVENTS_KEPT_MAX + 5; i++) log.add('reorg', { i });
    assert.deepEqual([log.first, log.last], [6, EVENTS_KEPT_MAX + 5]);
    assert.deepEqual(JSON.parse(log.at(6)?.data ?? ''), { sequence: 6, kind: 'reorg', i: 5 });
    assert.deepEqual([log.at(5), log.at(EVENTS_KEPT_MAX + 6)], [undefined, undefined]);
    assert.deepEqual(log.resume(undefined), { after: EVENTS_KEPT_MAX + 5, gap: undefined });
    assert.deepEqual(log.resume(log.idOf(5)), { after: 5, gap: undefined });
    assert.deepEqual(log.resume(log.idOf(4)), { after: 5, gap: 'expired' });
    for (const id of [
      new EventLog().idOf(7),
      log.idOf(EVENTS_KEPT_MAX + 6),
      '',
      '-',
      '7',
      'x'.repeat(5_000),
      log.idOf(0).replace('0', '-1'),
    ]) {
      assert.deepEqual(log.resume(id), { after: 5, gap: 'restarted' }, id);
    }
  });

  it('keeps no more bytes than it may, but the newest event whatever it takes', () => {
    const log = new EventLog();
    const filler = 'x'.repeat(EVENT_BYTES_KEPT_MAX / 4 - 100);
    for (let i = 0; i < 6; i++) log.add('reorg', { filler });
    assert.deepEqual([log.first, log.last], [3, 6]);
    log.add('reorg', { filler: 'x'.repeat(EVENT_BYTES_KEPT_MAX) });
    assert.deepEqual([log.first, log.last], [7, 7]);
  });
});

describe('GET /events', () => {
  it('tells of a reorganisation with both branches and the fate of its transactions', async () =>
    scene(async ({ node, server }) => {
      const client = await open(server.port);
      assert.deepEqual([client.response.statusCode, client.response.headers['content-type']], [200, 'text/event-stream; charset=utf-8']);
      reorganise(node);
      await until(() => client.events().length === 2);
      const [first, second] = client.events();
      assert.match(first?.id ?? '', /^[0-9a-f]{12}-0$/);
      assert.deepEqual([second?.id, second?.event], [first?.id?.replace('-0', '-1'), 'reorg']);
      assert.deepEqual(JSON.parse(client.text.split('data: ')[1] ?? ''), {
        sequence: 1,
        kind: 'reorg',
        time: node.clock.nowSeconds(),
        depth: 1,
        fork: { height: 7, hash: hex(1) },
        oldBranch: { tip: { height: 8, hash: hex(2) }, length: 1, blocks: [hex(2)] },
        newBranch: { tip: { height: 9, hash: hex(4) }, length: 2, blocks: [hex(3), hex(4)] },
        transactions: {
          confirmed: { count: 0, list: [] },
          returned: { count: 1, list: [hex(5)] },
          conflicted: { count: 1, list: [{ txid: hex(6), with: hex(7) }] },
          dropped: { count: 1, list: [hex(8)] },
          unknown: 3,
        },
      });
      client.end();
    }));

  it('goes on behind the last id of who comes back, by header or query, and tells of a gap first', async () =>
    scene(async ({ node, server }) => {
      for (let i = 0; i < 3; i++) reorganise(node);
      const fresh = await open(server.port);
      await until(() => fresh.events().length === 1);
      const id = fresh.events()[0]?.id ?? '';
      assert.match(id, /-3$/);
      const idsOf = async (client: Client, count: number): Promise<(string | undefined)[]> => {
        await until(() => client.events().length === count);
        client.end();
        return client.events().map((event) => event.id?.split('-')[1] ?? event.event);
      };
      assert.deepEqual(await idsOf(await open(server.port, { 'last-event-id': id.replace('-3', '-1') }), 3), ['1', '2', '3']);
      assert.deepEqual(await idsOf(await open(server.port, {}, `?after=${id.replace('-3', '-2')}`), 2), ['2', '3']);
      const other = await open(server.port, { 'last-event-id': 'another-2' });
      assert.deepEqual(await idsOf(other, 5), ['0', 'gap', '1', '2', '3']);
      assert.match(other.text, /data: \{"kind":"gap","reason":"restarted","first":1\}/);
      for (let i = 0; i < EVENTS_KEPT_MAX; i++) reorganise(node);
      const late = await open(server.port, { 'last-event-id': id.replace('-3', '-2') });
      await until(() => late.events().length === EVENTS_KEPT_MAX + 2);
      assert.match(late.text, /event: gap\ndata: \{"kind":"gap","reason":"expired","first":4\}\n\nid: \w+-4\n/);
      late.end();
      fresh.end();
    }));

  it('is for this machine without a login, for others with one, and for no page of another site', async () => {
    await scene(async ({ server }) => {
      const refused = await httpRequest({ port: server.port, path: '/events', headers: { origin: 'http://elsewhere.example' } });
      assert.deepEqual([refused.status, JSON.parse(refused.text).code], [403, 'origin-refused']);
      assert.equal((await httpRequest({ port: server.port, path: '/events', method: 'POST', body: '{}' })).status, 404);
    });
    const node = new FakeNode();
    const auth = new Authenticator({ user: { name: 'me', password: 'secret' } }, node.clock);
    const context = { events: new EventLog(), auth, streams: new Capacity(1), clock: node.clock, signal: new AbortController().signal };
    const from = (headers: Record<string, string>) => ({ headers, url: '/events', socket: { remoteAddress: '192.168.1.7' } }) as never;
    assert.equal(await streamEvents(from({}), {} as never, context), 'login-required');
    const wrong = `Basic ${Buffer.from('me:wrong').toString('base64')}`;
    const waiting = streamEvents(from({ authorization: wrong }), {} as never, context);
    await node.clock.advance(1_000);
    assert.equal(await waiting, 'login-required');
    const right = `Basic ${Buffer.from('me:secret').toString('base64')}`;
    context.streams.take(1);
    assert.equal(await streamEvents(from({ authorization: right }), {} as never, context), 'busy');
  });

  it('has 32 places, which are free again when their clients go, and takes none from other requests', async () =>
    scene(async ({ server }) => {
      const clients = await Promise.all(Array.from({ length: EVENT_STREAMS_MAX }, () => open(server.port)));
      const further = await httpRequest({ port: server.port, path: '/events' });
      assert.deepEqual([further.status, further.headers['retry-after'], JSON.parse(further.text).code], [429, '1', 'busy']);
      assert.equal((await httpRequest({ port: server.port, path: '/api/v1/status' })).status, 200);
      clients[0]?.end();
      let again: Client | undefined;
      for (let tries = 0; again === undefined; tries++) {
        assert.ok(tries < 1_000, 'a place is free again');
        const client = await open(server.port);
        if (client.response.statusCode === 200) again = client;
        else client.end();
      }
      again.end();
      for (const client of clients) client.end();
    }));

  it('ends when the server does, and at once', async () => {
    let client: Client | undefined;
    await scene(async ({ server }) => {
      client = await open(server.port);
    });
    await until(() => client?.closed === true);
  });

  /** A server that is nothing but a stream of a log, on a clock of the test. */
  async function bare(check: (port: number, log: EventLog, clock: FakeClock, streams: Capacity) => Promise<void>): Promise<void> {
    const [log, clock, streams] = [new EventLog(), new FakeClock(), new Capacity(1)];
    const auth = new Authenticator({}, clock);
    const context = { events: log, auth, streams, clock, signal: new AbortController().signal };
    const server = createServer((request, response) => void streamEvents(request, response, context));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    try {
      await check((server.address() as { port: number }).port, log, clock, streams);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  it('shows that it stands every 15 seconds', async () =>
    bare(async (port, _log, clock) => {
      const client = await open(port);
      await until(() => client.text !== '');
      await clock.advance(EVENT_BEAT_MS);
      await until(() => client.text.endsWith('\n\n:\n\n'));
      client.end();
    }));

  it('cuts off who does not read: two signs of life later, or when overtaken, with no more in memory than one event', async () => {
    for (const how of ['stalled', 'overtaken'] as const) {
      await bare(async (port, log, clock, streams) => {
        const socket = connect(port, '127.0.0.1');
        socket.on('error', () => undefined);
        socket.write('GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
        await new Promise<void>((resolve) => void socket.once('data', () => resolve()));
        socket.pause();
        const filler = 'x'.repeat(1_000_000);
        // More than the system's own buffers take of it.
        for (let i = 0; i < 60; i++) {
          log.add('reorg', { filler });
          await new Promise((resolve) => setImmediate(resolve));
        }
        assert.equal(streams.take(1), false, 'it is there still');
        if (how === 'stalled') await clock.advance(EVENT_BEAT_MS * 2);
        else socket.resume();
        // Its place is free again.
        await until(() => streams.take(1));
        socket.destroy();
      });
    }
  });
});
