/**
 * What strangers may send to a running node: garbage on either port, blocks and transactions that break rules. The node hangs up or answers
 * with a status, and goes on.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { regtest } from '../../src/core/params/regtest.ts';
import { type Block, decodeBlock, encodeBlock } from '../../src/core/primitives/block.ts';
import { toDisplayHex } from '../../src/core/primitives/ids.ts';
import { encodeTransaction, type Transaction } from '../../src/core/primitives/transaction.ts';
import { encodeFrame } from '../../src/core/wire/frame.ts';
import { type BuildParent, buildBlock, childOf, genesisParent, OP_TRUE, outputOf, spend } from '../support/chain-builder.ts';
import { eventually } from '../support/eventually.ts';
import { inTime } from '../support/quoin-command.ts';
import { type QuoinProcess, startQuoin } from '../support/quoin-process.ts';
import { ScriptedPeer } from '../support/scripted-peer.ts';

/** Any address: these coins are not spent. */
const MINED_TO = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';

/** What a client of TLS says first. */
const CLIENT_HELLO = Buffer.from(`16030100c8010000c40303${'00'.repeat(197)}`, 'hex');

let node: QuoinProcess;
let errors = '';

before(async () => {
  node = await startQuoin();
  node.process.stderr?.on('data', (text) => {
    errors += String(text);
  });
});

/** It still does what it is for. */
afterEach(async () => {
  const height = (await node.rpc('getblockcount')) as number;
  await node.rpc('generatetoaddress', 1, MINED_TO);
  assert.equal(await node.rpc('getblockcount'), height + 1);
});

after(async () => {
  assert.equal(await node.stop(), 0);
  assert.equal(errors, '');
});

/** The header of a message whose payload does not come. */
function announcing(command: string, sizeBytes: number): Uint8Array {
  const frame = encodeFrame(regtest.messageStart, command, new Uint8Array(0));
  new DataView(frame.buffer, frame.byteOffset).setUint32(16, sizeBytes, true);
  return frame;
}

describe('garbage on the port for peers', () => {
  /** What no transport begins with. */
  const FATAL: readonly (readonly [string, Uint8Array | string])[] = [
    ['random bytes', Buffer.from(Array.from({ length: 5_000 }, (_, i) => (i * 167 + 13) % 251))],
    ["another network's message", encodeFrame(Uint8Array.of(0xf9, 0xbe, 0xb4, 0xd9), 'version', new Uint8Array(0))],
    ['a message of 4 GiB', announcing('version', 0xffffffff)],
    ['a version of nothing', encodeFrame(regtest.messageStart, 'version', new Uint8Array(0))],
  ];
  /** What may be the beginning of a key, where the encrypted transport is spoken: then a minute is left for the rest of the handshake. */
  const FATAL_IN_THE_CLEAR: typeof FATAL = [
    ['a single wrong byte', 'x'],
    ['a block of a byte too much', announcing('block', 4_000_001)],
    ["TLS's greeting", CLIENT_HELLO],
    ['an HTTP request', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['a message before the version', encodeFrame(regtest.messageStart, 'verack', new Uint8Array(0))],
  ];
  for (const [what, bytes] of FATAL) {
    it(`ends the connection at once: ${what}`, async () => {
      const peer = await ScriptedPeer.dial(node.p2p, regtest);
      peer.write(bytes);
      await peer.hungUp();
    });
  }

  it('ends the connection at once at every byte that is not of the first transport, where that alone is spoken', async (t) => {
    const plain = await startQuoin({ args: ['--no-v2'] });
    t.after(() => plain.stop());
    for (const [, bytes] of [...FATAL, ...FATAL_IN_THE_CLEAR]) {
      const peer = await ScriptedPeer.dial(plain.p2p, regtest);
      peer.write(bytes);
      await peer.hungUp();
    }
  });

  it('that may be the beginning of a key keeps nobody else out, and holds no place for those who hang up', async () => {
    for (const [, bytes] of FATAL_IN_THE_CLEAR) {
      const peer = await ScriptedPeer.dial(node.p2p, regtest);
      peer.write(bytes);
      const other = await ScriptedPeer.meet(node.p2p, regtest);
      await other.settled();
      for (const each of [peer, other]) each.close();
    }
    await eventually('all are gone', async () => (await node.rpc('getconnectioncount')) === 0);
  });

  it('that only lacks its rest keeps nobody else out', async () => {
    const half = await ScriptedPeer.dial(node.p2p, regtest);
    half.write(encodeFrame(regtest.messageStart, 'version', new Uint8Array(100)).subarray(0, 60));
    const other = await ScriptedPeer.meet(node.p2p, regtest);
    await other.settled();
    other.close();
    half.close();
  });

  it('in messages after the greeting is passed over, or ends the connection where a message cannot be read', async () => {
    const peer = await ScriptedPeer.meet(node.p2p, regtest);
    const broken = encodeFrame(regtest.messageStart, 'ping', new Uint8Array(8));
    broken[20]! ^= 1;
    peer.write(broken);
    for (let i = 0; i < 1_000; i++) peer.send('nonsense', new Uint8Array(8));
    await peer.settled();
    peer.send('headers', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff));
    await peer.hungUp();
  });

  it('on 300 connections at once leaves room for the calls of its owner, and no more than 125 peers', async (t) => {
    const peers = await Promise.all(Array.from({ length: 300 }, () => ScriptedPeer.dial(node.p2p, regtest)));
    const count = (): Promise<number> => node.rpc('getconnectioncount') as Promise<number>;
    t.after(() => {
      for (const peer of peers) peer.close();
    });
    await eventually('those beyond the limit are turned away', () => peers.filter((peer) => peer.isOver).length >= 300 - 125);
    await eventually('they are forgotten', async () => (await count()) <= 125);
    for (const peer of peers) peer.close();
    await eventually('all are gone', async () => (await count()) === 0);
  });
});

