import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { RpcCallError, RpcClient, RpcConnectionError } from './client.ts';
import { paramsOfWords, RpcArgumentError, resultText } from './command-line.ts';
import { parseJson } from './json-parse.ts';
import { type JsonOutput, writeJson } from './json-write.ts';

/** Runs a check against a server that answers as told, with what it was asked. */
async function against(answer: RequestListener, check: (client: RpcClient, port: number) => Promise<void>): Promise<void> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await check(new RpcClient({ host: '127.0.0.1', port, credentials: 'me:secret' }), port);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('RpcClient', () => {
  it('logs in, sends a request and keeps the digits of the answer', async () => {
    const seen: string[] = [];
    await against(
      (request, response) => {
        seen.push(request.headers.authorization ?? '');
        request.on('data', (chunk) => seen.push(String(chunk)));
        request.on('end', () => response.end('{"jsonrpc":"2.0","result":{"fee":0.10000000},"id":1}'));
      },
      async (client) => {
        const result = await client.call('getx', [1, 'a']);
        assert.equal(writeJson(result as JsonOutput), '{"fee":0.10000000}');
      },
    );
    assert.equal(seen[0], `Basic ${Buffer.from('me:secret').toString('base64')}`);
    assert.equal(seen[1], '{"jsonrpc":"2.0","id":1,"method":"getx","params":[1,"a"]}');
  });

  it('throws what the server refuses with', async () => {
    const reply = '{"result":null,"error":{"code":-8,"message":"Block height out of range"},"id":1}';
    await against(
      (_request, response) => void response.writeHead(500).end(reply),
      async (client) => {
        await assert.rejects(client.call('getblockhash', [9]), (error: RpcCallError) => {
          return error instanceof RpcCallError && error.code === -8 && error.message === 'Block height out of range';
        });
      },
    );
  });

  it('says what is wrong where no answer comes', async () => {
    let freePort = 0;
    await against(
      (_request, response) => void response.writeHead(401).end(),
      async (client, port) => {
        freePort = port;
        await assert.rejects(client.call('x'), { name: 'RpcConnectionError', message: /does not accept this login/ });
      },
    );
    const gone = new RpcClient({ host: '127.0.0.1', port: freePort, credentials: 'a:b' });
    await assert.rejects(gone.call('x'), { name: 'RpcConnectionError', message: /is the node running\?/ });
    for (const [status, body, problem] of [
      [403, '', /does not answer requests from here/],
      [200, 'hello', /status 200 and no JSON/],
      [200, '5', /something else/],
      [200, '{}', /without a result/],
    ] as const) {
      await against(
        (_request, response) => void response.writeHead(status).end(body),
        async (client) => assert.rejects(client.call('x'), (error) => error instanceof RpcConnectionError && problem.test(error.message)),
      );
    }
  });
});

describe('paramsOfWords', () => {
  it('keeps text where a method wants text and reads JSON elsewhere', () => {
    const params = (method: string, ...words: string[]): string => writeJson(paramsOfWords(method, words, false) as JsonOutput);
    assert.equal(params('getblockhash', '5'), '[5]');
    assert.equal(params('getblock', '00'.repeat(32), '2'), `["${'00'.repeat(32)}",2]`);
    assert.equal(params('validateaddress', '5'), '["5"]');
    assert.equal(params('sendrawtransaction', '00', '0.10'), '["00",0.10]');
    assert.equal(params('testmempoolaccept', '["00"]'), '[["00"]]');
    assert.equal(params('nosuch', '5', 'word', 'true'), '[5,"word",true]');
    assert.throws(() => params('getblockhash', 'five'), RpcArgumentError);
  });

  it('takes names, with positions before them', () => {
    const params = (method: string, ...words: string[]): string => writeJson(paramsOfWords(method, words, true) as JsonOutput);
    assert.equal(params('getblock', 'blockhash=12', 'verbose=false'), '{"blockhash":"12","verbose":false}');
    assert.equal(params('getblock', '12', 'verbosity=1'), '{"verbosity":1,"args":["12"]}');
    assert.equal(params('getblock', '__proto__=1'), '{"__proto__":1}');
  });
});

describe('resultText', () => {
  it('shows text bare, nothing for null, and JSON in lines', () => {
    assert.equal(resultText('abc'), 'abc');
    assert.equal(resultText(null), '');
    assert.equal(resultText(parseJson('{"a":[1.50]}')), '{\n  "a": [\n    1.50\n  ]\n}');
  });
});
