import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createWarmUpHandler } from './warm-up.ts';

const ERROR = '"error":{"code":-28,"message":"Loading…"}';

describe('while a node opens', () => {
  const handle = createWarmUpHandler(() => 'Loading…');
  const CASES: readonly (readonly [string, string, number, string])[] = [
    ['a call', '{"method":"stop","id":1}', 500, `{"result":null,${ERROR},"id":1}\n`],
    ['a call of version 2', '{"jsonrpc":"2.0","method":"stop","id":1}', 200, `{"jsonrpc":"2.0",${ERROR},"id":1}\n`],
    ['a notification', '{"jsonrpc":"2.0","method":"stop"}', 204, ''],
    ['a batch', '[{"method":"a","id":1},{"jsonrpc":"2.0","method":"b"}]', 200, `[{"result":null,${ERROR},"id":1}]\n`],
    ['no JSON', '{', 500, '{"result":null,"error":{"code":-32700,"message":"Parse error"},"id":null}\n'],
    ['no request', '1', 500, '{"result":null,"error":{"code":-32700,"message":"Top-level object parse error"},"id":null}\n'],
  ];
  for (const [what, body, status, text] of CASES) {
    it(`${what} is told what it does`, async () => {
      const answer = await handle({ body: Buffer.from(body), signal: new AbortController().signal });
      assert.deepEqual(answer, { status, body: text });
    });
  }
});
