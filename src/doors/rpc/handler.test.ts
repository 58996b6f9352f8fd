import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeNode } from '../../../test/support/fake-node.ts';
import { answerText } from '../../../test/support/rpc-caller.ts';
import { AssertionError } from '../../core/base/assert.ts';
import { createWasmSecp256k1 } from '../../core/crypto/wasm-secp256k1.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import { BATCH_REQUESTS_MAX, createRpcHandler } from './handler.ts';

const curve = createWasmSecp256k1();
const GENESIS = '0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206';

function setUp(node = new FakeNode()) {
  const handler = createRpcHandler(node, { curve });
  const post = (body: string | Uint8Array) =>
    handler({ body: typeof body === 'string' ? Buffer.from(body) : body, signal: { aborted: false } });
  /** Status and body without its line end. */
  const answer = async (body: string): Promise<[number, string]> => {
    const answered = await post(body);
    const text = answerText(answered);
    assert.equal(text === '' ? '\n' : text.at(-1), '\n');
    return [answered.status, text.trimEnd()];
  };
  return { node, post, answer };
}

describe('the forms of JSON-RPC', () => {
  const { answer } = setUp();

  /** Bodies with what Bitcoin Core answered, byte for byte. */
  const CASES: readonly (readonly [what: string, body: string, status: number, answer: string])[] = [
    ['nothing', '', 500, '{"result":null,"error":{"code":-32700,"message":"Parse error"},"id":null}'],
    ['half an object', '{', 500, '{"result":null,"error":{"code":-32700,"message":"Parse error"},"id":null}'],
    ['a number', '1', 500, '{"result":null,"error":{"code":-32700,"message":"Top-level object parse error"},"id":null}'],
    ['an empty batch', '[]', 200, '[]'],
    ['a batch of no request', '[1]', 200, '[{"result":null,"error":{"code":-32600,"message":"Invalid Request object"},"id":null}]'],
    ['an empty object', '{}', 400, '{"result":null,"error":{"code":-32600,"message":"Missing method"}}'],
    ['a method that is no text', '{"method":1}', 400, '{"result":null,"error":{"code":-32600,"message":"Method must be a string"}}'],
    ['an unknown method', '{"id":5,"method":"x"}', 404, '{"result":null,"error":{"code":-32601,"message":"Method not found"},"id":5}'],
    [
      'params that are neither list nor object',
      '{"id":5,"method":"getblockcount","params":5}',
      400,
      '{"result":null,"error":{"code":-32600,"message":"Params must be an array or object"},"id":5}',
    ],
    ['params of null', '{"id":5,"method":"getblockcount","params":null}', 200, '{"result":3,"error":null,"id":5}'],
    ['version 1.0', '{"jsonrpc":"1.0","id":5,"method":"getblockcount"}', 200, '{"result":3,"error":null,"id":5}'],
    ['version 1.1', '{"jsonrpc":"1.1","id":5,"method":"getblockcount"}', 200, '{"result":3,"error":null,"id":5}'],
    ['version 2.0', '{"jsonrpc":"2.0","id":5,"method":"getblockcount"}', 200, '{"jsonrpc":"2.0","result":3,"id":5}'],
    [
      'version 2.0 with an id of null',
      '{"jsonrpc":"2.0","id":null,"method":"getblockcount"}',
      200,
      '{"jsonrpc":"2.0","result":3,"id":null}',
    ],
    ['a notification', '{"jsonrpc":"2.0","method":"getblockcount"}', 204, ''],
    ['a notification that fails', '{"jsonrpc":"2.0","method":"x"}', 204, ''],
    ['no id in version 1', '{"method":"getblockcount"}', 200, '{"result":3,"error":null}'],
    [
      'an error in version 2.0',
      '{"jsonrpc":"2.0","id":5,"method":"x"}',
      200,
      '{"jsonrpc":"2.0","error":{"code":-32601,"message":"Method not found"},"id":5}',
    ],
    [
      'no method in version 2.0',
      '{"jsonrpc":"2.0","id":5}',
      400,
      '{"jsonrpc":"2.0","error":{"code":-32600,"message":"Missing method"},"id":5}',
    ],
    [
      'an id of any kind',
      '{"id":{"a":[1.50,"\\u0000"]},"method":"getblockcount"}',
      200,
      '{"result":3,"error":null,"id":{"a":[1.50,"\\u0000"]}}',
    ],
    ['a batch of notifications', '[{"jsonrpc":"2.0","method":"getblockcount"}]', 204, ''],
    [
      'a mixed batch',
      '[{"jsonrpc":"2.0","id":5,"method":"getblockcount"},{"id":6,"method":"getblockcount"},{"jsonrpc":"2.0","method":"x"}]',
      200,
      '[{"jsonrpc":"2.0","result":3,"id":5},{"result":3,"error":null,"id":6}]',
    ],
  ];
  for (const [what, body, status, expected] of CASES) {
    it(`answer ${what} as Bitcoin Core does`, async () => assert.deepEqual(await answer(body), [status, expected]));
  }

  it('refuse bytes that are no text', async () => {
    const { post } = setUp();
    assert.equal((await post(Uint8Array.of(0x22, 0xff, 0x22))).status, 500);
  });

  it('take a batch at the limit and refuse one request more', async () => {
    const batch = (count: number): string => `[${Array.from({ length: count }, () => '{"jsonrpc":"2.0","method":"uptime"}').join(',')}]`;
    assert.deepEqual(await answer(batch(BATCH_REQUESTS_MAX)), [204, '']);
    const [status, body] = await answer(batch(BATCH_REQUESTS_MAX + 1));
    assert.equal(status, 413);
    assert.match(body, /"code":-32600.*10000/);
  });
});

