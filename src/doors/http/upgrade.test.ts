import assert from 'node:assert/strict';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { describe, it } from 'node:test';
import { FakeNode } from '../../../test/support/fake-node.ts';
import type { Connection } from '../../engine/ports/transport.ts';
import { WEB_SOCKET_PEERS_MAX } from './limits.ts';
import { createHttpServer, type HttpServerOptions, openHttpServer } from './server.ts';
import type { PeerUpgrade } from './upgrade.ts';

/** What is left of a peer: its socket, and why it was closed. */
interface Peer {
  readonly socket: Duplex;
  closed: string | undefined;
}

/** Sends one request and gives the answer to its end, or to the end of the connection. */
function answerTo(port: number, text: string, until: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.setEncoding('utf8').on('data', (piece: string) => {
      answer += piece;
      if (until.test(answer)) socket.destroy();
    });
    socket.on('error', reject).on('close', () => resolve(answer));
    socket.write(text);
  });
}

const wish = (path: string, extra = '', host = '127.0.0.1'): string =>
  `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n${extra}\r\n`;

async function scene(
  check: (port: number, peers: Peer[], node: FakeNode) => Promise<void>,
  changes: Partial<HttpServerOptions> = {},
): Promise<void> {
  const node = new FakeNode();
  const peers: Peer[] = [];
  const peerUpgrade: PeerUpgrade = (_request, socket, _head, accept) => {
    const peer: Peer = { socket, closed: undefined };
    peers.push(peer);
    socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
    const close = (why: string): void => {
      peer.closed = why;
      socket.destroy();
    };
    accept({ close } as Connection);
  };
  const rpc = async ({ body }: { readonly body: Uint8Array }) => ({ status: 200, body: `${body.length} bytes\n` });
  const auth = { user: { name: 'me', password: 'secret' } };
  const server = await createHttpServer({ node, rpc, auth, listen: { host: '127.0.0.1', port: 0 }, peerUpgrade, ...changes });
  try {
    await check(server.port, peers, node);
  } finally {
    await server.close();
  }
  for (const { closed, socket } of peers) assert.ok(closed === 'stopping' || socket.destroyed, 'no peer outlives its door');
}

describe('requests for another protocol', () => {
  it('at /p2p become peers, of pages of any site too', async () =>
    scene(async (port, peers, node) => {
      const answer = await answerTo(
        port,
        wish('/p2p?x', 'Origin: https://elsewhere.example\r\nSec-Fetch-Site: cross-site\r\n'),
        /\r\n\r\n/,
      );
      assert.match(answer, /^HTTP\/1\.1 101 /);
      assert.deepEqual([peers.length, node.network.accepted.length], [1, 1]);
    }));

  it('are refused by another name, from an address that may not ask, and while there is no node', async () => {
    await scene(async (port, peers) => {
      const answer = await answerTo(port, wish('/p2p', '', 'rebound.example'), /code/);
      assert.match(answer, /^HTTP\/1\.1 403 Forbidden\r\n[\s\S]*"code":"host-refused"/);
      assert.equal(peers.length, 0);
    });
    await scene(
      async (port, peers) => {
        assert.match(await answerTo(port, wish('/p2p'), /\r\n\r\n/), /^HTTP\/1\.1 403 Forbidden\r\ncontent-length: 0\r\n/);
        assert.equal(peers.length, 0);
      },
      { allowsAddress: () => false },
    );
    const { clock, log } = new FakeNode();
    const warmUp = async () => ({ status: 200, body: '' });
    const listen = { host: '127.0.0.1', port: 0 };
    const server = await openHttpServer({ clock, log, warmUp, auth: {}, listen, peerUpgrade: () => assert.fail('there is no node') });
    assert.match(await answerTo(server.port, wish('/p2p'), /code/), /^HTTP\/1\.1 503 [\s\S]*"code":"not-ready"/);
    await server.close();
  });

  it(`have ${WEB_SOCKET_PEERS_MAX} places there, which are free again when peers go`, async () =>
    scene(async (port, peers) => {
      for (let i = 0; i < WEB_SOCKET_PEERS_MAX; i++) {
        const socket = connect(port, '127.0.0.1');
        socket.on('error', () => undefined);
        socket.write(wish('/p2p'));
        await new Promise((resolve) => socket.once('data', resolve));
      }
      assert.equal(peers.length, WEB_SOCKET_PEERS_MAX);
      assert.match(await answerTo(port, wish('/p2p'), /code/), /^HTTP\/1\.1 429 [\s\S]*retry-after: 1\r\n[\s\S]*"code":"busy"/);
      const [first] = peers;
      await new Promise((resolve) => first?.socket.once('close', resolve).destroy());
      assert.match(await answerTo(port, wish('/p2p'), /\r\n\r\n/), /^HTTP\/1\.1 101 /);
    }));

  it('elsewhere are answered as if they wanted nothing but an answer, with their bodies', async () =>
    scene(async (port, peers) => {
      const offer =
        'Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\n';
      const health = await answerTo(port, `GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n${offer}\r\n`, /\}$/);
      assert.match(health, /^HTTP\/1\.1 200 OK\r\n/);
      const login = `Authorization: Basic ${Buffer.from('me:secret').toString('base64')}\r\n`;
      const post = `POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n${login}${offer}Content-Type: application/json\r\nContent-Length: 7\r\n\r\n[1,2,3]`;
      assert.match(await answerTo(port, post, /bytes/), /^HTTP\/1\.1 200 OK\r\n[\s\S]*7 bytes\n/);
      assert.match(await answerTo(port, wish('/ws'), /\}$/), /^HTTP\/1\.1 404 /);
      assert.equal(peers.length, 0);
    }));
});
