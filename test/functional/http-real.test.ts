/**
 * The HTTP interface of whole nodes: the shapes that scripts rely on, who may do what, how much a request may be, work that is interrupted,
 * and the page in a browser.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Errors } from 'typebox/schema';
import { ROUTES } from '../../src/doors/http/app.ts';
import { BODY_SIZE_MAX, RPC_BODY_SIZE_MAX, TRANSACTION_BODY_SIZE_MAX } from '../../src/doors/http/limits.ts';
import type { TSchema } from '../../src/doors/schema.ts';
import { chromiumMissing, openPage } from '../support/chromium.ts';
import { mine } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import type { HttpAnswer } from '../support/http-request.ts';
import { httpRequest } from '../support/http-request.ts';
import type { QuoinProcess } from '../support/quoin-process.ts';
import { startQuoin } from '../support/quoin-process.ts';

const COIN = 100_000_000;

/** The contract: the node stops within five seconds. */
const STOP_MS_MAX = 5_000;

type Headers = Readonly<Record<string, string>>;

const JSON_BODY = { 'content-type': 'application/json' };

/** A request to a node as anyone may make it. */
function ask(node: QuoinProcess, method: string, path: string, headers: Headers = {}, body?: string | Uint8Array): Promise<HttpAnswer> {
  return httpRequest({ port: Number(new URL(node.http).port), method, path, headers, ...(body === undefined ? {} : { body }) });
}

function cookieLogin({ dataDir }: QuoinProcess): Headers {
  return { authorization: `Basic ${readFileSync(join(dataDir, '.cookie')).toString('base64')}` };
}

/** The link to the page that the node prints for whoever started it. */
function linkOf({ output }: QuoinProcess): string {
  const line = output.find((each) => each.includes('#token='));
  assert.ok(line !== undefined, 'the node prints a link');
  return (JSON.parse(line) as { url: string }).url;
}

/** Names of the members with the types of their values; members of members too. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shapeOf(member)]));
}

/** Some members of an object. */
function only(value: Record<string, unknown>, ...names: string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, value[name]]));
}

