/**
 * What the light client asks of a browser, in a browser: stores, streams, the clock and chance; on a page that came over a secure way, and on one
 * that did not, where browsers offer less.
 *
 * @module
 */

import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { type WebSocket, WebSocketServer } from 'ws';
import { Browser } from '../support/browser.ts';
import { chromiumMissing, INSECURE_HOST } from '../support/chromium.ts';
import { bundleTests } from './bundle.ts';
import { reportPage, servePage } from './page-server.ts';

const FLOOD = new Uint8Array(4_000_000);

/** What each path does with who calls it. */
const CALLED: Readonly<Record<string, (socket: WebSocket) => void>> = {
  '/echo': (socket) => socket.on('message', (bytes) => socket.send(bytes as Buffer)),
  '/text': (socket) => socket.send('text'),
  '/flood': (socket) => {
    for (let i = 0; i < 12; i++) socket.send(FLOOD);
  },
};

describe("the browser's side of the light client", { skip: chromiumMissing() }, () => {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof servePage>>;
  let sockets: WebSocketServer;

  before(async () => {
    sockets = new WebSocketServer({
      port: 0,
      host: '0.0.0.0',
      maxPayload: 16_000_000,
      verifyClient: ({ req }: { req: IncomingMessage }) => (req.url ?? '') in CALLED,
    });
    sockets.on('connection', (socket, request) => {
      socket.on('error', () => undefined);
      CALLED[request.url ?? '']!(socket);
    });
    server = await servePage(await bundleTests(['test/browser/pages/world.ts']));
    browser = await Browser.open();
  });

  after(async () => {
    await browser?.close();
    for (const socket of sockets?.clients ?? []) socket.terminate();
    sockets?.close();
    server?.close();
  });

  const urlOf = (host: string): string => `${server.url.replace('127.0.0.1', host)}#${(sockets.address() as AddressInfo).port}`;

  for (const [host, secure] of [
    ['127.0.0.1', true],
    [INSECURE_HOST, false],
  ] as const) {
    it(`does all that it must on a page that came over ${secure ? 'a secure way' : 'an insecure one'}`, async (t) => {
      const page = await browser.page(urlOf(host));
      assert.equal(await page.evaluate('isSecureContext && navigator.locks !== undefined'), secure);
      assert.ok((await reportPage(t, page)) >= 16);
      await page.close();
    });
  }

  it('says that there is no room left, and has written nothing by halves', async () => {
    const page = await browser.page(urlOf('127.0.0.1'));
    await page.until('the script of the page has run', "typeof fillUp === 'function'");
    await page.call('Storage.overrideQuotaForOrigin', { origin: new URL(server.url).origin, quotaSize: 20_000_000 });
    const [code, rows] = await page.evaluate<[string, number]>('fillUp()');
    assert.equal(code, 'disk-full');
    assert.ok(rows > 0 && rows % 2 === 0);
    await page.close();
  });
});
