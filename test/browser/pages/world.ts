/**
 * The browser's adapters, tried in a page: the suites that every store passes, who may open them, and streams to a server of the test, whose
 * port stands behind the `#` of the page's address.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { quoin } from '../../../src/core/params/quoin.ts';
import { regtest } from '../../../src/core/params/regtest.ts';
import { NodeError, type NodeErrorCode } from '../../../src/engine/ports/node-error.ts';
import type { Connection } from '../../../src/engine/ports/transport.ts';
import { createBrowserClock } from '../../../src/platform/browser/clock.ts';
import { deleteIndexedDatabase } from '../../../src/platform/browser/indexed-database.ts';
import { type IndexedStores, openIndexedStores } from '../../../src/platform/browser/indexed-stores.ts';
import { parsePeerUrls } from '../../../src/platform/browser/peer-url.ts';
import { browserRandom } from '../../../src/platform/browser/random.ts';
import { createWebSocketTransport, HELD_BYTES_MAX } from '../../../src/platform/browser/web-socket-transport.ts';
import { headerStoreSuite } from '../../support/header-store-suite.ts';
import { rowStoreSuite, rowsOf } from '../../support/row-store-suite.ts';

const clock = createBrowserClock();
let made = 0;

/** A name that nothing is kept under. */
function freshName(): string {
  return `test-${++made}`;
}

async function failsWith(code: NodeErrorCode, promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, (error: unknown) => error instanceof NodeError && error.code === code);
}

/** One store of a database that is opened and closed with it. */
function partOf<Part extends 'headers' | 'rows'>(part: Part): () => Promise<{ open(): Promise<IndexedStores[Part]> }> {
  return async () => {
    const name = freshName();
    const open = async (): Promise<IndexedStores[Part]> => {
      const stores = await openIndexedStores(name, regtest, clock);
      return { ...stores[part], close: () => stores.close() };
    };
    return { open };
  };
}

describe('headers in IndexedDB', () => headerStoreSuite(partOf('headers')));
describe('rows in IndexedDB', () => rowStoreSuite(partOf('rows')));

describe('what a browser keeps', () => {
  it('belongs to one network', async () => {
    const name = freshName();
    await (await openIndexedStores(name, regtest, clock)).close();
    await failsWith('data-dir-network', openIndexedStores(name, quoin, clock));
    await (await openIndexedStores(name, regtest, clock)).close();
  });

  it('belongs to who opened it first, where the browser has locks, else to who opened it last', async () => {
    const name = freshName();
    const first = await openIndexedStores(name, regtest, clock);
    await first.rows.apply({ puts: [['a', Uint8Array.of(1)]], deletes: [] });
    if (isSecureContext) {
      await failsWith('data-dir-locked', openIndexedStores(name, regtest, clock));
      await first.rows.apply({ puts: [['a', Uint8Array.of(2)]], deletes: [] });
    } else {
      const second = await openIndexedStores(name, regtest, clock);
      await failsWith('data-dir-locked', first.rows.apply({ puts: [['a', Uint8Array.of(9)]], deletes: [] }));
      await second.rows.apply({ puts: [['a', Uint8Array.of(2)]], deletes: [] });
      await second.close();
    }
    await first.close();
    const again = await openIndexedStores(name, regtest, clock);
    assert.deepEqual(await rowsOf(again.rows), [['a', [2]]]);
    await again.close();
  });

  it('is gone when it is forgotten, and whoever had it open is told', async () => {
    const name = freshName();
    const open = await openIndexedStores(name, regtest, clock);
    await deleteIndexedDatabase(name);
    await failsWith('data-dir-locked', open.rows.apply({ puts: [['a', Uint8Array.of(1)]], deletes: [] }));
    await open.close();
    const databases = await indexedDB.databases();
    assert.ok(databases.every((each) => each.name !== name));
  });
});

/** Fills a store until the browser gives no more room, for the test to call. @returns the code that it fails with, and the rows that are whole */
async function fillUp(): Promise<readonly [code: string, rows: number]> {
  const name = freshName();
  const stores = await openIndexedStores(name, regtest, clock);
  const value = browserRandom.bytes(1_000_000);
  let written = 0;
  let code = '';
  while (code === '' && written < 200) {
    const keys = [`row/${written}/a`, `row/${written}/b`];
    try {
      await stores.rows.apply({ puts: keys.map((key) => [key, value] as const), deletes: [] });
      written++;
    } catch (error) {
      code = error instanceof NodeError ? error.code : String(error);
    }
  }
  const rows = await rowsOf(stores.rows);
  await stores.close();
  assert.equal(rows.length, 2 * written);
  return [code, rows.length];
}

