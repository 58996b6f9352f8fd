import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { FakeNode } from '../../../test/support/fake-node.ts';
import { SpareBytes } from '../rpc/spare-bytes.ts';
import type { JsonRpcHandler } from './json-rpc.ts';
import { createHttpServer } from './server.ts';

/** More than the system takes of what nobody reads, and as much as is used again. */
const SIZE = 7_500_000;

/** Answers with so many bytes of what it was sent, out of memory that is used again. */
function echo(spare: SpareBytes, counts: { sent: number }): JsonRpcHandler {
  return async ({ body }) => {
    const room = spare.take(SIZE).fill(body[0] as number);
    const sent = (): void => {
      counts.sent++;
      spare.give(room);
    };
    return { status: 200, body: [room.subarray(0, SIZE / 2), room.subarray(SIZE / 2, SIZE)], sent };
  };
}

function call(port: number, byte: string) {
  const socket = connect(port, '127.0.0.1');
  const login = Buffer.from('me:secret').toString('base64');
  socket.write(
    `POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Basic ${login}\r\nContent-Length: 1\r\n\r\n${byte}`,
  );
  return socket;
}

async function answerTo(port: number, byte: string, mayRead: Promise<unknown> = Promise.resolve()): Promise<void> {
  const socket = call(port, byte);
  await mayRead;
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  const whole = Buffer.concat(chunks);
  const body = whole.subarray(whole.indexOf('\r\n\r\n') + 4);
  assert.equal(body.length, SIZE);
  assert.ok(body.equals(Buffer.alloc(SIZE, byte)), `the answer to ${byte} has other bytes in it`);
}

describe('long answers', () => {
  it('keep their bytes until they are read, however many are given meanwhile, and whoever breaks off', async () => {
    const counts = { sent: 0 };
    const auth = { user: { name: 'me', password: 'secret' } };
    const rpc = echo(new SpareBytes(), counts);
    const server = await createHttpServer({ node: new FakeNode(), rpc, auth, listen: { host: '127.0.0.1', port: 0 } });
    try {
      let release: (value?: unknown) => void = () => {};
      const later = new Promise((resolve) => {
        release = resolve;
      });
      const late = ['a', 'b', 'c'].map((byte) => answerTo(server.port, byte, later));
      for (const bytes of ['defg', 'hijk', 'lmno']) {
        const broken = call(server.port, 'x');
        await once(broken, 'readable');
        broken.destroy();
        await Promise.all([...bytes].map((byte) => answerTo(server.port, byte)));
      }
      release();
      await Promise.all(late);
      assert.ok(counts.sent >= 15, `${counts.sent} were told to be sent`);
    } finally {
      await server.close();
    }
  });
});