describe('arguments', () => {
  const { answer } = setUp();

  /** Params of getblockhash with the error that Bitcoin Core gives, or undefined for the genesis hash. */
  const CASES: readonly (readonly [params: string, error: string | undefined])[] = [
    ['[0]', undefined],
    ['[-0]', undefined],
    ['{"height":0}', undefined],
    ['{"args":[0]}', undefined],
    ['[1.5]', '{"code":-1,"message":"JSON integer out of range"}'],
    ['[0.0]', '{"code":-1,"message":"JSON integer out of range"}'],
    ['[1e0]', '{"code":-1,"message":"JSON integer out of range"}'],
    ['[2147483648]', '{"code":-1,"message":"JSON integer out of range"}'],
    ['[-2147483649]', '{"code":-1,"message":"JSON integer out of range"}'],
    ['[99999999999999999999999]', '{"code":-1,"message":"JSON integer out of range"}'],
    ['[2147483647]', '{"code":-8,"message":"Block height out of range"}'],
    ['[-2147483648]', '{"code":-8,"message":"Block height out of range"}'],
    ['[4]', '{"code":-8,"message":"Block height out of range"}'],
    ['[-1]', '{"code":-8,"message":"Block height out of range"}'],
    ['{"heigh":0}', '{"code":-8,"message":"Unknown named parameter heigh"}'],
    ['{"args":5}', '{"code":-8,"message":"Unknown named parameter args"}'],
    ['{"height":0,"height":1}', '{"code":-8,"message":"Parameter height specified multiple times"}'],
    ['{"args":[0],"height":0}', '{"code":-8,"message":"Parameter height specified twice both as positional and named argument"}'],
  ];
  for (const [params, error] of CASES) {
    it(`of ${params} are taken as Bitcoin Core takes them`, async () => {
      const [, body] = await answer(`{"id":1,"method":"getblockhash","params":${params}}`);
      assert.equal(body, error === undefined ? `{"result":"${GENESIS}","error":null,"id":1}` : `{"result":null,"error":${error},"id":1}`);
    });
  }

  for (const [type, value] of [
    ['string', '"0"'],
    ['null', 'null'],
    ['bool', 'true'],
    ['array', '[]'],
    ['object', '{}'],
  ]) {
    it(`of the wrong type ${type} are refused with their position and name`, async () => {
      const [status, body] = await answer(`{"id":1,"method":"getblockhash","params":[${value}]}`);
      const problem = `Wrong type passed:\n{\n    "Position 1 (height)": "JSON value of type ${type} is not of expected type number"\n}`;
      assert.equal(status, 500);
      assert.equal(body, `{"result":null,"error":{"code":-3,"message":${JSON.stringify(problem)}},"id":1}`);
    });
  }

  it('that are too few or too many are answered with the help', async () => {
    for (const params of ['[]', '[0,1]']) {
      const [status, body] = await answer(`{"id":1,"method":"getblockhash","params":${params}}`);
      assert.equal(status, 500);
      assert.match(body, /"code":-1,"message":"getblockhash height\\n/);
    }
  });

  it('go by position and by name together, and by an older name', async () => {
    const byBoth = await answer(`{"id":1,"method":"getblock","params":{"args":["${GENESIS}"],"verbosity":0}}`);
    const byPosition = await answer(`{"id":1,"method":"getblock","params":["${GENESIS}",0]}`);
    const older = await answer(`{"id":1,"method":"getblock","params":{"verbose":false,"blockhash":"${GENESIS}"}}`);
    assert.deepEqual(byBoth, byPosition);
    assert.deepEqual(older, byPosition);
  });

  it('that are left out before a named one are null', async () => {
    const [, body] = await answer('{"id":1,"method":"getblock","params":{"verbosity":0}}');
    assert.match(body, /Position 1 \(blockhash\)/);
    const [, optional] = await answer('{"id":1,"method":"disconnectnode","params":{"nodeid":4}}');
    assert.match(optional, /"code":-29/);
  });
});

describe('failures of the node', () => {
  it('are answered with their message', async () => {
    const { answer, node } = setUp();
    node.mining.generate = async () => {
      throw new NodeError('disk-full', 'The disk is full; make room.');
    };
    const address = node.wallet?.address();
    const [status, body] = await answer(`{"id":1,"method":"generatetoaddress","params":[1,"${address}"]}`);
    assert.deepEqual([status, body], [500, '{"result":null,"error":{"code":-1,"message":"The disk is full; make room."},"id":1}']);
  });

  it('that nobody foresaw are logged and not shown', async () => {
    const { answer, node } = setUp();
    node.chain.tip = () => {
      throw new TypeError('secret');
    };
    const [status, body] = await answer('{"id":1,"method":"getblockcount"}');
    assert.equal(status, 500);
    assert.match(body, /"code":-32603/);
    assert.doesNotMatch(body, /secret/);
    const logged = node.logged.filter(({ level }) => level !== 'debug');
    assert.deepEqual(logged, [{ level: 'error', event: 'rpc-failed' }]);
  });

  it('that are bugs of ours are not swallowed', async () => {
    const { answer, node } = setUp();
    node.chain.tip = () => {
      throw new AssertionError('a bug');
    };
    await assert.rejects(answer('{"id":1,"method":"getblockcount"}'), AssertionError);
  });
});