describe('garbage on the port for HTTP', () => {
  /** All that comes back for these bytes until the server hangs up. */
  async function exchange(bytes: Uint8Array | string): Promise<string> {
    const { hostname, port } = new URL(node.http);
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.on('data', (chunk) => {
      text += String(chunk);
    });
    // What was not read when the server hung up comes back as a reset, behind the answer.
    socket.on('error', () => undefined);
    const closed = new Promise<void>((resolve) => void socket.once('close', () => resolve()));
    socket.write(bytes);
    await inTime('the server hangs up', closed);
    return text;
  }
  const lines = (...more: string[]): string => `${['POST /api/v1/tx HTTP/1.1', 'Host: 127.0.0.1', ...more].join('\r\n')}\r\n\r\n`;
  const many = Array.from({ length: 10_000 }, (_, i) => `x${i}: y`);

  const REFUSED: readonly (readonly [string, Uint8Array | string, number])[] = [
    ['random bytes', Buffer.from(Array.from({ length: 5_000 }, (_, i) => (i * 167 + 13) % 251)), 400],
    ["a peer's message", encodeFrame(regtest.messageStart, 'version', new Uint8Array(100)), 400],
    ["TLS's greeting", CLIENT_HELLO, 400],
    ['10,000 lines of headers', lines(...many), 431],
    ['a header of a megabyte', lines(`x: ${'a'.repeat(1_000_000)}`), 431],
    ['a path of 100,000 characters', `GET /${'a'.repeat(100_000)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`, 431],
    ['a chunk whose length is none', `${lines('Transfer-Encoding: chunked')}ZZZ\r\nabc`, 400],
    ['a chunk of negative length', `${lines('Content-Type: application/json', 'Transfer-Encoding: chunked')}-1\r\nabc`, 400],
    ['two lengths', `${lines('Content-Length: 3', 'Content-Length: 5')}abc`, 400],
    ['a length and chunks', `${lines('Content-Length: 3', 'Transfer-Encoding: chunked')}0\r\n\r\n`, 400],
    ['a negative length', `${lines('Content-Length: -3')}abc`, 400],
    ['no host', 'GET /health HTTP/1.1\r\n\r\n', 400],
    ['a method of its own', 'FOO / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n', 400],
  ];
  for (const [what, bytes, status] of REFUSED) {
    it(`is answered with ${status} and the end of the connection: ${what}`, async () => {
      assert.match(await exchange(bytes), new RegExp(`^HTTP/1\\.1 ${status} `));
    });
  }

  it('on 400 connections at once is held to 256, and the owner is heard when they are gone', async () => {
    const { hostname, port } = new URL(node.http);
    let closed = 0;
    const sockets = Array.from({ length: 400 }, () => connect(Number(port), hostname));
    for (const socket of sockets) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        closed++;
      });
    }
    await eventually('those beyond the limit are closed', () => closed >= 400 - 256);
    for (const socket of sockets) socket.destroy();
    await eventually('all are gone', () => closed === 400);
    await eventually('there is room again', () => node.get('/health'));
  });

  it('that breaks off in the middle of a body is not worth a word in the log', async () => {
    const { hostname, port } = new URL(node.http);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.write(`${lines('Content-Type: application/json', 'Content-Length: 1000')}{"a`);
    // Its own connection is served after the one before it.
    await node.get('/health');
    socket.destroy();
    await once(socket, 'close');
    await node.get('/health');
    assert.deepEqual(
      node.output.filter((line) => line.includes('http-failed')),
      [],
    );
  });
});

