import assert from 'node:assert/strict';
import { it } from 'node:test';
import { FakeNode } from '../../../test/support/fake-node.ts';
import { answerText } from '../../../test/support/rpc-caller.ts';
import { createWasmSecp256k1 } from '../../core/crypto/wasm-secp256k1.ts';
import { toDisplayHex } from '../../core/primitives/ids.ts';
import { createRpcHandler, type RpcAnswer } from './handler.ts';

const SIZE = 100_000;

it('blocks in hexadecimal are read into the same memory again and again, and an answer that waits to be sent stays as it is', async () => {
  const node = new FakeNode();
  const rooms: Uint8Array[] = [];
  let block = 0;
  node.chain.blockBytes = async (_hash, take) => {
    assert.ok(take !== undefined);
    const room = take(SIZE);
    rooms.push(room);
    return new Uint8Array(room.buffer, room.byteOffset, SIZE).fill(++block);
  };
  const handle = createRpcHandler(node, { curve: createWasmSecp256k1() });
  const hash = toDisplayHex(node.chain.tip().header.hash);
  const request = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'getblock', params: [hash, 0] });
  const ask = (text = request): Promise<RpcAnswer> => handle({ body: Buffer.from(text), signal: { aborted: false } });
  const expected = (fill: number): string => `{"jsonrpc":"2.0","result":"${Buffer.alloc(SIZE, fill).toString('hex')}","id":1}`;

  const waiting = [await ask(), await ask()];
  const batch = answerText(await ask(`[${request},${request}]`));
  const later = [await ask(), await ask()];
  assert.deepEqual(
    [...waiting, ...later].map(answerText),
    [1, 2, 5, 6].map((fill) => `${expected(fill)}\n`),
  );
  assert.equal(batch, `[${expected(3)},${expected(4)}]\n`);

  for (const { sent } of [...waiting, ...later]) sent?.();
  const before = new Set(rooms).size;
  for (let i = 0; i < 5; i++) {
    const answer = await ask();
    assert.equal(answerText(answer), `${expected(7 + i)}\n`);
    answer.sent?.();
  }
  assert.equal(new Set(rooms).size, before, 'no new memory was taken for the last five');
});
