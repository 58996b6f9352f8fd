import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { WebSocket } from 'ws';
import { transportSuite } from '../../../test/support/transport-suite.ts';
import { webSocketTransport } from '../../../test/support/web-socket-transport.ts';
import { encodeFrame, FrameParser } from '../../core/wire/frame.ts';
import type { Connection } from '../../engine/ports/transport.ts';
import { createSystemClock } from '../system/clock.ts';
import { WEB_SOCKET_MESSAGE_BYTES_MAX } from './web-socket.ts';
import { listenWebSocket } from './web-socket-listener.ts';

const clock = createSystemClock();
const HERE = { host: '127.0.0.1', port: 0 };

/** Lets the event loop turn until the condition holds; fails after ten seconds. */
async function until(condition: () => boolean): Promise<void> {
  const limit = clock.monotonicMs() + 10_000;
  do {
    await clock.yield();
    assert.ok(clock.monotonicMs() < limit, `in time: ${condition}`);
  } while (!condition());
}

/** The accepting side of one connection. */
interface Far {
  connection: Connection | undefined;
  pieces: Uint8Array[];
  closed: string | undefined;
}

/** Runs a check against a listener that keeps what its one peer sends. */
async function listening(check: (port: number, far: Far) => Promise<void>): Promise<void> {
  const far: Far = { connection: undefined, pieces: [], closed: undefined };
  const listener = await listenWebSocket(HERE, (connection) => {
    far.connection = connection;
    connection.handlers = {
      data: (bytes) => void far.pieces.push(bytes.slice()),
      drained: () => {},
      closed: (why) => {
        far.closed = why;
      },
    };
  });
  try {
    await check(listener.address.port, far);
  } finally {
    await listener.close();
  }
}

/** A client of the `ws` package that is open. */
async function openClient(port: number, path = '/p2p'): Promise<WebSocket> {
  const client = new WebSocket(`ws://127.0.0.1:${port}${path}`, { perMessageDeflate: false });
  await new Promise<void>((resolve, reject) => client.once('open', resolve).once('error', reject));
  return client;
}

/** A client that writes frames by itself: whatever it likes. */
async function openRaw(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  const key = Buffer.alloc(16).toString('base64');
  const wanted = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', `Sec-WebSocket-Key: ${key}`];
  socket.write(`GET /p2p HTTP/1.1\r\nHost: 127.0.0.1\r\n${wanted.join('\r\n')}\r\n\r\n`);
  const answer = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
  assert.match(answer.toString('latin1'), /^HTTP\/1\.1 101 /);
  return socket;
}