describe('what a peer sends against the rules', () => {
  /** A block of ours, which becomes the node's tip: its coinbase is anybody's, and not mature. */
  async function newTip(): Promise<{ readonly tip: Block; readonly parent: BuildParent }> {
    const hex = (await node.rpc('getblock', await node.rpc('getbestblockhash'), 0)) as string;
    const { header } = decodeBlock(Buffer.from(hex, 'hex'));
    const height = (await node.rpc('getblockcount')) as number;
    const parent = { header, height, medianTimeSeconds: header.timeSeconds };
    const tip = buildBlock({ parent, params: regtest });
    assert.equal(await node.rpc('submitblock', Buffer.from(encodeBlock(tip)).toString('hex')), null);
    return { tip, parent: childOf(parent, tip) };
  }

  const spending = (block: Block, value: bigint): Transaction =>
    spend({ inputs: [outputOf(block.transactions[0]!)], outputs: [{ value, scriptPubKey: OP_TRUE }] });

  const BLOCKS: readonly (readonly [string, (tip: Block, parent: BuildParent) => Uint8Array])[] = [
    ['pays too much', (_, parent) => encodeBlock(buildBlock({ parent, params: regtest, reward: 5_000_000_001n }))],
    [
      'spends what is not mature',
      (tip, parent) => encodeBlock(buildBlock({ parent, params: regtest, transactions: [spending(tip, 1_000n)] })),
    ],
    ['makes coins', (tip, parent) => encodeBlock(buildBlock({ parent, params: regtest, transactions: [spending(tip, -1n)] }))],
    ['is older than those before it', (_, parent) => encodeBlock(buildBlock({ parent, params: regtest, timeSeconds: 1 }))],
    ['is of another root', (_, parent) => encodeBlock({ ...buildBlock({ parent, params: regtest }), transactions: [] })],
    ['is cut short', (_, parent) => encodeBlock(buildBlock({ parent, params: regtest })).subarray(0, 100)],
  ];
  for (const [what, bytesOf] of BLOCKS) {
    it(`ends the connection: a block that ${what}`, async () => {
      const { tip, parent } = await newTip();
      const peer = await ScriptedPeer.meet(node.p2p, regtest);
      peer.send('block', bytesOf(tip, parent));
      await peer.hungUp();
      assert.equal(await node.rpc('getbestblockhash'), toDisplayHex(tip.header.hash));
    });
  }

  it('keeps a block that is followed by other bytes, without them: messages may grow', async () => {
    const { parent } = await newTip();
    const block = buildBlock({ parent, params: regtest });
    const peer = await ScriptedPeer.meet(node.p2p, regtest);
    peer.send('block', Uint8Array.of(...encodeBlock(block), 1, 2, 3));
    await peer.settled();
    const hash = toDisplayHex(block.header.hash);
    await eventually('the block is the tip', async () => (await node.rpc('getbestblockhash')) === hash);
    assert.equal(await node.rpc('getblock', hash, 0), Buffer.from(encodeBlock(block)).toString('hex'));
    peer.close();
  });

  it('ends the connection: a transaction that no version of the rules allowed', async () => {
    const { tip } = await newTip();
    const peer = await ScriptedPeer.meet(node.p2p, regtest);
    peer.send('tx', encodeTransaction(spending(tip, -1n)));
    await peer.hungUp();
    assert.deepEqual(await node.rpc('getrawmempool'), []);
  });

  it('keeps the connection: a transaction that is only unknown, or too early', async () => {
    const { tip } = await newTip();
    const peer = await ScriptedPeer.meet(node.p2p, regtest);
    peer.send('tx', encodeTransaction(spending(buildBlock({ parent: genesisParent(regtest), params: regtest }), 1_000n)));
    peer.send('tx', encodeTransaction(spending(tip, 1_000n)));
    await peer.settled();
    assert.deepEqual(await node.rpc('getrawmempool'), []);
    peer.close();
  });
});
