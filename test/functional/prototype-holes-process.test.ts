/**
 * The holes of the first prototype that need a running node: S7, a block without transactions handed in by each door, and S12, strangers
 * who stop the mining or spend.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { regtest } from '../../src/core/params/regtest.ts';
import { encodeBlock, makeBlock } from '../../src/core/primitives/block.ts';
import { zeroHash } from '../../src/core/primitives/ids.ts';
import { encodeFrame } from '../../src/core/wire/frame.ts';
import { encodeMessage } from '../../src/core/wire/messages/table.ts';
import { buildBlock, genesisParent, mineHeader } from '../support/chain-builder.ts';
import { addressOf, balanceOf, mine } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import type { QuoinProcess } from '../support/quoin-process.ts';
import { startQuoin } from '../support/quoin-process.ts';

/** What came back for a request. */
interface Answer {
  readonly status: number;
  readonly text: string;
}

describe('holes of the prototype: a running node', () => {
  let node: QuoinProcess;

  before(async () => {
    node = await startQuoin();
  });

  after(() => node?.stop());

  /** A request as a stranger makes it, each header as he likes, Host too. */
  async function ask(method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<Answer> {
    const url = new URL(path, node.http);
    const sent = request(url, { method, headers: { 'content-length': String(Buffer.byteLength(body)), ...headers } });
    sent.end(body);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk;
    return { status: response.statusCode ?? 0, text };
  }

  /** A block of valid proof of work whose header commits to nothing. */
  function emptyBlock(): Uint8Array {
    const { header } = buildBlock({ parent: genesisParent(regtest), params: regtest });
    return encodeBlock(makeBlock(mineHeader({ ...header, merkleRoot: zeroHash() }, regtest.consensus), []));
  }

  it('S7: refuses a block without transactions that is submitted, and goes on', async () => {
    const bytes = emptyBlock();
    assert.equal(bytes.length, 81);
    assert.equal(await node.rpc('submitblock', Buffer.from(bytes).toString('hex')), 'bad-blk-length');
    assert.equal(await node.rpc('getblockcount'), 0);
  });

  it('S7: refuses a block without transactions that a peer sends, and goes on', async () => {
    const [host, port] = node.p2p.split(':') as [string, string];
    const socket = connect(Number(port), host);
    await once(socket, 'connect');
    const closed = once(socket, 'close');
    socket.resume();
    const send = (command: string, payload: Uint8Array): void => {
      socket.write(encodeFrame(regtest.messageStart, command, payload));
    };
    const version = {
      protocolVersion: 70_016,
      services: 9n,
      timeSeconds: 1_700_000_000,
      nonce: 77n,
      userAgent: '/prototype/',
      startHeight: 1,
    };
    const receiver = { network: 'ipv4', bytes: Uint8Array.of(127, 0, 0, 1), port: 1 } as const;
    send('version', encodeMessage({ type: 'version', ...version, receiver, relay: true }));
    send('verack', new Uint8Array(0));
    send('block', emptyBlock());
    await closed;
    await eventually('the sender is gone', async () => (await node.rpc('getconnectioncount')) === 0);
    assert.equal(await node.rpc('getblockcount'), 0);
    await mine(node, 1);
    assert.equal(await node.rpc('getblockcount'), 1);
  });

  it('S12: lets nobody without a login stop the mining, start it or spend', async () => {
    await mine(node, 101);
    await node.post('/api/v1/mining/start', { workers: 1 });
    const address = await addressOf(node);
    const spending = JSON.stringify({ address, amount: 100_000 });
    const json = { 'content-type': 'application/json' };
    const attempts: readonly (readonly [string, string, string])[] = [
      ['POST', '/api/v1/mining/stop', ''],
      ['POST', '/api/v1/mining/start', '{}'],
      ['POST', '/api/v1/wallet/send', spending],
      ['POST', '/', '{"id":1,"method":"stop","params":[]}'],
      ['POST', '/', '{"id":1,"method":"generatetoaddress","params":[1,"x"]}'],
    ];
    const paid = await balanceOf(node);
    for (const [method, path, body] of attempts) {
      assert.equal((await ask(method, path, json, body)).status, 401, `${method} ${path}`);
      const wrong = { ...json, authorization: `Basic ${Buffer.from('__cookie__:0000').toString('base64')}` };
      assert.equal((await ask(method, path, wrong, body)).status, 401, `${method} ${path} with a wrong login`);
    }
    assert.equal((await node.get('/api/v1/mining')).running, true);
    assert.deepEqual(await node.rpc('getrawmempool'), []);
    assert.ok((await balanceOf(node)).confirmed >= paid.confirmed, 'nothing was spent');
  });

  it('S12: changes nothing by a GET, as an image in any page could make', async () => {
    for (const path of ['/api/v1/mining/stop', '/api/v1/wallet/send?address=a&amount=1', '/stop', '/send_amount?amount=1']) {
      const { status } = await ask('GET', path);
      assert.ok(status === 404 || status === 405, `GET ${path} answers ${status}`);
    }
    assert.equal((await node.get('/api/v1/mining')).running, true);
  });

  it('S12: takes no orders from a page of another site, nor by a name that is not its own, though they bring the login', async () => {
    const authorization = loginOf(node);
    const body = '{"id":1,"method":"stop","params":[]}';
    for (const path of ['/', '/api/v1/mining/stop']) {
      for (const foreign of [{ origin: 'http://evil.example' }, { origin: 'null' }, { host: 'evil.example' }]) {
        const { status } = await ask('POST', path, { 'content-type': 'application/json', authorization, ...foreign }, body);
        assert.equal(status, 403, `${path} with ${JSON.stringify(foreign)}`);
      }
    }
    assert.equal((await node.get('/api/v1/mining')).running, true);
    assert.equal((await ask('POST', '/api/v1/mining/stop', { authorization })).status, 200);
    assert.equal((await node.get('/api/v1/mining')).running, false);
  });
});

/** The login that the cookie file gives. */
function loginOf({ dataDir }: QuoinProcess): string {
  return `Basic ${readFileSync(join(dataDir, '.cookie')).toString('base64')}`;
}