describe('the REST interface of a running node', () => {
  let node: QuoinProcess;
  let paid: { txid: string; fee: number };
  let staleHash: string;

  before(async () => {
    node = await startQuoin();
    await mine(node, 103);
    staleHash = await node.rpc('getbestblockhash');
    await node.rpc('invalidateblock', staleHash);
    await mine(node, 2, 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080');
    await node.rpc('reconsiderblock', staleHash);
    const { address } = await node.get('/api/v1/wallet');
    paid = await node.post('/api/v1/wallet/send', { address, amount: COIN, feeRate: 2.5 });
  });

  after(() => node?.stop());

  it('tells its status in the shape of the contract', async () => {
    const status = await node.get('/api/v1/status');
    const promised = ['network', 'height', 'headers', 'bestBlockHash', 'chainWork', 'inSync', 'peers', 'mempool'];
    assert.deepEqual(only(status, ...promised), {
      network: 'regtest',
      height: 104,
      headers: 104,
      bestBlockHash: await node.rpc('getbestblockhash'),
      chainWork: (await node.rpc('getblockchaininfo')).chainwork,
      inSync: true,
      peers: 0,
      mempool: { count: 1, vsize: (await node.rpc('getmempoolentry', paid.txid)).vsize },
    });
  });

  it('tells of mining, of the wallet and of a payment in the shapes of the contract', async () => {
    const mining = await node.get('/api/v1/mining');
    assert.deepEqual(only(mining, 'running', 'workers', 'hashRate', 'blocksFound'), {
      running: false,
      workers: 0,
      hashRate: 0,
      blocksFound: 0,
    });
    const wallet = await node.get('/api/v1/wallet');
    assert.deepEqual(Object.keys(wallet), ['address', 'balance']);
    assert.match(wallet.address, /^bcrt1q[0-9a-z]{38}$/);
    // 102 rewards of 50 coins; those from height 5 on still mature, as Core's wallet counts. The payment to itself costs its fee.
    const immature = String(98 * 50 * COIN);
    assert.deepEqual(wallet.balance, { confirmed: String(4 * 50 * COIN), unconfirmed: String(-paid.fee), immature });
    assert.deepEqual(Object.keys(paid), ['txid', 'fee']);
    const { vsize, fees } = await node.rpc('getmempoolentry', paid.txid);
    // The wallet pays for the longest form that its counts may have: a few bytes more than there are.
    assert.ok(paid.fee >= vsize * 2.5 && paid.fee <= (vsize + 4) * 2.5, `${paid.fee} for ${vsize}`);
    assert.equal(Math.round(fees.base * COIN), paid.fee);
  });

  it('tells of every branch in the shape of the contract', async () => {
    assert.deepEqual(await node.get('/api/v1/chain/tips'), [
      { height: 104, hash: await node.rpc('getbestblockhash'), branchLength: 0, status: 'active' },
      { height: 103, hash: staleHash, branchLength: 1, status: 'valid-fork' },
    ]);
  });

  it('answers every path that reads as its description says', async () => {
    const { address } = await node.get('/api/v1/wallet');
    const values: Readonly<Record<string, string>> = { ':block': '103', ':txid': paid.txid, ':vout': '0', ':address': address };
    const reading = ROUTES.filter(({ method }) => method === 'GET');
    assert.equal(reading.length, 17);
    const [mined] = (await node.get('/api/v1/blocks/103')).transactions as [string];
    for (const route of reading) {
      // What waits cannot be proved to be in a block.
      const places = route.path.endsWith('/proof') ? { ...values, ':txid': mined } : values;
      const path = route.path.replace(/:\w+/g, (name) => places[name] as string);
      const [valid, errors] = Errors(route.result as TSchema, await node.get(path));
      assert.ok(valid, `${path}: ${JSON.stringify(errors)}`);
    }
    const [entry] = await node.get('/api/v1/wallet/history?limit=1');
    assert.deepEqual(shapeOf(entry), {
      txid: 'string',
      amount: 'number',
      fee: 'number',
      confirmations: 'number',
      conflicted: 'boolean',
      coinbase: 'boolean',
      time: 'number',
    });
  });

  it('finds a transaction that waits, one of the wallet, one in a block that is named, and one in any block', async () => {
    const waiting = await node.get(`/api/v1/tx/${paid.txid}`);
    assert.deepEqual([waiting.confirmations, waiting.fee, waiting.block], [0, paid.fee, undefined]);
    const block = await node.get('/api/v1/blocks/104');
    const [foreign] = block.transactions as [string];
    const place = { hash: block.hash, height: 104, active: true };
    assert.deepEqual((await node.get(`/api/v1/tx/${foreign}?block=${block.hash}`)).block, place);
    assert.deepEqual((await node.get(`/api/v1/tx/${foreign}`)).block, place, 'by the index of transactions');
    const missing = await ask(node, 'GET', `/api/v1/tx/${'ab'.repeat(32)}`);
    assert.deepEqual([missing.status, JSON.parse(missing.text).code], [404, 'transaction-not-found']);
  });

  it('refuses a payment with the reason, and takes a payment of the fee rate of its own choice', async () => {
    const { address } = await node.get('/api/v1/wallet');
    const send = (body: unknown) => ask(node, 'POST', '/api/v1/wallet/send', { ...cookieLogin(node), ...JSON_BODY }, JSON.stringify(body));
    const cases: readonly (readonly [body: unknown, status: number, code: string])[] = [
      [{ address, amount: 5 * 50 * COIN }, 422, 'payment-refused'],
      [{ address, amount: 2_100_000_000_000_001 }, 400, 'amount-out-of-range'],
      [{ address: 'qn1nothing', amount: 1_000 }, 400, 'address-invalid'],
      ...[0, -1, 1.5, '1000', null].map((amount) => [{ address, amount }, 400, 'request-invalid'] as const),
      [{ address }, 400, 'request-invalid'],
      [{ address, amount: 1_000, feerate: 1 }, 400, 'request-invalid'],
    ];
    for (const [body, status, code] of cases) {
      const answer = await send(body);
      assert.deepEqual([answer.status, JSON.parse(answer.text).code], [status, code], JSON.stringify(body));
      assert.equal(answer.headers['content-type'], 'application/problem+json');
    }
    assert.equal((await send({ address, amount: 10_000 })).status, 200);
  });
});

describe('who may use the interface of a running node', () => {
  let node: QuoinProcess;

  before(async () => {
    node = await startQuoin();
  });

  after(() => node?.stop());

  const NEEDING_LOGIN = [
    'POST /api/v1/peers',
    'DELETE /api/v1/peers/:id',
    'POST /api/v1/mining/start',
    'POST /api/v1/mining/stop',
    'GET /api/v1/wallet',
    'GET /api/v1/wallet/history',
    'POST /api/v1/wallet/address',
    'POST /api/v1/wallet/send',
    'POST /api/v1/wallet/sign',
  ];

  it('S12: asks for a login wherever something is changed or the wallet is read, and nowhere else on this machine', async () => {
    const refused: string[] = [];
    for (const { method, path } of ROUTES) {
      const { headers, status, text } = await ask(node, method, path.replace(/:\w+/g, '0'));
      if (status !== 401) continue;
      refused.push(`${method} ${path}`);
      assert.equal(JSON.parse(text).code, 'login-required');
      assert.equal(headers['www-authenticate'], 'Basic realm="quoin"');
    }
    assert.deepEqual(refused.sort(), [...NEEDING_LOGIN].sort());
    assert.equal((await ask(node, 'POST', '/', JSON_BODY, '{"id":1,"method":"getblockcount"}')).status, 401);
  });

  it('S12: takes the cookie and the token of the link, and nothing that only looks like them', async () => {
    if (process.platform !== 'win32') assert.equal(statSync(join(node.dataDir, '.cookie')).mode & 0o777, 0o600);
    const cookie = readFileSync(join(node.dataDir, '.cookie'), 'utf8');
    assert.match(cookie, /^__cookie__:[0-9a-f]{64}$/);
    const token = linkOf(node).split('#token=')[1] as string;
    const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
    const status = async (authorization: string) => (await ask(node, 'GET', '/api/v1/wallet', { authorization })).status;
    for (const right of [basic(cookie), `Bearer ${token}`]) assert.equal(await status(right), 200, right);
    const wrong = [
      basic(cookie.slice(0, -1)),
      basic(`__cookie__:${token}`),
      basic('__cookie__:'),
      `Bearer ${cookie.split(':')[1]}`,
      'Basic',
      '',
    ];
    for (const login of wrong) assert.equal(await status(login), 401, login);
    const calls = [basic(cookie), `Bearer ${token}`].map((authorization) =>
      ask(node, 'POST', '/', { ...JSON_BODY, authorization }, '{"id":1,"method":"getblockcount"}'),
    );
    for (const answer of await Promise.all(calls)) assert.equal(answer.text, '{"result":0,"error":null,"id":1}\n');
  });

  it('answers to its own names only, and to no page of another site', async () => {
    const { port, host } = new URL(node.http);
    const cases: readonly (readonly [headers: Headers, status: number, code?: string])[] = [
      [{ host }, 200],
      [{ host: `localhost:${port}` }, 200],
      [{ host: `[::1]:${port}` }, 200],
      [{ host: `evil.example:${port}` }, 403, 'host-refused'],
      [{ host: `127.0.0.1.evil.example:${port}` }, 403, 'host-refused'],
      [{ host, origin: `http://${host}` }, 200],
      [{ host, origin: `http://localhost:${port}` }, 403, 'origin-refused'],
      [{ host, origin: 'http://127.0.0.1:1' }, 403, 'origin-refused'],
      [{ host, origin: 'null' }, 403, 'origin-refused'],
      [{ host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403, 'origin-refused'],
      [{ host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, 200],
    ];
    for (const [headers, status, code] of cases) {
      for (const path of ['/api/v1/status', '/docs', '/openapi.json']) {
        const answer = await ask(node, 'GET', path, headers);
        assert.equal(answer.status, status, `${path} ${JSON.stringify(headers)}`);
        if (code !== undefined) assert.equal(JSON.parse(answer.text).code, code);
        assert.equal(answer.headers['access-control-allow-origin'], undefined);
      }
    }
  });

  it('takes a body of 1, 8 and 32 MiB where each is the limit, and not one byte more', async () => {
    const login = cookieLogin(node);
    const doors: readonly (readonly [path: string, type: string, body: Buffer, status: number])[] = [
      ['/api/v1/peers', 'application/json', pad('{"address":"127.0.0.1:1","command":"onetry"}', BODY_SIZE_MAX), 202],
      ['/api/v1/tx', 'text/plain', Buffer.alloc(TRANSACTION_BODY_SIZE_MAX, '00'), 400],
      ['/', 'application/json', pad('{"id":1,"method":"getblockcount"}', RPC_BODY_SIZE_MAX), 200],
    ];
    assert.deepEqual(
      doors.map(([, , body]) => body.length / 1024 ** 2),
      [1, 8, 32],
    );
    for (const [path, type, body, status] of doors) {
      const headers = { ...login, 'content-type': type };
      assert.equal((await ask(node, 'POST', path, headers, body)).status, status, `${path} at the limit`);
      const announced = { ...headers, 'content-length': String(body.length + 1), expect: '100-continue' };
      assert.equal((await ask(node, 'POST', path, announced)).status, 413, `${path} past the limit`);
    }
    assert.equal((await ask(node, 'GET', '/health')).status, 200);
  });
});

/** A text with blanks behind it, so many bytes in all. */
function pad(text: string, sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(sizeBytes, ' ');
  bytes.write(text);
  return bytes;
}

describe('mining by HTTP, where blocks take seconds', () => {
  let node: QuoinProcess;

  before(async () => {
    node = await startQuoin({ network: 'quoin' });
  });

  after(() => node?.stop());

  it('starts and stops the miner, and says how fast it is', async () => {
    const started = await node.post('/api/v1/mining/start', { workers: 1 });
    assert.deepEqual([started.running, started.workers], [true, 1]);
    assert.match(started.address, /^qn1q/);
    await eventually('it has tried some', async () => (await node.get('/api/v1/mining')).hashRate > 1_000);
    const stopped = await node.post('/api/v1/mining/stop');
    assert.deepEqual([stopped.running, stopped.workers, stopped.hashRate, stopped.address], [false, 0, 0, null]);
    assert.equal((await node.post('/api/v1/mining/stop')).running, false, 'stopping again changes nothing');
    const start = (body: unknown) =>
      ask(node, 'POST', '/api/v1/mining/start', { ...cookieLogin(node), ...JSON_BODY }, JSON.stringify(body));
    for (const body of [
      { workers: 0 },
      { workers: 1.5 },
      { threads: 1 },
      [],
      { address: 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080' },
    ]) {
      assert.equal((await start(body)).status, 400, JSON.stringify(body));
    }
    assert.equal((await node.get('/api/v1/mining')).running, false);
  });

  it('interrupts generatetoaddress when the node is stopped, and answers with what was mined', async () => {
    const { address } = await node.get('/api/v1/wallet');
    const generating = node.rpc('generatetoaddress', 1_000_000, address) as Promise<string[]>;
    await eventually('it is being answered', async () => {
      const { active_commands } = (await node.rpc('getrpcinfo')) as { active_commands: { method: string }[] };
      return active_commands.some(({ method }) => method === 'generatetoaddress');
    });
    const ended = once(node.process, 'exit');
    const since = performance.now();
    assert.equal(await node.rpc('stop'), 'quoin stopping');
    const hashes = await generating;
    assert.ok(Array.isArray(hashes) && hashes.length < 1_000_000);
    assert.deepEqual(await ended, [0, null]);
    assert.ok(performance.now() - since < STOP_MS_MAX, 'it stops within five seconds');
  });
});

describe('the page of the interface', () => {
  let node: QuoinProcess;

  before(async () => {
    node = await startQuoin();
  });

  after(() => node?.stop());

  it('is this project, by name and mark, and may load nothing from elsewhere', async () => {
    const page = await ask(node, 'GET', '/docs');
    assert.match(page.text, /<title>quoin<\/title>/);
    assert.match(String(page.headers['content-security-policy']), /^default-src 'none'; script-src 'self';.* connect-src 'self';/);
    const links = [...page.text.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, link]) => link as string);
    assert.ok(links.length >= 6);
    for (const link of links) {
      assert.ok(link.startsWith('/docs/'), link);
      assert.equal((await ask(node, 'GET', link)).status, 200, link);
    }
    const mark = await ask(node, 'GET', '/docs/static/theme/quoin.svg');
    assert.equal(mark.headers['content-type'], 'image/svg+xml');
    assert.deepEqual([(await ask(node, 'GET', '/')).status, (await ask(node, 'GET', '/')).headers.location], [302, '/docs']);
  });

  it('lists every route in a browser, asks this node for everything, and is logged in by its link', {
    skip: chromiumMissing(),
  }, async () => {
    const { dom, requests } = await openPage(linkOf(node));
    const paths = new Set([...dom.matchAll(/data-path="([^"]+)"/g)].map(([, path]) => path as string));
    const listed = ['/events', ...ROUTES.map(({ path }) => path.replace(/:(\w+)/g, '{$1}'))];
    assert.deepEqual([...paths].sort(), [...new Set(listed)].sort());
    assert.ok(requests.length >= 6);
    assert.deepEqual(
      requests.filter((url) => new URL(url).origin !== node.http),
      [],
    );
    assert.match(dom, /<title>quoin<\/title>/);
    assert.match(dom, /class="btn authorize locked"/);
    assert.match(dom, /<img height="40" src="data:image\/svg\+xml;base64,/);
  });

  it('is not logged in without the link', { skip: chromiumMissing() }, async () => {
    const { dom } = await openPage(`${node.http}/docs`);
    assert.match(dom, /class="btn authorize unlocked"/);
    assert.match(dom, /data-path="\/api\/v1\/status"/);
  });
});