/** One frame of RFC 6455 from a client: masked with zeros, so that its bytes are as they were. */
function clientFrame(first: number, payload: Uint8Array): Buffer {
  const { length } = payload;
  let header: Buffer;
  if (length < 126) header = Buffer.from([first, 0x80 | length]);
  else if (length < 0x10000) header = Buffer.from([first, 0x80 | 126, length >> 8, length & 0xff]);
  else {
    header = Buffer.alloc(10);
    header.writeUInt8(first, 0);
    header.writeUInt8(0x80 | 127, 1);
    header.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([header, Buffer.alloc(4), payload]);
}

const [CONTINUATION, BINARY, PING, FINAL] = [0, 2, 9, 0x80];

transportSuite('WebSocket transport', () => ({ transport: webSocketTransport, address: HERE, until }));

describe('peers over WebSocket', () => {
  const messageStart = Uint8Array.of(0xf1, 0x71, 0x75, 0x6e);
  const message = encodeFrame(messageStart, 'ping', Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));

  /** The messages of peers in what came. */
  function messagesOf({ pieces }: Far): string[] {
    const parser = new FrameParser(messageStart);
    for (const piece of pieces) parser.push(piece);
    const commands: string[] = [];
    for (let step = parser.next(); step !== undefined; step = parser.next())
      commands.push(step.kind === 'frame' ? step.command : step.kind);
    return commands;
  }

  it('give the same stream however it is cut: messages at every byte, frames at every byte, both together', async () => {
    await listening(async (port, far) => {
      const client = await openClient(port);
      let count = 0;
      for (let cut = 0; cut <= message.length; cut++) {
        client.send(message.subarray(0, cut));
        client.send(message.subarray(cut));
        count++;
      }
      for (const byte of message) client.send(Uint8Array.of(byte));
      await until(() => messagesOf(far).length === count + 1);
      client.terminate();
    });
    await listening(async (port, far) => {
      const socket = await openRaw(port);
      let count = 0;
      for (let cut = 0; cut <= message.length; cut++) {
        const frames = [clientFrame(BINARY, message.subarray(0, cut)), clientFrame(CONTINUATION | FINAL, message.subarray(cut))];
        const bytes = Buffer.concat(frames);
        const at = (cut * bytes.length) / (message.length + 1);
        socket.write(bytes.subarray(0, at));
        await clock.yield();
        socket.write(bytes.subarray(at));
        count++;
      }
      await until(() => messagesOf(far).length === count);
      assert.deepEqual([...new Set(messagesOf(far))], ['ping']);
      socket.destroy();
    });
  });

  it('may send the largest message of a peer whole, and nothing longer', async () => {
    await listening(async (port, far) => {
      const client = await openClient(port);
      client.send(new Uint8Array(WEB_SOCKET_MESSAGE_BYTES_MAX));
      await until(() => far.pieces.reduce((sum, piece) => sum + piece.length, 0) === WEB_SOCKET_MESSAGE_BYTES_MAX);
      assert.equal(far.closed, undefined);
      client.on('error', () => {});
      client.send(new Uint8Array(WEB_SOCKET_MESSAGE_BYTES_MAX + 1));
      await until(() => far.closed !== undefined);
      assert.match(String(far.closed), /Max payload size exceeded/);
    });
  });

  it('are let go for a message in more than 1,024 pieces, for text, for a frame without a mask, and for compressed bytes', async () => {
    const pieces = [
      clientFrame(BINARY, Uint8Array.of(1)),
      ...Array.from({ length: 1_024 }, () => clientFrame(CONTINUATION, Uint8Array.of(1))),
    ];
    for (const [bytes, why] of [
      [Buffer.concat(pieces), /fragments/i],
      [clientFrame(1 | FINAL, Buffer.from('hello')), /text/],
      [Buffer.from([BINARY | FINAL, 1, 7]), /MASK/],
      [clientFrame(BINARY | FINAL | 0x40, Uint8Array.of(7)), /RSV1/],
    ] as const) {
      await listening(async (port, far) => {
        const socket = await openRaw(port);
        socket.on('error', () => {});
        socket.write(bytes);
        await until(() => far.closed !== undefined);
        assert.match(String(far.closed), why);
        assert.deepEqual(far.pieces, []);
        socket.destroy();
      });
    }
  });

  it('who ping without reading cost no more than the write queue', async () => {
    await listening(async (port, far) => {
      const socket = await openRaw(port);
      socket.pause();
      const pings = Buffer.concat(Array.from({ length: 2_000 }, () => clientFrame(PING | FINAL, new Uint8Array(125))));
      // Some 40 MB: far more than the system's own buffers take of the pongs.
      for (let i = 0; i < 150; i++) await new Promise<void>((resolve) => void socket.write(pings, () => resolve()));
      socket.write(clientFrame(BINARY | FINAL, Uint8Array.of(1)));
      await until(() => far.pieces.length === 1);
      const queuedBytes = far.connection?.queuedBytes ?? 0;
      assert.ok(queuedBytes > 0 && queuedBytes <= 1_000_000 + 200, `${queuedBytes} bytes are queued`);
      socket.destroy();
    });
  });

  it('are answered 404 elsewhere and 426 without asking for a WebSocket, and a broken request is none', async () => {
    await listening(async (port, far) => {
      await assert.rejects(openClient(port, '/other'), /404/);
      assert.equal((await fetch(`http://127.0.0.1:${port}/p2p`)).status, 426);
      const socket = connect(port, '127.0.0.1');
      socket.write('GET /p2p HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      const answer = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
      assert.match(answer.toString('latin1'), /^HTTP\/1\.1 400 /);
      assert.equal(far.connection, undefined);
    });
  });
});
