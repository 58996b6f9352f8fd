import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { Authenticator } from './auth.ts';
import { Capacity } from './capacity.ts';
import { answerJsonRpc, type JsonRpcHandler } from './json-rpc.ts';
import { TurnEnd } from './turn-end.ts';

const BODY = '{"method":"x"}';

describe('what requests of JSON-RPC take', () => {
  it('is given back when each is answered, and when one fails: as many as fit come one after another without end', async () => {
    const [requests, bodies] = [new Capacity(1), new Capacity(BODY.length)];
    let calls = 0;
    const handler: JsonRpcHandler = async () => {
      if (++calls === 2) throw new Error('a fault of ours');
      return { status: 200, body: '{}' };
    };
    const auth = new Authenticator({ cookie: 'a:b' }, new FakeClock());
    const context = {
      handler,
      auth,
      requests,
      bodies,
      signal: new AbortController().signal,
      rules: {},
      turnEnd: new TurnEnd({ yield: async () => {} }),
    };
    const server = createServer((request, response) => {
      answerJsonRpc(request, response, context).catch(() => response.writeHead(500).end());
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const post = async (body: string): Promise<number> => {
      const headers = { authorization: `Basic ${Buffer.from('a:b').toString('base64')}` };
      const response = await fetch(url, { method: 'POST', headers, body });
      await response.text();
      return response.status;
    };
    const statuses = [];
    for (let i = 0; i < 4; i++) statuses.push(await post(BODY));
    assert.deepEqual(statuses, [200, 500, 200, 200]);
    assert.equal(await post(`${BODY} `), 503, 'one byte more than there is room for');
    assert.equal(await post(BODY), 200);
    assert.ok(requests.take(1) && bodies.take(BODY.length), 'all of the room is free in the end');
    server.closeAllConnections();
    server.close();
  });
});