Object.assign(globalThis, { fillUp });

describe('chance of a browser', () => {
  it('gives any number of bytes, and numbers below a limit', () => {
    assert.equal(browserRandom.bytes(0).length, 0);
    const many = browserRandom.bytes(200_000);
    assert.ok(
      many.subarray(-1_000).some((byte) => byte !== 0),
      'up to the last ones',
    );
    for (const limit of [1, 2, 3, 2 ** 31 + 1, 2 ** 32]) {
      for (let i = 0; i < 50; i++) assert.ok(browserRandom.below(limit) < limit);
    }
  });
});

const transport = createWebSocketTransport(
  parsePeerUrls(['echo', 'text', 'flood', 'nobody'].map((name, i) => `ws://127.0.0.${i + 1}:${location.hash.slice(1)}/${name}`)),
  clock,
);

/** What came over a connection. */
interface Heard {
  readonly connection: Connection;
  bytes: number;
  sum: number;
  drained: number;
  why: string | undefined;
}

async function call(place: 1 | 2 | 3): Promise<Heard> {
  const address = { host: `127.0.0.${place}`, port: Number(location.hash.slice(1)) };
  const connection = await transport.dial(address, { timeoutMs: 10_000 });
  assert.deepEqual(connection.remote, address);
  const heard: Heard = { connection, bytes: 0, sum: 0, drained: 0, why: undefined };
  connection.handlers = {
    data: (bytes) => {
      for (const byte of bytes) heard.sum = (heard.sum * 31 + byte) >>> 0;
      heard.bytes += bytes.length;
    },
    drained: () => {
      heard.drained++;
    },
    closed: (why) => {
      assert.equal(heard.why, undefined);
      heard.why = why;
    },
  };
  return heard;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await clock.yield();
}

describe('streams over the WebSocket of a browser', () => {
  it('carry bytes in order both ways, and tell a writer when there is room again', async () => {
    const heard = await call(1);
    const pieces = [browserRandom.bytes(1), ...Array.from({ length: 8 }, (_, i) => browserRandom.bytes(1_000_000 + i))];
    let sum = 0;
    let waits = 0;
    for (const piece of pieces) {
      for (const byte of piece) sum = (sum * 31 + byte) >>> 0;
      if (!heard.connection.write(piece)) waits++;
    }
    assert.ok(waits > 0, 'so much at once is over the limit');
    await until(() => heard.bytes === 8_000_029 && heard.drained > 0);
    assert.equal(heard.sum, sum);
    heard.connection.close('done');
    await until(() => heard.why !== undefined);
    assert.equal(heard.why, 'done');
    assert.equal(heard.connection.write(pieces[0]!), true);
  });

  it('hand over nothing while they are paused, and everything after', async () => {
    const heard = await call(1);
    heard.connection.pause();
    heard.connection.write(browserRandom.bytes(5_000));
    for (let i = 0; i < 200; i++) await clock.yield();
    assert.equal(heard.bytes, 0);
    heard.connection.resume();
    await until(() => heard.bytes === 5_000);
    heard.connection.close('done');
  });

  it('end where text comes, and where more comes than is read', async () => {
    const text = await call(2);
    await until(() => text.why !== undefined);
    assert.match(text.why!, /a message of text/);
    const flood = await call(3);
    flood.connection.pause();
    await until(() => flood.why !== undefined);
    assert.match(flood.why!, /more than can be looked at/);
    assert.equal(flood.bytes, 0);
    assert.ok(HELD_BYTES_MAX > 4 * 4_000_000, 'four blocks have room');
  });

  it('are not made where nobody takes them, nor to a place that was not named', async () => {
    const port = Number(location.hash.slice(1));
    await failsWith('dial-failed', transport.dial({ host: '127.0.0.4', port }, { timeoutMs: 10_000 }));
    await failsWith('dial-failed', transport.dial({ host: '127.0.0.5', port }, { timeoutMs: 10_000 }));
    await failsWith(
      'listen-failed',
      transport.listen({ host: '127.0.0.1', port: 0 }, () => {}),
    );
  });
});
